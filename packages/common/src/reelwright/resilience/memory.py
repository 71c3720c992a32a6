"""Shared state of one process: for tests, and for where nothing outlives the process."""

import threading
from collections import Counter, defaultdict
from dataclasses import replace

from reelwright.resilience.ports import KeyState, Snapshot, Tally, changes

__all__ = ["MemoryHealth"]


class MemoryHealth:
    """A HealthStore in memory. Safe between threads."""

    def __init__(self) -> None:
        self._states: dict[str, KeyState] = {}
        self._buckets: defaultdict[str, dict[int, Counter[str]]] = defaultdict(dict)
        self._lock = threading.Lock()

    def read(self, key: str, since_ms: int) -> Snapshot:
        """Return the state and the buckets from a moment on."""
        with self._lock:
            kept = self._buckets[key].items()
            recent = {start: dict(tally) for start, tally in kept if start >= since_ms}
            return Snapshot(self._states.get(key, KeyState()), recent)

    def state(self, key: str) -> KeyState:
        """Return the state."""
        with self._lock:
            return self._states.get(key, KeyState())

    def swap(self, key: str, before: KeyState, after: KeyState) -> bool:
        """Write what differs if the version is still that of ``before``."""
        with self._lock:
            now = self._states.get(key, KeyState())
            if now.version != before.version:
                return False
            self._states[key] = replace(now, **changes(before, after), version=now.version + 1)
            return True

    def count_failure(self, key: str, *, afresh: bool) -> KeyState:
        """Add one to the failures in a row, or begin again at one."""
        with self._lock:
            now = self._states.get(key, KeyState())
            self._states[key] = replace(now, failures_in_a_row=1 if afresh else now.failures_in_a_row + 1)
            return self._states[key]

    def add(self, key: str, start_ms: int, tally: Tally, *, keep_seconds: float) -> None:
        """Add to the counts of a bucket, and drop those that are older than this one by the time to keep."""
        with self._lock:
            buckets = self._buckets[key]
            buckets.setdefault(start_ms, Counter()).update(tally)
            for start in [start for start in buckets if start < start_ms - keep_seconds * 1000]:
                del buckets[start]

    def forget(self, key: str) -> None:
        """Drop all that is known of a key."""
        with self._lock:
            self._states.pop(key, None)
            self._buckets.pop(key, None)

    def close(self) -> None:
        """Do nothing: memory needs no closing."""
