"""Counts that wait in the process until they are worth a round trip."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from reelwright.resilience.ports import Tally

__all__ = ["Batch", "Batches"]


@dataclass(slots=True)
class Batch:
    """What one process has counted of one key since its last delivery."""

    buckets: dict[int, Counter[str]] = field(default_factory=dict)
    calls: int = 0
    begun_at: float = 0.0
    """On the monotonic clock, in seconds."""
    was_well: bool = False
    """Whether any call of it was answered."""


class Batches:
    """One batch a key; due after so many calls or so many seconds. Safe between threads.

    While nothing can be delivered, the ``most_buckets`` newest stretches are kept.
    """

    def __init__(self, *, most_calls: int, most_seconds: float, most_buckets: int) -> None:
        self._most_calls = most_calls
        self._most_seconds = most_seconds
        self._most_buckets = most_buckets
        self._batches: defaultdict[str, Batch] = defaultdict(Batch)
        self._lock = threading.Lock()

    def add(self, key: str, start_ms: int, tally: Tally, now: float) -> None:
        """Count one call, in the bucket that begins at ``start_ms``."""
        with self._lock:
            batch = self._batches[key]
            batch.begun_at = batch.begun_at if batch.calls else now
            batch.calls += 1
            batch.was_well |= "well" in tally
            bucket = batch.buckets.setdefault(start_ms, Counter())
            for name, count in tally.items():
                bucket[name] += count
            if len(batch.buckets) > self._most_buckets:
                del batch.buckets[min(batch.buckets)]

    def is_due(self, key: str, now: float) -> bool:
        """Return whether the batch of a key should be delivered."""
        batch = self._batches.get(key)
        if batch is None or not batch.calls:
            return False
        return batch.calls >= self._most_calls or now - batch.begun_at >= self._most_seconds

    def take(self, key: str) -> Batch:
        """Return the batch of a key, to be delivered by the caller and nobody else, and begin another."""
        with self._lock:
            return self._batches.pop(key, None) or Batch()

    def keys(self) -> tuple[str, ...]:
        """Return the keys that have something to deliver."""
        with self._lock:
            return tuple(self._batches)
