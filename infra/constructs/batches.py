"""The state machine that makes batches of productions."""

from collections.abc import Mapping

from aws_cdk import ArnFormat, Stack, aws_kms, aws_lambda, aws_s3
from constructs import Construct

from infra.batch_machine import batch_machine
from infra.constructs.house import House
from infra.constructs.workflow import workflow
from infra.guardrails.grants import Grant

__all__ = ["BATCH_FUNCTIONS", "Batches"]

BATCH_FUNCTIONS = ("AdvanceBatchItem", "FinishBatch")
"""The functions that the state machine may invoke."""
_MAKES = "batches"
_WATCHING = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
"""The rule that Step Functions itself keeps in each account, to hear of executions that others wait for."""
_AS_MADE = "Executions are called as the productions that they make."


class Batches(Construct):
    """A Standard workflow that reads its rows from the bucket, starts productions and waits for them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        house: House,
        functions: Mapping[str, aws_lambda.IFunction],
        productions_arn: str,
        bucket: aws_s3.IBucket,
        key: aws_kms.IKey,
        log_execution_data: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        arns = {name: functions[name].function_arn for name in BATCH_FUNCTIONS}
        name = f"reelwright-{house.environment}"
        self.machine = workflow(
            self,
            house=house,
            makes=_MAKES,
            document=batch_machine(),
            substitutions={
                **arns,
                "ArtifactsBucket": bucket.bucket_name,
                "ProductionsMachine": productions_arn,
            },
            grants=[
                Grant("RunBatches", ["lambda:InvokeFunction"], list(arns.values())),
                *self._items(f"{name}-{_MAKES}"),
                *self._productions(f"{name}-productions", productions_arn),
                *self._rows(bucket, key),
            ],
            log_execution_data=log_execution_data,
        )

    @property
    def arn(self) -> str:
        """The ARN of the state machine."""
        return self.machine.attr_arn

    def _items(self, own: str) -> list[Grant]:
        """Return what a Distributed Map needs of its own machine, which runs every item as an execution."""
        executions = [self._states("execution", f"{own}:*"), self._states("execution", f"{own}/Items:*")]
        return [
            Grant("StartItems", ["states:StartExecution"], [self._states("stateMachine", own)]),
            Grant(
                "WatchItems",
                ["states:DescribeExecution", "states:StopExecution"],
                executions,
                because="Step Functions names the executions of items itself.",
            ),
        ]

    def _productions(self, machine: str, arn: str) -> list[Grant]:
        """Return what starting an execution and waiting for its end needs."""
        rule = Stack.of(self).format_arn(service="events", resource="rule", resource_name=_WATCHING)
        return [
            Grant("StartProductions", ["states:StartExecution"], [arn]),
            Grant(
                "WatchProductions",
                ["states:DescribeExecution", "states:StopExecution"],
                [self._states("execution", f"{machine}:*")],
                because=_AS_MADE,
            ),
            Grant("HearOfEnds", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], [rule]),
        ]

    def _rows(self, bucket: aws_s3.IBucket, key: aws_kms.IKey) -> list[Grant]:
        via = f"s3.{Stack.of(self).region}.amazonaws.com"
        return [
            Grant(
                "ReadRows",
                ["s3:GetObject"],
                [bucket.arn_for_objects("batches/*")],
                because="Each batch has a folder of its own, called as its id.",
            ),
            Grant(
                "RowsKey",
                ["kms:Decrypt"],
                [key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": via}},
            ),
        ]

    def _states(self, resource: str, name: str) -> str:
        """Return an ARN by name: the machine's own is not known before its role."""
        return Stack.of(self).format_arn(
            service="states",
            resource=resource,
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
