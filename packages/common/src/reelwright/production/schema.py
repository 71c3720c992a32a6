"""What a production is made of: the words of the house as immutable data, nothing that runs."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from reelwright.config.schema import ConfigurationRecord
from reelwright.cost.schema import ChargeLine
from reelwright.environment.schema import Aspect, EnvironmentName
from reelwright.production.assessment import ScriptAssessment
from reelwright.production.branding import Brand, BriefBrand
from reelwright.production.flags import FlagRecord
from reelwright.production.music import BriefMusic
from reelwright.production.pictures import MAX_MEDIA, MAX_PICTURES, BriefMedia, BriefPicture
from reelwright.production.prompts import PromptRecord
from reelwright.production.scenes import SceneChoice
from reelwright.production.text import clean_line, clean_text
from reelwright.production.thumbnails import Thumbnail
from reelwright.production.translation import Translation
from reelwright.production.visuals import (
    ChartVisual,
    ClosingVisual,
    ComparisonVisual,
    Datum,
    FlowVisual,
    Frozen,
    ListVisual,
    MapVisual,
    Moment,
    NumberVisual,
    QuoteVisual,
    Side,
    StatementVisual,
    TimelineVisual,
    TitleVisual,
    Visual,
)
from reelwright.storage.schema import Artifact

__all__ = [
    "MAX_DURATION_SECONDS",
    "MAX_NOTES_CHARS",
    "MAX_PICTURES",
    "MAX_SCENES",
    "MAX_TOPIC_CHARS",
    "MIN_DURATION_SECONDS",
    "Brand",
    "Brief",
    "BriefBrand",
    "BriefMedia",
    "BriefMusic",
    "BriefPicture",
    "Chapter",
    "ChartVisual",
    "Check",
    "Clip",
    "ClosingVisual",
    "ComparisonVisual",
    "Cut",
    "Datum",
    "Decision",
    "FlagRecord",
    "FlowVisual",
    "Frozen",
    "ListVisual",
    "MapVisual",
    "Moment",
    "Narration",
    "NumberVisual",
    "Production",
    "ProductionStatus",
    "PromptRecord",
    "Publication",
    "QuoteVisual",
    "Rejection",
    "Review",
    "Scene",
    "SceneChoice",
    "Script",
    "Seconds",
    "Seo",
    "Side",
    "Span",
    "StatementVisual",
    "StepRecord",
    "StepStatus",
    "TimelineVisual",
    "TitleVisual",
    "Translation",
    "Visual",
    "Word",
]

MIN_DURATION_SECONDS = 6
MAX_DURATION_SECONDS = 1200
MAX_NOTES_CHARS = 200_000
MAX_TOPIC_CHARS = 200
MAX_SCENES = 240
"""Of twenty minutes, with five seconds each."""

Seconds = Annotated[float, Field(ge=0)]


class Brief(Frozen):
    """What is asked for. Text is normalised (NFC, no control characters) and never trusted."""

    topic: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TOPIC_CHARS)]
    notes: Annotated[str, StringConstraints(max_length=MAX_NOTES_CHARS)] = ""
    audience: Annotated[str, StringConstraints(max_length=100)] = "general"
    duration_seconds: Annotated[int, Field(ge=MIN_DURATION_SECONDS, le=MAX_DURATION_SECONDS)] = 60
    aspect: Aspect = "16:9"
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"
    style: Annotated[str, StringConstraints(max_length=40)] = "auto"
    platforms: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")], ...], Field(min_length=1)
    ] = ("folder",)
    pictures: Annotated[tuple[BriefPicture, ...], Field(max_length=MAX_PICTURES)] = ()
    """Of the user's own, which go before those of the pack where their words are said."""
    media: Annotated[tuple[BriefMedia, ...], Field(max_length=MAX_MEDIA)] = ()
    """Footage of the user's own, shown in place of what a model would shoot."""
    music: BriefMusic | None = None
    """A piece of the user's own, in place of a composed bed."""
    brand: BriefBrand | None = None
    """Whose it is to be seen to be; None leaves it to the settings."""
    scenes: Annotated[tuple[SceneChoice, ...], Field(max_length=MAX_SCENES)] = ()
    """Scenes of which it is said who shoots them, whatever the settings say; footage of one's own aside."""
    translation: Translation | None = None
    """The video that this one tells again in another language; the rest of the brief is that one's."""

    _clean_lines = field_validator("topic", "audience", "style", mode="before")(clean_line)
    _clean_notes = field_validator("notes", mode="before")(clean_text)


