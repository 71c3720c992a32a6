"""Files from addresses that others name: only from the public internet, only media, and never without end.

A name is resolved once, and the connection goes to what was found and judged then. Redirects are judged
like the first address. Nothing is unpacked on the way, so that a small answer cannot become a large file.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import urljoin

from reelwright.errors import InvalidInput, Retryable
from reelwright.resilience.deadline import Deadline
from reelwright.storage.addresses import Address, AddressRefused, read_address
from reelwright.storage.sniffing import SNIFFED_BYTES, MediaKind, media_kind

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

    from reelwright.storage.wire import Resolver

__all__ = [
    "FetchBroken",
    "FetchRefused",
    "Fetched",
    "Fetching",
    "WhyBroken",
    "WhyNotFetched",
    "fetch",
]

WhyNotFetched: TypeAlias = Literal[
    "address",
    "port",
    "not_public",
    "redirects",
    "expired",
    "status",
    "encoded",
    "content_type",
    "too_large",
    "not_media",
]
WhyBroken: TypeAlias = Literal["unreachable", "lost", "late"]

_USER_AGENT: Final = "reelwright"
_PIECE_BYTES: Final = 64 * 1024
_OK: Final = 200
_GONE: Final = (403, 404, 410)
"""How stores answer for an address whose time is over: S3 and its like say 403."""
_MOVED: Final = (301, 302, 303, 307, 308)
_TYPES: Final = (
    "video/",
    "image/gif",
    "application/mp4",
    "application/ogg",
    "application/octet-stream",
    "binary/octet-stream",
)
_HTTPS: Final = 443
_NEXT_STEPS: Final[dict[WhyNotFetched, str]] = {
    "address": "Give an https address, without a user, a password or a fragment.",
    "port": "Give an address at the usual port of https.",
    "not_public": "Give an address of the public internet; a file of this machine is named by its path.",
    "redirects": "Give the address where the file itself is.",
    "expired": "Ask for a new address of the file: this one is no longer good.",
    "status": "Open the address in a browser and see what it says.",
    "encoded": "Give an address that serves the file as it is.",
    "content_type": "Give the address of the file itself, not of a page that shows it.",
    "too_large": "Give a smaller file.",
    "not_media": "Give the address of the file itself, not of a page that shows it.",
}


class FetchRefused(InvalidInput):
    """A file is not taken from an address, and nothing is left of it; ``why`` names the rule."""

    code = "fetch_refused"

    def __init__(self, why: WhyNotFetched, told: str, host: str, status: int = 0) -> None:
        super().__init__(
            f"A file of {host or 'an address'} is not taken ({why.replace('_', ' ')}): {told}.",
            next_step=_NEXT_STEPS[why],
            context={"host": host},
        )
        self.why: WhyNotFetched = why
        self.host = host
        self.status = status


class FetchBroken(Retryable):
    """A file did not come, or not whole, and nothing is left of it; another time it may."""

    code = "fetch_broken"

    def __init__(self, why: WhyBroken, told: str, host: str, *, timed_out: bool = False) -> None:
        super().__init__(
            told, next_step="Try again; if it goes on, check the address.", context={"host": host}
        )
        self.why: WhyBroken = why
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class Fetching:
    """The rules for a file."""

    max_bytes: int
    max_redirects: int = 3
    content_types: Sequence[str] = _TYPES
    kinds: Sequence[MediaKind] = ("mp4", "matroska", "avi", "ogg", "gif", "mpegts")
    """What the file itself must begin like, whatever it is called."""
    loopback: bool = False
    """Whether it may lie on this machine, if the address says so: for simulators of vendors."""
    any_port: bool = False
    resolve: "Resolver | None" = None
    """In place of the system's resolver."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched."""

    content_type: str
    kind: MediaKind
    size_bytes: int


def fetch(url: str, into: Path, rules: Fetching, deadline: Deadline) -> Fetched:
    """Stream a file to ``into``, which appears when it is whole.

    The deadline holds for everything from the first name on, also against bytes that drip. FetchRefused,
    FetchBroken; no path and no query of an address is in either.
    """
    address = _judged(url, rules)
    for _ in range(rules.max_redirects + 1):
        with _asked(address, rules, deadline) as response:
            moved = _moved_to(response, address, url) if rules.max_redirects else None
            if moved is None:
                return _kept(response, address, rules, into)
        url = moved
        address = _judged(url, rules)
    raise FetchRefused("redirects", f"it was sent on more than {rules.max_redirects} times", address.host)


def _judged(url: str, rules: Fetching) -> Address:
    try:
        address = read_address(url)
    except AddressRefused as error:
        raise FetchRefused("address", error.why, error.host) from error
    here = rules.loopback and address.is_loopback
    if address.scheme == "http" and not here:
        raise FetchRefused("not_public", "it leads to this machine", address.host)
    if address.port != _HTTPS and not (here or rules.any_port):
        raise FetchRefused("port", f"port {address.port} is not that of https", address.host)
    return address


