"""What an environment may say: the deploy-time spec and the run-time settings, both strict.

Data lives in ``environments/base.toml`` and ``environments/<name>.toml``; this file is its schema.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from reelwright.environment.basics import (
    AccountId,
    Aspect,
    EnvironmentName,
    ModelName,
    ProviderName,
    Region,
    Resolution,
    Several,
    Strict,
    Style,
    Tier,
    Usd,
)
from reelwright.environment.branding import BrandColour, BrandFile, BrandName, BrandSettings, Corner
from reelwright.environment.calls import (
    BudgetAction,
    BudgetSettings,
    CatalogSettings,
    CostSettings,
    Endpoint,
    HealthSettings,
    ModelOverride,
    ModelSettings,
    Preference,
    PriceOverride,
    ProviderSettings,
    RetriedFailure,
    RetryPolicy,
    RetrySettings,
    ServiceBudgets,
    ServiceSettings,
    UnitName,
)
from reelwright.environment.finishing import CHAIN, Chain
from reelwright.environment.flagging import FlagName, FlagOverride, FlagSettings
from reelwright.environment.footage import FootageRule, FootageSettings, SceneNumber, SceneSource
from reelwright.environment.moderating import GuardrailId, GuardrailVersion, ModerationSettings
from reelwright.environment.prompting import (
    LabelName,
    PromptFileName,
    PromptName,
    PromptSettings,
    VariantName,
)
from reelwright.environment.publishing import (
    OutcomeSettings,
    PlatformName,
    PlatformSettings,
    PrivacySetting,
)
from reelwright.environment.recurring import RecurringName, RecurringSpec
from reelwright.environment.writing import WritingSettings

__all__ = [
    "AccountId",
    "Aspect",
    "AudioSettings",
    "BrandColour",
    "BrandFile",
    "BrandName",
    "BrandSettings",
    "BudgetAction",
    "BudgetSettings",
    "CatalogSettings",
    "CheckOfLooks",
    "Corner",
    "CostSettings",
    "DeploySpec",
    "Endpoint",
    "EnvironmentName",
    "EnvironmentSpec",
    "FeatureSettings",
    "FlagName",
    "FlagOverride",
    "FlagSettings",
    "FootageRule",
    "FootageSettings",
    "GuardrailId",
    "GuardrailVersion",
    "HealthSettings",
    "LabelName",
    "ModelName",
    "ModelOverride",
    "ModelSettings",
    "ModerationSettings",
    "OutcomeSettings",
    "PictureSettings",
    "PlatformName",
    "PlatformSettings",
    "Preference",
    "PriceOverride",
    "PrivacySetting",
    "ProductionSettings",
    "PromptFileName",
    "PromptName",
    "PromptSettings",
    "ProviderName",
    "ProviderSettings",
    "RecurringName",
    "RecurringSpec",
    "Region",
    "Resolution",
    "RetriedFailure",
    "RetryPolicy",
    "RetrySettings",
    "ReviewSettings",
    "SceneNumber",
    "SceneSource",
    "ServiceBudgets",
    "ServiceSettings",
    "Settings",
    "Several",
    "Strict",
    "Style",
    "Tier",
    "UnitName",
    "Usd",
    "VariantName",
    "VideoSettings",
]


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
    appconfig_agent_layer_arn: (
        Annotated[
            str,
            StringConstraints(pattern=r"^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+$"),
        ]
        | None
    ) = None
    """Layer with AppConfig's agent, where ``flags.source = "agent"``; SSM names the newest of a region under
    ``/aws/service/aws-appconfig/lambda-extension/``."""
    recurring: dict[RecurringName, RecurringSpec] = Field(default={})
    """Productions that are made again and again, by name."""
    tags: dict[str, str] = Field(default={})


class AudioSettings(Strict):
    """Voice and sound."""

    voice: str
    """Name of the voice that narrates, or ``auto``; a model without it takes the nearest that it has."""
    voices_by_topic: dict[str, str] = Field(default={})
    """Voices for topics: a word of the topic, and the voice's name in the catalogue."""
    pronunciations: dict[str, str] = Field(default={})
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
    music_file: Annotated[str, StringConstraints(max_length=200)] = ""
    """The bed of videos whose brief brings none: a file in ``environments/music``; empty composes one."""
    music_credit: Annotated[str, StringConstraints(max_length=300)] = ""
    """Whose that piece is and by which licence it may be used: it goes under descriptions."""