class Scene(Frozen):
    """A part of the script: what is said, and what is seen."""

    narration: Annotated[str, StringConstraints(min_length=1)]
    visual_prompt: str
    """The picture in words, for models that shoot footage."""
    visual: Visual
    """The same as data, for engines that draw."""
    sources: tuple[str, ...] = ()
    """The sentences of the notes that the narration rests on; empty where it states no fact."""
    chapter: Annotated[str, StringConstraints(max_length=100)] = ""
    """The heading of the chapter that begins here; empty within one, and in short videos."""


class Chapter(Frozen):
    """A named place in the timeline."""

    start_seconds: Seconds
    title: str


class Seo(Frozen):
    """What a platform shows around the video."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    description: str
    tags: tuple[str, ...] = ()
    title_variants: Annotated[tuple[str, ...], Field(max_length=5)] = ()
    """Other titles that keep the same promise; none in records of earlier versions."""


class Script(Frozen):
    """Hook, scenes, call to action and metadata. The hook opens the first scene's narration."""

    title: Annotated[str, StringConstraints(min_length=1)]
    hook: str
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1, max_length=MAX_SCENES)]
    call_to_action: str
    seo: Seo
    language: str = "en"
    warnings: tuple[str, ...] = ()
    """What the reader of the result should know, such as notes too short for the asked time."""
    mock: bool = False
    """Whether an engine of ours stood in for a paid model, because a budget said so."""
    assessment: ScriptAssessment | None = None
    """What is thought of it; None in records of earlier versions."""


class Span(Frozen):
    """A stretch of the timeline."""

    start_seconds: Seconds
    end_seconds: Seconds

    @property
    def duration_seconds(self) -> float:
        """Length of the stretch."""
        return self.end_seconds - self.start_seconds

    @model_validator(mode="after")
    def _forwards(self) -> "Span":
        if self.end_seconds < self.start_seconds:
            raise ValueError("a span cannot end before it starts")
        return self


class Word(Frozen):
    """One spoken word as written in the script, with its place in the whole timeline."""

    text: str
    start_seconds: Seconds
    end_seconds: Seconds
    scene_index: Annotated[int, Field(ge=0)]


class Narration(Frozen):
    """The speech of the whole script. Scene spans tile the timeline without gaps, from 0 to the end."""

    audio: Artifact
    """Mono WAV, unmastered."""
    words: tuple[Word, ...]
    scenes: tuple[Span, ...]
    voice: str
    mock: bool = False
    """Whether an engine of ours stood in for a paid model, because a budget said so."""

    @property
    def duration_seconds(self) -> float:
        """Length of the narration, and so of the video."""
        return self.scenes[-1].end_seconds


class Clip(Frozen):
    """The footage of one scene, without sound, in the production's size and frame rate."""

    scene_index: Annotated[int, Field(ge=0)]
    media: Artifact
    frames: Annotated[int, Field(ge=1)]
    fps: int
    width: int
    height: int
    cached: bool = False
    """Taken from the scene cache instead of being made."""
    mock: bool = False
    """Whether an engine of ours stood in for a paid model, because a budget said so."""
    trace: Artifact | None = None
    """Which text stands where and when in it, as whoever drew it says; footage of others has none."""
    stands_in: str = ""
    """Why an engine of ours drew it in place of footage that was asked for; empty where nothing failed."""


