import math
from dataclasses import dataclass
from random import Random

import numpy as np

from reelwright.video.engine.colour import Yuv, to_yuv
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.plate import plate
from reelwright.video.engine.stage import Stage

__all__ = ["Orbs"]

_TINTS = (2, 1, 0, 2)
"""Which tint each disc has: those that show where it is, high or low on the gradient."""


@dataclass(frozen=True, slots=True)
class _Orb:
    x: float
    y: float
    radius: float
    sway: float
    speed: float
    phase: float
    colour: Yuv

    def centre(self, t: float) -> tuple[float, float]:
        angle = self.speed * t + self.phase
        return self.x + self.sway * math.cos(angle), self.y + self.sway * math.sin(0.8 * angle)


class Orbs:
    """Large flat discs of close tints that drift around each other, partly out of the frame."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        self._base = plate(shade.top, shade.bottom, shade.glow, size, (rng.uniform(0.3, 0.7), 0.4))
        self._orbs = [_orb(stage, shade, rng, place) for place in range(4)]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the ground, then the discs."""
        frame.take(self._base)
        for orb in self._orbs:
            x, y = orb.centre(t)
            _paint(frame, x, y, orb.radius, orb.colour)


def _orb(stage: Stage, shade: Shade, rng: Random, place: int) -> _Orb:
    """One disc near each corner, so that they frame the content."""
    short = min(stage.width, stage.height)
    right, low = place % 2, place // 2
    return _Orb(
        x=stage.width * (right * 0.92 + 0.04 + rng.uniform(-0.04, 0.04)),
        y=stage.height * (low * 0.86 + 0.07 + rng.uniform(-0.05, 0.05)),
        radius=short * rng.uniform(0.24, 0.36),
        sway=short * rng.uniform(0.065, 0.085),
        speed=rng.choice((-1, 1)) * rng.uniform(0.8, 1.05),
        phase=rng.uniform(0, 2 * math.pi),
        colour=to_yuv(shade.tints[_TINTS[place]]),
    )


def _paint(frame: Frame, x: float, y: float, radius: float, colour: Yuv) -> None:
    """Lay a disc with a smooth edge. Near the edge (r² - d²) / 2r is the distance to it."""
    reach = int(radius) + 2
    bounds = Box(int(x) - reach, int(y) - reach, int(x) + reach, int(y) + reach).clipped(frame.box)
    area = Box(bounds.left & ~1, bounds.top & ~1, bounds.right, bounds.bottom)
    if area.width < 2 or area.height < 2:
        return
    across = (np.arange(area.left, area.right, dtype=np.float32) - np.float32(x)) ** 2
    down = (np.arange(area.top, area.bottom, dtype=np.float32) - np.float32(y)) ** 2
    scale = np.float32(256 / (2 * radius))
    alpha = (np.float32(radius**2) - down)[:, None] * scale - (across * scale)[None, :]
    frame.tint(np.clip(alpha, 0, 256, out=alpha).astype(np.uint16), area.left, area.top, colour)
