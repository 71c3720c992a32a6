import math
from dataclasses import dataclass
from random import Random

from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.ornaments.moving import Moving, ball, dot
from reelwright.video.engine.ornaments.sparse import Sparse
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.shapes import ring
from reelwright.video.engine.sprites import levels
from reelwright.video.engine.stage import Place

__all__ = ["Orbit"]

_RINGS = (0.74, 0.99)
_BOB_SHARE = 0.035


@dataclass(frozen=True, slots=True)
class _Satellite:
    body: Moving
    radius: float
    speed: float
    phase: float


class Orbit:
    """A lit ball that floats inside two rings, on which small bodies travel."""

    def __init__(self, place: Place, shade: Shade, rng: Random) -> None:
        self._place = place
        self._ball = ball(round(place.radius * 0.98), *shade.hero)
        self._shade = shade
        self._rings: list[Sparse] = []
        self._satellites = [_satellite(place, shade, rng, index) for index in range(3)]

    def draw(self, frame: Frame, t: float) -> None:
        """Draw rings, the ball, the bodies."""
        if not self._rings:
            self._rings = [_ring(self._place, self._shade, share, frame) for share in _RINGS]
        for outline in self._rings:
            outline.draw(frame)
        x, y, radius = self._place.x, self._place.y, self._place.radius
        self._ball.draw(frame, x, y + radius * _BOB_SHARE * math.sin(1.5 * t))
        for body in self._satellites:
            angle = body.phase + body.speed * t
            body.body.draw(frame, x + body.radius * math.cos(angle), y + body.radius * math.sin(angle))


def _ring(place: Place, shade: Shade, share: float, frame: Frame) -> Sparse:
    thickness = max(1.6, place.radius * 0.013)
    mask = ring(2 * place.radius * share, thickness)
    half = mask.shape[0] // 2
    corner = (place.x - half) & ~1, (place.y - half) & ~1
    size = frame.box.width, frame.box.height
    return Sparse(levels(mask, 0.45), corner, mix(shade.ink, shade.hero[0], 0.5), size)


def _satellite(place: Place, shade: Shade, rng: Random, index: int) -> _Satellite:
    colour: Rgb = (shade.accent, shade.hero[1], shade.ink)[index]
    share = _RINGS[index % 2]
    return _Satellite(
        dot(place.radius * (0.15, 0.11, 0.075)[index], colour),
        place.radius * share - max(1.6, place.radius * 0.013) / 2,
        (0.75, -0.5, 0.95)[index],
        rng.uniform(0, 2 * math.pi) + index * 2.1,
    )