class Cut(Frozen):
    """The assembled file and what stands beside it."""

    video: Artifact
    thumbnail: Artifact
    """The best of the designs."""
    thumbnails: tuple[Thumbnail, ...] = ()
    """All designs, the best first; none in records of earlier versions."""
    captions_srt: Artifact
    captions_vtt: Artifact
    duration_seconds: Seconds
    width: int
    height: int
    fps: int
    loudness_lufs: float
    true_peak_dbtp: float
    chapters: tuple[Chapter, ...] = ()
    description: str
    """The SEO description with the chapters of the real timeline."""
    intro: Clip | None = None
    """What its brand has before the first scene; None in records of earlier versions."""
    outro: Clip | None = None
    """The same after the last scene."""


class Check(Frozen):
    """One finding of the review: what was looked at, what was found, what is allowed."""

    name: str
    passed: bool
    found: str
    allowed: str
    at_seconds: Seconds | None = None


class Review(Frozen):
    """All checks on a cut."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


class Publication(Frozen):
    """One cut on one platform. ``remote_id`` is the platform's own name for it."""

    platform: str
    remote_id: str
    location: str
    """Where it can be seen: a folder or an address."""
    published_at: datetime


class Rejection(Frozen):
    """A choice passed over, and why."""

    name: str
    reason: str


class Decision(Frozen):
    """One choice made on the way, so that nothing has to be reconstructed from logs."""

    subject: str
    """What was decided, such as ``model`` or ``layout of scene 3``."""
    chosen: str
    reason: str
    rejected: tuple[Rejection, ...] = ()


StepStatus = Literal["waiting", "running", "pending", "done", "failed"]
ProductionStatus = Literal["running", "completed", "failed"]


class StepRecord(Frozen):
    """What happened in one step of one production."""

    name: str
    status: StepStatus = "waiting"
    input_hash: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seconds: Seconds = 0.0
    """Time spent working, over all attempts; waiting between them is not counted."""
    attempts: Annotated[int, Field(ge=0)] = 0
    items_done: Annotated[int, Field(ge=0)] = 0
    items_total: Annotated[int, Field(ge=0)] = 0
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    error: dict[str, object] | None = None


class Production(Frozen):
    """One run that turns a brief into a video."""

    id: str
    environment: EnvironmentName
    status: ProductionStatus = "running"
    brief: Brief
    seed: int
    settings_fingerprint: str
    """Of the snapshot that it pins: settings and documents."""
    configuration: ConfigurationRecord | None = None
    """What was not at its default, and what the sources said; None in records of earlier versions."""
    flags: tuple[FlagRecord, ...] = ()
    """What each flag answered when it began; none in records of earlier versions."""
    prompts: tuple[PromptRecord, ...] = ()
    """What its steps say to models, chosen when it began; none in records of earlier versions."""
    output_dir: str
    """The folder, or the place in a bucket, that receives the finished package."""
    created_at: datetime
    finished_at: datetime | None = None
    steps: tuple[StepRecord, ...]

    @property
    def charges(self) -> tuple[ChargeLine, ...]:
        """Everything this production was charged, in step order."""
        return tuple(charge for step in self.steps for charge in step.charges)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning once, in step order: several steps may meet the same."""
        return tuple(dict.fromkeys(warning for step in self.steps for warning in step.warnings))

    @property
    def mocked(self) -> tuple[str, ...]:
        """What engines of ours made in place of paid models, and why; empty for a video as it was meant."""
        decisions = (decision for step in self.steps for decision in step.decisions)
        return tuple(
            f"{decision.subject}: {decision.reason}"
            for decision in decisions
            if decision.subject.startswith("mock ")
        )

    def step(self, name: str) -> StepRecord:
        """Return the record of the step called ``name``; KeyError if it has none."""
        for record in self.steps:
            if record.name == name:
                return record
        raise KeyError(name)
