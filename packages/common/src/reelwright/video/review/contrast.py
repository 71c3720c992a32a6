"""Whether all text can be read in every frame in which it is to be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from reelwright.production.schema import Check
from reelwright.video.errors import TraceUnreadable
from reelwright.video.review.drawn import DrawnScene, Finding, finding_check, scene_at
from reelwright.video.review.ink import Gauge, Planes, worst_contrast
from reelwright.video.review.picture import look_step
from reelwright.video.schema import ReviewRequest
from reelwright.video.trace import SceneTrace, TextSpan, TracedText, unmasked

__all__ = ["ContrastWatch"]

_FRESH_SECONDS = 0.75
"""For so long after it entered a text is looked at every time, for what it enters with is still moving."""
_EVERY = 4
"""Later at every so-manieth look: what passes behind it is slow."""


@dataclass(slots=True)
class _Open:
    """The scene that is being played: its masks, and which texts stand in which frame."""

    scene: DrawnScene
    trace: SceneTrace
    masks: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    gauges: dict[tuple[int, TextSpan], Gauge | None] = field(default_factory=dict)
    frames: dict[int, list[tuple[TracedText, TextSpan, bool]]] = field(default_factory=dict)

    @classmethod
    def of(cls, scene: DrawnScene, trace: SceneTrace) -> "_Open":
        """Lay out the texts by frames; a text is fresh for a while after it first stands anywhere."""
        found = cls(scene, trace)
        for text in trace.texts:
            fresh = round(_FRESH_SECONDS * trace.fps)
            for span in text.spans:
                for frame in range(span.first, min(span.until, scene.frames)):
                    found.frames.setdefault(frame, []).append((text, span, frame - span.first < fresh))
        return found

    def gauge(self, mask: int, span: TextSpan) -> Gauge | None:
        """Return the gauge of a mask in a place; None where there is nothing to measure."""
        where = span._replace(first=0, until=0)
        key = mask, where
        if key not in self.gauges:
            self.gauges[key] = self._made(mask, where)
        return self.gauges[key]

    def _made(self, mask: int, span: TextSpan) -> Gauge | None:
        try:
            if mask not in self.masks:
                self.masks[mask] = unmasked(self.trace.masks[mask])
        except (TraceUnreadable, IndexError):
            return None
        ink, left, top = self.masks[mask], span.left, span.top
        if span.window is not None:
            window = span.window
            ink = ink[window.top : window.bottom, window.left : window.right]
            left, top = left + window.left, top + window.top
        return Gauge.at(ink, (left, top), (self.trace.width, self.trace.height))


@dataclass(slots=True)
class _Worst:
    """The frame in which a text is hardest to read."""

    scene: DrawnScene
    text: TracedText
    contrast: float
    frame: int


class ContrastWatch:
    """Measures text where the scenes say that it is.

    What counts is the time in which a text is to be read, by its scene's trace: from when it is nearly all
    there and at full strength. A fade, or the first part of a slide out of a slot, is an entrance. A marker
    that comes late behind a word that is there already is a fault, and so is what passes behind later.
    """

    def __init__(self, request: ReviewRequest, scenes: Sequence[DrawnScene]) -> None:
        self._thresholds = request.thresholds
        self._scenes = scenes
        self._open: _Open | None = None
        self._step = look_step(request.fps)
        self._worst: dict[tuple[int, str, str, bool], _Worst] = {}

    def look(self, frame: VideoFrame, number: int) -> None:
        """Measure the texts of a frame."""
        scene = scene_at(self._scenes, number)
        if scene is None or scene.trace is None or frame.format.name not in {"yuv420p", "yuvj420p"}:
            return
        if (frame.width, frame.height) != (scene.trace.width, scene.trace.height):
            return
        if self._open is None or self._open.scene is not scene:
            self._open = _Open.of(scene, scene.trace)
        thorough = (number // self._step + 1) % _EVERY == 0
        self._measure(self._open, _planes(frame), number - scene.first, thorough=thorough)

    def add(self, other: "ContrastWatch") -> None:
        """Take over what another watch has seen of later scenes."""
        self._worst.update(other._worst)  # noqa: SLF001 (of its own kind)

    def checks(self) -> Iterator[Check]:
        """Yield the finding."""
        small, large = self._thresholds.min_text_contrast, self._thresholds.min_large_text_contrast
        wrong = [
            Finding(
                scene=worst.scene.number,
                what=f"{worst.text.role} “{worst.text.text}”",
                at_seconds=worst.scene.seconds(worst.frame),
                found=f"{worst.contrast:.1f}:1 of {self._least(worst.text):.1f}:1",
                badness=self._least(worst.text) / worst.contrast,
            )
            for worst in self._worst.values()
            if worst.contrast < self._least(worst.text)
        ]
        allowed = f"at least {small:.1f}:1, large text {large:.1f}:1"
        yield finding_check("text_contrast", wrong, self._good(), allowed, self._scenes)

    def _measure(self, scene: _Open, planes: Planes, frame: int, *, thorough: bool) -> None:
        for text, span, fresh in scene.frames.get(frame, ()):
            if not fresh and not thorough:
                continue
            gauge = scene.gauge(text.mask, span)
            if gauge is None:
                continue
            contrast = worst_contrast(gauge, planes)
            key = scene.scene.number, text.role, text.text, text.large
            known = self._worst.get(key)
            if known is None or contrast < known.contrast:
                self._worst[key] = _Worst(scene.scene, text, contrast, frame)

    def _least(self, text: TracedText) -> float:
        return self._thresholds.min_large_text_contrast if text.large else self._thresholds.min_text_contrast

    def _good(self) -> str:
        told = []
        for name, large in (("small text", False), ("large text", True)):
            found = [worst for worst in self._worst.values() if worst.text.large is large]
            if found:
                least = min(found, key=lambda it: it.contrast)
                told.append(f"{name} {least.contrast:.1f}:1 at the least (scene {least.scene.number})")
        return ", ".join(told) or "no text"


def _planes(frame: VideoFrame) -> Planes:
    width, height = frame.width, frame.height
    half = (width + 1) // 2, (height + 1) // 2
    y, u, v = (
        _view(plane, *size) for plane, size in zip(frame.planes, ((width, height), half, half), strict=True)
    )
    return Planes(y, u, v)


def _view(plane: VideoPlane, width: int, height: int) -> NDArray[np.uint8]:
    whole: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8)
    return whole.reshape(-1, plane.line_size)[:height, :width]
