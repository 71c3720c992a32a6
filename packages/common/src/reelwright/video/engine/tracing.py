"""What a scene says of itself: the texts that are to be read and where they stand, noted while it is drawn.

A text is to be read from when it is nearly all there: at its full strength, and four fifths of it out of the
slot that it slides from, or wherever it is while a half of the frame moves in. It is to be read until the
closing wipe comes to it. What is drawn is what is told: nothing is computed a second time.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.video.engine.encoder import ClipFormat
from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.stage import Stage
from reelwright.video.trace import (
    Area,
    Rectangle,
    Role,
    SceneTrace,
    TextSpan,
    TracedMask,
    TracedPart,
    TracedText,
    mask_of,
)

__all__ = ["SceneLog"]

_STRONG: Final = 0.98
_OUT: Final = 0.8
_LARGE_TYPE: Final = 40
"""In pixels of a frame whose shorter side is 720. WCAG calls bold text from 14 points large; so wide a
picture is mostly seen at half its size or smaller, where this type is about as large as that."""
_SOLID: Final = 128
"""Opacity of 256 from which a pixel of a picture hides what is behind it."""

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(slots=True)
class _Runs(Generic[_Key]):
    """Things that are the same from frame to frame, as (thing, first frame, frame after the last)."""

    closed: list[tuple[_Key, int, int]] = field(default_factory=list)
    _open: dict[_Key, int] = field(default_factory=dict)

    def step(self, frame: int, seen: set[_Key]) -> None:
        """Take what is seen in the next frame."""
        for key in [key for key in self._open if key not in seen]:
            self.closed.append((key, self._open.pop(key), frame))
        for key in seen:
            self._open.setdefault(key, frame)


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    role: Role
    large: bool
    mask: int


@dataclass(frozen=True, slots=True)
class _Shown:
    text: _Text
    box: Rectangle
    window: Rectangle | None


@dataclass(frozen=True, slots=True)
class _Lying:
    kind: str
    box: Rectangle


class SceneLog:
    """Draws a scene and notes what it shows."""

    def __init__(self, scene: Scene, clip: ClipFormat) -> None:
        self._scene = scene
        self._clip = clip
        self._stage = scene.stage
        self._band = _caption_area(scene.stage)
        self._masks: list[TracedMask] = []
        self._known: dict[tuple[tuple[int, ...], bytes], int] = {}
        self._told: dict[int, tuple[Meaning, _Text]] = {}
        self._frame = -1
        self._texts: set[_Shown] = set()
        self._parts: set[_Lying] = set()
        self._text_runs, self._part_runs = _Runs[_Shown](), _Runs[_Lying]()

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the scene as it is at ``t`` seconds."""
        self._turn(round(t * self._clip.fps))
        self._scene.draw(replace(frame, log=self), t)

    def laid(
        self, sprite: Any, place: Box, window: Box | None, opacity: float, corner: tuple[int, int]
    ) -> None:
        """Note what a sprite means."""
        meaning: Meaning = sprite.meaning
        box = _moved(place, corner)
        if meaning.role == "picture":
            self._picture(sprite, box)
        elif opacity >= _STRONG and meaning.ink is not None and meaning.ink.size:
            self._letters(meaning, meaning.ink, place, window, corner)
            if meaning.role == "caption":
                self._parts.add(_Lying("pill", _rectangle(box)))

    def covered(self, is_covered: Callable[[Box], bool]) -> None:
        """Forget the texts that are being wiped away."""
        self._texts = {shown for shown in self._texts if not is_covered(Box(*shown.box))}

    def trace(self) -> SceneTrace:
        """Return what was seen, after the last frame."""
        self._turn(self._clip.frames)
        self._turn(self._clip.frames)
        return SceneTrace(
            layout=self._scene.layout,
            width=self._clip.width,
            height=self._clip.height,
            fps=self._clip.fps,
            frames=self._clip.frames,
            safe=_rectangle(self._stage.content),
            caption_safe=_rectangle(self._band),
            masks=tuple(self._masks),
            texts=self._traced_texts(),
            parts=self._traced_parts(),
        )

    def _turn(self, frame: int) -> None:
        """Close the frame before, and begin another."""
        if self._frame >= 0:
            self._text_runs.step(self._frame, self._texts)
            self._part_runs.step(self._frame, self._parts)
        self._frame = frame
        self._texts, self._parts = set(), set()

    def _letters(
        self,
        meaning: Meaning,
        ink: NDArray[np.uint8],
        place: Box,
        window: Box | None,
        corner: tuple[int, int],
    ) -> None:
        """Note a text if it is nearly all there."""
        left, top = place.left + meaning.corner[0], place.top + meaning.corner[1]
        own = Box(left, top, left + ink.shape[1], top + ink.shape[0])
        seen = own if window is None else own.clipped(window)
        if seen.width * seen.height < _OUT * own.width * own.height:
            return
        part = None if seen == own else _rectangle(_moved(seen, (-left, -top)))
        self._texts.add(_Shown(self._text(meaning), _rectangle(_moved(own, corner)), part))

    def _text(self, meaning: Meaning) -> _Text:
        """Return what is told of a text, its mask under its number."""
        if id(meaning) not in self._told:
            large = meaning.size * 720 >= _LARGE_TYPE * min(self._clip.width, self._clip.height)
            assert meaning.role != "picture" and meaning.ink is not None  # noqa: S101, PT018 (only texts come here)
            own = _Text(meaning.text, meaning.role, large, self._mask(meaning.ink))
            self._told[id(meaning)] = meaning, own
        return self._told[id(meaning)][1]

    def _mask(self, ink: NDArray[np.uint8]) -> int:
        key = ink.shape, ink.tobytes()
        if key not in self._known:
            self._known[key] = len(self._masks)
            self._masks.append(mask_of(ink))
        return self._known[key]

    def _picture(self, sprite: Sprite, box: Box) -> None:
        """Note as much of a picture as lies where captions do: the rest is in nobody's way."""
        band = box.clipped(self._band)
        if not band.width or not band.height or not self._stage.captions:
            return
        part = sprite.alpha[band.top - box.top : band.bottom - box.top, band.left - box.left :]
        solid = part[:, : band.width] >= _SOLID
        rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
        if rows.size:
            left, top = band.left + int(columns[0]), band.top + int(rows[0])
            right, bottom = band.left + int(columns[-1]) + 1, band.top + int(rows[-1]) + 1
            self._parts.add(_Lying("picture", Rectangle(left, top, right, bottom)))

    def _traced_texts(self) -> tuple[TracedText, ...]:
        spans: dict[_Text, list[TextSpan]] = {}
        for shown, first, until in sorted(self._text_runs.closed, key=_order_of_text):
            span = TextSpan(first, until, shown.box.left, shown.box.top, shown.window)
            spans.setdefault(shown.text, []).append(span)
        return tuple(
            TracedText(text=own.text, role=own.role, large=own.large, mask=own.mask, spans=tuple(found))
            for own, found in spans.items()
        )

    def _traced_parts(self) -> tuple[TracedPart, ...]:
        runs = sorted((first, until, lying.box, lying.kind) for lying, first, until in self._part_runs.closed)
        return tuple(
            TracedPart(kind=kind, areas=areas)
            for kind in ("pill", "picture")
            if (areas := tuple(Area(*run[:3]) for run in runs if run[3] == kind))
        )


def _order_of_text(run: tuple[_Shown, int, int]) -> tuple[int, int, Rectangle, str]:
    shown, first, until = run
    return first, until, shown.box, shown.text.text


def _caption_area(stage: Stage) -> Box:
    """Return where pills are: between what is shown and the edge of the safe area, as wide as that goes."""
    if not stage.captions:
        return Box(0, 0, 0, 0)
    side = (stage.width - stage.caption_width) // 2 - stage.px(40)
    return Box(max(0, side), stage.content.bottom, stage.width - max(0, side), stage.caption_foot)


def _moved(box: Box, by: tuple[int, int]) -> Box:
    return Box(box.left + by[0], box.top + by[1], box.right + by[0], box.bottom + by[1])


def _rectangle(box: Box) -> Rectangle:
    return Rectangle(box.left, box.top, box.right, box.bottom)
