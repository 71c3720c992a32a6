"""A world in which whole productions run: virtual time, seeded faults, and a memory of what truly happened.

Every call through a port passes :meth:`World.cross`, which may kill the worker, fail before or after the
work is done, stall, repeat the call, or let another worker go first. The world keeps what the code cannot
see: which engine calls were carried out, and what they were worth.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from reelwright.clock import VirtualClock
from reelwright.errors import Retryable

Result = TypeVar("Result")

FAULTS = ("die_before", "die_after", "fail_before", "fail_after", "stall", "repeat")
STALL_SECONDS = 1200.0
MAX_FAULTS = 40


class ProcessDied(BaseException):
    """The worker's process is gone. Not an Exception: nothing in the product may catch it."""


class InvariantError(AssertionError):
    """What must never happen happened."""


@dataclass
class Execution:
    """One engine call that was carried out, whether or not the caller heard of it."""

    key: str
    step: str
    quantity: int


@dataclass
class World:
    """Everything outside the code, for one seed."""

    seed: int
    fault_rate: float = 0.0
    rng: Random = field(init=False)
    clock: VirtualClock = field(default_factory=VirtualClock)
    executions: list[Execution] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    late_copies: int = 0
    befell: int = 0
    """Faults of ports so far; what vendors do by themselves is not among them."""
    trace: list[str] = field(default_factory=list)
    yield_turn: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = field(init=False)
    on_death: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.sleep = self.clock.sleep

    def cross(
        self,
        name: str,
        call: Callable[[], Result],
        *,
        repeatable: bool = True,
        failure: Callable[[str], Exception] = Retryable,
    ) -> Result:
        """Let a call through a port, with whatever befalls it on the way; ``failure`` if it fails."""
        self.yield_turn()
        fault = self._draw(repeatable=repeatable)
        self.trace.append(f"{self.clock.monotonic():.3f} {name} {fault or 'ok'}")
        if fault is None:
            return call()
        self._before(name, fault, failure)
        result = call()
        if fault == "repeat":
            result = call()
        self._after(name, fault, failure)
        return result

    def digest(self) -> str:
        """Return a hash of all that happened, the same for every replay of the seed."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    def _draw(self, *, repeatable: bool) -> str | None:
        if self.befell >= MAX_FAULTS or self.rng.random() >= self.fault_rate:
            return None
        fault = self.rng.choice(FAULTS)
        if fault == "repeat" and not repeatable:
            return None
        self.injected[fault] += 1
        self.befell += 1
        return fault

    def _before(self, name: str, fault: str, failure: Callable[[str], Exception]) -> None:
        if fault == "die_before":
            self.on_death()
            raise ProcessDied(name)
        if fault == "fail_before":
            raise failure(f"{name} could not be reached")
        if fault == "stall":
            self.sleep(STALL_SECONDS)

    def _after(self, name: str, fault: str, failure: Callable[[str], Exception]) -> None:
        if fault == "die_after":
            self.on_death()
            raise ProcessDied(name)
        if fault == "fail_after":
            raise failure(f"the answer of {name} was lost")


class Crossing:
    """A port whose every method passes through the world."""

    def __init__(
        self,
        world: World,
        name: str,
        target: object,
        *,
        once: tuple[str, ...] = (),
        failure: Callable[[str], Exception] = Retryable,
    ) -> None:
        self._world = world
        self._name = name
        self._target = target
        self._once = once
        self._failure = failure

    def __getattr__(self, method: str) -> object:
        """Return the method with the world in between; plain attributes as they are."""
        attribute = getattr(self._target, method)
        if not callable(attribute):
            return attribute

        def crossed(*args: object, **kwargs: object) -> object:
            return self._world.cross(
                f"{self._name}.{method}",
                lambda: attribute(*args, **kwargs),
                repeatable=method not in self._once,
                failure=self._failure,
            )

        if not hasattr(type(self), method):  # what a port does by itself as well must stay in the way
            self.__dict__[method] = crossed
        return crossed


def late_random(seed: int) -> Any:
    """Return the generator of a seed, made when it is first asked: most processes end before they draw."""
    return _LateRandom(seed)


class _LateRandom:
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __getattr__(self, name: str) -> Any:
        if name == "_random":
            self._random = Random(self._seed)
            return self._random
        return getattr(self._random, name)


class WorldClock:
    """The world's clock, as one worker sees it: while it sleeps, others may run."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.now = world.clock.now
        self.monotonic = world.clock.monotonic

    def sleep(self, seconds: float) -> None:
        """Let time pass and others work."""
        self._world.sleep(seconds)
