"""Clips and narration in, cut out."""

from pydantic import BaseModel

from reelwright.content.chapters import chapters_for, describe
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.production.schema import Brief, Chapter, Clip, Cut, Decision, Narration, Rejection, Script
from reelwright.production.thumbnails import Thumbnail
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
    return Done(cut, decisions=_choice_of_thumbnail(cut))


def _choice_of_thumbnail(cut: Cut) -> tuple[Decision, ...]:
    """Return which design was kept, and what the others scored."""
    if not cut.thumbnails:
        return ()
    best, *others = cut.thumbnails
    rejected = tuple(Rejection(name=_named(other), reason=_scored(other)) for other in others)
    reason = f"the best score of {len(cut.thumbnails)} designs; {_scored(best)}"
    return (Decision(subject="thumbnail", chosen=_named(best), reason=reason, rejected=rejected),)


def _named(thumbnail: Thumbnail) -> str:
    shown = f", showing {thumbnail.picture}" if thumbnail.picture else ""
    return f"{thumbnail.composition}: “{thumbnail.words}”{shown}"


def _scored(thumbnail: Thumbnail) -> str:
    return f"{thumbnail.score:.1f} of 100: {thumbnail.why}"


def _chapters(task: AssembleInput) -> tuple[Chapter, ...]:
    starts = tuple(scene.start_seconds for scene in task.narration.scenes)
    return chapters_for(task.script, starts, task.narration.duration_seconds)
