"""One scene in, its clip out."""

from datetime import timedelta

from pydantic import BaseModel

from reelwright.models.schema import ModelPending
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done, Pending
from reelwright.production.schema import Brief, Clip, Narration, Script

__all__ = ["ShootInput", "shoot"]


class ShootInput(BaseModel):
    """The narrated script, and which scene of it."""

    brief: Brief
    script: Script
    narration: Narration
    index: int


def shoot(context: StepContext, task: ShootInput) -> Done[Clip] | Pending:
    """Shoot one scene; pending while a vendor makes it."""
    footage = context.managers.video.shoot(
        task.brief,
        task.script,
        task.narration,
        task.index,
        seed=context.seed,
        idempotency_key=context.key,
        work_dir=context.work_dir,
        resuming=context.pending is not None,
    )
    if isinstance(footage, ModelPending):
        return Pending(
            token=footage.reference,
            check_after_seconds=footage.check_after_seconds,
            deadline=context.clock.now() + timedelta(seconds=footage.deadline_seconds),
        )
    return Done(footage.clip, decisions=footage.decisions, charges=footage.charges, warnings=footage.warnings)
