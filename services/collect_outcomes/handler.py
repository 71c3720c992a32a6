"""Called by a schedule every hour: reads back what became of our publications."""

import os
import sys
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.pipeline.cloudbench import remotes_of
from reelwright.pipeline.serving import settings_of
from reelwright.upload.outcomes_collecting import OutcomeCollector

__all__ = ["handler"]

_SECONDS = 240.0
"""Of a round: the function lives a little longer."""


@leaving_typed
def handler(_event: object, _context: object) -> dict[str, Any]:
    """Ask each platform for what is due, append what it tells, and return a summary by platform."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    remotes, switches = remotes_of(deployment)
    settings = settings_of(deployment)
    collector = OutcomeCollector(
        remotes,
        settings.platforms,
        settings.outcomes,
        stopped=switches.platform,
        metrics=EmfMetrics(deployment.environment, sys.stdout, remotes.clock),
        seconds=_SECONDS,
    )
    return collector.collect().model_dump(mode="json")
