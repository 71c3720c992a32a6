"""Called by Secrets Manager for each step of a rotation."""

import os
import sys
from collections.abc import Mapping
from random import SystemRandom
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.clock import SystemClock
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.secrets.aws import SecretsManagerStore, name_from_id
from reelwright.secrets.rotation import Rotation, Step

__all__ = ["RotationRequest", "handler"]


class RotationRequest(BaseModel):
    """The event. Newer fields of Secrets Manager are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: Step = Field(alias="Step")
    secret_id: str = Field(alias="SecretId")
    token: str = Field(alias="ClientRequestToken", min_length=32, max_length=64, pattern=r"^[A-Za-z0-9-]+$")


@leaving_typed
def handler(event: Mapping[str, Any], _context: object) -> None:
    """Do one step for one version; whatever raises makes Secrets Manager try it again later."""
    request = RotationRequest.model_validate(event)
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    store = SecretsManagerStore(aws_client("secretsmanager"), deployment.secrets_prefix)
    name = name_from_id(request.secret_id, deployment.secrets_prefix)
    Rotation(store, clock=SystemClock(), rng=SystemRandom()).run(request.step, name, request.token)
