"""What moves on the stage: each actor draws itself for a moment, from nothing but the moment."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, Protocol

import numpy as np

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import ease_in_out, ease_out, overshoot, progress
from reelwright.video.engine.face import Face, face
from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.planes import Box, Frame, Levels
from reelwright.video.engine.shapes import disc, rounded
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.typeset import PlacedToken

__all__ = [
    "Actor",
    "Appear",
    "Badge",
    "Growing",
    "Iris",
    "Rising",
    "patch",
    "risen",
    "rising_words",
    "word_sprite",
]

_RISE_SECONDS = 0.42
_APPEAR_SECONDS = 0.35
_POP_SECONDS = 0.4
_POP_STEPS = 16
_BADGE_TYPE = 0.52
"""Size of the type in a badge, in diameters."""
_IRIS_SECONDS = 0.7


class Actor(Protocol):
    """Something on the stage."""

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it as it is ``t`` seconds into the scene."""
        ...


class Rising:
    """A word that slides up out of an invisible slot and stays."""

    def __init__(self, sprite: Sprite, x: int, baseline: int, window: Box, at: float) -> None:
        self._sprite = sprite
        self._x = x
        self._baseline = baseline
        self._window = window
        self._at = at

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it; nothing before its moment."""
        share = ease_out(progress(t, self._at, _RISE_SECONDS))
        if share <= 0:
            return
        drop = round((1 - share) * self._window.height)
        self._sprite.draw(frame, self._x, self._baseline + drop, None if share >= 1 else self._window)


class Appear:
    """A picture that fades in while it comes up a little."""

    def __init__(self, sprite: Sprite, x: int, y: int, at: float, travel: int = 0) -> None:
        self._sprite = sprite
        self._x = x
        self._y = y
        self._at = at
        self._travel = travel

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it; nothing before its moment."""
        share = ease_out(progress(t, self._at, _APPEAR_SECONDS))
        self._sprite.draw(frame, self._x, self._y + round((1 - share) * self._travel), opacity=share)


class Growing:
    """A bar of one colour with round ends that grows to the right, or downwards."""

    def __init__(
        self,
        box: Box,
        colour: Rgb,
        at: float,
        *,
        seconds: float = 0.5,
        downwards: bool = False,
        radius: float | None = None,
    ) -> None:
        self._box = box
        self._sprite = patch(box, min(box.width, box.height) / 2 if radius is None else radius, colour)
        self._at = at
        self._seconds = seconds
        self._downwards = downwards

    def draw(self, frame: Frame, t: float) -> None:
        """Draw as much as has grown."""
        share = ease_in_out(progress(t, self._at, self._seconds))
        box = self._box
        right = box.right if self._downwards else box.left + round(box.width * share)
        bottom = box.top + round(box.height * share) if self._downwards else box.bottom
        self._sprite.draw(frame, box.left, box.top, Box(box.left, box.top, right, bottom))


class Badge:
    """A disc, perhaps with a word in it, that pops up past its size and settles."""

    def __init__(
        self,
        middle: tuple[int, int],
        diameter: int,
        at: float,
        *,
        ground: Rgb,
        text: str = "",
        ink: Rgb | None = None,
    ) -> None:
        self._middle = middle
        self._diameter = diameter
        self._at = at
        self._ground = ground
        self._text = text
        self._ink = ground if ink is None else ink
        self._draw_at = lru_cache(maxsize=_POP_STEPS * 2)(self._make)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it at its momentary size."""
        scale = overshoot(progress(t, self._at, _POP_SECONDS))
        step = round(scale * _POP_STEPS)
        if t < self._at or step <= 0:
            return
        for sprite in self._draw_at(step):
            sprite.draw(frame, *self._middle)

    def _make(self, step: int) -> tuple[Sprite, ...]:
        mask = disc(self._diameter * step / _POP_STEPS)
        half = mask.shape[0] // 2
        ground = Sprite.solid(mask, self._ground, left=-half, top=-half)
        if not self._text or step < _POP_STEPS // 2:
            return (ground,)
        size = round(self._diameter * _BADGE_TYPE * step / _POP_STEPS)
        ink = face("heavy", size).ink(self._text)
        height, width = ink.mask.shape
        text = Sprite.solid(ink.mask, self._ink, left=-(width // 2), top=-(height // 2))
        return ground, text.meant(Meaning("label", self._text, size, ink.mask))


class Iris:
    """A figure that opens from its middle."""

    def __init__(self, figure: Actor, x: int, y: int, reach: int, at: float) -> None:
        self._figure = figure
        self._middle = (x, y)
        self._reach = reach
        self._at = at

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the figure, and while it opens lay the ground over what is still closed."""
        share = ease_out(progress(t, self._at, _IRIS_SECONDS))
        if share >= 1:
            self._figure.draw(frame, t)
        elif share > 0:
            x, y = self._middle
            region = frame.part(Box(x, y, x, y).grown(self._reach).clipped(frame.box))
            before = region.copy()
            self._figure.draw(frame, t)
            region.reveal(before, self._closed(region.box, share * self._reach), 0)

    def _closed(self, region: Box, radius: float) -> Levels:
        left = max(0, self._middle[0] - self._reach) & ~1
        top = max(0, self._middle[1] - self._reach) & ~1
        x = np.arange(left, left + region.width, dtype=np.float32)[None, :] - self._middle[0]
        y = np.arange(top, top + region.height, dtype=np.float32)[:, None] - self._middle[1]
        return np.clip((np.hypot(x, y) - np.float32(radius)) * 256 + 128, 0, 256).astype(np.uint16)


def word_sprite(face: Face, text: str, colour: Rgb) -> Sprite:
    """Return a word with its origin at the pen on the baseline."""
    ink = face.ink(text)
    role: Literal["headline", "label"] = "headline" if face.weight == "heavy" else "label"
    sprite = Sprite.solid(ink.mask, colour, left=ink.left, top=ink.top)
    return sprite.meant(Meaning(role, text, face.size, ink.mask))


def risen(face: Face, piece: PlacedToken, colour: Rgb, at: float) -> Rising:
    """Return one placed word that enters at a moment."""
    return Rising(word_sprite(face, piece.token.text, colour), piece.x, piece.baseline, piece.window, at)


def rising_words(
    face: Face, placed: Sequence[PlacedToken], colour_of: Callable[[int], Rgb], cues: Sequence[float]
) -> list[Actor]:
    """Return placed text whose words enter at their cues; pieces of one word follow each other quickly."""
    return [risen(face, piece, colour_of(piece.token.word), cues[piece.token.word]) for piece in placed]


def patch(box: Box, radius: float, colour: Rgb, opacity: float = 1.0) -> Sprite:
    """Return a rectangle with round corners, its origin at its corner."""
    return Sprite.solid(rounded(max(1, box.width), max(1, box.height), radius), colour, opacity=opacity)
