"""Every alarm on our own metrics as data: what it watches, when it rings, and what to do then."""

from dataclasses import dataclass
from typing import Literal

from reelwright.observability.metrics import Metric

__all__ = ["ALARMS", "AlarmSpec", "runbook_line"]

_DAY_MINUTES = 24 * 60
"""For what is measured once a day."""
_LOOK_MINUTES = 2 * 60
"""For what is looked at every hour: one look may come late."""
_SPENDING_MINUTES = 30
"""For what is measured every quarter of an hour."""
_ANYTHING_USD = 0.000001
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
    value: str = ""
    """Of the metric's own dimension; nothing watches all of them together."""
    title: str = ""
    """The alarm's name, where that of the metric is not enough."""
    page: str = ""
    """The runbook, where several alarms share one."""

    @property
    def name(self) -> str:
        """The alarm's name without its environment."""
        return self.title or self.metric.title

    @property
    def runbook(self) -> str:
        """The name of its page."""
        return self.page or self.name


def runbook_line(name: str, meaning: str, next_step: str) -> str:
    """Return the description of an alarm: what it means, what to do, and where that is explained."""
    return f"{meaning} Next step: {next_step} Runbook: {_RUNBOOKS}/{name}.md"


def _budget(window: str, share: float) -> AlarmSpec:
    """Return the alarm for a share of a limit; without a limit nothing is measured, and it is silent."""
    used, per_cent = share >= 1, f"{share:.0%}"
    page = "BudgetUsed" if used else "BudgetNearlyUsed"
    return AlarmSpec(
        Metric.BUDGET_USED_SHARE,
        "Maximum",
        threshold=share,
        minutes=_SPENDING_MINUTES,
        meaning=f"{per_cent} of the limit on spending ({window}) are spent, or may be.",
        next_step="reelwright cost report tells what for; reelwright cost budget shows the limits.",
        value=window,
        title=f"{page}-{window}",
        page=page,
    )


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
        Metric.FLAG_SYNC_FAILED,
        "Sum",
        threshold=3,
        minutes=5,
        meaning="What AppConfig deploys of flags or kill switches does not get to productions.",
        next_step="read the log of sync-flags; stop a provider by reelwright config set meanwhile.",
        page="FlagSync",
    ),
    AlarmSpec(
        Metric.FLAGS_AGE,
        "Maximum",
        threshold=600,
        minutes=5,
        meaning="Nobody has asked AppConfig for ten minutes what is deployed of flags or kill switches.",
        next_step="see whether the schedule of sync-flags is enabled and the function answers.",
        page="FlagSync",
    ),
    AlarmSpec(
        Metric.KILL_SWITCHES_UNREAD,
        "Sum",
        threshold=3,
        minutes=5,
        meaning="Functions cannot read the kill switches: what was pulled meanwhile is not in effect.",
        next_step="read the log of the function; stop a provider by reelwright config set meanwhile.",
    ),
    AlarmSpec(
        Metric.PROMPTS_QUARANTINED,
        "Sum",
        threshold=1,
        minutes=5,
        meaning="A labelled version of a prompt cannot be rendered; productions get the one before it.",
        next_step="reelwright prompts show NAME, then correct it or reelwright prompts rollback NAME.",
        page="Prompts",
    ),
    AlarmSpec(
        Metric.PROMPT_READS_FAILED,
        "Sum",
        threshold=3,
        minutes=5,
        meaning="The store of prompts does not answer: labels moved meanwhile are not in effect.",
        next_step="read the log of begin-production; productions go on with the prompts known before.",
        page="Prompts",
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
    AlarmSpec(
        Metric.MODELS_UNWELL,
        "Maximum",
        threshold=1,
        minutes=_LOOK_MINUTES,
        meaning="A model that routes lead to is not as the catalogue says, or its provider does not answer.",
        next_step="reelwright models check --probe names it and what is wrong.",
    ),
    AlarmSpec(
        Metric.MODELS_OPEN,
        "Sum",
        threshold=3,
        minutes=15,
        meaning="A model failed so often that it is left alone; others answer in its place, or nobody.",
        next_step="reelwright models list shows which, and why.",
    ),
    AlarmSpec(
        Metric.MODELS_RETIRED,
        "Sum",
        threshold=1,
        minutes=_LOOK_MINUTES,
        meaning="A provider answered that a model in use is no more.",
        next_step="reelwright models list shows which; choose another, and correct the catalogue.",
    ),
    AlarmSpec(
        Metric.MODELS_ENDING,
        "Maximum",
        threshold=1,
        minutes=_LOOK_MINUTES,
        meaning="A model in use ends soon.",
        next_step="reelwright models check names it, the day, and what to use instead.",
    ),
    AlarmSpec(
        Metric.PRICES_ENDING,
        "Maximum",
        threshold=1,
        minutes=_LOOK_MINUTES,
        meaning="A price of a model in use is believed for thirty days more at most.",
        next_step="look it up at the source that prices.toml names, and renew the entry.",
    ),
    AlarmSpec(
        Metric.SPEND_UNKNOWN,
        "Maximum",
        threshold=_ANYTHING_USD,
        minutes=_SPENDING_MINUTES,
        meaning="Nobody knows of some calls whether they were carried out; they count as spent until then.",
        next_step="look at the provider's account, then: reelwright cost resolve.",
    ),
    AlarmSpec(
        Metric.OUTCOMES_OVERDUE,
        "Maximum",
        threshold=86_400,
        minutes=_LOOK_MINUTES,
        meaning="For a day a platform has not told what became of a publication.",
        next_step="read the log of collect-outcomes: it names the platform and its answer.",
    ),
    *(_budget(window, share) for window in ("day", "month", "total") for share in (0.8, 1.0)),
)
