"""Metrics as CloudWatch reads them from logs: the embedded metric format, one line each."""

import json
import math
import threading
from typing import Any, TextIO

from reelwright.clock import Clock
from reelwright.observability.correlation import bound
from reelwright.observability.metrics import NAMESPACE, Metric
from reelwright.observability.redaction import redact

__all__ = ["EmfMetrics"]

_DIMENSION_CHARS = 1024
"""CloudWatch takes no longer values of dimensions."""


class EmfMetrics:
    """A Metrics that writes to a stream, which on Lambda is standard output.

    Every value counts for its environment, and for its environment and dimension together, so that an
    alarm can watch either. What is bound and the other details are kept beside it, for searching.
    """

    def __init__(self, environment: str, stream: TextIO, clock: Clock) -> None:
        self._environment = environment
        self._stream = stream
        self._clock = clock
        self._lock = threading.Lock()

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        """Write one value; one that is no finite number, or that cannot be written, is dropped."""
        try:
            if math.isfinite(value):
                self._write(json.dumps(self._line(metric, value, details), ensure_ascii=True))
        except Exception:  # noqa: BLE001, S110 (measuring must never stop what is measured)
            pass

    def _write(self, line: str) -> None:
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()

    def _line(self, metric: Metric, value: float, details: dict[str, str]) -> dict[str, Any]:
        said: dict[str, Any] = redact({**bound(), **details})
        dimension = metric.dimension if str(said.get(metric.dimension, "")).strip() else ""
        if dimension:
            said[dimension] = str(said[dimension])[:_DIMENSION_CHARS]
        own = {"environment": self._environment, metric.title: value, "_aws": self._header(metric, dimension)}
        return {**said, **own}

    def _header(self, metric: Metric, dimension: str) -> dict[str, Any]:
        sets = [["environment"], ["environment", dimension]] if dimension else [["environment"]]
        definition = {
            "Namespace": NAMESPACE,
            "Dimensions": sets,
            "Metrics": [{"Name": metric.title, "Unit": metric.unit}],
        }
        timestamp = int(self._clock.now().timestamp() * 1000)
        return {"Timestamp": timestamp, "CloudWatchMetrics": [definition]}
