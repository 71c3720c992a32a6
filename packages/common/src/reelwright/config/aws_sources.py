"""The sources of configuration on AWS: an AppConfig session, SSM parameters, an S3 document."""

import hashlib
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError
from pydantic import JsonValue

from reelwright.clock import Clock
from reelwright.config.aws_errors import asking, code_of, message_of, translated
from reelwright.config.documents import fetched_from, parse_document
from reelwright.config.errors import InvalidConfiguration, SourceFailed
from reelwright.config.ports import Fetched
from reelwright.config.schema import Layer
from reelwright.config.tree import placed
from reelwright.config.variables import read_setting

__all__ = ["NOTHING", "AppConfigSource", "ObjectSource", "ParametersSource"]

NOTHING = ""
"""The version of a source that holds nothing."""

_TTL_SECONDS = 30.0
_SHORTEST_POLL_SECONDS = 15
_PAGE = 10
_NO_DEPLOYMENT = ("Deployment", "Configuration")


class _Outcome:
    """What a source last gave: an answer, or the failure to be one. Unchanged means: that again."""

    def __init__(self) -> None:
        self._answer: Fetched | None = None
        self._failure: SourceFailed | None = None

    @property
    def is_known(self) -> bool:
        return self._answer is not None or self._failure is not None

    def keep(self, make: Callable[[], Fetched]) -> None:
        """Keep what ``make`` returns, or why it cannot."""
        self._answer = self._failure = None
        try:
            self._answer = make()
        except SourceFailed as failure:
            self._failure = failure

    def tell(self, known_version: str | None) -> Fetched | None:
        """Return the answer unless its version is known; raise if it was none."""
        if self._failure is not None:
            raise self._failure
        answer = self._answer or Fetched(NOTHING)
        return None if answer.version == known_version else answer


class AppConfigSource:
    """Operators' runtime overrides: what is deployed of a freeform AppConfig profile.

    Keeps one session with its single-use token. Asks no more often than AppConfig allows: in between, and
    when AppConfig says that nothing changed, what it last said holds. Nothing deployed is an empty answer.
    """

    layer = Layer.RUNTIME

    def __init__(
        self,
        client: Any,
        clock: Clock,
        *,
        application: str,
        environment: str = "runtime",
        profile: str = "settings",
        name: str = "appconfig:runtime/settings",
        ttl_seconds: float = _TTL_SECONDS,
    ) -> None:
        self.name = name
        self.ttl_seconds = ttl_seconds
        self._client = client
        self._clock = clock
        self._where = {
            "ApplicationIdentifier": application,
            "EnvironmentIdentifier": environment,
            "ConfigurationProfileIdentifier": profile,
        }
        self._token: str | None = None
        self._not_before = 0.0
        self._outcome = _Outcome()
        self._alone = Lock()  # a fetch that was given up may still run: a token is good for one call only

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return what is deployed, or None when that is still ``known_version``."""
        with self._alone:
            if not self._outcome.is_known or self._clock.monotonic() >= self._not_before:
                with asking(self.name):
                    self._poll()
            return self._outcome.tell(known_version)

    def _poll(self) -> None:
        try:
            answer = self._latest()
            content = bytes(answer["Configuration"].read())
        except ClientError as error:
            if not _nothing_deployed(error):
                raise
            self._token = None
            self._not_before = self._clock.monotonic() + self.ttl_seconds
            self._outcome.keep(lambda: Fetched(NOTHING))
            return
        self._token = answer["NextPollConfigurationToken"]
        self._not_before = self._clock.monotonic() + answer.get("NextPollIntervalInSeconds", 0)
        if content:
            version = answer.get("VersionLabel") or hashlib.sha256(content).hexdigest()[:16]
            self._outcome.keep(lambda: _document(content, version, self.name))
        elif not self._outcome.is_known:
            self._outcome.keep(lambda: Fetched(NOTHING))

    def _latest(self) -> dict[str, Any]:
        """Ask with the token at hand; if that is refused as too old, once more in a new session."""
        if self._token is not None:
            try:
                return self._ask(self._token)
            except self._client.exceptions.BadRequestException:
                self._token = None
        return self._ask(self._start())

    def _start(self) -> str:
        # Half the time to live: whoever comes when that is over must not be too early by the time that the
        # last answer took, find nothing new, and wait for another.
        poll = max(_SHORTEST_POLL_SECONDS, int(self.ttl_seconds / 2))
        session = self._client.start_configuration_session(
            **self._where, RequiredMinimumPollIntervalInSeconds=poll
        )
        token: str = session["InitialConfigurationToken"]
        return token

    def _ask(self, token: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.get_latest_configuration(ConfigurationToken=token)
        return answer


class ParametersSource:
    """Operators' settings in SSM: ``<path>video/fps`` is ``video.fps``.

    Values are read as those of environment variables are; a longer name lies over a shorter one. Never
    decrypts: a SecureString is SourceFailed, secrets have a layer of their own.
    """

    layer = Layer.SSM

    def __init__(self, client: Any, *, path: str, ttl_seconds: float = _TTL_SECONDS) -> None:
        self.name = f"ssm:{path}"
        self.ttl_seconds = ttl_seconds
        self._client = client
        self._path = path

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return all parameters, or None when names and versions are those of ``known_version``."""
        with asking(self.name):
            parameters = sorted(self._parameters(), key=lambda parameter: str(parameter["Name"]))
            version = _version_of(parameters)
            if version == known_version:
                return None
            return Fetched(version, self._tree(parameters))

    def _parameters(self) -> Iterator[dict[str, Any]]:
        more: dict[str, str] = {}
        while True:
            page = self._client.get_parameters_by_path(
                Path=self._path, Recursive=True, WithDecryption=False, MaxResults=_PAGE, **more
            )
            yield from page["Parameters"]
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _tree(self, parameters: list[dict[str, Any]]) -> dict[str, JsonValue]:
        tree: dict[str, JsonValue] = {}
        for parameter in sorted(parameters, key=lambda parameter: str(parameter["Name"]).count("/")):
            key = parameter["Name"].removeprefix(self._path).strip("/").replace("/", ".")
            tree = placed(tree, key, self._value(parameter, key))
        return tree

    def _value(self, parameter: dict[str, Any], key: str) -> JsonValue:
        match parameter["Type"]:
            case "SecureString":
                raise SourceFailed(
                    f"{parameter['Name']} is a SecureString: settings are read without decryption.",
                    next_step="Store secrets with: reelwright secrets set; make this parameter a String.",
                    context={"source": self.name, "parameter": parameter["Name"]},
                )
            case "StringList":
                return list(parameter["Value"].split(","))
            case _:
                return read_setting(key, parameter["Value"])


