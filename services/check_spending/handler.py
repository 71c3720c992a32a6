"""Called by a schedule every quarter of an hour: gives money back, and measures what is spent."""

import os
import sys
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.pipeline.cloudbench import models_of
from reelwright.pipeline.serving import settings_of
from reelwright.pipeline.upkeep import look_at_spending

__all__ = ["handler"]


@leaving_typed
def handler(_event: object, _context: object) -> dict[str, Any]:
    """Let reservations lapse whose time is over, without waiting for traffic; return what is spent."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    parts = models_of(deployment)
    return look_at_spending(
        parts.ledger,
        settings_of(deployment).budgets,
        environment=deployment.environment,
        clock=parts.clock,
        metrics=parts.metrics,
    )
