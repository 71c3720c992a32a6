"""Metrics in CloudWatch's embedded format, held to its specification."""

import io
import json
import math
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.observability.concealed import conceal
from reelwright.observability.correlation import bind
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.memory import MemoryMetrics
from reelwright.observability.metrics import Metric

UNITS = {"Count", "Seconds", "None"}


def emitted(metric: Metric, value: float, **details: str) -> dict[str, Any]:
    stream = io.StringIO()
    EmfMetrics("dev", stream, VirtualClock()).emit(metric, value, **details)
    (line,) = stream.getvalue().splitlines()
    return dict(json.loads(line))


def check(document: dict[str, Any]) -> None:
    """Hold a line to the specification: what is declared is there, of the right type and number."""
    header = document["_aws"]
    assert isinstance(header["Timestamp"], int)
    (definition,) = header["CloudWatchMetrics"]
    assert definition["Namespace"] == "Reelwright"
    for dimensions in definition["Dimensions"]:
        assert 0 < len(dimensions) <= 30
        assert all(isinstance(document[name], str) and 0 < len(document[name]) <= 1024 for name in dimensions)
    for metric in definition["Metrics"]:
        assert metric["Unit"] in UNITS
        assert isinstance(document[metric["Name"]], int | float)


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_can_be_watched_by_environment_and_by_dimension(metric: Metric) -> None:
    details = {metric.dimension: "ssm"} if metric.dimension else {}

    document = emitted(metric, 2.5, **details)

    check(document)
    sets = document["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    assert sets == [["environment"], ["environment", metric.dimension]][: 2 if metric.dimension else 1]
    assert document[metric.title] == 2.5
    assert document["environment"] == "dev"
    assert document["_aws"]["Timestamp"] == 1_767_225_600_000


def test_without_its_dimension_a_metric_counts_for_the_environment() -> None:
    for details in ({}, {"source": ""}, {"source": " "}):
        document = emitted(Metric.CONFIG_AGE, 1, **details)
        check(document)
        assert document["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["environment"]]


def test_a_long_dimension_is_cut() -> None:
    check(emitted(Metric.CONFIG_AGE, 1, source="x" * 5000))


def test_the_rest_and_what_is_bound_are_kept_beside() -> None:
    with bind(production_id="prod_1", step="shoot"):
        document = emitted(Metric.STEP_TIME, 3, step="narrate", why="slow")

    assert (document["production_id"], document["step"], document["why"]) == ("prod_1", "narrate", "slow")


def test_details_cannot_pose_as_the_metric() -> None:
    document = emitted(Metric.CONFIG_AGE, 1, environment="prod", ConfigAge="99", _aws="x", source="ssm")

    check(document)
    assert (document["environment"], document["ConfigAge"]) == ("dev", 1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_dropped(value: float) -> None:
    stream = io.StringIO()
    EmfMetrics("dev", stream, VirtualClock()).emit(Metric.SECRET_AGE, value)

    assert stream.getvalue() == ""


def test_nothing_raises() -> None:
    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(32, "gone")

    wrong: Any = "text"
    EmfMetrics("dev", Broken(), VirtualClock()).emit(Metric.SECRET_AGE, 1)
    EmfMetrics("dev", io.StringIO(), VirtualClock()).emit(Metric.SECRET_AGE, wrong)


def test_secrets_do_not_pass() -> None:
    conceal("cnry-emf-1f2e3d4c")

    assert "cnry" not in json.dumps(emitted(Metric.CONFIG_AGE, 1, source="cnry-emf-1f2e3d4c", api_key="cnry"))


def test_names_are_what_alarms_call_them_and_differ() -> None:
    titles = [metric.title for metric in Metric]

    assert len(set(titles)) == len(titles)
    assert all(title.isalpha() for title in titles)


def test_memory_keeps_all_in_order() -> None:
    metrics = MemoryMetrics()
    metrics.emit(Metric.SECRET_AGE, 1)
    metrics.emit(Metric.CONFIG_AGE, 2, source="ssm")
    metrics.emit(Metric.SECRET_AGE, 3)

    assert metrics.of(Metric.SECRET_AGE) == [1, 3]
    assert metrics.all[1].details == {"source": "ssm"}
