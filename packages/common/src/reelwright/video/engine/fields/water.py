from random import Random

import numpy as np

from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.fields.curves import Curve, lay_below
from reelwright.video.engine.fields.motes import Motes
from reelwright.video.engine.fields.outdoors import wave_curves
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame, Reals
from reelwright.video.engine.plate import gradient, plate
from reelwright.video.engine.stage import Stage

__all__ = ["Water"]

_WHITE = Rgb(255, 255, 255)
_SEA = Rgb(24, 120, 168)
_CREST = 0.3
"""How much lighter a crest is than its wave."""


class Water:
    """Three lines of waves with light on their crests, under a lit sky with specks."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        curves = wave_curves(stage, rng)
        self._sky = plate(shade.top, shade.bottom, shade.glow, size, (rng.uniform(0.62, 0.78), 0.42))
        self._motes = Motes(stage, shade.tints[2], rng)
        self._x = np.arange(stage.width) / stage.width
        self._crest = max(2, stage.px(4))
        self._waves = [
            _wave(shade, colour, curve, size) for colour, curve in zip(shade.ground, curves, strict=True)
        ]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the sky, then the waves from far to near."""
        frame.take(self._sky)
        self._motes.draw(frame, t)
        for light, body, curve in self._waves:
            rows: Reals = curve.rows(self._x, t)
            lay_below(frame, light, rows)
            lay_below(frame, body, rows + self._crest)


def _wave(shade: Shade, colour: Rgb, curve: Curve, size: tuple[int, int]) -> tuple[Frame, Frame, Curve]:
    """Return the light of a wave's crest, its body and its line; water is a little blue on every shade."""
    own = mix(colour, _SEA, 0.35)
    body = gradient(mix(own, shade.top, 0.04), mix(own, shade.bottom, 0.1), size)
    light = mix(own, _WHITE, _CREST)
    return gradient(light, light, size), body, curve
