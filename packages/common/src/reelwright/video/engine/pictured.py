"""Pictures as actors: each pops up, and from then on moves a little in a short cycle that repeats.

A way to lie that was drawn once costs nothing again, so every motion runs along a path of a few of them.
"""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import overshoot, progress
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.shapes import disc
from reelwright.video.engine.sprites import Sprite
from reelwright.video.pictures.sprites import PictureSprites

__all__ = ["Disc", "Floating", "Riding", "Standing"]

_POP_SECONDS: Final = 0.45
_STEPS: Final = 24
"""Places along the path of a motion, there and back the same."""
_TILT: Final = 0.75
"""Degrees between two ways of a riding picture to lean."""
_STEEPEST: Final = 9.0


class Floating:
    """A picture that hangs in the air and swings like a leaf: across, down at the sides, leaning."""

    def __init__(
        self,
        sprites: PictureSprites,
        middle: tuple[int, int],
        at: float,
        *,
        drift: float,
        degrees: float = 3.0,
        seconds: float = 4.0,
        phase: float = 0.0,
    ) -> None:
        """Take where it hangs, when it enters, how far it drifts in pixels and how long a swing takes."""
        self._sprites = sprites
        self._middle = middle
        self._at = at
        self._drift = drift
        self._degrees = degrees
        self._seconds = seconds
        self._phase = phase

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it; nothing before its moment."""
        scale = _popped(t, self._at)
        if scale <= 0:
            return
        swing = _swing(t, self._seconds, self._phase)
        x = self._middle[0] + 0.5 * self._drift * swing
        y = self._middle[1] + self._drift * (0.5 - swing * swing)
        sprite, left, top = self._sprites.at(x, y, scale, self._degrees * swing)
        sprite.draw(frame, left, top)


class Standing:
    """A picture that stands on something and sways about its foot, with its shadow under it."""

    def __init__(
        self,
        sprites: PictureSprites,
        foot: tuple[int, int],
        at: float,
        *,
        degrees: float = 1.6,
        seconds: float = 3.1,
        phase: float = 0.0,
        shadow: Rgb | None = None,
    ) -> None:
        """Take the place of its foot's middle, when it enters, and how far it leans."""
        self._sprites = sprites
        self._foot = foot
        self._at = at
        self._degrees = degrees
        self._seconds = seconds
        self._phase = phase
        self._shadow = None if shadow is None else _shadow(sprites.width, shadow)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it as it grows from its foot, then sways; nothing before its moment."""
        scale = _popped(t, self._at)
        if scale <= 0:
            return
        if self._shadow is not None:
            self._shadow.draw(frame, *self._foot, opacity=min(1.0, scale))
        degrees = self._degrees * _swing(t, self._seconds, self._phase)
        half = self._sprites.height / 2 * scale
        lean = math.radians(degrees)
        x, y = self._foot[0] + math.sin(lean) * half, self._foot[1] - math.cos(lean) * half
        sprite, left, top = self._sprites.at(x, y, scale, degrees)
        sprite.draw(frame, left, top)


class Riding:
    """A picture that goes up and down with a line that moves, and leans as the line does."""

    def __init__(
        self,
        sprites: PictureSprites,
        x: int,
        row_at: Callable[[float, float], float],
        at: float,
        *,
        sunk: float = 0.1,
    ) -> None:
        """Take its column, the line's row at a column and a moment, and how much of it is below the line."""
        self._sprites = sprites
        self._x = x
        self._row_at = row_at
        self._at = at
        self._sunk = sunk

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it on the line; nothing before its moment."""
        scale = _popped(t, self._at)
        if scale <= 0:
            return
        reach = self._sprites.width / 2
        rise = self._row_at(self._x + reach, t) - self._row_at(self._x - reach, t)
        slope = math.degrees(math.atan2(rise, 2 * reach))
        degrees = round(max(-_STEEPEST, min(_STEEPEST, 1.6 * slope)) / _TILT) * _TILT
        y = self._row_at(self._x, t) - (0.5 - self._sunk) * self._sprites.height * scale
        sprite, left, top = self._sprites.at(self._x, y, scale, degrees)
        sprite.draw(frame, left, top)


class Disc:
    """Two discs, one in the other, that stand still."""

    def __init__(self, middle: tuple[int, int], radius: int, outer: Rgb, inner: Rgb) -> None:
        self._middle = middle
        self._sprites = [_centred(radius, outer), _centred(round(radius * 0.8), inner)]

    def draw(self, frame: Frame, t: float) -> None:  # noqa: ARG002 (an actor that stands still)
        """Draw them."""
        for sprite in self._sprites:
            sprite.draw(frame, *self._middle)


def _popped(t: float, at: float) -> float:
    """Return the size of something that entered: past its size by a twelfth, and back."""
    return overshoot(progress(t, at, _POP_SECONDS)) if t >= at else 0.0


def _swing(t: float, seconds: float, phase: float) -> float:
    """Return -1 to 1, in few enough steps that each can be kept."""
    return round(math.sin(math.tau * t / seconds + phase) * _STEPS / 2) * 2 / _STEPS


def _centred(radius: int, colour: Rgb) -> Sprite:
    mask = disc(2 * radius)
    return Sprite.solid(mask, colour, left=-(mask.shape[1] // 2), top=-(mask.shape[0] // 2))


def _shadow(width: int, colour: Rgb) -> Sprite:
    """Return a flat soft shadow, its middle at the foot."""
    across, down = round(width * 0.86), max(6, round(width * 0.12))
    x = np.linspace(-1, 1, across, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, down, dtype=np.float32)[:, None]
    mask = (np.clip(1 - np.hypot(x, y), 0, 1) ** 0.8 * 255).astype(np.uint8)
    return Sprite.solid(mask, colour, left=-(across // 2), top=-(down // 2), opacity=0.42)
