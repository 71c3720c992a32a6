"""Recurring productions: what the scheduler starts, when, and with what right."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from infra.guardrails.grants import flat
from infra.guardrails.nag import idle_acknowledgements
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentSpec, RecurringSpec
from reelwright.pipeline.functions import ExecutionInput
from reelwright.production.schema import Brief
from tests.infra.conftest import Assembly

WEEKLY = RecurringSpec(
    topics=("Why honey keeps", "Why bees dance"),
    cadence="cron(0 7 ? * MON *)",
    time_zone="Europe/Berlin",
    brief={"duration_seconds": 30, "aspect": "9:16"},
)
RESTING = RecurringSpec(topics=("Tides",), cadence="rate(2 days)", enabled=False)


def with_recurring(**recurring: RecurringSpec) -> EnvironmentSpec:
    dev = load_environment("dev")
    return dev.model_copy(update={"deploy": dev.deploy.model_copy(update={"recurring": recurring})})


@pytest.fixture(scope="module")
def scheduled(synthesise: Callable[[EnvironmentSpec], Assembly]) -> Assembly:
    return synthesise(with_recurring(weekly=WEEKLY, resting=RESTING))


def schedules(assembly: Assembly) -> dict[str, dict[str, Any]]:
    return {it["Name"]: it for it in assembly.of_type("AWS::Scheduler::Schedule").values()}


def test_nothing_recurs_unless_the_environment_says_so(assembly: Assembly) -> None:
    assert not any(it["Type"].startswith("AWS::Scheduler") for it in assembly.resources.values())


def test_each_topic_has_a_schedule_in_its_time_zone(scheduled: Assembly) -> None:
    found = schedules(scheduled)
    assert sorted(found) == ["resting-1", "weekly-1", "weekly-2"]
    assert found["weekly-1"]["ScheduleExpression"] == "cron(0 7 ? * MON *)"
    assert found["weekly-1"]["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert {name: it["State"] for name, it in found.items()} == {
        "weekly-1": "ENABLED",
        "weekly-2": "ENABLED",
        "resting-1": "DISABLED",
    }


def test_it_starts_what_the_state_machine_takes(scheduled: Assembly) -> None:
    target = schedules(scheduled)["weekly-2"]["Target"]
    text = target["Input"].replace("<aws.scheduler.scheduled-time>", "2026-11-30T06:00:00Z")
    asked = ExecutionInput.model_validate(json.loads(text))
    assert asked.brief == Brief(topic="Why bees dance", duration_seconds=30, aspect="9:16")
    assert (asked.schedule, asked.scheduled_at is not None) == ("weekly-2", True)
    machine = scheduled.machine("productions")
    assert flat(target["Arn"]) in {f"<{machine}>", f"<{machine}.Arn>"}
    assert "DeadLetters" in flat(target["DeadLetterConfig"]["Arn"])


def test_it_may_start_productions_and_keep_what_failed_and_nothing_else(scheduled: Assembly) -> None:
    (role,) = (
        it
        for it in scheduled.of_type("AWS::IAM::Role").values()
        if "scheduler.amazonaws.com" in json.dumps(it["AssumeRolePolicyDocument"])
    )
    (policy,) = role["Policies"]
    actions = {it["Sid"]: it["Action"] for it in policy["PolicyDocument"]["Statement"]}
    assert actions == {
        "StartProductions": "states:StartExecution",
        "KeepWhatFailed": "sqs:SendMessage",
        "UseKey": ["kms:Decrypt", "kms:GenerateDataKey"],
    }


def test_rule_packs_find_nothing(scheduled: Assembly) -> None:
    reports = scheduled.read("validation-report.json")["pluginReports"]
    assert [violation for report in reports for violation in report["violations"]] == []
    assert idle_acknowledgements(scheduled.folder) == []


def test_a_brief_that_could_never_be_made_is_refused_at_synth(
    synthesise: Callable[[EnvironmentSpec], Assembly],
) -> None:
    bad = WEEKLY.model_copy(update={"brief": {"duration_seconds": 1}})
    with pytest.raises(ValidationError, match="duration_seconds"):
        synthesise(with_recurring(weekly=bad))


@pytest.mark.parametrize(
    "change",
    [
        {"topics": ()},
        {"topics": ("",)},
        {"cadence": "daily"},
        {"cadence": "rate(0 days)"},
        {"cadence": "cron(0 7 * * MON *)"},
        {"cadence": "cron(0 7 ? * ? *)"},
        {"cadence": "cron(0 7 ? * MON)"},
        {"time_zone": "Mars/Olympus"},
        {"topic": "x"},
    ],
)
def test_what_the_scheduler_would_refuse_is_refused_when_it_is_read(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RecurringSpec.model_validate(WEEKLY.model_dump() | change)
