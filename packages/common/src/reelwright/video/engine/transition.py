"""The end of a scene: an edge of accent colour sweeps over, behind it the next scene's ground."""

import numpy as np

from reelwright.video.engine.colour import Rgb, to_yuv
from reelwright.video.engine.easing import ease_in_out, progress
from reelwright.video.engine.fields import Field
from reelwright.video.engine.plan import Wipe
from reelwright.video.engine.planes import Box, Frame, Levels, Reals
from reelwright.video.engine.stage import Stage

__all__ = ["WIPE_SECONDS", "Transition"]

WIPE_SECONDS = 0.38
_SLANT = 0.16
_EDGE = 0.035
_SOFT = 0.002
"""How far before the edge its own softness begins, in lengths."""


class Transition:
    """Uncovers the ground of the next scene, which runs on from there without a jump."""

    def __init__(self, stage: Stage, wipe: Wipe, ground: Field, accent: Rgb, duration: float) -> None:
        self._stage = stage
        self._wipe: Wipe = wipe
        self._ground = ground
        self._accent = to_yuv(accent)
        self._duration = duration
        self._distance: Reals | None = None
        self._next = Frame.blank(stage.width, stage.height)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the sweep; nothing before it begins."""
        begin = self._duration - WIPE_SECONDS
        if t <= begin:
            return
        if self._distance is None:
            self._distance = _distance(self._stage, self._wipe)
        self._ground.draw(self._next, t - self._duration)
        share = ease_in_out(progress(t, begin, WIPE_SECONDS * 0.97))
        length = max(self._stage.width, self._stage.height)
        front = share * (float(self._distance.max()) + 2 * _EDGE) * length
        if frame.log is not None:
            frame.log.covered(lambda box: self._reaches(box, front / length))
        frame.tint(_cover(front - self._distance * length), 0, 0, self._accent)
        frame.reveal(self._next, _cover(front - self._distance * length - _EDGE * length), 0)

    def _reaches(self, box: Box, front: float) -> bool:
        """Whether the edge, so many lengths on its way, has come to any part of a box."""
        if self._distance is None:
            return False
        part = self._distance[max(0, box.top) : max(0, box.bottom), max(0, box.left) : max(0, box.right)]
        return bool(part.size) and float(part.min()) <= front + _SOFT


def _cover(depth: Reals) -> Levels:
    cover: Levels = (np.clip(depth + 0.5, 0, 1) * 256).astype(np.uint16)
    return cover


def _distance(stage: Stage, wipe: Wipe) -> Reals:
    """How far the edge has to travel to each pixel, in lengths of the longer side."""
    length = max(stage.width, stage.height)
    x = np.arange(stage.width, dtype=np.float32)[None, :] / length
    y = np.arange(stage.height, dtype=np.float32)[:, None] / length
    across, down = stage.width / length, stage.height / length
    if wipe == "circle":
        return np.hypot(x - across / 2, y - down / 2).astype(np.float32)
    if wipe == "up":
        return (down - y + _SLANT * (across - x)).astype(np.float32)
    forwards = x if wipe == "right" else across - x
    return (forwards + _SLANT * (down - y)).astype(np.float32)