@contextmanager
def _asked(address: Address, rules: Fetching, deadline: Deadline) -> "Iterator[HTTPResponse]":
    connection = _reached(address, rules, deadline)
    try:
        with _losing(address):
            headers = {"Host": address.authority, "User-Agent": _USER_AGENT, "Connection": "close"}
            connection.request("GET", address.target, headers={**headers, "Accept-Encoding": "identity"})
            response = connection.getresponse()
        with response:
            yield response
    finally:
        connection.close()


def _reached(address: Address, rules: Fetching, deadline: Deadline) -> "HTTPConnection":
    from reelwright.storage.wire import NotPublic, ask_system, opened  # noqa: PLC0415 (http.client takes 20 ms)

    here = rules.loopback and address.is_loopback
    try:
        return opened(address, deadline, loopback=here, resolve=rules.resolve or ask_system)
    except NotPublic as error:
        raise FetchRefused("not_public", str(error), address.host) from error
    except OSError as error:
        late = isinstance(error, TimeoutError)
        why = error.strerror or str(error) or type(error).__name__
        told = f"No connection to {address.host} could be made: {why}."
        raise FetchBroken("unreachable", told, address.host, timed_out=late) from error


@contextmanager
def _losing(address: Address) -> Iterator[None]:
    """Call every break from here on by its name."""
    from http.client import HTTPException  # noqa: PLC0415 (imported with the first connection)

    try:
        yield
    except (OSError, HTTPException) as error:
        late = isinstance(error, TimeoutError)
        how = "did not come in time" if late else f"broke off ({type(error).__name__})"
        told = f"The answer of {address.host} {how}."
        raise FetchBroken("late" if late else "lost", told, address.host, timed_out=late) from error


def _moved_to(response: "HTTPResponse", address: Address, url: str) -> str | None:
    """Return where a redirect leads; None for any other answer."""
    place = response.getheader("location")
    if response.status not in _MOVED or not place:
        return None
    try:
        return urljoin(url, place)
    except ValueError as error:
        raise FetchRefused("address", "it was sent on to no address", address.host) from error


def _kept(response: "HTTPResponse", address: Address, rules: Fetching, into: Path) -> Fetched:
    content_type = _acceptable(response, address, rules)
    pieces = _bounded(_pieces(response, address), address, rules.max_bytes)
    beginning, kind = _begun(pieces, address, rules)
    size = _write(beginning, pieces, into)
    return Fetched(content_type, kind, size)


def _acceptable(response: "HTTPResponse", address: Address, rules: Fetching) -> str:
    status = response.status
    if status != _OK:
        why: WhyNotFetched = "expired" if status in _GONE else "status"
        raise FetchRefused(why, f"it answered a download with status {status}", address.host, status)
    if response.getheader("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise FetchRefused("encoded", "it is packed", address.host, status)
    kind = response.getheader("content-type", "").partition(";")[0].strip().lower()
    if not kind.startswith(tuple(rules.content_types)):
        raise FetchRefused("content_type", "it gave no file of the right kind", address.host, status)
    if response.length is not None and response.length > rules.max_bytes:
        raise _too_large(address, rules.max_bytes)
    return kind


def _pieces(response: "HTTPResponse", address: Address) -> Iterator[bytes]:
    while True:
        with _losing(address):
            piece = response.read(_PIECE_BYTES)
        if not piece:
            break
        yield piece
    if response.length:
        told = f"The answer of {address.host} broke off before its end."
        raise FetchBroken("lost", told, address.host)


def _bounded(pieces: Iterator[bytes], address: Address, max_bytes: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise _too_large(address, max_bytes)
        yield piece


def _begun(pieces: Iterator[bytes], address: Address, rules: Fetching) -> tuple[bytes, MediaKind]:
    beginning = b""
    while len(beginning) < SNIFFED_BYTES and (piece := next(pieces, b"")):
        beginning += piece
    kind = media_kind(beginning[:SNIFFED_BYTES])
    if kind is None or kind not in rules.kinds:
        raise FetchRefused("not_media", "what came does not begin like such a file", address.host, _OK)
    return beginning, kind


def _write(beginning: bytes, pieces: Iterator[bytes], into: Path) -> int:
    handle, name = tempfile.mkstemp(prefix=f".{into.name}.", dir=into.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(beginning)
            file.writelines(pieces)
            size = file.tell()
        part.replace(into)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return size


def _too_large(address: Address, max_bytes: int) -> FetchRefused:
    told = f"it is larger than {max_bytes} bytes"
    return FetchRefused("too_large", told, address.host, _OK)
