"""The HTTP of AppConfig's agent.

For one production it is asked::

    GET /applications/<application>/environments/flags/configurations/flags
    Entity-Id: <production id>
    Context: topic=Tea
    Context: language=en

A key of the context is a header of its own. All of a context travels as text: numbers in digits, moments in
ISO 8601, lists with commas between their parts, what cannot be printed as a space. The agent takes 2 KB;
a value that is longer is left out, and so is one whose key cannot be written before a ``=``.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from reelwright.clock import Clock
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.errors import ReelwrightError

__all__ = ["AgentFailed", "AgentUnreachable", "FlagAgent", "as_sent"]

_MAX_ANSWER_BYTES = 4 * 1024 * 1024
_MAX_VALUE_BYTES = 2048
_OK = 200
_TOO_MANY = 429
_IN_TROUBLE = 500


class AgentUnreachable(SourceUnreachable):
    """AppConfig's agent did not answer, or is in trouble itself."""

    code = "agent_unreachable"


class AgentFailed(SourceFailed):
    """AppConfig's agent refused, or answered with what are no flags."""

    code = "agent_failed"


class FlagAgent:
    """The agent's HTTP, for one profile: one attempt, bounded in time and size."""

    def __init__(
        self,
        url: str,
        *,
        application: str,
        environment: str,
        profile: str,
        timeout_seconds: float,
        clock: Clock,
    ) -> None:
        """All three are AppConfig's ids or names."""
        self.url = url
        """Where it listens."""
        self._path = _path(application, environment, profile)
        self._timeout_seconds = timeout_seconds
        self._clock = clock

    def ask(self, entity: str, context: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """Return version and flags; AgentUnreachable, AgentFailed. The version is empty if it tells none."""
        from http.client import HTTPException  # noqa: PLC0415 (only who asks an agent pays for it)

        try:
            status, version, body = self._get(entity, context)
        except (OSError, HTTPException, ValueError) as error:
            raise AgentUnreachable(
                f"The AppConfig agent at {self.url} does not answer: {type(error).__name__}.",
                next_step="See whether the extension or container runs, and its log.",
            ) from error
        if status != _OK:
            raise self._refused(status)
        return version, self._flags(body)

    def _get(self, entity: str, context: Mapping[str, str]) -> tuple[int, str, bytes]:
        from http.client import HTTPConnection  # noqa: PLC0415 (as above)

        address = urlsplit(self.url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=self._timeout_seconds)
        with closing(connection):
            connection.putrequest("GET", self._path, skip_accept_encoding=True)
            for name, value in [
                ("Entity-Id", entity),
                *(("Context", f"{k}={v}") for k, v in context.items()),
            ]:
                connection.putheader(name, _printable(value).encode("utf-8", "replace"))
            connection.endheaders()
            response = connection.getresponse()
            version = response.headers.get("Configuration-Version") or ""
            return response.status, version, self._read(response)

    def _read(self, response: Any) -> bytes:
        """Read in pieces: one timeout is for all of them."""
        end, body = self._clock.monotonic() + self._timeout_seconds, b""
        while piece := response.read1(64 * 1024):
            body += piece
            if len(body) > _MAX_ANSWER_BYTES:
                raise ValueError("too long")
            if self._clock.monotonic() > end:
                raise TimeoutError
        return body

    def _refused(self, status: int) -> ReelwrightError:
        message = f"The AppConfig agent at {self.url} answers {status} for {self._path}."
        if status >= _IN_TROUBLE or status == _TOO_MANY:
            return AgentUnreachable(message, next_step="See the agent's log.")
        return AgentFailed(message, next_step="See the permissions of the role, and the names in the path.")

    def _flags(self, body: bytes) -> dict[str, Any]:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(map(_is_flag, found.values())):
            raise AgentFailed(
                f"The AppConfig agent at {self.url} answers with what are no flags.",
                next_step="See that the profile holds feature flags.",
            )
        return found


def _path(application: str, environment: str, profile: str) -> str:
    parts = ("applications", application, "environments", environment, "configurations", profile)
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _is_flag(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("enabled"), bool)


def as_sent(context: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return a context as text, and the keys of what the agent cannot be told."""
    texts: dict[str, str] = {}
    left_out: list[str] = []
    for key, value in context.items():
        text = _printable(_text(value))
        fits = len(f"{key}={text}".encode("utf-8", "replace")) <= _MAX_VALUE_BYTES
        if fits and key and key.isprintable() and "=" not in key:
            texts[key] = text
        else:
            left_out.append(key[:64])
    return texts, tuple(left_out)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(_text, value))
    return str(value)
