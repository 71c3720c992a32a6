"""Every simulated vendor at once on loopback, each piece of work traced to the attempt that asked for it."""

import contextlib
import contextvars
import hashlib
import itertools
import socket
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from reelwright.clock import SystemClock, VirtualClock
from reelwright.cost.schema import Charge
from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient
from reelwright.models.ports import Call
from reelwright.resilience.deadline import Deadline
from tests.e2e.deployed.vendors import ids, list_prices, voices
from tests.simulators.access import KEY
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.elevenlabs import ElevenLabsSimulator
from tests.simulators.luma import LumaSimulator
from tests.simulators.openai import OpenAISimulator
from tests.simulators.polly import PollySimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import FAULTS, HOST, Answer, Cut, Fault, Faults, Received, Simulator

__all__ = [
    "BUCKET",
    "BUCKETS",
    "PATIENCE_SECONDS",
    "SLOW",
    "BriefHttp",
    "ChaosClock",
    "Market",
    "Tagged",
    "market",
    "token_of",
]

BUCKETS: Final = {"us-west-2": "footage-west", "us-east-1": "footage-east"}
BUCKET: Final = {name: region for region, name in BUCKETS.items()}
PATIENCE_SECONDS: Final = 0.8
"""Real time that is given to one request where some hang; whoever does costs no more than this."""
SLOW: Final = ("timeout", "slow_body")
QUICK: Final = tuple(fault for fault in FAULTS if fault not in (*SLOW, "duplicate_id"))
"""A repeated id is left out: after it the vendor itself does not know what it billed for what."""
UNKNOWN_TO: Final[Mapping[str, frozenset[Fault]]] = {
    "anthropic": frozenset({"expired_url"}),
    "openai": frozenset({"expired_url"}),
    "elevenlabs": frozenset({"expired_url"}),
    "polly": frozenset({"expired_url", "retired", "refusal", "exhausted"}),
}
"""What a vendor has no words for, because it cannot happen there."""
ENDS: Final[Mapping[type, Sequence[str | None]]] = {
    RunwaySimulator: (None, None, None, "INTERNAL.BAD_OUTPUT.CODE01", "SAFETY.OUTPUT.VIDEO"),
    LumaSimulator: (None, None, None, "generation_failed", "content_moderated"),
}
"""How a task of footage may end that was taken on; None is well."""
SHARE_OF_SLOW: Final = 0.02
NOTHING: Final = "/nothing"
"""A path at which vendors have nothing, and count nothing."""
TAG: Final = "x-attempt"

Result = TypeVar("Result")
_token: contextvars.ContextVar[str] = contextvars.ContextVar("token", default="")


class ChaosClock(VirtualClock):
    """A day on which the bundled prices count, and time that passes only in pauses and lost answers."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 11, 25, 12, tzinfo=UTC))


class BriefHttp(HttpClient):
    """Our own HTTP client, with the attempt's name on each request, and short deadlines of real time.

    An answer that is waited for in vain takes all the time of its deadline from the virtual clock.
    """

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        super().__init__()
        self._patience_seconds = patience_seconds

    def send(self, method: str, url: str, *, deadline: Deadline, **more: Any) -> HttpAnswer:
        """Send, with the attempt's name as a header."""
        headers = {**(more.pop("headers", None) or {}), TAG: _token.get()}
        return self._briefly(
            deadline,
            lambda brief: HttpClient.send(self, method, url, headers=headers, deadline=brief, **more),
        )

    def download(self, url: str, into: Path, *, deadline: Deadline, **more: Any) -> str:
        """Download."""
        return self._briefly(
            deadline, lambda brief: HttpClient.download(self, url, into, deadline=brief, **more)
        )

    def _briefly(self, deadline: Deadline, ask: Callable[[Deadline], Result]) -> Result:
        left = deadline.remaining_seconds()
        try:
            return ask(Deadline.after(min(left, self._patience_seconds), SystemClock()))
        except AnswerLost as error:
            if error.timed_out:
                deadline.clock.sleep(left)
            raise


