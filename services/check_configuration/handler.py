"""Called by AppConfig with each version that somebody is about to deploy; raising refuses it."""

import os
import sys
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.clock import SystemClock
from reelwright.environment.deployment import Deployment
from reelwright.flags.checking import DocumentKind, check_deployable
from reelwright.observability.logger import configure_logging

__all__ = ["Candidate", "handler"]


class Candidate(BaseModel):
    """The event. What AppConfig adds to it later is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    application: str = Field(alias="applicationId")
    profile: str = Field(alias="configurationProfileId")
    version: str = Field(alias="configurationVersion")
    content: str


def handler(event: Mapping[str, Any], _context: object) -> dict[str, DocumentKind]:
    """Return what the document is; an error's text is what AppConfig shows to whoever deploys."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    candidate = Candidate.model_validate(event)
    content = b64decode(candidate.content, validate=True)
    kind = check_deployable(content, environment=deployment.environment, now=SystemClock().now())
    return {"kind": kind}