class ObjectSource:
    """Operators' versioned document in S3. An unchanged object is not sent again (If-None-Match)."""

    layer = Layer.DOCUMENTS

    def __init__(
        self,
        client: Any,
        *,
        bucket: str,
        key: str,
        name: str = "s3:settings",
        ttl_seconds: float = _TTL_SECONDS,
    ) -> None:
        self.name = name
        self.ttl_seconds = ttl_seconds
        self._client = client
        self._object = {"Bucket": bucket, "Key": key}
        self._etag: str | None = None
        self._outcome = _Outcome()
        self._alone = Lock()  # a fetch that was given up may still run

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return what the document says, or None when its version is still ``known_version``."""
        with self._alone:
            with asking(self.name):
                self._refresh()
            return self._outcome.tell(known_version)

    def _refresh(self) -> None:
        condition = {"IfNoneMatch": self._etag} if self._etag else {}
        try:
            answer = self._client.get_object(**self._object, **condition)
            content = bytes(answer["Body"].read())
        except ClientError as error:
            self._refused(error)
            return
        self._etag = answer["ETag"]
        version = answer.get("VersionId") or self._etag.strip('"')
        self._outcome.keep(lambda: _document(content, version, self.name))

    def _refused(self, error: ClientError) -> None:
        code = code_of(error)
        if code in {"304", "NotModified"} and self._outcome.is_known:
            return
        if code not in {"NoSuchKey", "404"}:
            raise translated(error, self.name) from error
        self._etag = None
        self._outcome.keep(lambda: Fetched(NOTHING))


def _document(content: bytes, version: str, source: str) -> Fetched:
    try:
        return fetched_from(parse_document(content), version)
    except InvalidConfiguration as error:
        raise SourceFailed(
            f"{source} holds no document of settings: {error.message}",
            next_step=error.next_step,
            context={"source": source, "version": version},
        ) from error


def _version_of(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return NOTHING
    names = "\n".join(f"{parameter['Name']} {parameter['Version']}" for parameter in parameters)
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def _nothing_deployed(error: ClientError) -> bool:
    """Tell a profile that was never deployed from one that does not exist."""
    if code_of(error) not in {"ResourceNotFoundException", "BadRequestException"}:
        return False
    kind = error.response.get("ResourceType")
    return kind in _NO_DEPLOYMENT if kind else "deploy" in message_of(error).lower()