class Tagged:
    """An adapter whose requests carry the name of the attempt."""

    def __init__(self, adapter: Any) -> None:
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        """Return the method with the name of its call around it."""
        method = getattr(self._adapter, name)

        def called(*args: Any) -> Any:
            token = _token.set(next((each.token for each in args if isinstance(each, Call)), ""))
            try:
                return method(*args)
            finally:
                _token.reset(token)

        return called


@dataclass
class Market:
    """The vendors by the provider's name."""

    vendors: Mapping[str, Simulator]
    origins: dict[str, list[str]] = field(default_factory=dict)
    """For each vendor, the attempt behind each accepted work."""
    heard: "weakref.WeakSet[threading.Thread]" = field(default_factory=weakref.WeakSet)
    """Threads of vendors that have dealt with their request, if they have not answered it."""
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """Those that each vendor met."""

    def __getitem__(self, name: str) -> Any:
        return self.vendors[name]

    def __getstate__(self) -> dict[str, Any]:
        """Be addresses, and no more, to another process."""
        return {"vendors": self.vendors}

    def begin(self, seed: int) -> None:
        """Forget all that was, and draw the faults of a schedule."""
        self.settle_down()
        rng = Random(seed)
        for name, vendor in self.vendors.items():
            with vendor.lock:
                _emptied(vendor)
                self.origins[name] = []
                rate = rng.choice((0.0, 0.1, 0.3, 0.6))
                self.faults[name] = []
                kinds = [kind for kind in QUICK if kind not in UNKNOWN_TO.get(name, ())]
                drawn = _drawn(Random(rng.getrandbits(64)), rate, kinds)
                vendor.faults = Faults(_noted(drawn, self.faults[name]))
                _fail_tasks(vendor, rng)

    def begin_well(self) -> None:
        """Forget all that was; nothing fails."""
        self.settle_down()
        for name, vendor in self.vendors.items():
            with vendor.lock:
                _emptied(vendor)
                self.origins[name] = []
                self.faults[name] = []
                vendor.faults = Faults()
                if isinstance(vendor, BedrockSimulator):
                    vendor.polls = 1

    def orders(self) -> int:
        """Return how many requests for new footage came in."""
        asked = [(name, each) for name, vendor in self.vendors.items() for each in vendor.received]
        return sum(
            each.method == "POST"
            and ("video" in each.path or "async-invoke" in each.path or "gener" in each.path)
            for _, each in asked
        )

    def works(self) -> Iterator[tuple[str, str, Any]]:
        """Yield vendor, attempt and work for everything that was taken on."""
        for name, vendor in self.vendors.items():
            with vendor.lock:
                yield from (
                    (name, origin, work)
                    for origin, work in zip(self.origins[name], vendor.accepted, strict=True)
                )

    def settle_down(self) -> None:
        """Wait until every request that was sent has been heard, also those that nobody waits for any more.

        Who looks into an account before that sees less than what there will be.
        """
        for vendor in self.vendors.values():
            with (
                contextlib.suppress(OSError),
                socket.create_connection((HOST, _port_of(vendor)), 5.0) as last,
            ):
                last.sendall(f"GET {NOTHING} HTTP/1.1\r\nconnection: close\r\n\r\n".encode())
                last.recv(1)
            until = time.monotonic() + 5.0
            while self._unheard(vendor) and time.monotonic() < until:
                time.sleep(0.005)

    def _unheard(self, vendor: Simulator) -> bool:
        threads: Any = getattr(vendor._server, "_threads", ())
        return any(thread.is_alive() and thread not in self.heard for thread in list(threads))

    def bill_of(self, charge: Charge) -> int | None:
        """Return what a vendor's account says of an attempt; None if it knows of no work."""
        token = token_of(charge.key)
        bills = [work.micro_usd for _, origin, work in self.works() if origin == token]
        return sum(bills) if bills else None

    def met(self) -> Counter[str]:
        """Return the faults of this schedule so far, by kind."""
        return Counter(itertools.chain.from_iterable(self.faults.values()))

    @property
    def objections(self) -> list[str]:
        """What any vendor would not have taken."""
        return [each for vendor in self.vendors.values() for each in vendor.objections]


