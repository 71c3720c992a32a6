from random import Random

import numpy as np

from reelwright.video.engine.colour import mix
from reelwright.video.engine.fields.curves import Curve, lay_below, random_curve
from reelwright.video.engine.fields.motes import Motes
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.plate import gradient, plate
from reelwright.video.engine.stage import Stage

__all__ = ["Hills"]


class Hills:
    """Three ranges of hills at the foot that roll past at different paces, under a lit sky with specks."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        light = (rng.uniform(0.6, 0.8), rng.uniform(0.3, 0.45))
        self._sky = plate(shade.top, shade.bottom, shade.glow, size, light)
        self._motes = Motes(stage, shade.tints[2], rng)
        self._x = np.arange(stage.width) / stage.width
        depth = stage.height - stage.ground
        self._ranges = [
            (gradient(mix(colour, shade.top, 0.06), mix(colour, shade.bottom, 0.12), size), curve)
            for colour, curve in zip(shade.ground, _curves(rng, stage.ground, depth), strict=True)
        ]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the sky, then the ranges from far to near."""
        frame.take(self._sky)
        self._motes.draw(frame, t)
        for picture, curve in self._ranges:
            lay_below(frame, picture, curve.rows(self._x, t))


def _curves(rng: Random, ground: int, depth: int) -> list[Curve]:
    shares = ((0.26, 0.24), (0.50, 0.20), (0.76, 0.16))
    return [
        random_curve(rng, ground + middle * depth, amplitude * depth, pace=1.1 + 0.4 * index)
        for index, (middle, amplitude) in enumerate(shares)
    ]
