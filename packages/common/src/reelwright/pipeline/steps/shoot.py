"""One scene in, its clip out."""

from datetime import timedelta

from pydantic import BaseModel

from reelwright.models.schema import ModelPending
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done, Pending
from reelwright.production.schema import Brief, Clip, Narration, Script

__all__ = ["ShootInput", "look_seconds", "shoot"]

_EVENTS = 20_000
"""Of the 25,000 that an execution has; the rest is for other steps and what is tried again."""
_EVENTS_OF_A_LOOK = 10


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
            check_after_seconds=look_seconds(
                footage.check_after_seconds,
                scenes=len(task.script.scenes),
                timeout_seconds=context.settings.models.video.timeout_seconds,
            ),
            deadline=context.clock.now() + timedelta(seconds=footage.deadline_seconds),
        )
    return Done(footage.clip, decisions=footage.decisions, charges=footage.charges, warnings=footage.warnings)


def look_seconds(told: float, *, scenes: int, timeout_seconds: float) -> float:
    """Return after how long a scene is looked at again: ``told``, or longer where many scenes are looked at.

    An execution of a state machine has 25,000 events, and every look is about ten of them: the 240 scenes of
    a long video, each looked at every five seconds, would end it.
    """
    looks = _EVENTS / (_EVENTS_OF_A_LOOK * scenes) - 2
    return max(told, timeout_seconds / looks)
