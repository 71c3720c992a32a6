"""What an environment may say: the deploy-time spec and the run-time settings, both strict.

Data lives in ``environments/base.toml`` and ``environments/<name>.toml``; this file is its schema.
"""

from decimal import Decimal
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from reelwright.environment.secret import ApiKey, Secret

__all__ = [
    "AccountId",
    "Aspect",
    "AudioSettings",
    "BudgetAction",
    "BudgetSettings",
    "CatalogSettings",
    "CostSettings",
    "DeploySpec",
    "Endpoint",
    "EnvironmentName",
    "EnvironmentSpec",
    "FeatureSettings",
    "HealthSettings",
    "ModelName",
    "ModelOverride",
    "ModelSettings",
    "Preference",
    "PriceOverride",
    "ProductionSettings",
    "ProviderName",
    "ProviderSettings",
    "Region",
    "Resolution",
    "RetriedFailure",
    "RetryPolicy",
    "RetrySettings",
    "ReviewSettings",
    "ServiceBudgets",
    "ServiceSettings",
    "Settings",
    "Several",
    "Strict",
    "Tier",
    "UnitName",
    "Usd",
    "VideoSettings",
]

EnvironmentName = Literal["local", "dev", "staging", "prod"]
Tier = Literal["economy", "standard", "premium"]
Aspect = Literal["16:9", "9:16", "1:1"]
Resolution = Literal["480p", "720p", "1080p"]
BudgetAction = Literal["warn", "mock", "block"]
Preference = Literal["quality", "cost", "latency"]
RetriedFailure = Literal["unavailable", "timed_out", "throttled", "rejected"]
"""Failures that may pass when the same model is asked again; every other goes to the next candidate."""


class Strict(BaseModel):
    """Base of all configuration: immutable, unknown keys refused, no type guessed.

    The text of its validation errors holds no values: one may be a secret put in the wrong place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def _tuple_from_list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Item = TypeVar("Item")
Several = Annotated[tuple[Item, ...], BeforeValidator(_tuple_from_list)]
"""A list in the files, which does not change once it is read."""


def _decimal_from_text(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not value.replace(".", "", 1).isdecimal():
        raise ValueError('write money as a plain number in quotes, such as "2.00": a float cannot hold it')
    return Decimal(value)


Usd = Annotated[
    Decimal,
    BeforeValidator(_decimal_from_text),
    Field(ge=0, max_digits=14, decimal_places=6),
    WithJsonSchema({"type": "string", "pattern": r"^(?=.*\d)\d*\.?\d{0,6}$"}),
]
"""US dollars with at most six decimals; written as text in the files."""

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]


class DeploySpec(Strict):
    """What `cdk synth` reads. Without account and region the stack takes the deployer's."""

    account: AccountId | None = None
    region: Region | None = None
    retain_data: bool
    """Keep buckets, tables and secrets when the stack is destroyed."""
    deletion_protection: bool
    log_retention_days: Literal[1, 3, 7, 14, 30, 90, 180, 365]
    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)]
    """Days that replaced object versions are kept."""
    artifact_expiry_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which artifacts are deleted; none keeps them."""
    single_key: bool
    """Encrypt everything with one key, rather than each class of data with its own."""
    object_lock_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days that nobody may delete a version of a configuration document; fixed when the bucket is made."""
    scene_concurrency: Annotated[int, Field(ge=1, le=40)]
    """Items of one step that the state machine runs at a time."""
    tracing: bool
    """Record traces of functions and executions."""
    log_execution_data: bool
    """Write the input and output of every state into the log, not only what happened."""
    rollout_minutes: Annotated[int, Field(ge=0, le=1440)]
    """Minutes over which a gradual deployment of configuration reaches everybody."""
    bake_minutes: Annotated[int, Field(ge=0, le=1440)]
    """Minutes after that in which an alarm still rolls the deployment back."""
    tags: dict[str, str] = {}


ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
"""A catalogue name: ours, without dots, so that it can be part of a key."""


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

    models: dict[ModelName, ModelOverride] = {}
    prices: dict[ModelName, dict[UnitName, PriceOverride]] = {}


