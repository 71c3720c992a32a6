"""Whether texts and pictures are where they may be: within the safe areas, and not under a caption.

This is told from the traces, which are noted while the scenes are drawn: the very places that were painted.
"""

from collections.abc import Iterator, Sequence

from reelwright.production.schema import Check
from reelwright.video.review.drawn import DrawnScene, Finding, finding_check
from reelwright.video.trace import Area, Rectangle, SceneTrace, TextSpan, TracedText

__all__ = ["place_checks"]

_RIM = 0.006
"""Share of the shorter side that ink may reach out: letters stand out of their own boxes a little."""
_STILL_SECONDS = 0.2
"""What stays in one place for less is on its way there, unless it moves as slowly as the next."""
_SLOW_PIXELS = 2


def place_checks(scenes: Sequence[DrawnScene]) -> Iterator[Check]:
    """Yield a finding each on the safe areas and on what lies under captions."""
    outside = [finding for scene in scenes if scene.trace for finding in _outside(scene, scene.trace)]
    yield finding_check(
        "text_safe_area", outside, "all text within them", "all text within the safe areas", scenes
    )
    under = [finding for scene in scenes if scene.trace for finding in _under(scene, scene.trace)]
    yield finding_check(
        "caption_overlap", under, "captions lie free", "no text or picture where a caption is", scenes
    )


def _outside(scene: DrawnScene, trace: SceneTrace) -> Iterator[Finding]:
    """Yield the texts that stand outside, each where it is farthest out."""
    rim = max(2, round(_RIM * min(trace.width, trace.height)))
    for text in trace.texts:
        safe = trace.caption_safe if text.role == "caption" else trace.safe
        found = [
            (out, span)
            for span in _settled(text, trace.fps)
            if (out := _distance_out(_box_of(text, span, trace), safe)) > rim
        ]
        if found:
            out, span = max(found, key=lambda it: it[0])
            yield Finding(
                scene.number,
                f"{text.role} “{text.text}”",
                scene.seconds(span.first),
                f"{out} pixels outside of {rim} allowed",
                out,
            )


def _settled(text: TracedText, fps: int) -> Iterator[TextSpan]:
    """Yield where the text stands, or drifts slowly: not where it passes by."""
    least = max(2, round(_STILL_SECONDS * fps))
    for index, span in enumerate(text.spans):
        neighbours = text.spans[max(0, index - 1) : index + 2]
        slow = any(other is not span and _is_next(span, other) for other in neighbours)
        if span.until - span.first >= least or slow:
            yield span


def _is_next(one: TextSpan, other: TextSpan) -> bool:
    touching = one.until == other.first or other.until == one.first
    away = max(abs(one.left - other.left), abs(one.top - other.top))
    return touching and away <= _SLOW_PIXELS and one.window == other.window is None


def _under(scene: DrawnScene, trace: SceneTrace) -> Iterator[Finding]:
    """Yield the texts and pictures that share pixels with a pill while it is there."""
    pills = [area for part in trace.parts if part.kind == "pill" for area in part.areas]
    for text in trace.texts:
        if text.role != "caption":
            spans = [
                Area(span.first, span.until, _box_of(text, span, trace)) for span in _settled(text, trace.fps)
            ]
            yield from _first_under(scene, f"{text.role} “{text.text}”", spans, pills)
    for part in trace.parts:
        if part.kind == "picture":
            yield from _first_under(scene, part.name or "a picture", part.areas, pills)


def _first_under(
    scene: DrawnScene, what: str, areas: Sequence[Area], pills: Sequence[Area]
) -> Iterator[Finding]:
    found = [
        (shared, max(area.first, pill.first))
        for area in areas
        for pill in pills
        if area.first < pill.until and pill.first < area.until and (shared := _shared(area.box, pill.box))
    ]
    if found:
        shared, first = max(size for size, _ in found), min(frame for _, frame in found)
        yield Finding(
            scene.number,
            what,
            scene.seconds(first),
            f"{shared} pixels under the caption of 0 allowed",
            shared,
        )


def _box_of(text: TracedText, span: TextSpan, trace: SceneTrace) -> Rectangle:
    mask = trace.masks[text.mask]
    window = span.window or Rectangle(0, 0, mask.width, mask.height)
    return Rectangle(
        span.left + window.left, span.top + window.top, span.left + window.right, span.top + window.bottom
    )


def _distance_out(box: Rectangle, safe: Rectangle) -> int:
    return max(safe.left - box.left, safe.top - box.top, box.right - safe.right, box.bottom - safe.bottom, 0)


def _shared(one: Rectangle, other: Rectangle) -> int:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0, across) * max(0, down)
