from random import Random

import numpy as np

from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.fields.clouds import Clouds
from reelwright.video.engine.fields.curves import Curve, lay_below
from reelwright.video.engine.fields.motes import Motes
from reelwright.video.engine.fields.outdoors import cloud_colour, ground_colours, open_sky, sky, wave_curves
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame, Reals
from reelwright.video.engine.plate import gradient
from reelwright.video.engine.stage import Stage

__all__ = ["Water"]

_WHITE = Rgb(255, 255, 255)
_BLACK = Rgb(0, 0, 0)
_SEA = {
    "dark": (Rgb(38, 92, 140), Rgb(26, 72, 120), Rgb(16, 50, 92)),
    "light": (Rgb(112, 190, 222), Rgb(66, 158, 204), Rgb(38, 120, 176)),
}
_BLUE = 0.92
"""How blue water is whatever the palette."""
_CREST = 0.3
"""How much lighter a crest is than its wave."""


class Water:
    """Three lines of waves with light on their crests, under a lit sky with specks."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        curves = wave_curves(stage, rng)
        self._sky = sky(stage, shade)
        self._clouds = Clouds(stage, cloud_colour(shade), rng, open_sky(stage))
        self._motes = Motes(stage, shade.tints[2], rng)
        self._x = np.arange(stage.width) / stage.width
        self._crest = max(2, stage.px(4))
        self._waves = [
            _wave(mix(colour, sea, _BLUE), curve, size)
            for colour, sea, curve in zip(ground_colours(shade), _SEA[shade.tone], curves, strict=True)
        ]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the sky, then the waves from far to near."""
        frame.take(self._sky)
        self._clouds.draw(frame, t)
        self._motes.draw(frame, t)
        for light, body, curve in self._waves:
            rows: Reals = curve.rows(self._x, t)
            lay_below(frame, light, rows)
            lay_below(frame, body, rows + self._crest)


def _wave(own: Rgb, curve: Curve, size: tuple[int, int]) -> tuple[Frame, Frame, Curve]:
    """Return the light of a wave's crest, its body and its line."""
    body = gradient(mix(own, _WHITE, 0.08), mix(own, _BLACK, 0.12), size)
    light = mix(own, _WHITE, _CREST)
    return gradient(light, light, size), body, curve
