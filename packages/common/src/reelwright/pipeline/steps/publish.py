"""Reviewed cut in, publication out."""

from datetime import timedelta

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done, Pending
from reelwright.pipeline.flagging import check_open
from reelwright.pipeline.packaging import package_of
from reelwright.production.schema import Brief, Cut, Publication, Review, Script
from reelwright.upload.schema import Underway

__all__ = ["PublishInput", "publish"]

_PATIENCE = timedelta(days=1)
"""How long a platform may take, beyond a moment that is waited for."""


class PublishInput(BaseModel):
    """What to publish, that it passed review, and on which platform of the brief."""

    brief: Brief
    script: Script
    cut: Cut
    review: Review
    index: int


def publish(context: StepContext, task: PublishInput) -> Done[Publication] | Pending:
    """Publish the cut on one platform, once; pending while the platform is at it.

    PublishingClosed if the production's flags close it.
    """
    platform = task.brief.platforms[task.index]
    check_open(context.flags, [platform])
    package = package_of(context.artifacts, context.production_id, task.script, task.cut, context.out_dir)
    outcome = context.managers.upload.publish(package, platform)
    if isinstance(outcome, Underway):
        return Pending(
            token=outcome.reference,
            check_after_seconds=outcome.check_after_seconds,
            deadline=max(context.clock.now(), outcome.until or context.clock.now()) + _PATIENCE,
        )
    upload = context.managers.upload
    record = upload.record(context.production_id, platform)
    told = (*record.plan.told, *record.warnings) if record else ()
    return Done(outcome, warnings=tuple(f"{platform}: {sentence}" for sentence in told))
