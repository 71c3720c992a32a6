"""One call outside of a production: what is asked, kept so that any process can go on with it."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.environment.schema import Settings
from reelwright.errors import InvalidInput
from reelwright.ids import check_production_id, new_production_id

if TYPE_CHECKING:
    from reelwright.models.parts import ModelParts
    from reelwright.models.schema import ContentRequest, ModelRequest, ShotRequest, SpeechRequest

__all__ = ["PREFIX", "Trial", "TrialUnknown", "keep", "new_trial_id", "recall", "request_of", "settings_for"]

PREFIX: Final = "call_"
"""Instead of ``prod_``: the money of a trial counts in all budgets as a video's does, and in reports nobody
takes it for one."""

_PRODUCTION: Final = "prod_"
_JSON: Final = "application/json"
_TARGET_SECONDS: Final = 60.0
_SHOWN_CHARS: Final = 120
_FREE_TEXT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"text": {"type": "string", "description": "The whole answer."}},
    "required": ["text"],
    "additionalProperties": False,
}


class TrialUnknown(InvalidInput):
    """No call of this key was begun in this environment."""

    code = "call_unknown"


class Trial(BaseModel):
    """Everything that decides a call, so that it can be made again as the same call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    service: str
    text: str
    language: str
    seed: int
    model: str | None = None
    tier: Any = None
    max_usd: str | None = None
    out: str = ""
    """Where the file goes; text goes to the terminal."""
    output_tokens: int = 1_000
    voice: str = "auto"
    width: int = 0
    height: int = 0
    fps: int = 0
    frames: int = 1
    aspect: Any = "16:9"

    @property
    def key(self) -> str:
        """The call's idempotency key."""
        return f"{self.id}/{self.service}"


def new_trial_id(parts: "ModelParts") -> str:
    """Return a new id: it sorts by time as productions' do."""
    return PREFIX + new_production_id(parts.clock, parts.rng).removeprefix(_PRODUCTION)


def keep(trial: Trial, parts: "ModelParts") -> None:
    """Put the call where every process of the environment finds it: before anything is ordered."""
    artifact = parts.artifacts.put_bytes(trial.model_dump_json().encode(), _JSON)
    parts.artifacts.remember(_entry(trial.id), artifact)


def recall(trial_id: str, parts: "ModelParts") -> Trial:
    """Return the call of an id; TrialUnknown."""
    _check_id(trial_id)
    artifact = parts.artifacts.recall(_entry(trial_id))
    if artifact is None:
        raise _unknown(trial_id)
    try:
        return Trial.model_validate_json(parts.artifacts.read_bytes(artifact))
    except ValidationError as error:
        raise _unknown(trial_id) from error


def _check_id(trial_id: str) -> None:
    try:
        check_production_id(_PRODUCTION + trial_id.removeprefix(PREFIX))
    except InvalidInput as error:
        raise _unknown(trial_id) from error


def _unknown(trial_id: str) -> TrialUnknown:
    return TrialUnknown(
        f"{trial_id[:60]!r} is not a call that was begun here.",
        next_step="Keys look like call_01K8…; a call that is stopped names its own.",
        context={"key": trial_id[:60]},
    )


def _entry(trial_id: str) -> str:
    return hashlib.sha256(f"trial call {trial_id}".encode()).hexdigest()


def settings_for(trial: Trial, settings: Settings) -> Settings:
    """Return the environment's settings with what the call asks for laid over them."""
    wanted = getattr(settings.models, trial.service)
    update: dict[str, Any] = {}
    if trial.tier:
        update |= {"tier": trial.tier, "models": ()}
    if trial.model:
        update["models"] = (trial.model,)
    if trial.max_usd is not None:
        update["call_ceiling_usd"] = _lower(trial.max_usd, wanted.call_ceiling_usd)
    models = settings.models.model_copy(update={trial.service: wanted.model_copy(update=update)})
    return settings.model_copy(update={"models": models})


def _lower(max_usd: str, configured: Any) -> Any:
    from decimal import Decimal  # noqa: PLC0415 (as the others)

    asked = Decimal(max_usd)
    return asked if configured is None else min(asked, configured)


def request_of(trial: Trial, settings: Settings, work_dir: Path) -> "ModelRequest":
    """Return the request, the same whenever it is made of the same call."""
    if trial.service == "content":
        return _content(trial, settings)
    return _audio(trial, settings, work_dir) if trial.service == "audio" else _video(trial, work_dir)


def _content(trial: Trial, settings: Settings) -> "ContentRequest":
    """Ask language models freely; an engine of ours, which writes only scripts, for one with these notes."""
    from reelwright.content.brief_file import brief_from_options  # noqa: PLC0415 (heavy)
    from reelwright.content.engine.provider import WRITE_SCRIPT  # noqa: PLC0415 (heavy)
    from reelwright.models.schema import ContentRequest, Message  # noqa: PLC0415 (heavy)

    topic = " ".join(trial.text.split())[:_SHOWN_CHARS]
    brief = brief_from_options(topic, notes=trial.text, language=trial.language)
    return ContentRequest(
        idempotency_key=trial.key,
        seed=trial.seed,
        language=trial.language,
        task=WRITE_SCRIPT,
        messages=(Message(role="user", text=trial.text),),
        variables={
            "brief": brief.model_dump(mode="json"),
            "words_per_minute": settings.audio.words_per_minute,
            "target_seconds": _TARGET_SECONDS,
        },
        output_schema=_FREE_TEXT,
        max_output_tokens=trial.output_tokens,
    )


def _audio(trial: Trial, settings: Settings, work_dir: Path) -> "SpeechRequest":
    from reelwright.models.schema import SpeechRequest  # noqa: PLC0415 (heavy)

    return SpeechRequest(
        idempotency_key=trial.key,
        seed=trial.seed,
        language=trial.language,
        passages=(trial.text,),
        voice=trial.voice,
        pronunciations=settings.audio.pronunciations,
        work_dir=work_dir,
    )


def _video(trial: Trial, work_dir: Path) -> "ShotRequest":
    from reelwright.models.schema import ShotRequest  # noqa: PLC0415 (heavy)
    from reelwright.production.schema import StatementVisual  # noqa: PLC0415 (heavy)
    from reelwright.video.schema import SceneGraphics  # noqa: PLC0415 (heavy)

    graphics = SceneGraphics(
        visual=StatementVisual(text=" ".join(trial.text.split())[:_SHOWN_CHARS]),
        words=(),
        aspect=trial.aspect,
        style="auto",
        theme_seed=trial.seed,
        captions=False,
        scene_index=0,
        scene_count=1,
    )
    return ShotRequest(
        idempotency_key=trial.key,
        seed=trial.seed,
        language=trial.language,
        prompt=trial.text,
        graphics=graphics,
        width=trial.width,
        height=trial.height,
        fps=trial.fps,
        frames=trial.frames,
        work_dir=work_dir,
    )
