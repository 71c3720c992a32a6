"""What simulated vendors have in common: a loopback server that does work, bills it, and fails on order."""

import json
import random
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from math import ceil
from typing import Any, Literal, Self, get_args
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = [
    "FAULTS",
    "HOST",
    "Answer",
    "Cut",
    "Fault",
    "Faults",
    "PriceTable",
    "Received",
    "Simulator",
    "Work",
    "json_answer",
    "nobody_listens",
]

HOST = "127.0.0.1"
_DRIP_SECONDS = 0.05
_LONGEST_HANG_SECONDS = 60.0

Fault = Literal[
    "throttled",
    "server_error",
    "overloaded",
    "timeout",
    "refused_connection",
    "reset",
    "reset_mid_body",
    "slow_body",
    "malformed",
    "refusal",
    "truncated",
    "lost_answer",
    "duplicate_id",
    "retired",
    "wrong_content_type",
    "expired_url",
    "unauthorised",
    "exhausted",
    "invalid_request",
]
"""What can go wrong. Whether the work was done all the same:

* ``timeout`` (no answer, ever), ``reset`` and ``refused_connection`` (cut before a byte): not done. Once a
  connection is made nobody can refuse it, so the last two look alike; ``Simulator.away`` refuses truly.
* ``lost_answer`` (cut before a byte), ``reset_mid_body``, ``slow_body``, ``malformed``,
  ``wrong_content_type``: done and billed, and the answer spoiled.
* The others are the vendor's own answers: the subclass says them, and what they cost.
"""

FAULTS: tuple[Fault, ...] = get_args(Fault)

PriceTable = Mapping[str, Mapping[str, Fraction]]
"""Micro-dollars for one unit, by the vendor's model id and by unit: $2 for a million tokens is 2."""


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names in lower case, the path decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    lines: Sequence[tuple[str, str]] = ()
    """All headers in their order, those that came several times too."""

    @property
    def json(self) -> Any:
        """The body as data; None if there is none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Answer:
    """What is sent back, after a while."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    """The answer is held back so long."""
    drip_seconds: float = 0.0
    """If above zero, the body comes byte by byte, so far apart."""


@dataclass(frozen=True)
class Cut:
    """A connection reset after so many bytes of the answer's body; before its head if ``answer`` is None."""

    after_bytes: int = 0
    answer: Answer | None = None


@dataclass(frozen=True)
class Work:
    """Work that was taken on and is billed."""

    token: str
    """The idempotency token, or whatever names the request."""
    model: str
    micro_usd: int
    units: Mapping[str, int]


class Faults:
    """Which request meets which fault. ``on`` chooses the requests that count; the others meet none."""

    def __init__(
        self, faults: Iterable[Fault | None] = (), *, on: Callable[[Received], bool] = lambda _: True
    ) -> None:
        self._faults = chain(faults, repeat(None))
        self._on = on

    @classmethod
    def script(
        cls, faults: Sequence[Fault | None], *, on: Callable[[Received], bool] = lambda _: True
    ) -> "Faults":
        """One for each successive request; None, and whatever follows the last, is no fault."""
        return cls(faults, on=on)

    @classmethod
    def random(
        cls,
        seed: int,
        rate: float,
        kinds: Sequence[Fault],
        *,
        on: Callable[[Received], bool] = lambda _: True,
    ) -> "Faults":
        """Any of ``kinds``, to a share of the requests."""
        rng = random.Random(seed)
        return cls((rng.choice(kinds) if rng.random() < rate else None for _ in repeat(None)), on=on)

    def next(self, request: Received) -> Fault | None:
        """The fault of this request. Not thread-safe: the simulator asks under its lock."""
        return next(self._faults) if self._on(request) else None


