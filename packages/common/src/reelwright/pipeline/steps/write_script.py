"""Brief in, script out."""

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.production.schema import Brief, Script

__all__ = ["WriteScriptInput", "write_script"]


class WriteScriptInput(BaseModel):
    """The brief."""

    brief: Brief


def write_script(context: StepContext, task: WriteScriptInput) -> Done[Script]:
    """Write the script that fills the asked time with what the notes hold."""
    written = context.managers.content.write_script(
        task.brief,
        words_per_minute=context.settings.audio.words_per_minute,
        strict_duration=context.settings.production.strict_duration,
        duration_tolerance=context.settings.production.duration_tolerance,
        seed=context.seed,
        idempotency_key=context.key,
        prompts=context.prompts,
    )
    return Done(
        written.script,
        decisions=written.decisions,
        charges=written.charges,
        warnings=(*written.script.warnings, *written.warnings),
    )
