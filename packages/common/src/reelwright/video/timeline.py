"""A narration on the timeline of a cut that has something before its first scene, or after its last."""

from reelwright.production.schema import Clip, Narration, Span, Word

__all__ = ["seconds_of", "with_ends"]


def seconds_of(clip: Clip | None) -> float:
    """Return how long a clip is; none is no time."""
    return clip.frames / clip.fps if clip else 0.0


def with_ends(narration: Narration, intro: Clip | None, outro: Clip | None) -> Narration:
    """Return the narration as it lies in the cut: scenes at the ends hold what is before and after.

    Its recording is the same, and begins when the intro is over.
    """
    lead, tail = seconds_of(intro), seconds_of(outro)
    if not lead and not tail:
        return narration
    edges = [0.0, *(scene.start_seconds + lead for scene in narration.scenes[1:])]
    ends = [*edges[1:], narration.duration_seconds + lead + tail]
    spans = tuple(Span(start_seconds=start, end_seconds=end) for start, end in zip(edges, ends, strict=True))
    words = tuple(_later(word, lead) for word in narration.words)
    return narration.model_copy(update={"words": words, "scenes": spans})


def _later(word: Word, seconds: float) -> Word:
    moved = {"start_seconds": word.start_seconds + seconds, "end_seconds": word.end_seconds + seconds}
    return word.model_copy(update=moved)
