"""Settings of calls to models: whom to ask, how to reach them, what it may cost, when to try again."""

from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from reelwright.environment.basics import ModelName, Several, Strict, Tier, Usd
from reelwright.environment.secret import ApiKey, Secret

__all__ = [
    "BudgetAction",
    "BudgetSettings",
    "CatalogSettings",
    "CostSettings",
    "Endpoint",
    "HealthSettings",
    "ModelOverride",
    "ModelSettings",
    "Preference",
    "PriceOverride",
    "ProviderSettings",
    "RetriedFailure",
    "RetryPolicy",
    "RetrySettings",
    "ServiceBudgets",
    "ServiceSettings",
    "UnitName",
]

BudgetAction = Literal["warn", "mock", "block"]
Preference = Literal["quality", "cost", "latency"]
RetriedFailure = Literal["unavailable", "timed_out", "throttled", "rejected"]
"""Failures that may pass when the same model is asked again; every other goes to the next candidate."""


class ServiceSettings(Strict):
    """The level of model that an environment asks for, and what a call may cost and take."""

    tier: Tier
    """Level of the models that are asked; which models serve it stands in the catalogue."""
    models: Several[ModelName] = ()
    """Catalogue names to ask instead of a tier, best first; the tier does not matter then."""
    prefer: Preference = "quality"
    """What orders the candidates of a tier."""
    link_ceiling_usd: Usd | None = None
    """Most that one attempt may be estimated to cost; dearer candidates are passed over."""
    link_ceiling_multiple: Annotated[float, Field(ge=1, le=100)] | None = None
    """Most that a fallback may be estimated to cost, as a multiple of the first paid candidate."""
    call_ceiling_usd: Usd | None = None
    """Most that all attempts of one call may cost together."""
    timeout_seconds: Annotated[int, Field(ge=5, le=3600)] = 240
    """Time for one call with all its attempts; for asynchronous work, until the task is given up."""
    allow_retired: Several[ModelName] = ()
    """Retired models that are asked all the same."""
    on_unknown: Literal["stop", "fall_back"] = "stop"
    """When nobody can tell whether a paid submit arrived: stop, or pay the next candidate."""


class ModelSettings(Strict):
    """One entry per service."""

    content: ServiceSettings
    video: ServiceSettings
    audio: ServiceSettings


Endpoint = Annotated[
    str,
    StringConstraints(
        pattern=r"^(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(/[^\s?#]*)?$"
    ),
]
"""An address without credentials or query; plain http only for this machine."""


class ProviderSettings(Strict):
    """One vendor of models."""

    enabled: bool = True
    """Routes pass over a provider that is switched off."""
    credential: Secret[ApiKey] | None = None
    """Set by the layer of secrets as soon as ``providers/<name>`` has a value."""
    endpoints: Several[Endpoint] = ()
    """Addresses to use instead of the vendor's own; the next is tried when one cannot be reached."""
    max_concurrent: Annotated[int, Field(ge=1, le=1000)] = 8
    """Calls that one process makes at a time."""


class ModelOverride(Strict):
    """What an operator says of a catalogue entry instead of the bundled catalogue."""

    enabled: bool | None = None
    """False takes the model out of every route."""
    vendor_id: str | None = None
    """The vendor's own id, such as a newer version of the same model."""
    tiers: Several[Tier] | None = None
    """Levels that the model serves."""
    quality: Annotated[int, Field(ge=0, le=100)] | None = None
    """Rank among models of a tier; the highest is asked first."""
    retired_on: str | None = None
    """The first day, as YYYY-MM-DD, on which it is not routed to."""


class PriceOverride(Strict):
    """A price that an operator knows better than the bundled book."""

    usd: Usd
    """For ``per`` units."""
    per: Annotated[int, Field(ge=1)] = 1
    """Units that the price is for, such as 1000000 tokens."""
    source: str = "set by an operator"
    """Who says so."""
    as_of: str | None = None
    """Since when, as YYYY-MM-DD."""
    valid_until: str | None = None
    """The last day on which it counts, as YYYY-MM-DD; none is a year from when it is read."""


UnitName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,60}$")]


class CatalogSettings(Strict):
    """Operators' corrections to the bundled catalogue and price book."""

    models: dict[ModelName, ModelOverride] = Field(default={})
    prices: dict[ModelName, dict[UnitName, PriceOverride]] = Field(default={})


