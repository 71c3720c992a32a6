from random import Random
from typing import Final, NamedTuple

import numpy as np

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.ornaments.moving import Moving
from reelwright.video.engine.planes import Bytes, Frame
from reelwright.video.engine.shapes import disc, rounded
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.stage import Stage

__all__ = ["Clouds"]

_COUNT: Final = 4
_PUFFS: Final = ((0.26, 0.62), (0.46, 0.98), (0.68, 0.72))
"""Middle across, in widths, and diameter, in heights, of each puff; all stand on the same foot."""
_BAR: Final = 0.36
"""Height of what joins them, in heights."""
_FLAT: Final = 0.34
"""Height of a cloud in its widths."""


class _Cloud(NamedTuple):
    body: Moving
    x: float
    y: float
    speed: float


class Clouds:
    """Clouds that drift across the sky, faint enough to pass behind text."""

    def __init__(self, stage: Stage, colour: Rgb, rng: Random, foot: int) -> None:
        """Take the row above which they stay."""
        short = min(stage.width, stage.height)
        self._path = stage.width + short
        bodies = [_body(round(share * short), colour) for share in (0.34, 0.22)]
        self._clouds = [
            _Cloud(
                bodies[index % 2],
                self._path * (index + rng.uniform(0.1, 0.8)) / _COUNT,
                foot * (0.12 + 0.72 * (index * 0.381966 + rng.uniform(0, 0.2)) % 0.8),
                stage.px(9 + 7 * (index % 2)),
            )
            for index in range(_COUNT)
        ]
        self._half = short // 2

    def draw(self, frame: Frame, t: float) -> None:
        """Draw every cloud; one that leaves at the right comes back at the left."""
        for cloud in self._clouds:
            cloud.body.draw(frame, (cloud.x + cloud.speed * t) % self._path - self._half, cloud.y)


def _body(width: int, colour: Rgb) -> Moving:
    height = round(_FLAT * width)

    def make(dx: float, dy: float) -> Sprite:
        mask = _mask(width, height, dx, dy)
        return Sprite.solid(mask, colour, left=-(width // 2), top=-(height // 2), opacity=0.55)

    return Moving(make)


def _mask(width: int, height: int, dx: float, dy: float) -> Bytes:
    """Return puffs on a bar with round ends."""
    mask = np.zeros((height + 2, width + 2), np.uint8)
    bar = rounded(width, round(_BAR * height), height)
    mask[height - bar.shape[0] : height, :width] = bar
    for across, size in _PUFFS:
        puff = disc(size * height, dx, dy)[: height + 2]
        left, top = round(across * width) - puff.shape[1] // 2, height + 2 - puff.shape[0]
        part = mask[top:, left : left + puff.shape[1]]
        np.maximum(part, puff, out=part)
    return mask
