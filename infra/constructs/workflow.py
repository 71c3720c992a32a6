"""What every state machine of an environment has: a role, a log, and traces where those are taken."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import aws_logs, aws_stepfunctions
from constructs import Construct

from infra.constructs.house import House
from infra.guardrails.grants import Grant, role_for

__all__ = ["workflow"]

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


def workflow(
    scope: Construct,
    *,
    house: House,
    makes: str,
    document: Mapping[str, Any],
    substitutions: Mapping[str, str],
    grants: Iterable[Grant],
    log_execution_data: bool,
) -> aws_stepfunctions.CfnStateMachine:
    """Add a Standard workflow to ``scope`` that may do what the grants say, and write its own log.

    ``makes`` says in one word what its executions make: it is the end of its name, and of its log's.
    """
    # Under this prefix log groups do not fill up the account's one policy for delivered logs.
    log = house.log(scope, f"/aws/vendedlogs/states/reelwright/{house.environment}/{makes}")
    role = role_for(
        scope,
        "Role",
        service="states.amazonaws.com",
        description=f"What the state machine of {makes} may do.",
        grants=[*grants, _DELIVER_LOGS, *house.trace(*_SAMPLING)],
    )
    machine = aws_stepfunctions.CfnStateMachine(
        scope,
        "Machine",
        state_machine_name=f"reelwright-{house.environment}-{makes}",
        state_machine_type="STANDARD",
        role_arn=role.role_arn,
        definition_string=json.dumps(document, indent=1),
        definition_substitutions=dict(substitutions),
        tracing_configuration={"enabled": house.tracing},
        logging_configuration=_logging(log, log_execution_data),
    )
    house.accept_untraced(machine, *_UNTRACED)
    return machine


def _logging(log: aws_logs.LogGroup, data: bool) -> Any:  # noqa: FBT001 (a property of CloudFormation)
    machine = aws_stepfunctions.CfnStateMachine
    destination = machine.LogDestinationProperty(
        cloud_watch_logs_log_group=machine.CloudWatchLogsLogGroupProperty(log_group_arn=log.log_group_arn)
    )
    return machine.LoggingConfigurationProperty(
        destinations=[destination], include_execution_data=data, level="ALL"
    )