class Simulator:
    """One vendor on a loopback port, as a context manager. Safe for many clients at once.

    A subclass does the vendor's work in ``answer`` (under a lock): it notes in ``objections`` what the
    vendor would not have taken, and calls ``take_on`` for work that is billed. It speaks the faults in the
    vendor's dialect in ``failing``.
    """

    def __init__(
        self, *, keys: Sequence[str] = (), prices: PriceTable | None = None, faults: Faults | None = None
    ) -> None:
        self.keys = set(keys)
        """Those that the vendor accepts; none means any."""
        self.prices: PriceTable = prices or {}
        self.faults = faults or Faults()
        self.accepted: list[Work] = []
        self.received: list[Received] = []
        self.objections: list[str] = []
        self.url = ""
        self.lock = threading.RLock()
        self._over = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._start(0)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._stop()

    def __getstate__(self) -> dict[str, Any]:
        """Be an address, and no more, to another process."""
        return {"url": self.url}

    @property
    def bill_micro_usd(self) -> int:
        """What the vendor will ask for, whatever the client believes."""
        with self.lock:
            return sum(work.micro_usd for work in self.accepted)

    def take_on(self, token: str, model: str, units: Mapping[str, int]) -> Work:
        """Bill work: each line of it is rounded up to the next micro-dollar."""
        prices = self.prices.get(model, {})
        lines = (ceil(prices.get(unit, Fraction(0)) * count) for unit, count in units.items())
        work = Work(token, model, sum(lines), dict(units))
        with self.lock:
            self.accepted.append(work)
        return work

    def object(self, *problems: str) -> None:
        """Note what is wrong with a request."""
        with self.lock:
            self.objections += problems

    def answer(self, request: Received) -> Answer:
        """Do what the request asks."""
        raise NotImplementedError

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        """Fail. Subclasses speak their vendor's faults and leave the others to this."""
        match fault:
            case "timeout":
                return Answer(delay_seconds=_LONGEST_HANG_SECONDS)
            case "reset" | "refused_connection":
                return Cut()
            case "throttled" | "server_error" | "overloaded":
                return _in_trouble(fault)
        return self._spoilt(fault, self.answer(request))

    @contextmanager
    def away(self) -> Iterator[None]:
        """Have nobody listen for a while: connections are truly refused. The address stays."""
        port = self._stop()
        try:
            yield
        finally:
            self._start(port)

    def respond(self, request: Received) -> Answer | Cut:
        """Record a request and answer it, or fail."""
        with self.lock:
            self.received.append(request)
            fault = self.faults.next(request)
            return self.answer(request) if fault is None else self.failing(fault, request)

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than the simulator lives."""
        if seconds > 0:
            self._over.wait(seconds)

    def _spoilt(self, fault: Fault, good: Answer) -> Answer | Cut:
        match fault:
            case "lost_answer":
                return Cut()
            case "reset_mid_body":
                return Cut(len(good.body) // 2, good)
            case "slow_body":
                return Answer(good.status, good.body, good.headers, drip_seconds=_DRIP_SECONDS)
            case "malformed":
                return Answer(good.status, good.body[: len(good.body) // 2], good.headers)
            case "wrong_content_type":
                return Answer(good.status, b"<html>a proxy</html>", {"content-type": "text/html"})
        raise NotImplementedError(f"{type(self).__name__} does not know the fault {fault!r}")

    def _start(self, port: int) -> None:
        self._server = _Server(self, port)
        self.url = f"http://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def _stop(self) -> int:
        if self._server is None or self._thread is None:
            return 0
        port = self._server.server_port
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = self._thread = None
        return port


def json_answer(data: object, status: int = 200, **headers: str) -> Answer:
    """Return data as a vendor does; underscores in the headers' names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(data).encode(), {"content-type": "application/json", **named})


@contextmanager
def nobody_listens() -> Iterator[str]:
    """Give an address at which connections are refused."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        yield f"http://{HOST}:{taken.getsockname()[1]}"


def _in_trouble(fault: Fault) -> Answer:
    status = {"throttled": 429, "server_error": 500, "overloaded": 503}[fault]
    return json_answer({"error": {"message": f"simulated: {fault}"}}, status)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, simulator: Simulator, port: int) -> None:
        self.simulator = simulator
        super().__init__((HOST, port), _Handler)

    def shutdown_request(self, request: Any) -> None:
        """Close without the polite half: what is to be a reset must be one."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note errors of the simulator's own where tests look; those of a client that left are usual."""
        error = sys.exception()
        if not isinstance(error, (ConnectionError, TimeoutError)):
            self.simulator.object(f"the simulator failed: {error!r}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def _serve(self) -> None:
        self.close_connection = True
        simulator = self.server.simulator
        outcome = simulator.respond(self._received())
        if isinstance(outcome, Answer):
            self._send(outcome, len(outcome.body))
            return
        if outcome.answer is not None:
            self._send(outcome.answer, outcome.after_bytes)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 (http.server's own names)

    def _received(self) -> Received:
        address = urlsplit(self.path)
        return Received(
            self.command,
            unquote(address.path),
            {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()},
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length") or 0)),
            [(name.lower(), value) for name, value in self.headers.items()],
        )

    def _send(self, answer: Answer, size: int) -> None:
        self.server.simulator.wait(answer.delay_seconds)
        self.send_response(answer.status)
        framing = {"content-length": str(len(answer.body)), "connection": "close"}
        for name, value in {**answer.headers, **framing}.items():
            self.send_header(name, value)
        self.end_headers()
        body = answer.body[:size]
        step = 1 if answer.drip_seconds else max(1, len(body))
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.server.simulator.wait(answer.drip_seconds)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
