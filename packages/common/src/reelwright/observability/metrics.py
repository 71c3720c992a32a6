"""Every metric there is: its name and unit feed code, alarms and dashboards alike."""

from enum import Enum
from typing import Literal, Protocol

__all__ = ["NAMESPACE", "Metric", "Metrics", "NoMetrics", "Unit"]

NAMESPACE = "Reelwright"

Unit = Literal["Count", "Seconds", "None"]


class Metric(Enum):
    """Name and unit of a metric. Dimensions are few: ``environment``, and what ``dimension`` names."""

    CONFIG_AGE = ("ConfigAge", "Seconds", "source")
    """Age of what a source of configuration last said, when somebody reads it."""
    CONFIG_QUARANTINED = ("ConfigQuarantined", "Count", "source")
    """Versions refused because they fail validation."""
    CONFIG_SOURCE_FAILED = ("ConfigSourceFailed", "Count", "source")
    """Fetches that failed."""
    FLAG_SYNC_FAILED = ("FlagSyncFailed", "Count", "profile")
    """Times that the state of a flag deployment could not be brought from AppConfig to its readers."""
    FLAGS_AGE = ("FlagsAge", "Seconds", "profile")
    """Time since AppConfig was last asked what is deployed of a profile, when a production reads it."""
    PRODUCTIONS_COMPLETED = ("ProductionsCompleted", "Count", "")
    """Productions whose every step is done."""
    PRODUCTIONS_FAILED = ("ProductionsFailed", "Count", "")
    """Those that ended with an error that nobody meant to happen."""
    PRODUCTIONS_STOPPED = ("ProductionsStopped", "Count", "")
    """Those that a budget, flag or switch stopped: meant to happen, no failure that takes back a change."""
    STEP_TIME = ("StepTime", "Seconds", "step")
    """Work on one step of a production, without waiting for vendors."""
    STEPS_FAILED = ("StepsFailed", "Count", "step")
    """Steps that ended their production."""
    SECRET_AGE = ("SecretAge", "Seconds", "")
    """Age of the oldest secret that is due for rotation by a schedule."""
    SECRET_STALE = ("SecretStale", "Seconds", "")
    """Age of a secret that is served from memory because its store is away."""
    SECRET_READS_FAILED = ("SecretReadsFailed", "Count", "")
    """Reads of secrets that the store did not answer."""
    SECRETS_IN_NEED = ("SecretsInNeed", "Count", "")
    """Secrets that are misshapen, too old, or whose rotation hangs."""
    AUDIT_FAILED = ("AuditFailed", "Count", "")
    """Changes that happened and could not be written into the audit trail."""
    MODEL_CALLS_FAILED = ("ModelCallsFailed", "Count", "model")
    """Attempts at a model that failed; the kind is beside it as ``failure``."""
    MODEL_LATENCY = ("ModelLatency", "Seconds", "model")
    """Time of one attempt that was answered."""
    MODELS_OPEN = ("ModelsOpen", "Count", "model")
    """Breakers that opened, or opened again: a model is left alone."""
    MODELS_ENDING = ("ModelsEnding", "Count", "")
    """Models in use whose provider ends them within the longest of the days to warn."""
    MODELS_RETIRED = ("ModelsRetired", "Count", "model")
    """Calls that were answered with: the model is no more; and what a look finds in that state."""
    MODELS_UNWELL = ("ModelsUnwell", "Count", "")
    """Models in use that a look finds unusable: their provider or their price says so."""
    PRICES_ENDING = ("PricesEnding", "Count", "")
    """Prices of models in use that are believed for thirty days more at most, or no longer."""
    SPEND_TODAY = ("SpendToday", "None", "")
    """US dollars of today that are spent, or may be."""
    BUDGET_USED_SHARE = ("BudgetUsedShare", "None", "budget")
    """What is spent, or may be, as a share of the limit of the ``day``, the ``month`` or the ``total``."""
    SPEND_UNKNOWN = ("SpendUnknown", "None", "")
    """US dollars of calls of which nobody knows whether they were carried out, of all time."""
    RESERVATIONS_LAPSED = ("ReservationsLapsed", "Count", "")
    """Calls that never reported back, found by the regular look."""
    KILL_SWITCHES_UNREAD = ("KillSwitchesUnread", "Count", "instead")
    """Looks at the kill switches that brought nothing to go by. ``instead`` is what counts meanwhile:
    ``remembered``, what was read last; or ``bundled``, what code defines, in which nothing is stopped."""
    PROMPT_READS_FAILED = ("PromptReadsFailed", "Count", "error")
    """Times that the store of prompts did not answer; what was heard before goes on to serve."""
    PROMPTS_QUARANTINED = ("PromptsQuarantined", "Count", "prompt")
    """Versions of prompts that cannot be rendered, each once in a process; the one before it serves."""
    PROMPT_RENDERS_FAILED = ("PromptRendersFailed", "Count", "prompt")
    """Prompts that were asked for and not rendered; what was wrong is beside it as ``error``."""
    OUTCOMES_FAILED = ("OutcomesFailed", "Count", "platform")
    """Rounds in which a platform did not tell what became of all publications that were due."""
    OUTCOMES_OVERDUE = ("OutcomesOverdue", "Seconds", "")
    """By how much the publication that waits longest to be asked for is late, after a round."""

    def __init__(self, title: str, unit: Unit, dimension: str) -> None:
        self.title = title
        self.unit = unit
        self.dimension = dimension


class Metrics(Protocol):
    """Takes measurements; never raises, never waits."""

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        """Note one value. ``details`` holds the metric's dimension by its name; anything else is context."""
        ...


class NoMetrics:
    """Where nobody measures."""

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        """Note nothing."""
