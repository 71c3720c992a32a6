import math
from dataclasses import dataclass
from random import Random

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.ornaments.moving import Moving, dot
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.stage import Stage

__all__ = ["Motes"]

_COUNT = 16
_SIZES = (5.0, 8.0, 12.0)


@dataclass(frozen=True, slots=True)
class _Mote:
    body: Moving
    x: float
    y: float
    sway: float
    rise: float
    phase: float


class Motes:
    """Specks that float up through the picture, the large ones faster, as if they were nearer."""

    def __init__(self, stage: Stage, colour: Rgb, rng: Random) -> None:
        bodies = [dot(stage.px(16) / 16 * size, colour) for size in _SIZES]
        self._path = stage.height + stage.px(40)
        self._motes = [_mote(stage, bodies, place, rng) for place in range(_COUNT)]

    def draw(self, frame: Frame, t: float) -> None:
        """Draw every speck; one that leaves at the top comes back at the foot."""
        for mote in self._motes:
            x = mote.x + mote.sway * math.sin(0.7 * t + mote.phase)
            mote.body.draw(frame, x, (mote.y - mote.rise * t) % self._path - self._path // 40)


def _mote(stage: Stage, bodies: list[Moving], place: int, rng: Random) -> _Mote:
    """One speck; their columns are spread evenly, so that none of the picture is bare."""
    size = place % len(bodies)
    return _Mote(
        body=bodies[size],
        x=stage.width * (place + rng.uniform(0.1, 0.9)) / _COUNT,
        y=rng.uniform(0, stage.height),
        sway=stage.px(10 + 6 * size),
        rise=stage.px(16 + 14 * size),
        phase=rng.uniform(0, 2 * math.pi),
    )
