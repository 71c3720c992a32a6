"""Clips and narration in, cut out: through the chain that the settings name."""

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.pipeline.finishing.order import CutOrder, finished
from reelwright.pipeline.finishing.picture import framed
from reelwright.production.schema import Brief, Clip, Cut, Narration, Script
from reelwright.video.manager import Finished

__all__ = ["AssembleInput", "assemble"]


class AssembleInput(BaseModel):
    """Everything that goes into the file."""

    brief: Brief
    script: Script
    narration: Narration
    clips: tuple[Clip, ...]


def assemble(context: StepContext, task: AssembleInput) -> Done[Cut]:
    """Take the order of the cut through every step of the chain, and put away what came of it."""
    begun = CutOrder(context, task.brief, task.script, task.narration, task.clips)
    order = finished(begun, context.settings.video.chain)
    if not order.thumbnails and order.still is None:
        order = framed(order)
    return Done(_kept(order), decisions=order.decisions, warnings=order.warnings)


def _kept(order: CutOrder) -> Cut:
    assert order.files is not None  # noqa: S101 (the chain is checked: it has both steps)
    assert order.soundtrack is not None  # noqa: S101 (as above)
    return order.context.managers.video.keep(
        Finished(
            files=order.files,
            clips=order.clips,
            thumbnails=order.thumbnails,
            still=order.still,
            loudness_lufs=order.soundtrack.loudness_lufs,
            true_peak_dbtp=order.soundtrack.true_peak_dbtp,
            chapters=order.chapters,
            description=order.description,
            intro=order.intro,
            outro=order.outro,
        )
    )
