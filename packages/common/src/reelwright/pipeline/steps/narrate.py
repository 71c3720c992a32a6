"""Script in, narration out."""

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.production.schema import Brief, Narration, Script

__all__ = ["NarrateInput", "narrate"]


class NarrateInput(BaseModel):
    """What to say, and how long it was meant to take."""

    brief: Brief
    script: Script


def narrate(context: StepContext, task: NarrateInput) -> Done[Narration]:
    """Speak the script, with the time of every word."""
    narrated = context.managers.audio.narrate(
        task.script,
        topic=f"{task.brief.topic} {task.brief.style}",
        target_seconds=float(task.brief.duration_seconds),
        seed=context.seed,
        idempotency_key=context.key,
        work_dir=context.work_dir,
    )
    return Done(
        narrated.narration,
        decisions=narrated.decisions,
        charges=narrated.charges,
        warnings=narrated.warnings,
    )
