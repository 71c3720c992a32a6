"""Finding a deployed environment: there, not there, or nobody to ask."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError

from reelwright.environment import aws
from reelwright.environment.errors import AwsUnavailable, InvalidEnvironment


class CloudFormation:
    """A client that answers with one stack, or fails."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def describe_stacks(self, **request: Any) -> Any:
        assert request == {"StackName": "Reelwright-dev"}
        if isinstance(self._answer, Exception):
            raise self._answer
        return {"Stacks": [{"Outputs": self._answer}]}


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Stack Reelwright-dev no."}}, "DescribeStacks")


def test_the_outputs_of_the_stack_are_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [
        {"OutputKey": "StateMachineArn", "OutputValue": "arn:x"},
        {"OutputKey": "Another", "OutputValue": "y"},
    ]
    monkeypatch.setattr(aws, "aws_client", lambda _: CloudFormation(outputs))
    deployment = aws.find_deployment("dev")
    assert (deployment.environment, deployment.state_machine, deployment.config_bucket) == (
        "dev",
        "arn:x",
        "",
    )


def test_what_is_not_deployed_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "aws_client", lambda _: CloudFormation(refusal("ValidationError")))
    with pytest.raises(InvalidEnvironment, match="not deployed"):
        aws.find_deployment("dev")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ExpiredToken"),
        refusal("AccessDenied"),
        refusal("Throttling"),
        NoCredentialsError(),
        EndpointConnectionError(endpoint_url="https://aws.invalid"),
    ],
)
def test_whom_aws_does_not_answer_is_told_so(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(aws, "aws_client", lambda _: CloudFormation(error))
    with pytest.raises(AwsUnavailable, match="dev cannot be reached"):
        aws.find_deployment("dev")


def test_a_client_that_cannot_even_be_made_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> Any:
        raise NoRegionError

    monkeypatch.setattr(aws, "aws_client", refuse)
    with pytest.raises(AwsUnavailable, match="region"):
        aws.find_deployment("dev")
