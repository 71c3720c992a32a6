"""A picture that moves: laid at quarters of a pixel, at any size and angle, each made once.

Whole pixels make a slow drift step and shimmer. So a place is rounded to a quarter of a pixel, and size and
angle to what moves the rim by half a pixel; what comes out is the picture taken anew from its planes, in
the encoder's own colours, and kept for the next time the motion comes by.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import numpy as np
from PIL import Image

from reelwright.video.engine.meaning import PICTURE
from reelwright.video.engine.planes import OPAQUE, Bytes, Levels, Reals
from reelwright.video.engine.sprites import Ink, Sprite

__all__ = ["PictureSprites"]

_QUARTERS: Final = 4
_MARGIN: Final = 2
"""Clear pixels around the picture, from which its rim fades."""
_KEPT_BYTES: Final = 48 << 20

_Key: TypeAlias = tuple[int, int, int, int]
"""Size, angle, and quarters of a pixel across and down."""
_Pair: TypeAlias = tuple[int, int]
_Transform: TypeAlias = tuple[float, float, float, float, float, float]


class PictureSprites:
    """Sprites of one RGBA picture (not premultiplied) around its middle, for one thread.

    ``flip`` mirrors it. When ``kept_bytes`` are full, what was used longest ago goes.
    """

    def __init__(self, image: Image.Image, *, flip: bool = False, kept_bytes: int = _KEPT_BYTES) -> None:
        upright = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flip else image
        self.width, self.height = image.size
        self._planes = [_Planes.of(np.asarray(_padded(upright.convert("RGBA"))))]
        self._steps = max(self.width, self.height)
        self._kept: OrderedDict[_Key, Sprite] = OrderedDict()
        self._kept_bytes = kept_bytes
        self._taken = 0

    def at(self, x: float, y: float, scale: float = 1.0, degrees: float = 0.0) -> tuple[Sprite, int, int]:
        """Return what to draw, and where, so that the picture's middle comes to lie at (x, y) of the frame.

        Degrees turn it clockwise. Nearly the same arguments give the same sprite. For a scale above one
        give the picture in the largest size instead: it grows soft.
        """
        across, down = round(x * _QUARTERS), round(y * _QUARTERS)
        size = max(1, round(scale * self._steps))
        turns = round(math.radians(degrees % 360) * self._steps)
        key = (size, turns, across % _QUARTERS, down % _QUARTERS)
        return self._sprite(key), across // _QUARTERS, down // _QUARTERS

    def _sprite(self, key: _Key) -> Sprite:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._make(key)
            self._taken += _weight(found)
            while self._taken > self._kept_bytes and len(self._kept) > 1:
                self._taken -= _weight(self._kept.popitem(last=False)[1])
        else:
            self._kept.move_to_end(key)
        return found

    def _make(self, key: _Key) -> Sprite:
        size, turns, across, down = key
        look = _Look(
            scale=size / self._steps,
            angle=turns / self._steps,
            off=(across / _QUARTERS, down / _QUARTERS),
        )
        planes, halvings = self._planes_for(look.scale)
        return look.taken_from(planes, 1 << halvings, (self.width, self.height))

    def _planes_for(self, scale: float) -> tuple["_Planes", int]:
        """Return the planes halved as often as the scale allows: else small sprites would glitter."""
        halvings = max(0, math.floor(-math.log2(scale)))
        while len(self._planes) <= halvings and min(self._planes[-1].alpha.size) >= 2 * _MARGIN:
            self._planes.append(self._planes[-1].halved())
        halvings = min(halvings, len(self._planes) - 1)
        return self._planes[halvings], halvings


@dataclass(frozen=True, slots=True)
class _Planes:
    """A picture in the encoder's colours, each sample times its opacity."""

    luma: Image.Image
    alpha: Image.Image
    u: Image.Image
    v: Image.Image

    @classmethod
    def of(cls, rgba: Bytes) -> "_Planes":
        """Convert an RGBA picture (ITU-R BT.709-6, sections 3.2 to 3.4, limited range)."""
        r, g, b = (rgba[:, :, channel] * np.float32(1 / 255) for channel in range(3))
        opacity = rgba[:, :, 3] * np.float32(1 / 255)
        luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
        u = 128 + (b - luma) * np.float32(224 / 1.8556)
        v = 128 + (r - luma) * np.float32(224 / 1.5748)
        return cls(
            _plane((16 + 219 * luma) * opacity),
            Image.fromarray(rgba[:, :, 3]),
            _plane(u * opacity),
            _plane(v * opacity),
        )

    def halved(self) -> "_Planes":
        """Return the same at half the size."""
        return _Planes(*(plane.reduce(2) for plane in (self.luma, self.alpha, self.u, self.v)))


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to show a picture: its size, its angle in radians, and how far past the pixel it lies."""

    scale: float
    angle: float
    off: tuple[float, float]

    def taken_from(self, planes: _Planes, shrunk: int, size: _Pair) -> Sprite:
        """Return the sprite; the planes are those of a picture of this size, ``shrunk`` times smaller."""
        right, bottom = self._reach(size)
        corner = (-right, -bottom)
        extent = (2 * right + 1, 2 * bottom + 1)
        matrix = self._matrix(corner, size, 1 / shrunk)
        luma, alpha = (_taken(plane, extent, matrix) for plane in (planes.luma, planes.alpha))
        chroma = partial(self._chroma, planes, shrunk, size, corner, extent)
        return Sprite(_ink(luma, alpha), chroma, *corner).meant(PICTURE)

    def _chroma(
        self, planes: _Planes, shrunk: int, size: _Pair, corner: _Pair, extent: _Pair, *odd: int
    ) -> tuple[Ink, Ink]:
        """Take the colours as they fall on the frame's, which has one for every two by two pixels."""
        begins = (corner[0] - odd[0], corner[1] - odd[1])
        half = ((extent[0] + odd[0] + 1) // 2, (extent[1] + odd[1] + 1) // 2)
        a, b, c, d, e, f = self._matrix(begins, size, 1 / shrunk)
        matrix = (2 * a, 2 * b, c, 2 * d, 2 * e, f)
        u, v, alpha = (_taken(it, half, matrix) for it in (planes.u, planes.v, planes.alpha))
        first = _ink(u, alpha)
        return first, (_colour(v), first[1])

    def _reach(self, size: _Pair) -> _Pair:
        """Return how far the turned picture reaches from its middle, with its margin."""
        cos, sin = abs(math.cos(self.angle)), abs(math.sin(self.angle))
        width, height = (side * self.scale + 2 * _MARGIN for side in size)
        return math.ceil((cos * width + sin * height) / 2), math.ceil((sin * width + cos * height) / 2)

    def _matrix(self, corner: _Pair, size: _Pair, per_pixel: float) -> _Transform:
        """Return what leads from the sprite's pixels to those of a plane, both counted from their corners."""
        middle_x, middle_y = ((_MARGIN + side / 2) * per_pixel for side in size)
        cos = math.cos(self.angle) / self.scale * per_pixel
        sin = math.sin(self.angle) / self.scale * per_pixel
        x, y = (begin - off for begin, off in zip(corner, self.off, strict=True))
        return cos, sin, cos * x + sin * y + middle_x, -sin, cos, cos * y - sin * x + middle_y


def _padded(image: Image.Image) -> Image.Image:
    """Return the picture with its margin."""
    whole = Image.new("RGBA", (image.width + 2 * _MARGIN, image.height + 2 * _MARGIN))
    whole.paste(image, (_MARGIN, _MARGIN))
    return whole


def _taken(plane: Image.Image, extent: _Pair, matrix: _Transform) -> Bytes:
    """Take a plane anew, between neighbours: a cubic rings, and draws a rim of another colour."""
    return np.asarray(plane.transform(extent, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR))


def _ink(samples: Bytes, alpha: Bytes) -> Ink:
    opacity = alpha.astype(np.uint16)
    opacity += opacity >> 7
    return _colour(samples), np.subtract(OPAQUE, opacity, dtype=np.uint16)


def _colour(samples: Bytes) -> Levels:
    """Return samples times 256: none is above its opacity, so with the ground it fits 16 bits."""
    return np.left_shift(samples, 8, dtype=np.uint16)


def _plane(values: Reals) -> Image.Image:
    return Image.fromarray(np.rint(values).clip(0, 255).astype(np.uint8))


def _weight(sprite: Sprite) -> int:
    """Return what a sprite takes in memory, with its colours for one place."""
    return int(sprite.width) * int(sprite.height) * 4 * 11 // 8
