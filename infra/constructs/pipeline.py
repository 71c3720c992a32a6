"""The state machine that makes productions."""

from collections.abc import Mapping

from aws_cdk import aws_lambda
from constructs import Construct

from infra.constructs.house import House
from infra.constructs.workflow import workflow
from infra.functions import STEP_FUNCTIONS
from infra.guardrails.grants import Grant
from infra.state_machine import state_machine
from reelwright.pipeline.declaration import PIPELINE

__all__ = ["STATE_FUNCTIONS", "Pipeline"]

STATE_FUNCTIONS = (
    *("BeginProduction", "OpenStep", "FinishProduction", "FailProduction"),
    *(spec.name for spec in STEP_FUNCTIONS.values()),
)
"""The functions that the state machine may invoke."""


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
        arns = {name: functions[name].function_arn for name in STATE_FUNCTIONS}
        self.machine = workflow(
            self,
            house=house,
            makes="productions",
            document=state_machine(PIPELINE, concurrency=concurrency),
            substitutions=arns,
            grants=[Grant("RunSteps", ["lambda:InvokeFunction"], list(arns.values()))],
            log_execution_data=log_execution_data,
        )

    @property
    def arn(self) -> str:
        """The ARN of the state machine."""
        return self.machine.attr_arn
