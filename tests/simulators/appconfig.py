"""AppConfig over loopback HTTP: hosted versions, deployments, sessions; and faults on request.

Speaks the REST shapes that boto3 sends and reads. Deployments move only when a test moves them.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from reelwright.clock import Clock

Fault = Literal["timeout", "dropped", "lost", "throttle", "denied", "garbage", "broken"]
"""How a request fails. ``lost``: the work is done, and the answer does not arrive."""
Answer = tuple[int, dict[str, str], bytes]

RUNNING = {"VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK"}
IN_FORCE = {"DEPLOYING", "BAKING", "COMPLETE"}
POLL_SECONDS = 30


@dataclass
class Session:
    profile: str
    environment: str
    served: str | None = None
    not_before: float = 0.0


@dataclass
class AppConfig:
    """One application, ``app1``; ids of profiles and environments are their names with an x before."""

    clock: Clock
    application: str = "app1"
    profiles: tuple[str, ...] = ("settings", "flags", "kill-switches")
    environments: tuple[str, ...] = ("runtime", "flags", "kill-switches")
    instant: bool = True
    alarm: bool = False
    """Whether an alarm of the environment rings: no deployment stands then."""
    """Whether deployments are complete at once."""
    refusal: str = ""
    """What a validator says to every version that is deployed."""
    page: int = 50
    """Items in a page of a list."""
    fault: Fault | None = None
    between: Callable[[], None] | None = None
    """Called once, before the next version is hosted: somebody else at work."""
    hosted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    deployments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    _tokens: Iterator[int] = field(default_factory=count)
    _closing: threading.Event = field(default_factory=threading.Event)

    def client(self, service: str, url: str, *, read_seconds: float | None = None) -> Any:
        """Return a boto3 client; only with ``read_seconds`` is a timeout really waited for."""
        client = boto3.client(
            service,
            endpoint_url=url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 (no real key)
            config=Config(retries={"total_max_attempts": 1}, read_timeout=read_seconds or 60),
        )
        if read_seconds is None:
            client.meta.events.register("before-send", self._time_out)
        return client

    def _time_out(self, **_: object) -> None:
        if self.fault == "timeout":
            raise ReadTimeoutError(endpoint_url="the simulator")

    def publish(
        self, profile: str, content: bytes, *, environment: str | None = None, state: str = "COMPLETE"
    ) -> int:
        """Host and deploy as somebody else would; return the deployment's number."""
        number = self.host(profile, content)
        return self.deploy(environment or profile, profile, str(number), state)

    def host(self, profile: str, content: bytes, description: str = "", label: str = "") -> int:
        versions = self.hosted.setdefault(profile, [])
        number = len(versions) + 1
        versions.append({"number": number, "content": content, "description": description, "label": label})
        return number

    def deploy(self, environment: str, profile: str, version: str, state: str) -> int:
        made = self.deployments.setdefault(environment, [])
        made.append(
            {
                "DeploymentNumber": len(made) + 1,
                "ConfigurationName": profile,
                "ConfigurationProfileId": f"x{profile}",
                "ConfigurationVersion": version,
                "State": state,
                "PercentageComplete": 100.0 if state == "COMPLETE" else 0.0,
                "StartedAt": self.clock.now().isoformat(),
            }
        )
        return len(made)

    def move(self, environment: str, state: str, percentage: float = 100.0) -> None:
        """Bring the newest deployment of an environment to a state."""
        self.deployments[environment][-1] |= {"State": state, "PercentageComplete": percentage}

    def expire_sessions(self) -> None:
        self.sessions.clear()

    def close(self) -> None:
        self._closing.set()

    def answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """Return what is sent back; None to close the connection without a word."""
        self.requests.append(f"{method} {urlsplit(url).path}")
        if self.fault == "timeout":
            self._closing.wait()
        if self.fault not in (None, "lost"):
            return FAULTS[self.fault]
        lower = {key.lower(): value for key, value in headers.items()}
        answer = self._route(method, url, lower, body)
        return None if self.fault == "lost" else answer

    def _route(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        path = [unquote(part) for part in urlsplit(url).path.strip("/").split("/")]
        query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        match method, path:
            case "GET", ["deploymentstrategies"]:
                items = [
                    {"Id": f"x{name}", "Name": name}
                    for name in (
                        "dev-gradual",
                        "dev-instant",
                        "reelwright-dev-gradual",
                        "reelwright-dev-instant",
                    )
                ]
                return self._list(items, query)
            case "POST", ["configurationsessions"]:
                return self._start(json.loads(body))
            case "GET", ["configuration"]:
                return self._latest(query["configuration_token"])
            case _, ["applications", self.application, *rest]:
                return self._in_application(method, rest, query, headers, body)
        return _error(404, "ResourceNotFoundException", "Application not found", ResourceType="Application")

    def _in_application(
        self, method: str, path: list[str], query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answer:
        match method, path:
            case "GET", ["configurationprofiles"]:
                answer = self._list([{"Id": f"x{name}", "Name": name} for name in self.profiles], query)
            case "GET", ["environments"]:
                answer = self._list([{"Id": f"x{name}", "Name": name} for name in self.environments], query)
            case "GET", ["configurationprofiles", profile, "hostedconfigurationversions"]:
                versions = self.hosted.get(profile[1:], [])
                answer = self._list([{"VersionNumber": one["number"]} for one in reversed(versions)], query)
            case "POST", ["configurationprofiles", profile, "hostedconfigurationversions"]:
                answer = self._host(profile[1:], headers, body)
            case "GET", ["configurationprofiles", profile, "hostedconfigurationversions", number]:
                answer = self._hosted(profile[1:], int(number))
            case "DELETE", ["configurationprofiles", profile, "hostedconfigurationversions", number]:
                answer = self._unhost(profile[1:], int(number))
            case "GET", ["environments", environment, "deployments"]:
                answer = self._list(self.deployments.get(environment[1:], [])[::-1], query)
            case "GET", ["environments", environment, "deployments", number]:
                answer = _json(200, self.deployments[environment[1:]][int(number) - 1])
            case "POST", ["environments", environment, "deployments"]:
                answer = self._deploy(environment[1:], json.loads(body))
            case _:
                answer = _error(400, "BadRequestException", f"no such path: {path}")
        return answer

    def _list(self, items: list[dict[str, Any]], query: dict[str, str]) -> Answer:
        start = int(query.get("next_token", 0))
        size = min(self.page, int(query.get("max_results", 50)))
        more = {"NextToken": str(start + size)} if start + size < len(items) else {}
        return _json(200, {"Items": items[start : start + size]} | more)

    def _host(self, profile: str, headers: dict[str, str], body: bytes) -> Answer:
        if self.between:
            between, self.between = self.between, None
            between()
        latest = len(self.hosted.get(profile, []))
        expected = headers.get("latest-version-number")
        if expected is not None and int(expected) != latest:
            return _error(409, "ConflictException", "not the latest version")
        description = headers.get("description", "")
        assert re.fullmatch(r"[\x20-\x7e]{0,1024}", description), description
        return self._hosted(profile, self.host(profile, body, description), status=201)

    def _unhost(self, profile: str, number: int) -> Answer:
        versions = self.hosted.get(profile, [])
        self.hosted[profile] = [one for one in versions if one["number"] != number]
        gone = len(self.hosted[profile]) < len(versions)
        return (204, {}, b"") if gone else _error(404, "ResourceNotFoundException", "no such version")

    def _hosted(self, profile: str, number: int, status: int = 200) -> Answer:
        versions = self.hosted.get(profile, [])
        if not 1 <= number <= len(versions):
            return _error(404, "ResourceNotFoundException", "no such version")
        one = versions[number - 1]
        headers = {"Content-Type": "application/json", "Version-Number": str(number)}
        return (
            status,
            headers | ({"Description": one["description"]} if one["description"] else {}),
            one["content"],
        )

    def _deploy(self, environment: str, wanted: dict[str, Any]) -> Answer:
        made = self.deployments.get(environment, [])
        if made and made[-1]["State"] in RUNNING:
            return _error(409, "ConflictException", "a deployment is in progress")
        if self.refusal:
            detail = {"Constraint": "", "Location": "", "Reason": self.refusal, "Type": "LAMBDA", "Value": ""}
            details = {"InvalidConfiguration": [detail]}
            message = "Error validating the configuration"
            return _error(400, "BadRequestException", message, Reason="InvalidConfiguration", Details=details)
        profile, version = wanted["ConfigurationProfileId"][1:], wanted["ConfigurationVersion"]
        state = "COMPLETE" if self.instant else "DEPLOYING"
        self.deploy(environment, profile, version, "ROLLED_BACK" if self.alarm else state)
        self.deployments[environment][-1]["DeploymentStrategyId"] = wanted["DeploymentStrategyId"]
        return _json(201, self.deployments[environment][-1])

    def _start(self, wanted: dict[str, Any]) -> Answer:
        if wanted["ApplicationIdentifier"] != self.application:
            return _error(404, "ResourceNotFoundException", "no application", ResourceType="Application")
        assert wanted["RequiredMinimumPollIntervalInSeconds"] >= 15
        session = Session(wanted["ConfigurationProfileIdentifier"], wanted["EnvironmentIdentifier"])
        return _json(201, {"InitialConfigurationToken": self._issue(session)})

    def _issue(self, session: Session) -> str:
        token = f"token-{next(self._tokens)}"
        self.sessions[token] = session
        return token

    def _latest(self, token: str) -> Answer:
        session = self.sessions.pop(token, None)
        if session is None:
            return self._bad_token("Expired")
        if self.clock.monotonic() < session.not_before:
            return self._bad_token("PollIntervalNotSatisfied")
        made = self.deployments.get(session.environment, [])
        current = next((one for one in reversed(made) if one["State"] in IN_FORCE), None)
        if current is None:
            message = "no deployment was found"
            return _error(404, "ResourceNotFoundException", message, ResourceType="Deployment")
        version = self.hosted[session.profile][int(current["ConfigurationVersion"]) - 1]
        content = b"" if session.served == current["ConfigurationVersion"] else version["content"]
        session.served = current["ConfigurationVersion"]
        session.not_before = self.clock.monotonic() + POLL_SECONDS
        headers = {
            "Content-Type": "application/json",
            "Next-Poll-Configuration-Token": self._issue(session),
            "Next-Poll-Interval-In-Seconds": str(POLL_SECONDS),
        }
        return 200, headers | ({"Version-Label": version["label"]} if version["label"] else {}), content

    def _bad_token(self, problem: str) -> Answer:
        details = {"InvalidParameters": {"ConfigurationToken": {"Problem": problem}}}
        return _error(
            400, "BadRequestException", "invalid token", Reason="InvalidParameters", Details=details
        )


@contextmanager
def serving(appconfig: AppConfig) -> Iterator[str]:
    """Serve it on a loopback port; yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = appconfig.answer(self.command, self.path, dict(self.headers), body)
            self.close_connection = True
            if answer is None:
                return
            status, headers, content = answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 (http.server's own names)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        appconfig.close()
        server.shutdown()
        thread.join()
        server.server_close()


def _json(status: int, data: object) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(data).encode()


def _error(status: int, code: str, message: str, **more: object) -> Answer:
    status, headers, body = _json(status, {"Message": message, **more})
    return status, {**headers, "x-amzn-ErrorType": code}, body


FAULTS: dict[Fault, Answer | None] = {
    "timeout": None,
    "dropped": None,
    "lost": None,
    "throttle": _error(429, "ThrottlingException", "Rate exceeded"),
    "denied": _error(403, "AccessDeniedException", "no identity-based policy allows it"),
    "broken": _error(500, "InternalServerException", "oops"),
    "garbage": (200, {"Content-Type": "application/json"}, b"<html>a proxy's page</html>"),
}
