"""One call to a model, whatever its vendor: what is asked, what comes back, what it used."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from reelwright.cost.schema import Charge, Service

__all__ = [
    "Candidate",
    "ContentRequest",
    "ContentResponse",
    "Frozen",
    "Lifecycle",
    "Message",
    "Model",
    "ModelRequest",
    "ModelResult",
    "RejectedCandidate",
    "Route",
    "ShotRequest",
    "ShotResponse",
    "SpeechRequest",
    "SpeechResponse",
    "SpokenWord",
    "Usage",
]

Lifecycle = Literal["active", "legacy", "retired"]


class Frozen(BaseModel):
    """Base of all requests and responses."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Model(Frozen):
    """A catalogue entry."""

    name: str
    provider: str
    service: Service
    tiers: tuple[Literal["economy", "standard", "premium"], ...]
    lifecycle: Lifecycle = "active"
    languages: tuple[str, ...] = ()
    """Languages it can work in; empty means any."""


class Usage(Frozen):
    """What a provider says one call used, in the unit it is priced by."""

    unit: str
    quantity: Annotated[int, Field(ge=0)]


class ModelRequest(Frozen):
    """Common to all requests. ``idempotency_key`` makes a repeated submit the same submit."""

    idempotency_key: str
    seed: int
    language: str = "en"


class Message(Frozen):
    """One turn of a prompt."""

    role: Literal["system", "user"]
    text: str


class ContentRequest(ModelRequest):
    """Ask for text that conforms to a JSON schema.

    Language models read ``messages``; engines that do not speak take ``variables``, the same
    facts as data.
    """

    task: str
    messages: tuple[Message, ...] = ()
    variables: dict[str, Any]
    output_schema: dict[str, Any]


class ContentResponse(Frozen):
    """Text as the model gave it; not yet validated."""

    text: str
    usage: tuple[Usage, ...]


class SpeechRequest(ModelRequest):
    """Ask for speech: one passage a scene, joined into one recording."""

    passages: tuple[str, ...]
    voice: str
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


class ShotResponse(Frozen):
    """A silent MP4 and notes on how it was made."""

    media: Path
    frames: int
    choices: tuple[tuple[str, str], ...] = ()
    """What the engine decided and why, for the record: (what, why)."""
    usage: tuple[Usage, ...]


class Candidate(Frozen):
    """One choice of a route."""

    model: Model
    reason: str


class RejectedCandidate(Frozen):
    """One model passed over, and why."""

    model: str
    reason: str


class Route(Frozen):
    """The ordered choices for one call."""

    service: Service
    candidates: tuple[Candidate, ...]
    rejected: tuple[RejectedCandidate, ...] = ()


_Output = TypeVar("_Output")


@dataclass(frozen=True, slots=True)
class ModelResult(Generic[_Output]):
    """What a call gave, by which model, in how many attempts, and what it was charged."""

    output: _Output
    route: Route
    model: Model
    attempts: int
    charges: tuple[Charge, ...]
    latency_seconds: float
