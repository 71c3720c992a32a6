"""One call to a model, whatever its vendor: what is asked, what comes back, what it used."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from reelwright.cost.schema import ChargeLine, MicroUsd, Service, Usage
from reelwright.environment.schema import Aspect, ModelName, Resolution

__all__ = [
    "Attempt",
    "AudioCapabilities",
    "Candidate",
    "ContentCapabilities",
    "ContentRequest",
    "ContentResponse",
    "Failure",
    "Frozen",
    "Lifecycle",
    "Message",
    "Model",
    "ModelPending",
    "ModelRequest",
    "ModelResult",
    "PromptUsed",
    "RejectedCandidate",
    "Requirements",
    "Route",
    "ShotRequest",
    "ShotResponse",
    "SpeechRequest",
    "SpeechResponse",
    "SpokenWord",
    "Standing",
    "Underway",
    "VideoCapabilities",
]

Lifecycle = Literal["active", "legacy", "retired"]

Failure = Literal[
    "unavailable",
    "timed_out",
    "throttled",
    "rejected",
    "exhausted",
    "callers_fault",
    "refused",
    "retired",
    "misconfigured",
    "unknown",
]
"""Every way in which a model can fail a caller; what follows from each stands in ``models/errors.py``."""


class Frozen(BaseModel):
    """Base of all requests and responses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ContentCapabilities(Frozen):
    """What a writing model takes."""

    temperature: bool = False
    """Whether it may be asked for one; models that may not refuse the whole request."""
    structured_output: bool = True
    """Whether it holds its answer to a JSON schema by itself."""
    max_input_tokens: int = 100_000
    max_output_tokens: int = 8_000


class AudioCapabilities(Frozen):
    """What a speaking model takes."""

    engine: str = ""
    """The vendor's name for the way of speaking, such as ``neural``."""
    word_timings: Literal["exact", "aligned"] = "exact"
    """Whether the vendor tells when each word is said, or we find out by alignment."""
    ssml: bool = False
    max_characters: int = 3_000
    """Of one request; longer text is split at sentences."""


