"""Breakers and statistics that a fleet of workers shares, at no round trip for the usual call.

What is read is believed for ``cache_seconds``; what is counted is delivered in batches, after ``FLUSH_CALLS``
calls or ``FLUSH_SECONDS``, by the next call that comes. Only a failure that counts, and a try at a half-open
breaker, go to the store at once. A process that is killed takes with it what it had not delivered: of each
key ``FLUSH_CALLS - 1`` calls at most, and none that failed by the vendor's fault. ``close`` delivers all.

A store that is away stops nobody: every breaker is closed, nothing is demoted, it is asked again once in
``cache_seconds`` (a second at least), and logged once. What a delivery held that failed is lost rather than,
perhaps, counted twice.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from reelwright.clock import Clock
from reelwright.environment.schema import HealthSettings
from reelwright.resilience.batching import Batch, Batches
from reelwright.resilience.breaker import after_probe, claim, phase_of, released, trip
from reelwright.resilience.ports import HealthStore, HealthStoreUnavailable, KeyState
from reelwright.resilience.prediction import BUCKETS, Outlook, baseline_after, demotion_after, since
from reelwright.resilience.reach import Reach
from reelwright.resilience.statistics import Statistics, Verdict, merged, summarise, tally_of

__all__ = ["FLUSH_CALLS", "FLUSH_SECONDS", "Fleet", "Known", "Watched"]

FLUSH_CALLS: Final = 20
FLUSH_SECONDS: Final = 3.0

_TRIES: Final = 8

_Rule = Callable[[KeyState], KeyState | None]


@dataclass(frozen=True, slots=True)
class Known:
    """What this process knows of one key, and since when (monotonic seconds)."""

    state: KeyState = field(default_factory=KeyState)
    statistics: Statistics = field(default_factory=Statistics)
    read_at: float = float("-inf")


class _Own(threading.local):
    """The tries at half-open breakers that this thread has taken, by key, and as whom."""

    def __init__(self) -> None:
        self.tries: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Watched:
    """A key, and what is peculiar to the calls behind it."""

    key: str
    """As ``provider/model``."""
    timeout_seconds: float
    """How long a call may take: a trend that leads there is a sign of trouble."""
    lease_seconds: float
    """How long one worker may take to try while the breaker is half open."""


class Fleet:
    """What all workers know together about each key. Nothing here raises because the store is away.

    ``rng`` must differ between workers: it names who tries at a half-open breaker. A try belongs to the
    thread that took it. ``on_open`` is told of each key whose breaker this worker opened.
    """

    def __init__(
        self,
        store: HealthStore,
        settings: HealthSettings,
        clock: Clock,
        rng: Random,
        *,
        on_open: Callable[[str], None] = lambda _key: None,
    ) -> None:
        self._reach = Reach(store, clock, pause_seconds=settings.cache_seconds)
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._on_open = on_open
        self._batches = Batches(most_calls=FLUSH_CALLS, most_seconds=FLUSH_SECONDS, most_buckets=BUCKETS + 1)
        self._known: dict[str, Known] = {}
        self._own = _Own()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._registry = threading.Lock()

    def known(self, watched: Watched) -> Known:
        """Return what is known of a key, read again if it is older than ``cache_seconds``."""
        known = self._known.get(watched.key)
        if known and self._is_fresh(known):
            return known
        with self._registry:
            lock = self._locks[watched.key]
        if not lock.acquire(blocking=known is None):
            return known or Known()
        try:
            again = self._known.get(watched.key)
            return again if again and self._is_fresh(again) else self._read(watched)
        finally:
            lock.release()

    def may_try(self, watched: Watched) -> bool:
        """Return whether this thread may call now; while the breaker is half open, one in the fleet may.

        Who is let through then must ``note`` what came of it, or ``give_back``, within the lease: after it
        another is let through.
        """
        state = self.known(watched).state
        if not state.openings:
            return True
        phase = phase_of(state, self._now())
        if phase == "half_open":
            return self._claim(watched)
        return phase == "probing" and self._is_own(watched.key)

    def note(self, watched: Watched, verdict: Verdict, kind: str | None, seconds: float) -> None:
        """Count one call: how it went, how it failed if it did, and how long it took."""
        key, now = watched.key, self._clock.monotonic()
        self._batches.add(key, self._bucket(), tally_of(verdict, kind, seconds), now)
        prober, state = self._own.tries.pop(key, ""), self.known(watched).state
        if prober or (state.openings and self._now() - seconds >= state.open_until):
            self._conclude(watched, prober, verdict, self._now() - seconds)
        elif verdict == "ill":
            self._count_failure(watched)
        elif self._batches.is_due(key, now):
            self.flush(key)

    def give_back(self, key: str) -> None:
        """Let another try: this thread was let through, and makes no call after all."""
        prober = self._own.tries.pop(key, "")
        if prober:
            self.change(key, lambda state: released(state, prober))

    def change(self, key: str, rule: _Rule) -> bool:
        """Put in place what a rule makes of the state, whoever else changes it meanwhile.

        False if the rule wants no change, or the store is away.
        """
        try:
            with self._reach.block() as store:
                return self._change(store, key, rule)
        except HealthStoreUnavailable:
            return False

    def flush(self, *keys: str) -> None:
        """Deliver what was counted of these keys, or of all."""
        for key in keys or self._batches.keys():
            try:
                with self._reach.block() as store:
                    self._deliver(store, key)
            except HealthStoreUnavailable:
                return

    def statistics(self, watched: Watched) -> Statistics:
        """Return how the calls of the window went, those of this process up to now included."""
        self.flush(watched.key)
        return self._read(watched).statistics

    def reset(self, key: str) -> None:
        """Forget all about a key, for everybody; HealthStoreUnavailable if that cannot be done."""
        self._batches.take(key)
        self._reach.store.forget(key)
        self._known.pop(key, None)

    def close(self) -> None:
        """Deliver what was counted, and close the store."""
        self.flush()
        self._reach.store.close()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _bucket(self) -> int:
        width = self._settings.window_seconds * 1000 // BUCKETS
        return int(self._now() * 1000) // width * width

    def _is_fresh(self, known: Known) -> bool:
        return self._clock.monotonic() < known.read_at + self._settings.cache_seconds

    def _is_own(self, key: str) -> bool:
        prober = self._own.tries.get(key)
        return prober is not None and prober == self._known[key].state.prober

    def _read(self, watched: Watched) -> Known:
        try:
            with self._reach.block() as store:
                if self._batches.is_due(watched.key, self._clock.monotonic()):
                    self._deliver(store, watched.key)
                return self._tend(store, watched)
        except HealthStoreUnavailable:
            self._known[watched.key] = Known(read_at=self._clock.monotonic())
            return self._known[watched.key]

    def _tend(self, store: HealthStore, watched: Watched, *, failed: bool = False) -> Known:
        """Read a key, and note what follows for all: that it opens, is demoted, and what is usual for it."""
        outlook = self._outlook(store, watched)
        if failed and self._trip(store, watched.key, outlook):
            self._on_open(watched.key)
            outlook = outlook.in_state(self._known[watched.key].state)
        for rule in (demotion_after, baseline_after):
            before, after = outlook.snapshot.state, rule(outlook)
            if after and store.swap(watched.key, before, after):
                outlook = outlook.in_state(replace(after, version=before.version + 1))
        known = Known(outlook.snapshot.state, outlook.statistics, self._clock.monotonic())
        self._known[watched.key] = known
        return known

    def _outlook(self, store: HealthStore, watched: Watched) -> Outlook:
        now = self._now()
        snapshot = store.read(watched.key, int((now - self._settings.window_seconds) * 1000))
        return Outlook(snapshot, now, watched.timeout_seconds, self._settings)

    def _trip(self, store: HealthStore, key: str, outlook: Outlook) -> bool:
        counted = since(outlook.snapshot.buckets, outlook.snapshot.state.closed_at)
        statistics = summarise(merged(counted.values()))

        def rule(state: KeyState) -> KeyState | None:
            return trip(state, statistics, outlook.now, self._settings)

        return rule(outlook.snapshot.state) is not None and self._change(store, key, rule)

    def _claim(self, watched: Watched) -> bool:
        prober = f"{self._rng.getrandbits(64):016x}"
        try:
            with self._reach.block() as store:
                won = self._change(
                    store,
                    watched.key,
                    lambda state: claim(state, prober, self._now(), watched.lease_seconds),
                )
        except HealthStoreUnavailable:
            return True
        if won:
            self._own.tries[watched.key] = prober
        return won or phase_of(self._known[watched.key].state, self._now()) == "closed"

    def _conclude(self, watched: Watched, prober: str, verdict: Verdict, began_at: float) -> None:
        self.flush(watched.key)
        now, settings = self._now(), self._settings
        changed = self.change(
            watched.key,
            lambda state: after_probe(state, verdict, now, settings, prober=prober, began_at=began_at),
        )
        if verdict != "ill":
            return
        if changed:
            self._on_open(watched.key)
        else:
            self._count_failure(watched)  # the right had lapsed: it is a failure like any other

    def _count_failure(self, watched: Watched) -> None:
        try:
            with self._reach.block() as store:
                batch = self._batches.take(watched.key)
                self._add(store, watched.key, batch)
                store.count_failure(watched.key, afresh=batch.was_well)
                self._tend(store, watched, failed=True)
        except HealthStoreUnavailable:
            return

    def _deliver(self, store: HealthStore, key: str) -> None:
        batch = self._batches.take(key)
        self._add(store, key, batch)
        known = self._known.get(key, Known())
        if batch.was_well and known.state.failures_in_a_row:
            self._change(store, key, _after_success)

    def _add(self, store: HealthStore, key: str, batch: Batch) -> None:
        for start, tally in batch.buckets.items():
            store.add(key, start, tally, keep_seconds=2.0 * self._settings.window_seconds)

    def _change(self, store: HealthStore, key: str, rule: _Rule) -> bool:
        for _ in range(_TRIES):
            before = store.state(key)
            after = rule(before)
            if after is None:
                self._remember(key, before)
                return False
            if store.swap(key, before, after):
                self._remember(key, replace(after, version=before.version + 1))
                return True
        return False

    def _remember(self, key: str, state: KeyState) -> None:
        self._known[key] = replace(self._known.get(key, Known()), state=state)


def _after_success(state: KeyState) -> KeyState | None:
    return replace(state, failures_in_a_row=0) if state.failures_in_a_row else None
