from random import Random

import numpy as np

from reelwright.video.engine.fields.curves import Curve, lay_below, random_curve
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.plate import plate
from reelwright.video.engine.stage import Stage

__all__ = ["Strata"]

_SPREAD = ((0.30, 0.085), (0.58, 0.08), (0.84, 0.07))


class Strata:
    """Broad waves of close tints that lean across the whole frame, like folded paper."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        light = (rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.4))
        self._base = plate(shade.top, shade.tints[0], shade.tints[1], size, light)
        self._x = np.arange(stage.width) / stage.width
        self._layers = [
            (plate(tint, shade.bottom, tint, size, (0.5, 0.5)), curve)
            for tint, curve in zip(shade.tints, _curves(rng, stage.height), strict=True)
        ]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint from the top layer down."""
        frame.take(self._base)
        for picture, curve in self._layers:
            lay_below(frame, picture, curve.rows(self._x, t))


def _curves(rng: Random, height: int) -> list[Curve]:
    lean = rng.choice((-1, 1)) * rng.uniform(0.10, 0.16) * height
    return [
        random_curve(rng, middle * height, amplitude * height, slope=lean, pace=1.6)
        for middle, amplitude in _SPREAD
    ]