@contextmanager
def market() -> Iterator[Market]:
    """Open all vendors."""
    keys = [KEY]
    kinds: dict[str, Simulator] = {
        "anthropic": AnthropicSimulator(keys=keys, prices=list_prices("anthropic"), models=ids("anthropic")),
        "openai": OpenAISimulator(keys=keys, prices=list_prices("openai"), models=ids("openai")),
        "bedrock": BedrockSimulator(
            buckets=BUCKET, prices=list_prices("bedrock"), shrink=5, clock=ChaosClock()
        ),
        "polly": PollySimulator(voices=voices(), prices=list_prices("polly")),
        "elevenlabs": ElevenLabsSimulator(keys=keys, prices=list_prices("elevenlabs")),
        "runway": RunwaySimulator(keys=keys, shrink=5),
        "luma": LumaSimulator(keys=keys, shrink=5),
    }
    opened = Market(kinds)
    with ExitStack() as stack:
        for name, vendor in kinds.items():
            _trace(opened, name, vendor)
            stack.enter_context(vendor)
        yield opened


def _trace(opened: Market, name: str, vendor: Simulator) -> None:
    """Note for each piece of work the attempt whose request it came with."""
    respond = vendor.respond
    opened.origins[name] = []

    def responding(request: Received) -> Answer | Cut:
        if request.path == NOTHING:
            return Answer(404)
        with vendor.lock:
            outcome = respond(request)
            opened.heard.add(threading.current_thread())
            origins = opened.origins[name]
            origins += [request.headers.get(TAG, "")] * (len(vendor.accepted) - len(origins))
            return outcome

    vendor.respond = responding  # type: ignore[method-assign]  # each vendor has its own list


def _emptied(vendor: Simulator) -> None:
    vendor.accepted.clear()
    vendor.received.clear()
    vendor.objections.clear()
    for name in ("tasks", "jobs"):
        getattr(vendor, name, {}).clear()
    if isinstance(vendor, RunwaySimulator | LumaSimulator):
        vendor._numbers = itertools.count(1)
    if isinstance(vendor, BedrockSimulator):
        vendor.s3.objects.clear()
        vendor.job_failures, vendor.next_stop, vendor.unlisted = [], "", 0


def _fail_tasks(vendor: Simulator, rng: Random) -> None:
    """Draw which tasks of footage fail though they were taken on."""
    if isinstance(vendor, RunwaySimulator | LumaSimulator):
        own, ends = Random(rng.getrandbits(64)), ENDS[type(vendor)]
        vendor._failures = iter([own.choice(ends) for _ in range(40)])
        vendor.looks = own.choice((0, 1, 3))
    if isinstance(vendor, BedrockSimulator):
        vendor.polls = rng.choice((0, 1, 3))
        vendor.job_failures = [rng.choice(("", "", "", "The job failed.")) for _ in range(10)]
        vendor.unlisted = rng.choice((0, 0, 1))


def _port_of(vendor: Simulator) -> int:
    return int(vendor.url.rpartition(":")[2])


def token_of(key: str) -> str:
    """Return the name of an attempt by its charge."""
    return hashlib.sha256(key.encode()).hexdigest()[:48]


def _noted(faults: Iterator[Fault | None], met: list[Fault]) -> Iterator[Fault | None]:
    for fault in faults:
        if fault is not None:
            met.append(fault)
        yield fault


def _drawn(rng: Random, rate: float, kinds: Sequence[Fault]) -> Iterator[Fault | None]:
    while True:
        if rng.random() >= rate:
            yield None
        else:
            yield rng.choice(SLOW if rng.random() < SHARE_OF_SLOW else kinds)
