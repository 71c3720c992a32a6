"""Called by a schedule every hour: looks at all models before a production needs one."""

import os
import sys
from typing import Any

from reelwright.environment.deployment import Deployment
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.pipeline.cloudbench import models_of
from reelwright.pipeline.serving import settings_of
from reelwright.pipeline.upkeep import look_at_models

__all__ = ["handler"]


@leaving_typed
def handler(_event: object, _context: object) -> dict[str, Any]:
    """Ask providers how they are, count what ends or fails, and return which; the log has a line a model."""
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    return look_at_models(models_of(deployment), settings_of(deployment))
