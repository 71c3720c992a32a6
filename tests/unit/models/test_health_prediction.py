"""A vendor that is about to fail is left before it does, and one that is only noisy is not."""

import math
import os
from collections.abc import Callable
from random import Random

from reelwright.clock import VirtualClock
from reelwright.environment.schema import HealthSettings
from reelwright.models.health import FleetHealth
from reelwright.models.schema import Model
from reelwright.observability.metrics import NoMetrics
from reelwright.resilience.memory import MemoryHealth

MODEL = Model(name="gen", provider="runway", service="content", tiers=("premium",))
SETTINGS = HealthSettings()
WINDOW = SETTINGS.window_seconds
TIMEOUT = 240.0
TRACES = int(os.environ.get("REELWRIGHT_TRACES", "250"))
"""docs/explanation/health.md states what a thousand gave."""
HOUR = 3600.0


class Trace:
    """A vendor whose calls take a scripted time, with noise; one call after the other, at random moments."""

    def __init__(self, seed: int, usual: Callable[[float], float], *, noise: float = 0.4) -> None:
        self.rng = Random(seed)
        self.usual = usual
        self.noise = noise
        self.clock = VirtualClock()
        store = MemoryHealth()
        self.health = FleetHealth(
            store, SETTINGS, self.clock, Random(seed), NoMetrics(), timeouts={"content": TIMEOUT}
        )
        self.failed_at = math.inf

    def call(self, every: float, failing: float = 0.0) -> None:
        self.clock.advance(self.rng.expovariate(1 / every))
        seconds = self.usual(self.clock.monotonic()) * math.exp(self.rng.gauss(0, self.noise))
        if seconds >= TIMEOUT or self.rng.random() < failing:
            self.failed_at = min(self.failed_at, self.clock.monotonic())
            self.health.note(MODEL, "timed_out", min(seconds, TIMEOUT))
        else:
            self.health.note(MODEL, None, seconds)

    def demoted_at(self, until: float, every: float, failing: float = 0.0) -> float:
        """Return when it was first demoted, or never."""
        while self.clock.monotonic() < until:
            self.call(every, failing)
            if self.health.look(MODEL).state == "demoted":
                return self.clock.monotonic()
        return math.inf

    def reason(self) -> str:
        return self.health.look(MODEL).reason


def slowing(since: float, over: float) -> Callable[[float], float]:
    """Take ten seconds, and from a moment on longer and longer, up to the timeout."""
    return lambda now: 10.0 * (TIMEOUT / 10.0) ** max(0.0, (now - since) / over)


def steady(_now: float) -> float:
    return 10.0


def test_who_slows_down_is_left_before_its_first_failure() -> None:
    trace = Trace(1, slowing(HOUR, over=2 * WINDOW))

    left = trace.demoted_at(math.inf, every=6.0)

    assert HOUR < left < HOUR + WINDOW
    assert trace.failed_at == math.inf
    assert "times the usual" in trace.reason()
    trace.health.look(MODEL)
    while trace.failed_at == math.inf:
        trace.call(6.0)
    assert left < trace.failed_at - WINDOW / 4


def test_who_slows_down_as_its_baseline_does_is_left_for_where_it_is_going() -> None:
    crawl = Trace(2, lambda now: 60.0 + 200.0 * now / HOUR, noise=0.05)

    assert crawl.demoted_at(3 * HOUR, every=10.0) < crawl.failed_at
    assert "at this rate the p95 reaches" in crawl.reason()


# Both rates are stated in docs/explanation/health.md; `pytest -s` prints them.


def test_of_a_thousand_that_slow_down_nearly_all_are_left_before_they_fail() -> None:
    begins = HOUR / 4
    traces = [Trace(seed, slowing(begins, over=2 * WINDOW)) for seed in range(TRACES)]
    left = sum(trace.demoted_at(2 * HOUR, every=20.0) < trace.failed_at for trace in traces)
    early = sum(trace.clock.monotonic() < begins for trace in traces)

    print(f"left before the first failure: {left} of {TRACES}, {early} of them too early")  # noqa: T201 (the documentation states it)
    assert left - early >= 0.97 * TRACES


def test_of_a_thousand_that_are_only_noisy_nearly_none_is_left() -> None:
    traces = [Trace(seed, steady) for seed in range(TRACES)]
    false = sum(trace.demoted_at(HOUR * 2 / 3, every=20.0, failing=0.02) < math.inf for trace in traces)

    print(f"left for nothing: {false} of {TRACES}")  # noqa: T201 (the documentation states it)
    assert false <= 0.02 * TRACES
