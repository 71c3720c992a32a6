"""Called by EventBridge for each step of an AppConfig deployment that it tells of, and every minute."""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.clock import SystemClock
from reelwright.config.aws import AppConfigControl
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.errors import ReelwrightError
from reelwright.flags.aws import DynamoFlagStates, FlagSync
from reelwright.flags.definitions import PROFILES
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.observability.metrics import Metric, Metrics

__all__ = ["DeploymentEvent", "Named", "handler"]

_SCHEDULE = "aws.events"
_log = logging.getLogger(__name__)


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
    """Write what is true now.

    What raises at an event has it delivered again. At the regular look nothing that is known to happen
    raises: it is counted, and the next minute tries again, so that an outage leaves no dead letters.
    """
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    syncing = _Syncing(deployment)
    if not event or event.get("source") == _SCHEDULE:
        return {profile: syncing.look(profile) for profile in PROFILES}
    return syncing.run(DeploymentEvent.model_validate(event["detail"]).profile.name)


class _Syncing:
    def __init__(self, deployment: Deployment) -> None:
        self._clock = SystemClock()
        self._metrics: Metrics = EmfMetrics(deployment.environment, sys.stdout, self._clock)
        self._states = DynamoFlagStates(aws_client("dynamodb"), deployment.control_table)
        control = AppConfigControl(aws_client("appconfig"), deployment.configuration_application)
        self._sync = FlagSync(control, self._states)

    def run(self, profile: str) -> dict[str, Any]:
        """Bring one profile up to date, and count it if that fails."""
        try:
            return self._brought(profile)
        except Exception:
            self._metrics.emit(Metric.FLAG_SYNC_FAILED, 1, profile=profile)
            raise

    def look(self, profile: str) -> dict[str, Any]:
        """Bring one profile up to date; what went wrong is logged and told."""
        try:
            return self.run(profile)
        except ReelwrightError as error:
            _log.warning("The state of %s is not up to date: %s", profile, error.message)
            return {"failed": error.code}

    def _brought(self, profile: str) -> dict[str, Any]:
        asked_at = self._clock.now()
        state = self._sync.run(profile)
        if profile in PROFILES:
            self._states.asked(profile, asked_at)
        return state.model_dump(include={"profile", "number", "phase", "percentage"}) if state else {}
