from random import Random

import numpy as np

from reelwright.video.engine.colour import to_yuv
from reelwright.video.engine.ornaments.moving import ball
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import OPAQUE, Frame
from reelwright.video.engine.stage import Place

__all__ = ["Ripples"]

_FINE = 4
"""Steps of a pixel in which distance is looked up."""
_RINGS = 5
_SECONDS = 7.0
"""From birth at the middle to vanishing at the rim."""


class Ripples:
    """Rings that spread from a ball like circles on water, thinner and fainter towards the rim."""

    def __init__(self, place: Place, shade: Shade, rng: Random) -> None:
        self._place = place
        side = (2 * place.radius + 4) // 2 * 2
        self._corner = ((place.x - side // 2) & ~1, (place.y - side // 2) & ~1)
        x = np.arange(side, dtype=np.float32)[None, :] + self._corner[0] - place.x
        y = np.arange(side, dtype=np.float32)[:, None] + self._corner[1] - place.y
        reach = place.radius * _FINE + 1
        self._distance = np.minimum(np.hypot(x, y) * _FINE, reach).astype(np.intp)
        self._steps = np.arange(reach + 1, dtype=np.float32) / _FINE
        self._colour = to_yuv(shade.hero[1])
        self._ball = ball(round(place.radius * 0.5), *shade.hero)
        self._phase = rng.random()

    def draw(self, frame: Frame, t: float) -> None:
        """Look up, for every pixel, how much ring there is at its distance."""
        alpha = np.take(self._profile(t), self._distance)
        frame.tint(alpha, *self._corner, self._colour)
        self._ball.draw(frame, self._place.x, self._place.y)

    def _profile(self, t: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
        radius = self._place.radius
        total = np.zeros_like(self._steps)
        for index in range(_RINGS):
            age = (t / _SECONDS + self._phase + index / _RINGS) % 1
            half = radius * (0.045 - 0.03 * age)
            cover = np.clip(half - np.abs(self._steps - radius * (0.2 + 0.76 * age)) + 0.5, 0, 1)
            total = np.maximum(total, cover * min(1.0, 2.2 * (1 - age)))
        return np.rint(total * (OPAQUE * 0.85)).astype(np.uint16)
