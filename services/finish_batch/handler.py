"""Called when no item of a batch is left, or the rest was given up: writes the report."""

import os
import sys
from collections.abc import Mapping
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.observability.logger import configure_logging
from reelwright.pipeline.batch.advancing import FinishRequest, finish
from reelwright.pipeline.batch.serving import batch_parts, ledger_of
from reelwright.pipeline.serving import Invocation, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], _context: Invocation) -> dict[str, Any]:
    """Return what became of the batch, what it cost, and where its report is."""
    request = FinishRequest.model_validate(event)
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    return finish(request, batch_parts(deployment), ledger_of(deployment))
