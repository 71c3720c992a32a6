"""Productions that are made again and again, by EventBridge Scheduler."""

import json
from collections.abc import Iterator, Mapping

from aws_cdk import Stack, aws_scheduler
from constructs import Construct

from infra.constructs.house import House
from infra.functions import camel
from infra.guardrails.grants import Grant, role_for
from reelwright.environment.schema import RecurringSpec
from reelwright.production.schema import Brief

__all__ = ["Recurring", "execution_input"]

_SCHEDULED_AT = "<aws.scheduler.scheduled-time>"
"""Filled in by the scheduler (docs: "Adding context attributes"); the same however often it delivers."""
_ATTEMPTS = 8
_LONGEST_SECONDS = 7200


class Recurring(Construct):
    """One schedule for each topic. What could not be started is kept in the queue of dead letters.

    The scheduler may deliver twice: the production's id follows from the schedule and its time, so the second
    time it is the same production.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        house: House,
        recurring: Mapping[str, RecurringSpec],
        state_machine_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        group = aws_scheduler.CfnScheduleGroup(self, "Group", name=f"reelwright-{house.environment}")
        role = role_for(
            self,
            "Role",
            service="scheduler.amazonaws.com",
            description="Starts recurring productions.",
            grants=_grants(self, house, state_machine_arn),
        )
        for name, spec in recurring.items():
            for schedule, brief in _briefs(name, spec):
                aws_scheduler.CfnSchedule(
                    self,
                    camel(schedule.replace("-", "_")),
                    name=schedule,
                    group_name=group.ref,
                    description=f"Makes a video about: {brief.topic}"[:512],
                    schedule_expression=spec.cadence,
                    schedule_expression_timezone=spec.time_zone,
                    state="ENABLED" if spec.enabled else "DISABLED",
                    kms_key_arn=house.key.key_arn,
                    flexible_time_window={"mode": "OFF"},
                    target={
                        "arn": state_machine_arn,
                        "roleArn": role.role_arn,
                        "input": execution_input(schedule, brief),
                        "deadLetterConfig": {"arn": house.dead_letters.queue_arn},
                        "retryPolicy": {
                            "maximumRetryAttempts": _ATTEMPTS,
                            "maximumEventAgeInSeconds": _LONGEST_SECONDS,
                        },
                    },
                )


def execution_input(schedule: str, brief: Brief) -> str:
    """Return what an execution is started with."""
    said = brief.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"brief": said, "schedule": schedule, "scheduled_at": _SCHEDULED_AT})


def _briefs(name: str, spec: RecurringSpec) -> Iterator[tuple[str, Brief]]:
    """Yield each schedule's name and brief; a ValidationError for a brief that could never be made."""
    for number, topic in enumerate(spec.topics, start=1):
        yield f"{name}-{number}", Brief.model_validate({**spec.brief, "topic": topic})


def _grants(scope: Construct, house: House, state_machine_arn: str) -> list[Grant]:
    via = [f"{service}.{Stack.of(scope).region}.amazonaws.com" for service in ("scheduler", "sqs")]
    return [
        Grant("StartProductions", ["states:StartExecution"], [state_machine_arn]),
        Grant("KeepWhatFailed", ["sqs:SendMessage"], [house.dead_letters.queue_arn]),
        Grant(
            "UseKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [house.key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": via}},
        ),
    ]