class PictureSettings(Strict):
    """Pictures of things in the scenes that the embedded engine draws."""

    enabled: bool
    """Show pictures where the pack of pictures is installed."""
    threshold: Annotated[float, Field(gt=0, le=1)]
    """How surely a picture must show what is said; below it the scene has none."""
    overrides: dict[str, str] = Field(default={})
    """What a word or phrase shows: the name of a picture, or ``none``."""
    allow: Several[Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]] = ()
    """Kinds of pictures that are left out otherwise, such as ``face``, ``body`` or ``symbol``."""


class VideoSettings(FootageSettings):
    """The picture."""

    resolution: Resolution
    """Of the shorter side."""
    fps: Literal[24, 30, 60]
    """Frames a second."""
    style: Style = "auto"
    """Palette of videos whose brief leaves it open."""
    pictures: PictureSettings
    brand: BrandName | Literal[""] = ""
    """The brand of videos whose brief names none: one of ``brands``; empty for none."""
    chain: Chain = CHAIN
    """What is done to make a video, in order; a step that is left out is not done."""


class ProductionSettings(Strict):
    """How a production runs."""

    jobs: Annotated[int, Field(ge=0, le=64)]
    """Scenes made at a time; 0 means one for every processor."""
    strict_duration: bool
    """Refuse, rather than warn, when the notes cannot fill the asked time."""
    duration_tolerance: Annotated[float, Field(gt=0, le=0.5)]
    """Share of the asked duration by which the result may differ."""


CheckOfLooks = Literal["text_contrast", "text_safe_area", "caption_overlap", "scenes_alike", "motion"]
"""Checks of the review that say whether a video looks good, not whether it plays."""


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
    min_text_contrast: Annotated[float, Field(ge=1, le=21)] = 4.5
    """Contrast of text with what is behind it, at its worst frame (WCAG 2.2, 1.4.3)."""
    min_large_text_contrast: Annotated[float, Field(ge=1, le=21)] = 3.0
    """The same of large text: from a size of 40 pixels where the shorter side of the frame is 720."""
    min_scene_difference: Annotated[float, Field(ge=0, le=255)] = 6.0
    """How much neighbouring scenes of one layout must differ, in levels of 0 to 255 on average."""
    tolerated: Several[CheckOfLooks] = get_args(CheckOfLooks)
    """Checks of how it looks of which a failed one is a warning in the record, and nothing stops."""


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
    content: WritingSettings = WritingSettings()
    moderation: ModerationSettings = ModerationSettings()
    catalog: CatalogSettings = CatalogSettings()
    budgets: BudgetSettings
    costs: CostSettings = CostSettings()
    retry: RetrySettings
    health: HealthSettings = HealthSettings()
    review: ReviewSettings
    features: FeatureSettings
    flags: FlagSettings = FlagSettings()
    prompts: PromptSettings = PromptSettings()
    platforms: dict[PlatformName, PlatformSettings] = Field(default={})
    brands: dict[BrandName, BrandSettings] = Field(default={})
    """What makers of videos show of themselves, by name; their files lie in ``environments/brands``."""
    outcomes: OutcomeSettings = OutcomeSettings()


class EnvironmentSpec(Strict):
    """One environment: its name, how it is deployed, and its default settings."""

    name: EnvironmentName
    description: str
    deploy: DeploySpec
    settings: Settings
