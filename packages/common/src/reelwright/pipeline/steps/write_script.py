"""Brief in, script out."""

from pydantic import BaseModel

from reelwright.content.manager import WrittenScript
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.production.schema import Brief, Script, Translation
from reelwright.storage.schema import Artifact

__all__ = ["WriteScriptInput", "write_script"]


class WriteScriptInput(BaseModel):
    """The brief."""

    brief: Brief


def write_script(context: StepContext, task: WriteScriptInput) -> Done[Script]:
    """Write the script that fills the asked time with what the notes hold, or translate that of a video."""
    if task.brief.translation is not None:
        written = _translated(context, task.brief, task.brief.translation)
        return Done(written.script, written.decisions, written.charges, written.warnings)
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


def _translated(context: StepContext, brief: Brief, translation: Translation) -> WrittenScript:
    from reelwright.content.translator import ScriptTranslator  # noqa: PLC0415 (for translations only)

    brought = translation.brought
    return ScriptTranslator(
        context.managers.models, context.settings.content, context.managers.content.guard
    ).translate(
        brief,
        translation,
        _script(context, translation.script),
        brought=_script(context, brought) if brought else None,
        words_per_minute=context.settings.audio.words_per_minute,
        seed=context.seed,
        idempotency_key=context.key,
        prompts=context.prompts,
    )


def _script(context: StepContext, artifact: Artifact) -> Script:
    return Script.model_validate_json(context.artifacts.read_bytes(artifact))
