"""Pictures drawn once and laid down many times: premultiplied YUV with opacity, cut to a rectangle."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np

from reelwright.video.engine.colour import Rgb, to_yuv
from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.planes import OPAQUE, Box, Bytes, Frame, Levels, Reals

__all__ = ["Chroma", "Ink", "Sprite", "levels"]

Ink: TypeAlias = tuple[Levels, Levels]
"""(sample × opacity, what remains of the ground), both of 256."""

Chroma: TypeAlias = Callable[[int, int], tuple[Ink, Ink]]
"""Gives U and V, at half the size, for a corner at an odd (1) or even (0) column and row of the picture."""

_Samples: TypeAlias = Reals | float
"""One plane's samples, or one value for all of it."""


class Sprite:
    """A picture with opacity. ``left`` and ``top`` say where its corner is, seen from its own origin."""

    def __init__(self, luma: Ink, chroma: Chroma, left: int = 0, top: int = 0) -> None:
        self.left = left
        self.top = top
        self.height, self.width = luma[1].shape
        self._luma = luma
        self._make_chroma = chroma
        self._chroma: dict[tuple[int, int], tuple[Ink, Ink]] = {}
        self.meaning: Meaning | None = None

    @classmethod
    def solid(
        cls, mask: Bytes, colour: Rgb, *, left: int = 0, top: int = 0, opacity: float = 1.0
    ) -> "Sprite":
        """Return a sprite of one colour in the shape of a mask from 0 to 255."""
        alpha = levels(mask, opacity)
        y, u, v = to_yuv(colour)
        return cls._of(alpha, (float(y), float(u), float(v)), left, top)

    @classmethod
    def picture(cls, rgba: Bytes, *, left: int = 0, top: int = 0) -> "Sprite":
        """Return a sprite of an RGBA picture that is not premultiplied (BT.709, as :func:`to_yuv`)."""
        r, g, b = (rgba[:, :, channel].astype(np.float32) / 255 for channel in range(3))
        luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
        u = 128 + 224 * (b - luma) / np.float32(1.8556)
        v = 128 + 224 * (r - luma) / np.float32(1.5748)
        return cls._of(levels(rgba[:, :, 3]), (16 + 219 * luma, u, v), left, top)

    @classmethod
    def _of(
        cls, alpha: Levels, samples: tuple[_Samples, _Samples, _Samples], left: int, top: int
    ) -> "Sprite":
        return cls(_premultiply(alpha, samples[0]), partial(_shrink, alpha, samples[1:]), left, top)

    def meant(self, meaning: Meaning) -> "Sprite":
        """Say what it shows, for the log of a frame, and return it."""
        self.meaning = meaning
        return self

    @property
    def alpha(self) -> Levels:
        """Opacity, 0 to 256."""
        return OPAQUE - self._luma[1]

    @property
    def nbytes(self) -> int:
        """What it takes in memory by now: its colours are made when it is first drawn."""
        inks = [self._luma[0], self._luma[1]]
        inks += [plane for u, v in self._chroma.values() for plane in (u[0], u[1], v[0])]
        return sum(plane.nbytes for plane in inks)

    def box_at(self, x: int, y: int) -> Box:
        """Return the rectangle it covers when its origin is at (x, y)."""
        left, top = x + self.left, y + self.top
        return Box(left, top, left + self.width, top + self.height)

    def draw(self, frame: Frame, x: int, y: int, clip: Box | None = None, opacity: float = 1.0) -> None:
        """Lay the sprite with its origin at (x, y), cut to ``clip`` and to the picture."""
        place = self.box_at(x, y)
        if frame.log is not None and self.meaning is not None:
            frame.log.laid(self, place, clip, opacity, frame.corner)
        area = place.clipped(frame.box if clip is None else clip.clipped(frame.box))
        if area.width <= 0 or area.height <= 0 or opacity <= 0:
            return
        _lay(frame.y, self._luma, area, (place.left, place.top), opacity)
        chroma_area = Box(area.left // 2, area.top // 2, (area.right + 1) // 2, (area.bottom + 1) // 2)
        u, v = self._chroma_for(place.left & 1, place.top & 1)
        corner = (place.left >> 1, place.top >> 1)
        _lay(frame.u, u, chroma_area, corner, opacity)
        _lay(frame.v, v, chroma_area, corner, opacity)

    def _chroma_for(self, odd_x: int, odd_y: int) -> tuple[Ink, Ink]:
        key = (odd_x, odd_y)
        if key not in self._chroma:
            self._chroma[key] = self._make_chroma(odd_x, odd_y)
        return self._chroma[key]


def levels(mask: Bytes, opacity: float = 1.0) -> Levels:
    """Return a mask of 0 to 255 as opacity of 0 to 256."""
    return _rounded(mask * np.float32(opacity * OPAQUE / 255))


def _premultiply(alpha: Levels, samples: _Samples) -> Ink:
    return _rounded(alpha.astype(np.float32) * samples), OPAQUE - alpha


def _shrink(alpha: Levels, samples: tuple[_Samples, _Samples], odd_x: int, odd_y: int) -> tuple[Ink, Ink]:
    opacity = alpha.astype(np.float32)
    rest = OPAQUE - _rounded(_quarter(opacity, odd_x, odd_y))
    u, v = (_rounded(_quarter(opacity * plane, odd_x, odd_y)) for plane in samples)
    return (u, rest), (v, rest)


def _rounded(values: Reals) -> Levels:
    return np.rint(values).astype(np.uint16)


def _quarter(values: Reals, odd_x: int, odd_y: int) -> Reals:
    """Average squares of two by two, the first of which begin at even pixels of the picture."""
    height, width = values.shape
    whole = (height + odd_y + 1) // 2 * 2, (width + odd_x + 1) // 2 * 2
    even = np.zeros(whole, values.dtype)
    even[odd_y : odd_y + height, odd_x : odd_x + width] = values
    total: Reals = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4
    return total


def _lay(plane: Bytes, ink: Ink, area: Box, corner: tuple[int, int], opacity: float) -> None:
    colour, rest = ink
    left, top = corner
    rows = slice(area.top - top, min(area.bottom - top, colour.shape[0]))
    columns = slice(area.left - left, min(area.right - left, colour.shape[1]))
    over, under = colour[rows, columns], rest[rows, columns]
    if opacity < 1:
        over, under = _faded(over, under, opacity)
    target = plane[area.top : area.top + over.shape[0], area.left : area.left + over.shape[1]]
    mixed = target.astype(np.uint16)
    mixed *= under
    mixed += over
    mixed += 128
    mixed >>= 8
    target[:] = mixed


def _faded(over: Levels, under: Levels, opacity: float) -> Ink:
    share = np.float32(opacity)
    return (over * share).astype(np.uint16), (OPAQUE - (OPAQUE - under) * share).astype(np.uint16)
