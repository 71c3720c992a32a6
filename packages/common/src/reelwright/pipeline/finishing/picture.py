"""Steps of the chain that make the picture of a cut, and the file."""

from dataclasses import replace

from reelwright.pipeline.finishing.order import CutOrder
from reelwright.production.schema import Clip, Decision, Rejection
from reelwright.production.thumbnails import Thumbnail
from reelwright.video.errors import ClipMismatch

__all__ = ["caption", "encode", "frame", "framed", "normalise", "shoot", "thumbnail"]


def shoot(order: CutOrder) -> CutOrder:
    """Take the clips that were shot, scene by scene."""
    cached = sum(clip.cached for clip in order.shot)
    taken = replace(order, clips=order.shot)
    return taken.told("shoot", f"{len(order.shot)} clips", f"one a scene; {cached} from the cache of scenes")


def normalise(order: CutOrder) -> CutOrder:
    """Hold all clips to one size and rate: each was drawn so, or made over when it was shot.

    ClipMismatch, before sound is mixed for them, names the one that is not.
    """
    first = order.clips[0]
    for number, clip in enumerate(order.clips, 1):
        if (clip.width, clip.height, clip.fps) != (first.width, first.height, first.fps):
            raise ClipMismatch(
                f"Clip {number} is {_shape_of(clip)}, clip 1 {_shape_of(first)}.",
                next_step="Shoot the scene again with the settings of the others.",
                context={"clip": number},
            )
    reason = "what was not drawn so was made over when it was shot, so that clips join by copy"
    return order.told("normalise", _shape_of(first), reason)


def caption(order: CutOrder) -> CutOrder:
    """Say whether captions are in the picture: they were drawn into it, in the same pass."""
    if order.context.settings.features.captions == "off":
        return order.without("caption", "features.captions is off; caption files and the soft track are made")
    return order.told("caption", "burned", "features.captions is burned; drawn with the scenes, in one pass")


def encode(order: CutOrder) -> CutOrder:
    """Join clips and sound into the file, by copy: every scene was encoded once when it was made."""
    assert order.soundtrack is not None  # noqa: S101 (the chain is checked: loudness comes before)
    files = order.context.managers.video.join(
        order.script,
        order.narration,
        order.clips,
        order.soundtrack.audio,
        chapters=order.chapters,
        description=order.description,
        work_dir=order.context.work_dir,
    )
    return replace(order, files=files).told(
        "encode", "by copy", f"{len(order.clips)} clips and the sound join without being encoded again"
    )


def thumbnail(order: CutOrder) -> CutOrder:
    """Design stills and keep the best for the front."""
    first, context = order.clips[0], order.context
    designs = context.managers.video.designs(
        order.brief,
        order.script,
        size=(first.width, first.height),
        seed=context.seed,
        work_dir=context.work_dir,
    )
    made = replace(order, thumbnails=designs, decisions=(*order.decisions, *_choice_of(designs)))
    return made.told("thumbnail", "designed", f"{len(designs)} designs were drawn and measured")


def frame(order: CutOrder) -> CutOrder:
    """Let a frame of the video stand for it."""
    return framed(order).told("thumbnail", "a frame", "a frame of the video stands for it")


def framed(order: CutOrder) -> CutOrder:
    """Return the order with a frame of the video; the record does not tell of a step."""
    assert order.files is not None  # noqa: S101 (the chain is checked: encode comes before)
    return replace(
        order, still=order.context.managers.video.still(order.files, work_dir=order.context.work_dir)
    )


def _shape_of(clip: Clip) -> str:
    return f"{clip.width}x{clip.height} at {clip.fps} fps"


def _choice_of(designs: tuple[Thumbnail, ...]) -> tuple[Decision, ...]:
    """Return which design was kept, and what the others scored."""
    if not designs:
        return ()
    best, *others = designs
    rejected = tuple(Rejection(name=_named(other), reason=_scored(other)) for other in others)
    reason = f"the best score of {len(designs)} designs; {_scored(best)}"
    return (Decision(subject="thumbnail", chosen=_named(best), reason=reason, rejected=rejected),)


def _named(thumbnail: Thumbnail) -> str:
    shown = f", showing {thumbnail.picture}" if thumbnail.picture else ""
    return f"{thumbnail.composition}: “{thumbnail.words}”{shown}"


def _scored(thumbnail: Thumbnail) -> str:
    return f"{thumbnail.score:.1f} of 100: {thumbnail.why}"
