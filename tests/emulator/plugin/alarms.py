"""Alarms that look at their own dimensions, at missing data and at several periods; more kinds of alarms.

MiniStack lumps all dimensions of a metric together, never leaves a state for want of data, counts a single
breach as enough whatever DatapointsToAlarm says, and refuses composite alarms and metric math in
CloudFormation. Alarms with metric math are only kept here: they move by SetAlarmState.
"""

import json
import math
import time
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from tests.emulator.plugin.patching import around, resource_type
from tests.emulator.plugin.scale import MINUTE_SECONDS

_BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def apply() -> None:
    cloudwatch._evaluate_alarm = evaluate
    around(provisioners, "_cw_metric_alarm_record", _record_with_math)
    resource_type("AWS::CloudWatch::CompositeAlarm", create=_create_composite, delete=_delete_composite)


def evaluate(alarm: dict[str, Any]) -> None:
    """Bring an alarm's state up to date. The period still running counts, so that tests need not wait."""
    if not alarm.get("MetricName"):
        return
    state = state_of(alarm, time.time())
    if state and state != alarm["StateValue"]:
        change = {"AlarmName": alarm["AlarmName"], "StateValue": state, "StateReason": "Threshold crossed"}
        cloudwatch._set_alarm_state({}, change, False, True)  # noqa: FBT003 (the emulator's own convention)


def state_of(alarm: dict[str, Any], now: float) -> str | None:
    """Return the state that the alarm's data call for, or None to stay as it is."""
    values = _values(alarm, now)
    breaches = _BREACHES[alarm["ComparisonOperator"]]
    breached = [breaches(value, alarm["Threshold"]) for value in values if value is not None]
    missing = len(values) - len(breached)
    treatment = alarm.get("TreatMissingData", "missing")
    if not breached and treatment in ("missing", "ignore"):
        return "INSUFFICIENT_DATA" if treatment == "missing" else None
    count = sum(breached) + (missing if treatment == "breaching" else 0)
    return "ALARM" if count >= (alarm.get("DatapointsToAlarm") or len(values)) else "OK"


def _values(alarm: dict[str, Any], now: float) -> list[float | None]:
    """Return the statistic of each of the alarm's last periods, the running one first."""
    key = (
        alarm["Namespace"],
        alarm["MetricName"],
        cloudwatch._dims_key(cloudwatch._dims_from_list(alarm["Dimensions"])),
    )
    period = alarm["Period"] * MINUTE_SECONDS / 60
    end = math.ceil(now / period) * period
    points = cloudwatch._metrics.get(key) or []
    return [
        _statistic(
            alarm, [point for point in points if 0 <= end - index * period - point["Timestamp"] < period]
        )
        for index in range(alarm["EvaluationPeriods"])
    ]


def _statistic(alarm: dict[str, Any], points: list[dict[str, Any]]) -> float | None:
    name = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    return cloudwatch._stat_value(cloudwatch._calc_stats(points), name, points) if points else None


def _record_with_math(
    build: Callable[..., dict[str, Any]], name: str, props: dict[str, Any]
) -> dict[str, Any]:
    queries = props.get("Metrics")
    if not queries:
        return build(name, props)
    plain = {key: value for key, value in props.items() if key != "Metrics"}
    alarm = build(name, plain | {"MetricName": "expression", "Namespace": "expression"})
    return {**alarm, "Metrics": queries, "MetricName": None, "Namespace": None}


def _create_composite(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    name = props.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255)
    request = {**props, "AlarmName": name}
    status, _, body = cloudwatch._put_composite_alarm({}, request, False, True)  # noqa: FBT003 (as above)
    if status >= 400:
        raise ValueError(f"AWS::CloudWatch::CompositeAlarm {name}: {json.loads(body).get('message')}")
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def _delete_composite(physical_id: str, _props: dict[str, Any]) -> None:
    cloudwatch._composite_alarms.pop(physical_id, None)
