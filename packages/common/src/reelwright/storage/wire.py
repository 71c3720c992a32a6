"""Connections that keep to a deadline whatever the other side does.

Each request has a connection of its own: one that lay in a pool may be dead already, and then nobody can
tell whether what was written to it has arrived. A handshake costs less than that question.
"""

import io
import socket
import ssl
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from http.client import HTTPConnection, HTTPResponse
from typing import Any, TypeAlias, cast

from reelwright.resilience.deadline import Deadline
from reelwright.storage.addresses import Address, is_public

__all__ = ["CONNECT_SECONDS", "NotPublic", "Resolver", "ask_system", "opened", "time_left"]

Resolver: TypeAlias = Callable[[str, int], list[Any]]
"""Returns what ``socket.getaddrinfo`` does for a host and a port."""

CONNECT_SECONDS = 10.0
"""The longest wait for one address to take a connection."""

_KEEPALIVE_SECONDS = 60


class NotPublic(OSError):  # noqa: N818 (said as the other refusals are)
    """A name leads to an address that is not of the public internet."""

    def __init__(self) -> None:
        super().__init__("it leads to an address that is not of the public internet")


def ask_system(host: str, port: int) -> list[Any]:
    """Ask the system's resolver. OSError, or UnicodeError for what is no name."""
    found: list[Any] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return found


def opened(
    address: Address, deadline: Deadline, *, loopback: bool = True, resolve: Resolver = ask_system
) -> HTTPConnection:
    """Return a connection that is made, TLS included, and reads no longer than the deadline.

    Plain http must lead to this machine, and, without ``loopback``, every connection to the public
    internet: it is the resolved address that counts, and nobody asks for it twice. OSError if it cannot be
    made; NotPublic if it may not.
    """
    connection = HTTPConnection(address.host, address.port)
    connection.sock = _connected(address, deadline, loopback=loopback, resolve=resolve)
    connection.response_class = cast("type[HTTPResponse]", partial(_response, deadline))
    return connection


def time_left(deadline: Deadline) -> float:
    """Return the seconds left; TimeoutError if there are none."""
    left = deadline.remaining_seconds()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left


def _connected(address: Address, deadline: Deadline, *, loopback: bool, resolve: Resolver) -> socket.socket:
    error: OSError = OSError("the name has no address")
    for family, kind, protocol, _, place in _resolved(address, deadline, loopback=loopback, resolve=resolve):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(min(CONNECT_SECONDS, time_left(deadline)))
            made.connect(place)
            _tune(made)
            return _secured(made, address, deadline)
        except OSError as failed:
            made.close()
            error = failed
    raise error


def _tune(made: socket.socket) -> None:
    """Send at once, and keep the connection known to routers while a model thinks for minutes."""
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _KEEPALIVE_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _KEEPALIVE_SECONDS)


def _resolved(address: Address, deadline: Deadline, *, loopback: bool, resolve: Resolver) -> list[Any]:
    found = _looked_up(address, min(CONNECT_SECONDS, time_left(deadline)), resolve)
    hosts = [str(place[0]) for *_, place in found]
    if address.is_loopback and loopback:
        allowed = all(host == "::1" or host.startswith("127.") for host in hosts)
    else:
        allowed = loopback or all(map(is_public, hosts))
    if not allowed:
        raise NotPublic
    return found


def _looked_up(address: Address, seconds: float, resolve: Resolver) -> list[Any]:
    """Ask the resolver, which takes no limit of time, in a thread that is left behind if it is late."""
    answers: list[list[Any] | OSError] = []

    def look() -> None:
        try:
            answers.append(resolve(address.host, address.port))
        except UnicodeError:
            answers.append(OSError("the host has no valid name"))
        except OSError as error:
            answers.append(error)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    thread.join(seconds)
    answer = answers[0] if answers else TimeoutError("the name was not resolved in time")
    if isinstance(answer, OSError):
        raise answer
    return answer


def _secured(made: socket.socket, address: Address, deadline: Deadline) -> socket.socket:
    made.settimeout(time_left(deadline))
    if address.scheme == "http":
        return made
    return _verifying().wrap_socket(made, server_hostname=address.host.rstrip("."))


@lru_cache(maxsize=1)
def _verifying() -> ssl.SSLContext:
    """Make the context once: reading the authorities takes longer than a handshake."""
    return ssl.create_default_context()


def _response(deadline: Deadline, sock: socket.socket, *args: Any, **options: Any) -> HTTPResponse:
    return HTTPResponse(cast("socket.socket", _Readable(sock, deadline)), *args, **options)


class _Readable:
    """A socket as HTTPResponse needs it."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Punctual(self._sock, self._deadline))


class _Punctual(io.RawIOBase):
    """Bytes from a socket. Each wait is as long as the time that is left, so that drips do not add up."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(time_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