class AudioSettings(Strict):
    """Voice and sound."""

    voice: str
    """Name of the voice that narrates, or ``auto``; a model without it takes the nearest that it has."""
    voices_by_topic: dict[str, str] = {}
    """Voices for topics: a word of the topic, and the voice's name in the catalogue."""
    pronunciations: dict[str, str] = {}
    """How to say words that voices get wrong: the word, and what to say instead."""
    words_per_minute: Annotated[int, Field(ge=100, le=220)]
    """The pace that scripts are sized for, measured on the voice."""
    loudness_lufs: Annotated[float, Field(ge=-30, le=-5)]
    """Integrated loudness of the finished sound, in LUFS."""
    true_peak_dbtp: Annotated[float, Field(ge=-9, le=0)]
    """Highest true peak of the finished sound, in dBTP."""
    music_gain_db: Annotated[float, Field(ge=-60, le=0)]
    """Level of the music bed under silence, against the voice."""
    duck_db: Annotated[float, Field(ge=-40, le=0)]
    """How far the bed steps back while somebody speaks."""


class VideoSettings(Strict):
    """The picture."""

    resolution: Resolution
    """Of the shorter side."""
    fps: Literal[24, 30, 60]
    """Frames a second."""


class ProductionSettings(Strict):
    """How a production runs."""

    jobs: Annotated[int, Field(ge=0, le=64)]
    """Scenes made at a time; 0 means one for every processor."""
    strict_duration: bool
    """Refuse, rather than warn, when the notes cannot fill the asked time."""
    duration_tolerance: Annotated[float, Field(gt=0, le=0.5)]
    """Share of the asked duration by which the result may differ."""


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
    per_day_warn_usd: Usd | None = None
    """Spending of a day from which every production warns."""
    per_day_action_usd: Usd | None = None
    """Spending of a day from which the action below is taken; none takes it with the warning."""
    per_day_block_usd: Usd | None = None
    """Spending of a day at which everything paid stops."""
    per_day_action: BudgetAction = "warn"
    """What happens from the limit on: warn, use embedded engines instead, or refuse."""
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

    by_failure: dict[RetriedFailure, RetryPolicy] = {}
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


class ReviewSettings(Strict):
    """Thresholds that a finished file must meet."""

    loudness_tolerance_lu: Annotated[float, Field(gt=0, le=6)]
    """Distance from the asked loudness."""
    max_black_seconds: Annotated[float, Field(gt=0, le=60)]
    """Longest black picture."""
    max_frozen_seconds: Annotated[float, Field(gt=0, le=60)]
    """Longest picture without motion."""
    max_caption_gap_seconds: Annotated[float, Field(gt=0, le=60)]
    """Longest speech without a caption."""
    max_megabytes_per_minute: Annotated[float, Field(gt=0, le=2000)]
    """Size of the finished file."""


class FeatureSettings(Strict):
    """Defaults of the switches that flags will turn at run time."""

    captions: Literal["burned", "off"]
    """Karaoke captions in the picture. Caption files and the soft track are always made."""
    music: bool
    """A music bed under the voice."""
    scene_cache: bool
    """Take scenes that were made before from the cache."""


class Settings(Strict):
    """Everything about how a video is made. A production pins one of these at its start."""

    models: ModelSettings
    providers: dict[ProviderName, ProviderSettings]
    audio: AudioSettings
    video: VideoSettings
    production: ProductionSettings
    catalog: CatalogSettings = CatalogSettings()
    budgets: BudgetSettings
    costs: CostSettings = CostSettings()
    retry: RetrySettings
    health: HealthSettings = HealthSettings()
    review: ReviewSettings
    features: FeatureSettings


class EnvironmentSpec(Strict):
    """One environment: its name, how it is deployed, and its default settings."""

    name: EnvironmentName
    description: str
    deploy: DeploySpec
    settings: Settings
