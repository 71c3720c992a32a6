"""The state machine that makes productions."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_lambda, aws_logs, aws_stepfunctions
from constructs import Construct

from infra.constructs.house import House
from infra.functions import STEP_FUNCTIONS
from infra.guardrails.grants import Grant, role_for
from infra.state_machine import state_machine
from reelwright.pipeline.declaration import PIPELINE

__all__ = ["STATE_FUNCTIONS", "Pipeline"]

STATE_FUNCTIONS = (
    *("BeginProduction", "OpenStep", "FinishProduction", "FailProduction"),
    *(spec.name for spec in STEP_FUNCTIONS.values()),
)
"""The functions that the state machine may invoke."""

_LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
_DELIVER_LOGS = Grant(
    "DeliverLogs",
    _LOG_DELIVERY,
    ["*"],
    because="CloudWatch has no narrower resource for setting up the delivery of a state machine's log.",
)
_UNTRACED = ("AwsSolutions::AwsSolutions-SF2", "Serverless::Serverless-StepFunctionStateMachineXray")
_SAMPLING = ("xray:GetSamplingRules", "xray:GetSamplingTargets")


class Pipeline(Construct):
    """A Standard workflow, generated from the declaration, that may invoke its functions and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        house: House,
        functions: Mapping[str, aws_lambda.IFunction],
        concurrency: int,
        log_execution_data: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        # Under this prefix log groups do not fill up the account's one policy for delivered logs.
        log = house.log(self, f"/aws/vendedlogs/states/reelwright/{house.environment}/productions")
        arns = {name: functions[name].function_arn for name in STATE_FUNCTIONS}
        role = role_for(
            self,
            "Role",
            service="states.amazonaws.com",
            description="What the state machine of productions may do.",
            grants=[
                Grant("RunSteps", ["lambda:InvokeFunction"], list(arns.values())),
                _DELIVER_LOGS,
                *house.trace(*_SAMPLING),
            ],
        )
        self.machine = aws_stepfunctions.CfnStateMachine(
            self,
            "Machine",
            state_machine_name=f"reelwright-{house.environment}-productions",
            state_machine_type="STANDARD",
            role_arn=role.role_arn,
            definition_string=_document(concurrency),
            definition_substitutions=arns,
            tracing_configuration={"enabled": house.tracing},
            logging_configuration=_logging(log, log_execution_data),
        )

        house.accept_untraced(self.machine, *_UNTRACED)

    @property
    def arn(self) -> str:
        """The ARN of the state machine."""
        return self.machine.attr_arn


def _document(concurrency: int) -> str:
    return json.dumps(state_machine(PIPELINE, concurrency=concurrency), indent=1)


def _logging(log: aws_logs.LogGroup, data: bool) -> Any:  # noqa: FBT001 (a property of CloudFormation)
    machine = aws_stepfunctions.CfnStateMachine
    destination = machine.LogDestinationProperty(
        cloud_watch_logs_log_group=machine.CloudWatchLogsLogGroupProperty(log_group_arn=log.log_group_arn)
    )
    return machine.LoggingConfigurationProperty(
        destinations=[destination], include_execution_data=data, level="ALL"
    )
