"""Called by a schedule every hour: reads back what became of our publications."""

import os
import sys
from collections.abc import Mapping
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
def handler(event: object, _context: object) -> dict[str, Any]:
    """Ask each platform for what is due, append what it tells, and return a summary by platform.

    Whoever calls it by hand may name a ``production_id``: that one is asked for, due or not.
    """
    production_id = str(event.get("production_id", "")) if isinstance(event, Mapping) else ""
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
    collected = collector.collect_of(production_id) if production_id else collector.collect()
    return collected.model_dump(mode="json")
