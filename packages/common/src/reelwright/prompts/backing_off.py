"""Leaving a store alone that does not answer: 1 s, 2 s, 4 s … up to a minute, each workers' own way."""

from random import Random
from threading import Lock

from reelwright.clock import Clock
from reelwright.config.errors import SourceUnreachable
from reelwright.errors import ReelwrightError

__all__ = ["Outage"]

_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0


class Outage:
    """What is known of a store's being away. Whoever asks it tells how that went; threads may share one."""

    def __init__(self, clock: Clock, rng: Random) -> None:
        self._clock = clock
        self._rng = rng
        self._failures = 0
        self._retry_at = float("-inf")
        self._trouble = ""
        self._lock = Lock()

    @property
    def retry_at(self) -> float:
        """When to ask again, on the monotonic clock."""
        return self._retry_at

    def check(self) -> None:
        """Raise SourceUnreachable while the store is to be left alone."""
        wait = self._retry_at - self._clock.monotonic()
        if wait > 0:
            raise SourceUnreachable(self._trouble, retry_after_seconds=wait)

    def failed(self, error: ReelwrightError) -> None:
        """Note that it did not answer; half the wait is drawn, so that workers do not come back together."""
        with self._lock:
            longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(self._failures, 10))
            self._failures += 1
            asked = getattr(error, "retry_after_seconds", None) or 0.0
            wait = max(self._rng.uniform(longest / 2, longest), min(asked, _LONGEST_WAIT_SECONDS))
            self._retry_at = self._clock.monotonic() + wait
            self._trouble = error.message.rstrip(".")

    def answered(self) -> None:
        """Note that it answered."""
        with self._lock:
            self._failures = 0
            self._retry_at = float("-inf")
