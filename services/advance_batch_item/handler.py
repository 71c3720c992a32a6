"""Called for each item of a batch until it is over: what is to be done about it now."""

import os
import sys
from collections.abc import Mapping
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.observability.logger import configure_logging
from reelwright.pipeline.batch.advancing import AdvanceRequest, advance
from reelwright.pipeline.batch.serving import batch_parts
from reelwright.pipeline.serving import Invocation, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], _context: Invocation) -> dict[str, Any]:
    """Return the item with what is to be done; what became of it is noted once it is over."""
    request = AdvanceRequest.model_validate(event)
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    return advance(request, batch_parts(deployment))
