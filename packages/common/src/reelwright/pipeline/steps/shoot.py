"""One scene in, its clip out."""

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.production.schema import Brief, Clip, Narration, Script

__all__ = ["ShootInput", "shoot"]


class ShootInput(BaseModel):
    """The narrated script, and which scene of it."""

    brief: Brief
    script: Script
    narration: Narration
    index: int


def shoot(context: StepContext, task: ShootInput) -> Done[Clip]:
    """Shoot one scene."""
    footage = context.managers.video.shoot(
        task.brief,
        task.script,
        task.narration,
        task.index,
        seed=context.seed,
        idempotency_key=context.key,
        work_dir=context.work_dir,
    )
    return Done(footage.clip, decisions=footage.decisions, charges=footage.charges)
