import math
from random import Random

from reelwright.video.engine.colour import mix
from reelwright.video.engine.ornaments.moving import ball, dot
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.stage import Place

__all__ = ["Bloom"]

_PETALS = 8


class Bloom:
    """A wreath of overlapping, see-through discs that turns and breathes around a ball."""

    def __init__(self, place: Place, shade: Shade, rng: Random) -> None:
        self._place = place
        self._petals = [
            dot(place.radius * 0.76, mix(shade.hero[0], shade.hero[1], share), 0.42) for share in (0.0, 1.0)
        ]
        self._ball = ball(round(place.radius * 0.47), mix(shade.hero[0], shade.card, 0.35), shade.hero[0])
        self._turn = rng.choice((-1, 1)) * 0.22
        self._phase = rng.uniform(0, math.pi)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the discs, then the ball over their middle."""
        reach = self._place.radius * (0.56 + 0.03 * math.sin(1.3 * t))
        for index in range(_PETALS):
            angle = self._phase + self._turn * t + index * 2 * math.pi / _PETALS
            x, y = self._place.x + reach * math.cos(angle), self._place.y + reach * math.sin(angle)
            self._petals[index % 2].draw(frame, x, y)
        self._ball.draw(frame, self._place.x, self._place.y)
