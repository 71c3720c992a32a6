"""Metrics in log lines become metric data.

Functions measure by printing the embedded metric format; CloudWatch takes the values out of the log.
MiniStack keeps the lines as text, so no alarm on our own metrics would ever see anything.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudwatch, lambda_svc

from tests.emulator.plugin.patching import around


def apply() -> None:
    around(lambda_svc, "_emit_lambda_logs", _emit_logs)


def _emit_logs(
    emit: Callable[..., None],
    func: dict[str, Any],
    request_id: str,
    log_text: str,
    *more: Any,
    **keywords: Any,
) -> None:
    emit(func, request_id, log_text, *more, **keywords)
    found = [measured for line in log_text.splitlines() for measured in metrics_in(line)]
    for measured in found:
        record(measured)
    if found:
        cloudwatch._evaluate_all_alarms()


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of one metric under one set of dimensions, ``at`` in seconds since 1970."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    values: list[float]
    unit: str
    at: float


def metrics_in(line: str) -> Iterator[Measured]:
    """Yield what a log line measures."""
    document = _document(line)
    metadata = document.get("_aws")
    if not isinstance(metadata, dict):
        return
    at = metadata.get("Timestamp", time.time() * 1000) / 1000
    for directive in metadata.get("CloudWatchMetrics", []):
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(document[name]) for name in names if name in document}
            for metric in directive.get("Metrics", []):
                values = document.get(metric["Name"])
                if values is not None:
                    listed = values if isinstance(values, list) else [values]
                    unit = metric.get("Unit", "None")
                    yield Measured(directive["Namespace"], metric["Name"], dimensions, listed, unit, at)


def _document(line: str) -> dict[str, Any]:
    if '"_aws"' not in line:
        return {}
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def record(measured: Measured) -> None:
    """Put values where PutMetricData would."""
    key = (measured.namespace, measured.name, cloudwatch._dims_key(measured.dimensions))
    point = {"Timestamp": measured.at, "Unit": measured.unit, "Dimensions": measured.dimensions}
    cloudwatch._metric_bucket(key).extend(point | {"Value": float(value)} for value in measured.values)
