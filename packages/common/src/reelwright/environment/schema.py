"""What an environment may say: the deploy-time spec and the run-time settings, both strict.

Data lives in ``environments/base.toml`` and ``environments/<name>.toml``; this file is its schema.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from reelwright.environment.secret import ApiKey, Secret

__all__ = [
    "AccountId",
    "Aspect",
    "AudioSettings",
    "BudgetAction",
    "BudgetSettings",
    "DeploySpec",
    "EnvironmentName",
    "EnvironmentSpec",
    "FeatureSettings",
    "ModelSettings",
    "ProductionSettings",
    "ProviderName",
    "ProviderSettings",
    "Region",
    "Resolution",
    "RetrySettings",
    "ReviewSettings",
    "ServiceSettings",
    "Settings",
    "Strict",
    "Tier",
    "Usd",
    "VideoSettings",
]

EnvironmentName = Literal["local", "dev", "staging", "prod"]
Tier = Literal["economy", "standard", "premium"]
Aspect = Literal["16:9", "9:16", "1:1"]
Resolution = Literal["480p", "720p", "1080p"]
BudgetAction = Literal["warn", "mock", "block"]


class Strict(BaseModel):
    """Base of all configuration: immutable, unknown keys refused, no type guessed.

    The text of its validation errors holds no values: one may be a secret put in the wrong place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


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


class ServiceSettings(Strict):
    """The level of model that an environment asks for; never a vendor's model id."""

    tier: Tier
    """Level of the models that are asked; which models serve it stands in the catalogue."""


class ModelSettings(Strict):
    """One entry per service."""

    content: ServiceSettings
    video: ServiceSettings
    audio: ServiceSettings


ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]


class ProviderSettings(Strict):
    """One vendor of models."""

    enabled: bool = True
    """Routes pass over a provider that is switched off."""
    credential: Secret[ApiKey] | None = None
    """Set by the layer of secrets as soon as ``providers/<name>`` has a value."""


class AudioSettings(Strict):
    """Voice and sound."""

    voice: str
    """Name of the voice that narrates."""
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


class BudgetSettings(Strict):
    """Limits on spending in US dollars; none means no limit."""

    per_video_usd: Usd | None = None
    """Most that one video may cost."""
    per_day_warn_usd: Usd | None = None
    """Spending of a day from which the action below is taken."""
    per_day_block_usd: Usd | None = None
    """Spending of a day at which everything paid stops."""
    per_day_action: BudgetAction = "warn"
    """What happens from the warning limit on: warn, use embedded engines instead, or refuse."""


class RetrySettings(Strict):
    """Retries of one call: exponential with full jitter above a floor."""

    attempts: Annotated[int, Field(ge=1, le=10)]
    """Tries in all, the first included."""
    base_seconds: Annotated[float, Field(gt=0, le=60)]
    """Upper end of the first wait; it doubles with every try."""
    cap_seconds: Annotated[float, Field(gt=0, le=600)]
    """Upper end that no wait passes."""
    floor_seconds: Annotated[float, Field(ge=0, le=60)]
    """Lower end of every wait."""


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
    budgets: BudgetSettings
    retry: RetrySettings
    review: ReviewSettings
    features: FeatureSettings


class EnvironmentSpec(Strict):
    """One environment: its name, how it is deployed, and its default settings."""

    name: EnvironmentName
    description: str
    deploy: DeploySpec
    settings: Settings