class ServiceBudgets(Strict):
    """Limits on what one service may cost in a day; none means no limit."""

    content: Usd | None = None
    """Scripts."""
    video: Usd | None = None
    """Footage."""
    audio: Usd | None = None
    """Narration."""


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError('write a time zone of the IANA database, such as "Europe/Berlin"') from error
    return name


class BudgetSettings(Strict):
    """Limits on spending in US dollars; none means no limit."""

    per_video_usd: Usd | None = None
    """Most that one video may cost."""
    per_batch_usd: Usd | None = None
    """Most that all productions of one batch may cost together, on whichever days."""
    batch: Annotated[str, StringConstraints(pattern=r"^batch_[0-9A-HJKMNP-TV-Z]{26}$")] | None = None
    """The batch that a production belongs to; whoever makes a batch says it for each of its productions."""
    per_day_warn_usd: Usd | None = None
    """Spending of a day from which every production warns."""
    per_day_action_usd: Usd | None = None
    """Spending of a day from which the action below is taken; none takes it with the warning."""
    per_day_block_usd: Usd | None = None
    """Spending of a day at which everything paid stops."""
    per_day_action: BudgetAction = "warn"
    """What happens from the limit on: warn, use embedded engines instead, or refuse.

    Also for what a limit has no room for, such as a video's: engines of ours stand in only with ``mock``.
    """
    per_day_service_usd: ServiceBudgets = ServiceBudgets()
    """Most that one service may cost in a day."""
    per_month_warn_usd: Usd | None = None
    """Spending of a calendar month from which every production warns."""
    per_month_block_usd: Usd | None = None
    """Spending of a calendar month at which everything paid stops."""
    total_block_usd: Usd | None = None
    """Spending of the environment, ever, at which everything paid stops."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """Where days and months begin at midnight."""


class CostSettings(Strict):
    """How costs are worked out, and what is not bought twice."""

    unknown_price: Literal["refuse", "ceiling"] = "refuse"
    """What a model costs that has no valid price: it is passed over, or taken to cost the ceiling."""
    unknown_price_usd: Usd = Decimal("1.00")
    """The ceiling for one call of such a model."""
    cache_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    """How long an answer serves again for the same request, in any production; 0 never."""
    reservation_seconds: Annotated[int, Field(ge=60, le=604_800)] = 7200
    """How long money stays set aside for a call that does not report back."""


class RetryPolicy(Strict):
    """Retries of one call: exponential with full jitter above a floor."""

    attempts: Annotated[int, Field(ge=1, le=10)]
    """Tries in all, the first included."""
    base_seconds: Annotated[float, Field(gt=0, le=60)]
    """Upper end of the first wait; it doubles with every try."""
    cap_seconds: Annotated[float, Field(gt=0, le=600)]
    """Upper end that no wait passes."""
    floor_seconds: Annotated[float, Field(ge=0, le=60)]
    """Lower end of every wait."""


class RetrySettings(RetryPolicy):
    """The policy for all failures that may pass, those for single kinds, and the budget of all of them."""

    by_failure: dict[RetriedFailure, RetryPolicy] = Field(default={})
    """Policies of their own for kinds of failure."""
    budget_percent: Annotated[int, Field(ge=0, le=100)] = 20
    """Retries for a hundred calls of a process, above a handful: when most fail, few are repeated."""


class HealthSettings(Strict):
    """When a model is left alone, and when it is left before it fails."""

    window_seconds: Annotated[int, Field(ge=30, le=86_400)] = 600
    """Stretch of time that the statistics look back."""
    min_calls: Annotated[int, Field(ge=1, le=1000)] = 5
    """Calls in the window below which its shares say nothing."""
    open_failure_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of failed calls in the window at which the breaker opens."""
    open_failures_in_a_row: Annotated[int, Field(ge=1, le=100)] = 5
    """Failures one after the other at which the breaker opens."""
    open_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    """How long an open breaker keeps all away before one worker tries; doubles up to ten times that."""
    cache_seconds: Annotated[float, Field(ge=0, le=60)] = 5.0
    """How long a process believes what it last read of the shared state."""
    demote_failure_share: Annotated[float, Field(gt=0, le=1)] = 0.2
    """Share of failed calls at which a model goes to the end of the route."""
    demote_latency_multiple: Annotated[float, Field(gt=1, le=100)] = 3.0
    """Multiple of a model's usual p95 time at which it goes to the end of the route."""
    lifecycle_warn_days: Several[int] = (90, 30, 7)
    """Days before a model's end at which the daily check warns."""
