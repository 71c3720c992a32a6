"""Reviewed cut in, publication out."""

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.pipeline.flagging import check_open
from reelwright.production.schema import Brief, Cut, Publication, Review, Script
from reelwright.upload.schema import Package

__all__ = ["PublishInput", "publish"]


class PublishInput(BaseModel):
    """What to publish, that it passed review, and on which platform of the brief."""

    brief: Brief
    script: Script
    cut: Cut
    review: Review
    index: int


def publish(context: StepContext, task: PublishInput) -> Done[Publication]:
    """Publish the cut on one platform, once; PublishingClosed if the production's flags close it."""
    platform = task.brief.platforms[task.index]
    check_open(context.flags, [platform])
    artifacts = context.artifacts
    package = Package(
        production_id=context.production_id,
        video=artifacts.local_path(task.cut.video),
        thumbnail=artifacts.local_path(task.cut.thumbnail),
        captions_srt=artifacts.local_path(task.cut.captions_srt),
        captions_vtt=artifacts.local_path(task.cut.captions_vtt),
        script=task.script,
        description=task.cut.description,
        out_dir=context.out_dir,
    )
    return Done(context.managers.upload.publish(package, platform))
