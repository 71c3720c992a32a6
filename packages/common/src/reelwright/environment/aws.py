"""The one way to AWS: clients with short timeouts, and the names that a deployed stack gave."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.environment.errors import AwsUnavailable, InvalidEnvironment
from reelwright.environment.loader import check_environment_name

__all__ = ["aws_client", "find_deployment"]

_CONNECT_SECONDS = 2.0
_READ_SECONDS = 10.0


def aws_client(service: str, *, read_seconds: float = _READ_SECONDS, attempts: int = 3) -> Any:
    """Return a boto3 client of a service, made once for each set of arguments.

    Pass ``attempts=1`` where a repeated call could cost money or where our own retry policy is at work.
    """
    return _client(service, read_seconds, attempts, os.environ.get("AWS_ENDPOINT_URL"))


@cache
def _client(service: str, read_seconds: float, attempts: int, _endpoint: str | None) -> Any:
    import boto3  # noqa: PLC0415 (a third of a second; only those who go to AWS pay for it)
    from botocore.config import Config  # noqa: PLC0415 (as above)

    config = Config(
        connect_timeout=min(_CONNECT_SECONDS, read_seconds),
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return boto3.client(service, config=config)


def find_deployment(environment: str) -> Deployment:
    """Return the names of a deployed environment, from the outputs of its stack.

    InvalidEnvironment if there is no such stack where the caller's credentials lead; AwsUnavailable if
    there are none, they are not accepted, or nobody answers.
    """
    name = check_environment_name(environment)
    with _reaching(name):
        cloudformation = aws_client("cloudformation")
        (stack,) = cloudformation.describe_stacks(StackName=f"Reelwright-{name}")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return Deployment.from_outputs(name, outputs)


@contextmanager
def _reaching(name: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as boto3 above)

    try:
        yield
    except ClientError as error:
        said = error.response.get("Error", {})
        reason = f"{said.get('Message', error)}"
        if said.get("Code") == "ValidationError":
            raise InvalidEnvironment(
                f"The environment {name} is not deployed where your AWS credentials lead: {reason}",
                next_step=f"Deploy it with: make deploy ENV={name}; or check AWS_PROFILE and AWS_REGION.",
                context={"environment": name},
            ) from error
        raise _unavailable(name, reason) from error
    except BotoCoreError as error:
        raise _unavailable(name, str(error)) from error


def _unavailable(name: str, reason: str) -> AwsUnavailable:
    return AwsUnavailable(
        f"The environment {name} cannot be reached: {reason.rstrip('.')}.",
        next_step="Sign in to AWS, and check AWS_PROFILE and AWS_REGION.",
        context={"environment": name},
    )
