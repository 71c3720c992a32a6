"""Called by CloudFormation when the stack is made, changed or removed."""

import os
import sys
from collections.abc import Mapping
from typing import Any, Protocol

from reelwright.clock import SystemClock
from reelwright.config.aws import AppConfigControl, AppConfigDocuments
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.observability.logger import configure_logging
from reelwright.storage.aws import S3Documents
from services.merge_definitions.merging import Merging, definitions_of, forget
from services.merge_definitions.resource import Kind, ResourceRequest, answer, send

__all__ = ["Invocation", "handler"]

_APPCONFIG_SECONDS = 30.0
"""Starting a deployment waits for the validator, a function that may have to start first."""
_TIME_TO_ANSWER_SECONDS = 60.0
"""What is kept back for a last slow call, and for telling CloudFormation."""


class Invocation(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that this invocation has left."""
        ...


def handler(event: Mapping[str, Any], context: Invocation) -> None:
    """Answer CloudFormation; returns normally also after a failure, which has then been told."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    seconds = context.get_remaining_time_in_millis() / 1000 - _TIME_TO_ANSWER_SECONDS
    request = ResourceRequest.model_validate(event)
    control = AppConfigControl(
        aws_client("appconfig", read_seconds=_APPCONFIG_SECONDS, attempts=1),
        deployment.configuration_application,
    )

    def work(kind: Kind) -> dict[str, str]:
        return forget(control) if kind == "Delete" else _merge(deployment, control, seconds)

    answer(request, work, send, SystemClock())


def _merge(deployment: Deployment, control: AppConfigControl, seconds: float) -> dict[str, str]:
    clock = SystemClock()
    strategy = f"reelwright-{deployment.environment}-instant"
    merging = Merging(
        environment=deployment.environment,
        live=AppConfigDocuments(control, clock, strategy=lambda _: control.strategy(strategy)),
        bases=S3Documents(aws_client("s3"), deployment.config_bucket, prefix="definitions/", clock=clock),
        control=control,
        clock=clock,
        deadline=clock.monotonic() + seconds,
    )
    return merging.run(definitions_of(deployment.environment))
