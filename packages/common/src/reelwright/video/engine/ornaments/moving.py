"""Sprites that move by less than a pixel: a few shifted copies, made when first needed."""

import math
from collections.abc import Callable

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.shapes import disc, lit_disc
from reelwright.video.engine.sprites import Sprite

__all__ = ["Moving", "ball", "dot"]

_STEPS = 4


class Moving:
    """A sprite in as many copies as there are quarter-pixel shifts. ``make(dx, dy)`` draws one."""

    def __init__(self, make: Callable[[float, float], Sprite]) -> None:
        self._make = make
        self._copies: dict[tuple[int, int], Sprite] = {}

    def draw(self, frame: Frame, x: float, y: float, opacity: float = 1.0) -> None:
        """Lay it with its middle at (x, y)."""
        fine_x, fine_y = round(x * _STEPS), round(y * _STEPS)
        shift = fine_x % _STEPS, fine_y % _STEPS
        if shift not in self._copies:
            self._copies[shift] = self._make(shift[0] / _STEPS, shift[1] / _STEPS)
        self._copies[shift].draw(frame, fine_x // _STEPS, fine_y // _STEPS, opacity=opacity)


def dot(diameter: float, colour: Rgb, opacity: float = 1.0) -> Moving:
    """Return a flat disc that can stand anywhere."""
    half = (math.ceil(diameter) + 2) // 2
    return Moving(
        lambda dx, dy: Sprite.solid(disc(diameter, dx, dy), colour, left=-half, top=-half, opacity=opacity)
    )


def ball(diameter: int, lit: Rgb, far: Rgb) -> Moving:
    """Return a lit ball that can stand anywhere; its light moves in whole pixels, its edge in quarters."""

    def make(dx: float, dy: float) -> Sprite:
        picture = lit_disc(diameter, lit, far)
        mask = disc(diameter, dx, dy)
        picture[:, :, 3] = mask
        half = mask.shape[0] // 2
        return Sprite.picture(picture, left=-half, top=-half)

    return Moving(make)
