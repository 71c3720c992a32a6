import numpy as np

from reelwright.video.engine.actors import Iris
from reelwright.video.engine.colour import mix, to_yuv
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame, Levels
from reelwright.video.engine.shapes import ring
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.stage import Place

__all__ = ["Gauge"]

_STEPS = 4096
_THICK = 0.17


class Gauge:
    """A ring whose filled part is to scale: from the top, clockwise."""

    def __init__(self, place: Place, shade: Shade, share: float, span: tuple[float, float]) -> None:
        self._place = place
        self._share = share
        self._span = span
        self._colour = to_yuv(shade.accent)
        track = ring(2 * place.radius, place.radius * _THICK)
        half = track.shape[0] // 2
        base = _Track(Sprite.solid(track, mix(shade.card, shade.ink, 0.14), left=-half, top=-half), place)
        self._track = Iris(base, place.x, place.y, round(place.radius * 1.05), 0.05)
        self._corner, self._angle, self._cover = _maps(place)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the track, and of the filled part as much as has been counted."""
        self._track.draw(frame, t)
        if t >= self._span[0] and self._share > 0:
            frame.tint(self.filled(t), *self._corner, self._colour)

    def filled(self, t: float) -> Levels:
        """Return how much of each pixel around its place is covered, of 256."""
        at, end = self._span
        shown = self._share * ease_out(progress(t, at, end - at))
        return np.where(self._angle <= round(shown * _STEPS), self._cover, np.uint16(0))


class _Track:
    def __init__(self, sprite: Sprite, place: Place) -> None:
        self._sprite = sprite
        self._place = place

    def draw(self, frame: Frame, t: float) -> None:  # noqa: ARG002 (an actor that stands still)
        self._sprite.draw(frame, self._place.x, self._place.y)


def _maps(place: Place) -> tuple[tuple[int, int], np.ndarray[tuple[int, ...], np.dtype[np.int32]], Levels]:
    side = (2 * place.radius + 4) // 2 * 2
    corner = ((place.x - side // 2) & ~1, (place.y - side // 2) & ~1)
    x = np.arange(side, dtype=np.float32)[None, :] + corner[0] - place.x
    y = np.arange(side, dtype=np.float32)[:, None] + corner[1] - place.y
    thick = place.radius * _THICK
    band = np.clip(thick / 2 - np.abs(np.hypot(x, y) - (place.radius - thick / 2)) + 0.5, 0, 1)
    angle = (np.arctan2(x, -y) / (2 * np.pi) % 1 * _STEPS).astype(np.int32)
    return corner, angle, np.rint(band * 256).astype(np.uint16)
