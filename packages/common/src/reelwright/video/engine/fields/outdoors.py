"""Where the ground begins that pictures stand on: shared by the grounds and by the layouts."""

from random import Random
from typing import Final

from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.fields.curves import Curve
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.plate import plate
from reelwright.video.engine.stage import Shape, Stage

__all__ = ["cloud_colour", "ground_colours", "open_sky", "range_curves", "sky", "wave_curves"]

_DAWN: Final = 1.2
"""How much stronger the light of a dark sky is at its foot."""
_WHITE: Final = Rgb(255, 255, 255)
_BLACK: Final = Rgb(0, 0, 0)
_LINES: Final[dict[Shape, tuple[float, float, float]]] = {
    "wide": (0.69, 0.765, 0.86),
    "tall": (0.595, 0.645, 0.735),
    "square": (0.675, 0.75, 0.845),
}
"""Rows of the far, the middle and the near line, in shares of the height; pictures stand on the middle."""
_SWING: Final = (0.03, 0.016, 0.028)
"""How far a line swings about its row, in shares of the shorter side."""
_DRIFT: Final = (0.018, 0.0, -0.03)
"""How fast the lines of the land pass, in widths a second: what is near seems to pass faster."""
_ROLL: Final = (0.7, 1.0, 1.25)
"""How fast waves roll."""


def open_sky(stage: Stage) -> int:
    """Return the row above which neither land nor water rises: text ends here."""
    return round(_LINES[stage.shape][0] * stage.height - _SWING[0] * _short(stage)) - stage.px(14)


def sky(stage: Stage, shade: Shade) -> Frame:
    """Return the sky, which grows lighter towards the ground. Do not write to it."""
    size = (stage.width, stage.height)
    if shade.tone == "light":
        return plate(shade.top, mix(shade.bottom, shade.ground[0], 0.25), shade.glow, size, (0.7, 0.42))
    low = Rgb(*(min(255, round(_DAWN * part)) for part in shade.bottom))
    return plate(shade.top, low, mix(shade.bottom, low, 0.5), size, (0.7, _LINES[stage.shape][0] - 0.12))


def cloud_colour(shade: Shade) -> Rgb:
    """Return the colour of clouds, near enough to the sky's that text on them reads."""
    return mix(shade.bottom, _WHITE, 0.13) if shade.tone == "dark" else mix(shade.top, _WHITE, 0.9)


def ground_colours(shade: Shade) -> tuple[Rgb, Rgb, Rgb]:
    """Return the colours of what lies far, in the middle and near; by night each is darker than the sky."""
    if shade.tone == "light":
        return shade.ground
    far, near = mix(shade.bottom, shade.top, 0.1), mix(shade.top, _BLACK, 0.12)
    return far, mix(far, near, 0.5), near


def range_curves(stage: Stage, rng: Random) -> list[Curve]:
    """Return three ranges of hills, far to near; the middle one holds still, for pictures stand on it."""
    return [_range(stage, rng, index) for index in range(3)]


def wave_curves(stage: Stage, rng: Random) -> list[Curve]:
    """Return three lines of waves, far to near, that roll at their own pace."""
    return [_wave(stage, rng, index) for index in range(3)]


def _range(stage: Stage, rng: Random, index: int) -> Curve:
    waves = (rng.uniform(0.85, 1.2), rng.uniform(0.4, 0.55))
    long, short = (6.2832 * _DRIFT[index] / wave for wave in waves)
    phases = (rng.uniform(0, 6.28), rng.uniform(0, 6.28))
    return Curve(_row(stage, index), 0.0, _swing(stage, index), waves, (long, short), phases)


def _wave(stage: Stage, rng: Random, index: int) -> Curve:
    wide = stage.shape == "wide"
    waves = (rng.uniform(0.42, 0.55), rng.uniform(0.2, 0.28)) if wide else (0.8, 0.42)
    turn = 1 if index % 2 else -1
    speeds = (turn * 1.1 * _ROLL[index], -turn * 0.8 * _ROLL[index])
    phases = (rng.uniform(0, 6.28), rng.uniform(0, 6.28))
    return Curve(_row(stage, index), 0.0, 0.6 * _swing(stage, index), waves, speeds, phases)


def _row(stage: Stage, index: int) -> float:
    return _LINES[stage.shape][index] * stage.height


def _swing(stage: Stage, index: int) -> float:
    return _SWING[index] * _short(stage)


def _short(stage: Stage) -> int:
    return min(stage.width, stage.height)
