"""Called by a schedule every day: looks at all secrets before somebody has to."""

import os
import sys
from typing import Any

from reelwright.clock import SystemClock
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.observability.metrics import Metric
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.manager import SecretsManager

__all__ = ["handler"]


@leaving_typed
def handler(_event: object, _context: object) -> dict[str, Any]:
    """Emit the age of the oldest secret that renews itself, and how many need attention; return which.

    A secret that was never given a value needs none: not every environment uses every provider.
    """
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    metrics = EmfMetrics(deployment.environment, sys.stdout, SystemClock())
    store = SecretsManagerStore(aws_client("secretsmanager"), deployment.secrets_prefix)
    healths = SecretsManager(store, metrics=metrics).check()
    needy = {
        health.name: codes
        for health in healths
        if (codes := [finding.code for finding in health.findings if finding.code != "no_value"])
    }
    metrics.emit(Metric.SECRETS_IN_NEED, len(needy))
    return {"checked": len(healths), "in_need": needy}
