"""What stands on a map: pins that drop, rings that spread, names that keep to their places."""

import math
from functools import lru_cache, partial

import numpy as np

from reelwright.video.engine.atlas import Camera, Journey
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import ease_out, overshoot, progress
from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.ornaments.moving import Moving
from reelwright.video.engine.planes import Bytes, Frame
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import ring
from reelwright.video.engine.sprites import Sprite

__all__ = ["DROP_SECONDS", "MapName", "Pin", "Rings"]

DROP_SECONDS = 0.45
"""How long a pin falls."""
_RING_SECONDS = 1.8
_RING_STEPS = 36


class Pin:
    """A pin that falls onto its place and stands; its tip is where the place is."""

    def __init__(self, setting: Setting, tip: tuple[int, int], colour: Rgb, at: float) -> None:
        size = setting.px(64)
        body, core = _pin_masks(size)
        left, top = -(body.shape[1] // 2), -body.shape[0]
        self._parts = [
            Sprite.solid(_pin_masks(size + 2 * max(2, setting.px(4)))[0], Rgb(255, 255, 255), left=0, top=0),
            Sprite.solid(body, colour, left=left, top=top),
            Sprite.solid(core, Rgb(255, 255, 255), left=left, top=top),
        ]
        edge = self._parts[0]
        edge.left, edge.top = -(edge.width // 2), top - (edge.height - body.shape[0]) // 2
        self._tip = tip
        self._at = at
        self._fall = setting.px(220)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it; nothing before its moment."""
        if t < self._at:
            return
        share = progress(t, self._at, DROP_SECONDS)
        up = round((1 - overshoot(share)) * self._fall)
        for sprite in self._parts:
            sprite.draw(frame, self._tip[0], self._tip[1] - up, opacity=min(1.0, 4 * share))


class Rings:
    """Rings that spread from a place, again and again."""

    def __init__(self, setting: Setting, tip: tuple[int, int], colour: Rgb, at: float) -> None:
        self._tip = tip
        self._at = at + 0.75 * DROP_SECONDS
        self._largest = setting.px(120)
        self._thick = max(2.0, float(setting.px(5)))
        self._colour = colour
        self._ring_at = lru_cache(maxsize=_RING_STEPS)(self._make)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the ring of the moment."""
        if t < self._at:
            return
        step = int(_RING_STEPS * ((t - self._at) / _RING_SECONDS % 1.0))
        self._ring_at(step).draw(frame, *self._tip, opacity=1 - step / _RING_STEPS)

    def _make(self, step: int) -> Sprite:
        share = ease_out((step + 1) / _RING_STEPS)
        mask = ring(max(4.0, self._largest * share), self._thick)
        return Sprite.solid(mask, self._colour, left=-(mask.shape[1] // 2), top=-(mask.shape[0] // 2))


@lru_cache(maxsize=8)
def _pin_masks(height: int) -> tuple[Bytes, Bytes]:
    """Return a drop with its tip in the middle of the lower edge, and the hole in its head."""
    radius = 0.36 * height
    width = math.ceil(2 * radius) + 2
    x = np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5
    head = radius - np.hypot(x, y - radius - 1)
    # Straight sides from the head to the tip, touching the head.
    tip = height - radius - 1
    sine = radius / tip
    side = (height - y) * sine - np.abs(x) * math.sqrt(1 - sine * sine)
    below = np.where(y > radius + 1 + radius * sine, side, -1e3)
    body = np.clip(np.maximum(head, below) + 0.5, 0, 1)
    core = np.clip(0.42 * radius - np.hypot(x, y - radius - 1) + 0.5, 0, 1)
    return (body * 255).astype(np.uint8), (core * 255).astype(np.uint8)


class MapName:
    """A name that keeps to its place on the map while the view goes on."""

    def __init__(
        self,
        mask: Bytes,
        colour: Rgb,
        middle: tuple[int, int],
        at: float,
        *,
        seen: tuple[Camera, Journey],
        text: str = "",
    ) -> None:
        """Take its letters, and where its middle is in the journey's last view."""
        self._moving = Moving(partial(_shifted, mask, colour, text))
        self._middle = middle
        self._at = at
        self._still = seen[0].still
        self._journey = seen[1]

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it, fading in."""
        share = ease_out(progress(t, self._at, 0.4))
        if share <= 0:
            return
        grown = self._journey.nearest / self._journey.factor(t)
        x, y = (still + (end - still) * grown for still, end in zip(self._still, self._middle, strict=True))
        self._moving.draw(frame, x, y, share)


def _shifted(mask: Bytes, colour: Rgb, text: str, dx: float, dy: float) -> Sprite:
    """Return text around its middle, moved by less than a pixel."""
    height, width = mask.shape
    padded = np.pad(mask, ((1, 1), (1, 1))).astype(np.float32)
    moved = (1 - dx) * padded[:, 1:] + dx * padded[:, :-1]
    moved = (1 - dy) * moved[1:] + dy * moved[:-1]
    ink = moved.astype(np.uint8)
    sprite = Sprite.solid(ink, colour, left=-(width // 2), top=-(height // 2))
    return sprite.meant(Meaning("label", text, height, ink))
