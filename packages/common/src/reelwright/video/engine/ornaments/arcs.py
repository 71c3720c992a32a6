import math
from random import Random

import numpy as np
import numpy.typing as npt

from reelwright.video.engine.colour import Rgb, mix, to_yuv
from reelwright.video.engine.ornaments.moving import ball
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import OPAQUE, Box, Bytes, Frame, Levels
from reelwright.video.engine.stage import Place

__all__ = ["Arcs"]

_ANGLES = 1024
_BANDS = ((0.98, 0.135, 0.36), (0.76, 0.135, 0.55), (0.54, 0.135, 0.28))
"""Outer radius, thickness and length of each arc: shares of the radius and of the turn."""
_SPEEDS = (0.095, -0.13, 0.17)
"""Turns a second."""


class Arcs:
    """Three thick arcs that turn around a small ball, each at its own pace."""

    def __init__(self, place: Place, shade: Shade, rng: Random) -> None:
        self._place = place
        side = (2 * place.radius + 6) // 2 * 2
        self._corner = ((place.x - side // 2) & ~1, (place.y - side // 2) & ~1)
        self._where, self._cover = _maps(side, place, self._corner)
        colours = (shade.hero[0], shade.hero[1], mix(shade.hero[1], shade.accent, 0.6))
        self._inks = _inks(self._where, colours)
        self._phases = [rng.random() for _ in _BANDS]
        self._ball = ball(round(place.radius * 0.46), *shade.hero)

    def draw(self, frame: Frame, t: float) -> None:
        """Turn the arcs by looking up, for every pixel of a band, whether its angle is inside the arc."""
        open_at = np.concatenate(
            [
                _gate(length, (phase + speed * t) % 1)
                for (_, _, length), phase, speed in zip(_BANDS, self._phases, _SPEEDS, strict=True)
            ]
        )
        alpha: Levels = (np.take(open_at, self._where) * self._cover) >> np.uint16(8)
        _lay(frame, alpha, self._inks, self._corner)
        self._ball.draw(frame, self._place.x, self._place.y + 0.03 * self._place.radius * math.sin(1.4 * t))


def _maps(side: int, place: Place, corner: tuple[int, int]) -> tuple[npt.NDArray[np.intp], Levels]:
    """For each pixel: band and angle as one index, and how much of it the band covers."""
    x = np.arange(side, dtype=np.float32)[None, :] + corner[0] - place.x
    y = np.arange(side, dtype=np.float32)[:, None] + corner[1] - place.y
    distance = np.hypot(x, y)
    angle = ((np.arctan2(y, x) / (2 * np.pi) % 1) * _ANGLES).astype(np.intp) % _ANGLES
    where = angle.copy()
    cover = np.zeros((side, side), np.float32)
    for index, (outer, thick, _) in enumerate(_BANDS):
        middle, half = place.radius * (outer - thick / 2), place.radius * thick / 2
        band = np.clip(half - np.abs(distance - middle) + 0.5, 0, 1)
        where[band > 0] = angle[band > 0] + index * _ANGLES
        cover = np.maximum(cover, band)
    return where, np.rint(cover * OPAQUE).astype(np.uint16)


def _gate(length: float, phase: float) -> Levels:
    """Opacity over the turn: an arc of a length, its ends softened over about a pixel."""
    turn = (np.arange(_ANGLES) / _ANGLES - phase) % 1
    inside = np.minimum(turn, length - turn)
    return np.rint(np.clip(inside * _ANGLES / 2 + 0.5, 0, 1) * 255).astype(np.uint16)


def _inks(where: npt.NDArray[np.intp], colours: tuple[Rgb, Rgb, Rgb]) -> tuple[Bytes, Bytes, Bytes]:
    table = np.array([to_yuv(colour) for colour in colours], np.uint8)
    band = where // _ANGLES
    small = band[::2, ::2]
    return table[band, 0], table[small, 1], table[small, 2]


def _lay(frame: Frame, alpha: Levels, inks: tuple[Bytes, Bytes, Bytes], corner: tuple[int, int]) -> None:
    small = alpha[::2, ::2]
    left, top = corner
    for plane, mask, ink, x, y in (
        (frame.y, alpha, inks[0], left, top),
        (frame.u, small, inks[1], left // 2, top // 2),
        (frame.v, small, inks[2], left // 2, top // 2),
    ):
        area = Box(x, y, x + mask.shape[1], y + mask.shape[0]).clipped(
            Box(0, 0, plane.shape[1], plane.shape[0])
        )
        cut = slice(area.top - y, area.bottom - y), slice(area.left - x, area.right - x)
        target = plane[area.top : area.bottom, area.left : area.right]
        mixed = np.multiply(target, OPAQUE - mask[cut], dtype=np.uint16)
        mixed += np.multiply(ink[cut], mask[cut], dtype=np.uint16)
        target[:] = mixed >> 8
