from random import Random

import numpy as np

from reelwright.video.engine.colour import mix
from reelwright.video.engine.fields.clouds import Clouds
from reelwright.video.engine.fields.curves import lay_below
from reelwright.video.engine.fields.motes import Motes
from reelwright.video.engine.fields.outdoors import cloud_colour, ground_colours, open_sky, range_curves, sky
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.plate import gradient
from reelwright.video.engine.stage import Stage

__all__ = ["Land"]


class Land:
    """Hills that pass behind and before the one that pictures stand on, under a lit sky with specks."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        curves = range_curves(stage, rng)
        self._sky = sky(stage, shade)
        self._clouds = Clouds(stage, cloud_colour(shade), rng, open_sky(stage))
        self._motes = Motes(stage, shade.tints[2], rng)
        self._x = np.arange(stage.width) / stage.width
        self._ranges = [
            (gradient(mix(colour, shade.top, 0.06), mix(colour, shade.bottom, 0.12), size), curve)
            for colour, curve in zip(ground_colours(shade), curves, strict=True)
        ]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the sky, then the ranges from far to near."""
        frame.take(self._sky)
        self._clouds.draw(frame, t)
        self._motes.draw(frame, t)
        for picture, curve in self._ranges:
            lay_below(frame, picture, curve.rows(self._x, t))