class VideoCapabilities(Frozen):
    """What a footage model makes."""

    durations_seconds: tuple[int, ...] = ()
    """Lengths of one shot, rising; empty means any up to ``max_seconds``."""
    max_seconds: int = 10
    aspects: tuple[Aspect, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    max_prompt_characters: int = 1_000
    needs_image: bool = False
    """Whether it only sets a picture in motion that it is given."""
    first_frame: bool = False
    """Whether a shot may begin with a picture that it is given."""
    negative_prompt: bool = False
    """Whether it may be told what footage must not show."""


class Model(Frozen):
    """A catalogue entry."""

    name: ModelName
    provider: str
    service: Service
    vendor_id: str = ""
    """The vendor's own id, as it goes over the wire."""
    tiers: tuple[Literal["economy", "standard", "premium"], ...]
    quality: Annotated[int, Field(ge=0, le=100)] = 50
    """Rank among the models of a tier; the highest is asked first."""
    free: bool = False
    """Costs nothing and needs no account: an engine of ours. Every other model needs a price."""
    enabled: bool = True
    lifecycle: Lifecycle = "active"
    legacy_on: date | None = None
    retired_on: date | None = None
    """The first day on which calls fail."""
    replaced_by: str = ""
    """What its vendor, or we, suggest instead."""
    languages: tuple[str, ...] = ()
    """Languages it can work in; empty means any."""
    region: str = ""
    """Where it runs, for vendors that have regions; empty is the environment's own."""
    typical_seconds: Annotated[float, Field(ge=0)] = 0.0
    """Usual time of one call, until health statistics know better."""
    content: ContentCapabilities | None = None
    audio: AudioCapabilities | None = None
    video: VideoCapabilities | None = None
    source: str = ""
    """Where these facts come from."""

    def __str__(self) -> str:
        return self.name

    def lifecycle_on(self, day: date) -> Lifecycle:
        """Return the state on a day; the dates count, and what is said without one counts always."""
        if self.lifecycle == "retired" or (self.retired_on and day >= self.retired_on):
            return "retired"
        if self.lifecycle == "legacy" or (self.legacy_on and day >= self.legacy_on):
            return "legacy"
        return "active"


class ModelRequest(Frozen):
    """Common to all requests.

    ``idempotency_key`` makes a repeated submit the same submit. It begins with the production's id, a ``/``
    after it: the money of a call counts against that production's budget.
    """

    idempotency_key: str
    seed: int
    language: str = "en"

    @property
    def production_id(self) -> str:
        """The production that the call is for."""
        return self.idempotency_key.partition("/")[0]

    def owns(self, charge_key: str) -> bool:
        """Whether a charge was set aside for this very call, by whichever process."""
        return charge_key.startswith(f"{self.idempotency_key}/")


class Message(Frozen):
    """One turn of a prompt."""

    role: Literal["system", "user"]
    text: str


class PromptUsed(Frozen):
    """The prompt whose words the messages are."""

    name: str
    """Of its file, such as ``write-script.investing``."""
    version: str
    variant: str


class ContentRequest(ModelRequest):
    """Ask for text that conforms to a JSON schema.

    Language models read ``messages``; engines that do not speak take ``variables``, the same
    facts as data.
    """

    task: str
    prompt: PromptUsed | None = None
    """None for messages that nobody keeps as a prompt."""
    messages: tuple[Message, ...] = ()
    variables: dict[str, Any]
    output_schema: dict[str, Any]
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    """Left out for models that do not take one."""
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None


class ContentResponse(Frozen):
    """Text as the model gave it; not yet validated."""

    text: str
    usage: tuple[Usage, ...]


class SpeechRequest(ModelRequest):
    """Ask for speech: one passage a scene, joined into one recording."""

    passages: tuple[str, ...]
    voice: str
    topic: str = ""
    """What the words are about, for the choice of a voice."""
    pronunciations: dict[str, str] = {}
    """How to say words that voices get wrong."""
    target_seconds: float | None = None
    """Wished length of the recording. An engine may stretch pauses, and its pace a little, to meet it."""
    work_dir: Path
    """An existing folder of the caller's for files."""


class SpokenWord(Frozen):
    """A written word of a passage and when it is heard, in seconds of the recording."""

    text: str
    start_seconds: float
    end_seconds: float
    passage_index: int


class SpeechResponse(Frozen):
    """A mono 16-bit WAV and where everything is in it."""

    audio: Path
    duration_seconds: float
    words: tuple[SpokenWord, ...]
    passage_starts_seconds: tuple[float, ...]
    """When the first sound of each passage begins."""
    voice: str
    choices: tuple[tuple[str, str], ...] = ()
    """What was decided on the way and why, such as the voice, for the record: (what, why)."""
    usage: tuple[Usage, ...]


class ShotRequest(ModelRequest):
    """Ask for footage of exactly ``frames`` frames.

    Footage models read ``prompt``; engines that draw take ``graphics``, the scene as data.
    """

    prompt: str
    graphics: SerializeAsAny[BaseModel]
    width: int
    height: int
    fps: int
    frames: Annotated[int, Field(ge=1)]
    work_dir: Path
    first_frame: str = ""
    """A JPEG in base64 that the footage is to begin with; models that take none begin as they like."""
    negative_prompt: str = ""
    """What it must not show, for models that can be told so."""

    @property
    def seconds(self) -> float:
        """Length of the footage."""
        return self.frames / self.fps


class ShotResponse(Frozen):
    """A silent MP4 and notes on how it was made.

    Engines of ours keep to size, rate and frames; a vendor's footage is at least as long, and is fitted.
    """

    media: Path
    frames: int
    choices: tuple[tuple[str, str], ...] = ()
    """What the engine decided and why, for the record: (what, why)."""
    usage: tuple[Usage, ...]
    trace: Path | None = None
    """A file that says which text stands where and when; only engines that draw have one."""


class Underway(Frozen):
    """Asynchronous work that goes on at the vendor."""

    check_after_seconds: Annotated[float, Field(gt=0)]
    state: str = ""
    """The vendor's own word for it."""


class Requirements(Frozen):
    """What a call needs of a model; empty fields need nothing."""

    language: str = "en"
    seconds: float | None = None
    """Of footage, or of speech."""
    aspect: Aspect | None = None
    resolution: Resolution | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    characters: int | None = None
    """To be spoken."""
    allow_image: bool = False
    """Whether a picture to start from can be given."""


class Standing(Frozen):
    """How a model has been doing, and whether to ask it."""

    state: Literal["healthy", "demoted", "open", "probing"] = "healthy"
    """``demoted``: asked last, before it fails. ``open``: not asked. ``probing``: asked by one worker."""
    reason: str = ""
    gone: bool = False
    """Its provider has ended it: it is not asked even when everything else is open."""
    calls: int = 0
    p50_seconds: float | None = None
    p95_seconds: float | None = None
    failure_share: float = 0.0
    refusal_share: float = 0.0


class Candidate(Frozen):
    """One choice of a route."""

    model: Model
    reason: str
    estimate_micro_usd: MicroUsd = 0
    """What the call is expected to cost at most."""
    ceiling_micro_usd: MicroUsd | None = None
    """What it was allowed to be."""
    standing: Standing = Standing()


class RejectedCandidate(Frozen):
    """One model passed over, and why."""

    model: str
    reason: str
    because: Literal[
        "tier",
        "lifecycle",
        "capability",
        "configuration",
        "credential",
        "price",
        "ceiling",
        "budget",
        "health",
        "switch",
    ] = "capability"
    """The kind of reason."""


class Route(Frozen):
    """The ordered choices for one call."""

    service: Service
    candidates: tuple[Candidate, ...]
    rejected: tuple[RejectedCandidate, ...] = ()
    warnings: tuple[str, ...] = ()
    """Such as a day's spend above its warning limit, or that nothing but open breakers was left."""
    mock: bool = False
    """Whether engines of ours stand in for paid models, because a budget says so."""
    bypass: bool = False
    """Whether open breakers are passed by, because nobody else is left to ask."""


class Attempt(Frozen):
    """One try at one candidate."""

    model: str
    number: Annotated[int, Field(ge=1)]
    """Of this candidate, from 1."""
    failure: Failure | None = None
    """None is success."""
    message: str = ""
    request_id: str = ""
    """The vendor's name for the request."""
    seconds: float = 0.0
    micro_usd: MicroUsd = 0


_Output = TypeVar("_Output")


@dataclass(frozen=True, slots=True)
class ModelResult(Generic[_Output]):
    """What a call gave, by which model, in which attempts, and what all of them were charged."""

    output: _Output
    route: Route
    model: Model
    attempts: tuple[Attempt, ...]
    charges: tuple[ChargeLine, ...]
    latency_seconds: float
    mock: bool = False
    """Whether an engine of ours stood in for paid models, because a budget said so."""
    cached: bool = False
    """Whether the answer was given before, so that nothing was bought."""


@dataclass(frozen=True, slots=True)
class ModelPending:
    """A call whose work goes on at the vendor. Ask again with the same request; any process may."""

    model: Model
    reference: str
    check_after_seconds: float
    deadline_seconds: float
    """From now, after which it is given up."""
