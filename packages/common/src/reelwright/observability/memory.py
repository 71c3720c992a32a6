"""Metrics that a test can look at."""

from dataclasses import dataclass, field

from reelwright.observability.metrics import Metric

__all__ = ["Measured", "MemoryMetrics"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One value that was emitted."""

    metric: Metric
    value: float
    details: dict[str, str] = field(default_factory=dict)


class MemoryMetrics:
    """A Metrics that keeps everything, in order."""

    def __init__(self) -> None:
        self.all: list[Measured] = []

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        """Keep one value."""
        self.all.append(Measured(metric, value, details))

    def of(self, metric: Metric) -> list[float]:
        """Return the values of one metric, in order."""
        return [each.value for each in self.all if each.metric is metric]
