"""The two steps whose results say how good a prompt was, without sound and pictures."""

from pydantic import BaseModel

from reelwright.content.pace import Pace
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import PIPELINE, Done, Step
from reelwright.pipeline.errors import ReviewFailed
from reelwright.production.schema import Brief, Check, Narration, Review, Script, Span
from reelwright.storage.schema import Artifact

SPOILED = "spoiled"
"""A topic whose videos fail their review."""
_AUDIO = Artifact(sha256="0" * 64, size_bytes=0, media_type="audio/wav")
_TYPES = "reelwright.production.schema"


class SpeakInput(BaseModel):
    script: Script


class LookInput(BaseModel):
    brief: Brief
    narration: Narration


def speak(context: StepContext, task: SpeakInput) -> Done[Narration]:
    pace = Pace(context.settings.audio.words_per_minute)
    seconds = pace.script_seconds(scene.narration for scene in task.script.scenes)
    span = Span(start_seconds=0, end_seconds=seconds)
    return Done(Narration(audio=_AUDIO, words=(), scenes=(span,), voice="none"))


def look(_context: StepContext, task: LookInput) -> Done[Review]:
    if SPOILED in task.brief.topic:
        raise ReviewFailed("It is black all over.", next_step="Make it again.")
    checks = [Check(name=name, passed=True, found="", allowed="") for name in ("sound", "pictures")]
    return Done(Review(checks=(*checks,)))


STEPS = (
    PIPELINE[0],
    Step(
        name="narrate",
        function=f"{__name__}:speak",
        input_type=f"{__name__}:SpeakInput",
        needs=("script",),
        produces="narration",
        output_type=f"{_TYPES}:Narration",
        timeout_seconds=60,
        asks_models=False,
    ),
    Step(
        name="review",
        function=f"{__name__}:look",
        input_type=f"{__name__}:LookInput",
        needs=("brief", "narration"),
        produces="review",
        output_type=f"{_TYPES}:Review",
        timeout_seconds=60,
        asks_models=False,
    ),
)
