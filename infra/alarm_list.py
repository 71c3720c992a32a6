"""Every alarm on our own metrics as data: what it watches, when it rings, and what to do then."""

from dataclasses import dataclass
from typing import Literal

from reelwright.observability.metrics import Metric

__all__ = ["ALARMS", "AlarmSpec", "runbook_line"]

_DAY_MINUTES = 24 * 60
"""For what is measured once a day."""
_RUNBOOKS = "docs/runbooks"


@dataclass(frozen=True, slots=True)
class AlarmSpec:
    """An alarm that rings when the statistic of a metric over ``minutes`` reaches the threshold."""

    metric: Metric
    statistic: Literal["Sum", "Maximum"]
    threshold: float
    minutes: int
    meaning: str
    next_step: str
    periods: int = 1
    guards_deployments: bool = False
    """Whether it rolls back what AppConfig is deploying when it rings."""

    @property
    def name(self) -> str:
        """The alarm's name without its environment."""
        return self.metric.title


def runbook_line(name: str, meaning: str, next_step: str) -> str:
    """Return the description of an alarm: what it means, what to do, and where that is explained."""
    return f"{meaning} Next step: {next_step} Runbook: {_RUNBOOKS}/{name}.md"


ALARMS = (
    AlarmSpec(
        Metric.PRODUCTIONS_FAILED,
        "Sum",
        threshold=1,
        minutes=1,
        meaning="A production failed.",
        next_step="reelwright productions show its id, and look at what was deployed last.",
        guards_deployments=True,
    ),
    AlarmSpec(
        Metric.STEPS_FAILED,
        "Sum",
        threshold=3,
        minutes=1,
        meaning="Several steps failed within a minute.",
        next_step="find the step in the state machine's executions; stop what is being deployed.",
        guards_deployments=True,
    ),
    AlarmSpec(
        Metric.CONFIG_QUARANTINED,
        "Sum",
        threshold=1,
        minutes=5,
        meaning="Readers refused a version of configuration and keep the one before.",
        next_step="reelwright config validate, then correct or roll back the document.",
    ),
    AlarmSpec(
        Metric.CONFIG_AGE,
        "Maximum",
        threshold=3600,
        minutes=5,
        periods=3,
        meaning="A source of configuration has not answered for an hour; its last good version is served.",
        next_step="reelwright config explain tells the source; see whether it is down or access was lost.",
    ),
    AlarmSpec(
        Metric.AUDIT_FAILED,
        "Sum",
        threshold=1,
        minutes=5,
        meaning="A change happened that is not in the audit trail.",
        next_step="read the log of audit-change and redrive the dead letters.",
    ),
    AlarmSpec(
        Metric.SECRET_AGE,
        "Maximum",
        threshold=45 * 86_400,
        minutes=_DAY_MINUTES,
        meaning="A secret that renews itself every 30 days is 45 days old.",
        next_step="reelwright secrets check, then reelwright secrets rotate.",
    ),
    AlarmSpec(
        Metric.SECRETS_IN_NEED,
        "Maximum",
        threshold=1,
        minutes=_DAY_MINUTES,
        meaning="A secret is misshapen, too old, or its rotation hangs.",
        next_step="reelwright secrets check names it, and says what to do.",
    ),
)
