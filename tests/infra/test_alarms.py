"""Alarms ring for what matters, say what to do, and are heard."""

import re
from pathlib import Path

import pytest

from infra.alarm_list import ALARMS
from infra.functions import FUNCTIONS
from reelwright.observability.metrics import NAMESPACE, Metric
from tests.infra.conftest import Assembly, Json

ROOT = Path(__file__).resolve().parents[2]


def alarms(assembly: Assembly) -> dict[str, Json]:
    prefix = f"reelwright-{assembly.environment.name}-"
    found = assembly.of_type("AWS::CloudWatch::Alarm").values()
    return {alarm["AlarmName"].removeprefix(prefix): alarm for alarm in found}


def test_every_alarm_is_heard(assembly: Assembly) -> None:
    (topic,) = assembly.of_type("AWS::SNS::Topic")
    assert {str(alarm["AlarmActions"]) for alarm in alarms(assembly).values()} == {str([{"Ref": topic}])}


def test_no_alarm_rings_for_silence(assembly: Assembly) -> None:
    assert {alarm["TreatMissingData"] for alarm in alarms(assembly).values()} == {"notBreaching"}


def test_every_alarm_says_what_to_do_and_where_that_is_explained(assembly: Assembly) -> None:
    for name, alarm in alarms(assembly).items():
        said = re.fullmatch(r".{10,}\. Next step: .{10,}\. Runbook: (\S+)", alarm["AlarmDescription"])
        assert said, name
        page = (ROOT / said[1]).read_text(encoding="utf-8")
        assert {"## What it means", "## What to do"} <= set(page.splitlines())
        assert len(page.split()) > 60, said[1]


def test_every_runbook_belongs_to_an_alarm(assembly: Assembly) -> None:
    named = {alarm["AlarmDescription"].rpartition("/")[2] for alarm in alarms(assembly).values()}
    assert {page.name for page in (ROOT / "docs" / "runbooks").glob("*.md")} - {"README.md"} == named


@pytest.mark.parametrize("spec", ALARMS, ids=lambda spec: spec.name)
def test_an_alarm_on_our_own_metric_watches_what_code_writes(spec: object, assembly: Assembly) -> None:
    alarm = alarms(assembly)[spec.name]
    assert (alarm["Namespace"], alarm["MetricName"]) == (NAMESPACE, spec.metric.title)
    own = {spec.metric.dimension: spec.value} if spec.value else {}
    watched = own | {"environment": assembly.environment.name}
    assert {it["Name"]: it["Value"] for it in alarm["Dimensions"]} == watched
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["Statistic"], alarm["Threshold"]) == (spec.statistic, spec.threshold)
    assert (alarm["Period"], alarm["EvaluationPeriods"]) == (spec.minutes * 60, spec.periods)


def test_what_must_not_go_unnoticed_has_an_alarm() -> None:
    assert {spec.metric for spec in ALARMS} >= {
        Metric.PRODUCTIONS_FAILED,
        Metric.STEPS_FAILED,
        Metric.CONFIG_QUARANTINED,
        Metric.CONFIG_AGE,
        Metric.FLAG_SYNC_FAILED,
        Metric.FLAGS_AGE,
        Metric.KILL_SWITCHES_UNREAD,
        Metric.PROMPTS_QUARANTINED,
        Metric.PROMPT_READS_FAILED,
        Metric.AUDIT_FAILED,
        Metric.SECRET_AGE,
        Metric.SECRETS_IN_NEED,
        Metric.MODELS_UNWELL,
        Metric.MODELS_OPEN,
        Metric.MODELS_RETIRED,
        Metric.MODELS_ENDING,
        Metric.PRICES_ENDING,
        Metric.SPEND_UNKNOWN,
        Metric.BUDGET_USED_SHARE,
    }


def test_every_limit_rings_when_it_is_nearly_used_and_when_it_is_used_up(assembly: Assembly) -> None:
    found = alarms(assembly)
    watched = {
        (name, alarm["Threshold"], dimension["Value"])
        for name, alarm in found.items()
        if alarm["MetricName"] == "BudgetUsedShare"
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "budget"
    }
    assert watched == {
        (f"{name}-{window}", share, window)
        for name, share in (("BudgetNearlyUsed", 0.8), ("BudgetUsed", 1.0))
        for window in ("day", "month", "total")
    }


def test_what_nobody_knows_rings_from_the_first_micro_dollar(assembly: Assembly) -> None:
    alarm = alarms(assembly)["SpendUnknown"]
    assert alarm["Threshold"] == 0.000001
    assert "reelwright cost resolve" in alarm["AlarmDescription"]


def test_every_function_the_queue_and_the_state_machine_have_an_alarm(assembly: Assembly) -> None:
    found = alarms(assembly)
    for name in FUNCTIONS:
        assert found[f"{name}Errors"]["MetricName"] == "Errors"
        assert found[f"{name}Errors"]["Namespace"] == "AWS/Lambda"
    assert found["DeadLetters"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    for name, makes in (("ExecutionsFailed", "productions"), ("BatchesStopped", "batches")):
        arn = {"Fn::GetAtt": [assembly.machine(makes), "Arn"]}
        assert found[name]["Dimensions"] == [{"Name": "StateMachineArn", "Value": arn}]


def test_no_alarm_needs_arithmetic_or_other_alarms(assembly: Assembly) -> None:
    assert assembly.of_type("AWS::CloudWatch::CompositeAlarm") == {}
    assert [name for name, alarm in alarms(assembly).items() if "Metrics" in alarm] == []


def test_the_topic_is_encrypted_and_only_our_alarms_may_publish(assembly: Assembly) -> None:
    assert assembly.only("AWS::SNS::Topic")["KmsMasterKeyId"]
    statements = assembly.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    denied, allowed = sorted(statements, key=lambda it: str(it["Effect"]), reverse=True)
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert f":alarm:reelwright-{assembly.environment.name}-*" in str(allowed["Condition"])
