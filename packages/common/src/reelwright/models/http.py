"""HTTP with vendors: one attempt, no redirects, bounded in time and size, honest about what has arrived.

It rests on the standard library: what libraries add, pools, retries and redirects, must not happen here.
Every request has a connection of its own, so that ``NotSent`` is certain. What answers mean in terms of the
error tree is said in ``models/outcomes.py``.
"""

import json as json_module
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from reelwright.errors import Retryable
from reelwright.models.addresses import parse_address
from reelwright.models.errors import ProviderMisconfigured
from reelwright.resilience.deadline import Deadline
from reelwright.storage.addresses import Address
from reelwright.storage.fetching import FetchBroken, Fetching, FetchRefused, fetch

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

__all__ = [
    "MAX_ANSWER_BYTES",
    "AnswerLost",
    "DownloadFailed",
    "HttpAnswer",
    "HttpClient",
    "NotSent",
    "first_reachable",
]

Result = TypeVar("Result")

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""Of an answer that is kept in memory, unless the caller says otherwise."""

_USER_AGENT = "reelwright"
_PIECE_BYTES = 64 * 1024
_HEADER_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEADER_VALUE = re.compile(r"[ -~]*")
_WhyNotGiven: TypeAlias = Literal["expired", "refused", "content_type", "too_large"]
_FOOTAGE = ("video/", "application/octet-stream", "binary/octet-stream")


class NotSent(Retryable):
    """No connection was made, so that nothing can have arrived. The next address may be tried."""

    code = "not_sent"

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message, next_step="Try again; if it goes on, check the address and the network.")
        self.timed_out = timed_out


class AnswerLost(Retryable):
    """The request may have arrived and may be carried out, and no whole answer came."""

    code = "answer_lost"

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message, next_step="Find out what became of the request before it is sent again.")
        self.timed_out = timed_out


class DownloadFailed(Retryable):
    """A file was answered for, and not given as it should be; nothing is left of it.

    ``why``: ``expired`` (403, 404, 410: the address is no longer good), ``refused`` (any other status),
    ``content_type``, ``too_large``.
    """

    code = "download_failed"

    def __init__(self, why: _WhyNotGiven, message: str, status: int) -> None:
        super().__init__(message, next_step="Ask the provider for a new address of the file.")
        self.why = why
        self.status = status


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer, whatever its status. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime | None = field(default=None, repr=False)
    """When it came, by the deadline's clock: a date in ``Retry-After`` is read against it."""

    @property
    def content_type(self) -> str:
        """The media type in lower case, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json_object(self) -> dict[str, Any] | None:
        """Return the body as a JSON object; None if it is none, or does not say that it is JSON."""
        if not self.content_type.endswith("json"):
            return None
        try:
            data = json_module.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None


class HttpClient:
    """Sends requests and downloads files. Holds nothing, so that it may be shared by threads.

    TLS is verified against the machine's authorities (or ``SSL_CERT_FILE``); plain http goes to this
    machine only. The deadline holds for everything from the resolver on, also against an answer that comes
    byte by byte; it needs a clock that runs. No header, path or query is in an error or a log.
    """

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        body: bytes | None = None,
        deadline: Deadline,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpAnswer:
        """Send one request, with ``json`` or ``body``, and return the answer, also if it is an error's.

        NotSent if no connection was made; AnswerLost if one was and no whole answer of at most
        ``max_bytes`` came; ProviderMisconfigured for an address or a header that cannot be sent.
        """
        address, sent = parse_address(url), _checked(headers or {})
        if json is not None:
            body = json_module.dumps(json, allow_nan=False).encode("ascii")
            sent = {"Content-Type": "application/json", **sent}
        with _asked(address, method, sent, body, deadline) as response:
            content = b"".join(_bounded(_pieces(response, address), max_bytes, _too_long(address)))
            clock = deadline.clock
            return HttpAnswer(response.status, _headers_of(response), content, clock.now())

    def download(
        self,
        url: str,
        into: Path,
        *,
        deadline: Deadline,
        max_bytes: int,
        endpoints: Sequence[str] = (),
        content_types: Sequence[str] = _FOOTAGE,
    ) -> str:
        """Stream a file to ``into``, which appears when it is whole, and return its content type.

        The address comes from a vendor's answer, so it is https and leads to the public internet. Only if
        one of the ``endpoints`` (those of the call's access) is of this machine may it lead here too. It
        must be an MP4 by its first bytes; redirects are not followed.
        NotSent, AnswerLost, DownloadFailed; ProviderMisconfigured for an address that is never taken.
        """
        address = parse_address(url)
        rules = Fetching(
            max_bytes=max_bytes,
            max_redirects=0,
            content_types=content_types,
            kinds=("mp4",),
            loopback=address.is_loopback and any(parse_address(one).is_loopback for one in endpoints),
            any_port=True,
        )
        try:
            return fetch(url, into, rules, deadline).content_type
        except FetchRefused as error:
            raise _not_given(error) from error
        except FetchBroken as error:
            kind = NotSent if error.why == "unreachable" else AnswerLost
            raise kind(error.message, timed_out=error.timed_out) from error


def first_reachable(endpoints: Sequence[str], default: str, send: Callable[[str], Result]) -> Result:
    """Return what ``send`` makes of the first address that can be reached, of ``endpoints`` or ``default``.

    The next is tried only after NotSent: whatever else happened, the request may be at work already.
    """
    *others, last = endpoints or (default,)
    for address in others:
        try:
            return send(address)
        except NotSent:
            continue
    return send(last)


@contextmanager
def _asked(
    address: Address,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline: Deadline,
) -> "Iterator[HTTPResponse]":
    connection = _reached(address, deadline)
    try:
        with _losing(address):
            response = _response_to(connection, address, method, headers, body)
        with response:
            yield response
    finally:
        connection.close()


def _reached(address: Address, deadline: Deadline) -> "HTTPConnection":
    from reelwright.storage.wire import opened  # noqa: PLC0415 (http.client takes 20 ms to import)

    try:
        return opened(address, deadline)
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise NotSent(
            f"No connection to {address.host} could be made: {why}.",
            timed_out=isinstance(error, TimeoutError),
        ) from error


def _response_to(
    connection: "HTTPConnection",
    address: Address,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> "HTTPResponse":
    always = {"Host": address.authority, "User-Agent": _USER_AGENT, "Connection": "close"}
    try:
        connection.request(method, address.target, body=body, headers={**headers, **always})
    except (BrokenPipeError, ConnectionResetError):
        return _answer_to_a_part(connection)
    return connection.getresponse()


def _answer_to_a_part(connection: "HTTPConnection") -> "HTTPResponse":
    """Read what a server says that closed before it had the whole body, such as 413."""
    response = connection.response_class(connection.sock)
    response.begin()
    return response


@contextmanager
def _losing(address: Address) -> Iterator[None]:
    """Call every break from here on by its name."""
    from http.client import HTTPException  # noqa: PLC0415 (imported with the first connection)

    try:
        yield
    except (OSError, HTTPException) as error:
        late = isinstance(error, TimeoutError)
        how = "did not come in time" if late else f"broke off ({type(error).__name__})"
        raise AnswerLost(f"The answer of {address.host} {how}.", timed_out=late) from error


def _pieces(response: "HTTPResponse", address: Address) -> Iterator[bytes]:
    while True:
        with _losing(address):
            piece = response.read(_PIECE_BYTES)
        if not piece:
            break
        yield piece
    if response.length:
        raise AnswerLost(f"The answer of {address.host} broke off before its end.")


def _bounded(pieces: Iterator[bytes], max_bytes: int, excess: Exception) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise excess
        yield piece


def _too_long(address: Address) -> AnswerLost:
    return AnswerLost(f"The answer of {address.host} is larger than it may be.")


def _not_given(error: FetchRefused) -> NotSent | DownloadFailed:
    if error.why in {"address", "port", "not_public"}:
        return NotSent(error.message)
    named: dict[str, _WhyNotGiven] = {"expired": "expired", "too_large": "too_large", "status": "refused"}
    return DownloadFailed(named.get(error.why, "content_type"), error.message, error.status)


def _headers_of(response: "HTTPResponse") -> dict[str, str]:
    """Return the headers in lower case; repeated ones are joined."""
    found: dict[str, str] = {}
    for name, value in response.getheaders():
        known = found.get(name.lower())
        found[name.lower()] = value if known is None else f"{known}, {value}"
    return found


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ProviderMisconfigured(
                f"The header {name!r} cannot be sent: it holds characters that a header has not.",
                next_step="Set the provider's key anew, without line ends or other characters around it.",
            )
    return dict(headers)
