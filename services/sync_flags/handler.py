"""Called by EventBridge for each step of an AppConfig deployment."""

import os
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.config.aws import AppConfigControl
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.flags.aws import DynamoFlagStates, FlagSync
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging

__all__ = ["DeploymentEvent", "Named", "handler"]


class Named(BaseModel):
    """How AppConfig names a thing in an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(alias="Name")


class DeploymentEvent(BaseModel):
    """The detail of an event: only which profile it is about. The rest is read from AppConfig."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    profile: Named = Field(alias="ConfigurationProfile")


@leaving_typed
def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Write what is true now; whatever raises has EventBridge deliver the event again."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    profile = DeploymentEvent.model_validate(event["detail"]).profile.name
    control = AppConfigControl(aws_client("appconfig"), deployment.configuration_application)
    states = DynamoFlagStates(aws_client("dynamodb"), deployment.control_table)
    state = FlagSync(control, states).run(profile)
    return state.model_dump(include={"profile", "number", "phase", "percentage"}) if state else {}
