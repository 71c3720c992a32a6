"""Secrets kept in memory for a while: read once by many threads, served on while their store is away."""

import threading
from collections import defaultdict
from dataclasses import dataclass, replace
from random import Random

from reelwright.clock import Clock
from reelwright.observability.metrics import Metric, Metrics
from reelwright.secrets.errors import SecretMissing, SecretsUnavailable
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.schema import SecretVersion

__all__ = ["Held", "SecretCache"]

_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Held:
    """A version in memory, as the ``number``-th read of this secret found it."""

    version: SecretVersion
    number: int
    read_at: float
    """On the monotonic clock, in seconds."""
    fresh_until: float


@dataclass(frozen=True, slots=True)
class _Outage:
    failures: int
    retry_at: float


_NO_OUTAGE = _Outage(failures=0, retry_at=float("-inf"))


class SecretCache:
    """The current versions of a store's secrets.

    A version is fresh for ``ttl_seconds``, give or take ``jitter`` of it, so that workers do not all come
    back together. When the store is away it is served on, however old, and the store is asked again after
    1 s, 2 s, 4 s … up to a minute. One thread at a time asks for a secret; others take what there is.
    """

    def __init__(
        self,
        store: SecretStore,
        *,
        clock: Clock,
        rng: Random,
        metrics: Metrics,
        ttl_seconds: float,
        jitter: float,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._metrics = metrics
        self._ttl = ttl_seconds
        self._jitter = jitter
        self._held: dict[str, Held] = {}
        self._begun: defaultdict[str, int] = defaultdict(int)
        self._outages: dict[str, _Outage] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._registry = threading.Lock()

    def current(self, name: str) -> Held:
        """Return the current version; SecretMissing, or SecretsUnavailable if nothing was ever read."""
        held = self._held.get(name)
        if held and self._clock.monotonic() < held.fresh_until:
            return held
        lock = self._lock(name)
        if not lock.acquire(blocking=held is None) and held:
            return held
        try:
            again = self._held.get(name)
            if again and self._clock.monotonic() < again.fresh_until:
                return again
            return self._read(name)
        finally:
            lock.release()

    def reread(self, name: str, seen: Held | None = None) -> Held:
        """Return the version that is current now, from a read that begins after this call.

        A read in flight may have passed the store before what the caller knows of happened, so it does not
        count. Threads that wait together share one read; whoever wants anything newer than ``seen`` takes
        that as soon as it is held. When the store is away, it is what is held.
        """
        begun = self._begun[name]
        with self._lock(name):
            held = self._held.get(name)
            if held and (held.number > begun or (seen and _is_newer(held, seen))):
                return held
            return self._read(name)

    def age_seconds(self, name: str) -> float | None:
        """Return the seconds since the secret was last read from its store; None if it never was."""
        held = self._held.get(name)
        return self._clock.monotonic() - held.read_at if held else None

    def forget(self, name: str) -> None:
        """Have the next read go to the store."""
        with self._lock(name):
            if held := self._held.get(name):
                self._held[name] = replace(held, fresh_until=float("-inf"))
            self._outages.pop(name, None)

    def _lock(self, name: str) -> threading.Lock:
        with self._registry:
            return self._locks[name]

    def _read(self, name: str) -> Held:
        outage = self._outages.get(name, _NO_OUTAGE)
        if self._clock.monotonic() < outage.retry_at:
            return self._stale(name, outage, None)
        self._begun[name] += 1
        try:
            version = self._store.read(name)
        except SecretsUnavailable as error:
            return self._stale(name, self._note_failure(name, outage), error)
        except SecretMissing:
            self._held.pop(name, None)
            raise
        return self._keep(name, version)

    def _keep(self, name: str, version: SecretVersion) -> Held:
        self._outages.pop(name, None)
        now = self._clock.monotonic()
        fresh_for = self._ttl * (1 + self._jitter * self._rng.uniform(-1, 1))
        held = Held(version, self._begun[name], now, now + fresh_for)
        self._held[name] = held
        return held

    def _note_failure(self, name: str, outage: _Outage) -> _Outage:
        self._metrics.emit(Metric.SECRET_READS_FAILED, 1, secret_name=name)
        longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(outage.failures, 10))
        wait = self._rng.uniform(longest / 2, longest)
        noted = _Outage(outage.failures + 1, self._clock.monotonic() + wait)
        self._outages[name] = noted
        return noted

    def _stale(self, name: str, outage: _Outage, cause: SecretsUnavailable | None) -> Held:
        held = self._held.get(name)
        if held:
            age = self._clock.monotonic() - held.read_at
            self._metrics.emit(Metric.SECRET_STALE, age, secret_name=name)
            return held
        raise SecretsUnavailable(
            f"The secret {name} cannot be read, and none is in memory.",
            next_step=cause.next_step if cause else "Its store was away a moment ago; try again shortly.",
            context={"secret": name},
            retry_after_seconds=max(0.0, outage.retry_at - self._clock.monotonic()),
        ) from cause


def _is_newer(held: Held, seen: Held) -> bool:
    return held.number > seen.number and held.version.version != seen.version.version
