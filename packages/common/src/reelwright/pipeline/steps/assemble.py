"""Clips and narration in, cut out."""

from pydantic import BaseModel

from reelwright.content.chapters import chapters_for, describe
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.production.schema import Brief, Chapter, Clip, Cut, Narration, Script
from reelwright.video.manager import Sound

__all__ = ["AssembleInput", "assemble"]


class AssembleInput(BaseModel):
    """Everything that goes into the file."""

    brief: Brief
    script: Script
    narration: Narration
    clips: tuple[Clip, ...]


def assemble(context: StepContext, task: AssembleInput) -> Done[Cut]:
    """Make the soundtrack, join the clips, put both into one file."""
    soundtrack = context.managers.audio.soundtrack(
        task.narration, music=context.settings.features.music, seed=context.seed, work_dir=context.work_dir
    )
    chapters = _chapters(task)
    cut = context.managers.video.assemble(
        task.brief,
        task.script,
        task.narration,
        task.clips,
        Sound(
            file=soundtrack.audio,
            loudness_lufs=soundtrack.loudness_lufs,
            true_peak_dbtp=soundtrack.true_peak_dbtp,
        ),
        chapters=chapters,
        description=describe(task.script.seo.description, chapters),
        seed=context.seed,
        work_dir=context.work_dir,
    )
    return Done(cut)


def _chapters(task: AssembleInput) -> tuple[Chapter, ...]:
    starts = tuple(scene.start_seconds for scene in task.narration.scenes)
    return chapters_for(task.script, starts, task.narration.duration_seconds)
