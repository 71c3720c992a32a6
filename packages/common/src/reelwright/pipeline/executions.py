"""Executions of a state machine by name: which is the last one, and how it ended."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from reelwright.pipeline.failure import Failure
from reelwright.storage.aws_errors import code_of, typed

__all__ = ["RUNNING", "SUCCEEDED", "Executions", "execution_name", "failure_of"]

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"


class Executions:
    """The executions of one state machine; a first one is called as what it makes, the next ``<id>-r<n>``."""

    def __init__(self, client: Any, machine: str) -> None:
        self._client = client
        self._machine = machine

    def start(self, name: str, asked: Mapping[str, Any]) -> None:
        """Start an execution; one of that name that is there already is the one."""
        with typed("Step Functions"):
            try:
                self._client.start_execution(
                    stateMachineArn=self._machine, name=name, input=json.dumps(asked)
                )
            except ClientError as error:
                if code_of(error) != "ExecutionAlreadyExists":
                    raise

    def describe(self, name: str) -> Mapping[str, Any] | None:
        """Return an execution as Step Functions describes it; None if there is none, or none any more."""
        arn = f"{self._machine.replace(':stateMachine:', ':execution:')}:{name}"
        with typed("Step Functions"):
            try:
                described: Mapping[str, Any] = self._client.describe_execution(executionArn=arn)
            except ClientError as error:
                if code_of(error) == "ExecutionDoesNotExist":
                    return None
                raise
        return described

    def last(self, made: str) -> tuple[int, str]:
        """Return the number and status of the newest execution for an id; -1 and nothing if there is none."""
        number, status = -1, ""
        while described := self.describe(execution_name(made, number + 1)):
            number, status = number + 1, str(described["status"])
        return number, status


def execution_name(made: str, number: int) -> str:
    """Return what the execution is called that goes on with something for the n-th time."""
    return f"{made}-r{number}" if number > 0 else made


def failure_of(execution: Mapping[str, Any]) -> dict[str, object]:
    """Return how an execution ended that did not succeed, as errors are told."""
    failure = Failure(Error=execution.get("error") or execution["status"], Cause=execution.get("cause") or "")
    return failure.as_record()
