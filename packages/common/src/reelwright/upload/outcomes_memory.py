"""Outcomes in memory, for tests and simulations."""

from datetime import datetime
from threading import Lock

from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.record import PublicationKey

__all__ = ["MemoryOutcomes"]


class MemoryOutcomes:
    """An OutcomeStore of one process. Safe between threads."""

    def __init__(self) -> None:
        self._points: dict[PublicationKey, dict[datetime, OutcomePoint]] = {}
        self._lock = Lock()

    def append(self, point: OutcomePoint) -> None:
        """Add a point."""
        with self._lock:
            self._points.setdefault(point.key, {})[point.collected_at] = point

    def newest(self, key: PublicationKey) -> OutcomePoint | None:
        """Return the last point."""
        found = self.series(key)
        return found[-1] if found else None

    def series(self, key: PublicationKey) -> tuple[OutcomePoint, ...]:
        """Return all points, oldest first."""
        with self._lock:
            points = dict(self._points.get(key, {}))
        return tuple(points[moment] for moment in sorted(points))
