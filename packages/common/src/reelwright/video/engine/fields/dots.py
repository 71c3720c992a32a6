import math
from random import Random

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from reelwright.video.engine.colour import to_yuv
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Bytes, Frame, blend
from reelwright.video.engine.plate import plate
from reelwright.video.engine.shapes import disc
from reelwright.video.engine.sprites import levels
from reelwright.video.engine.stage import Stage

__all__ = ["Dots"]

_STEPS = 24
_PITCH = 48
_LARGEST = 13.0
_SMALLEST = 4.0


class Dots:
    """A grid of dots through which a swell travels: each dot grows and shrinks as it passes."""

    def __init__(self, stage: Stage, shade: Shade, rng: Random) -> None:
        size = (stage.width, stage.height)
        self._base = plate(shade.top, shade.bottom, shade.glow, size, (rng.uniform(0.3, 0.7), 0.35))
        self._pitch = stage.px(_PITCH) // 2 * 2
        self._masks = _masks(stage)
        self._colour = to_yuv(shade.tints[2])
        self._angle = rng.uniform(0.2, 1.2) * rng.choice((-1, 1))
        self._phase = rng.uniform(0, 2 * math.pi)
        side = self._masks.shape[1]
        corner, self._grid = _grid(stage, self._pitch, side)
        self._shown = self._base.copy()
        self._cells = _cells(self._shown, corner, self._pitch, side)
        self._empty = _cells(self._base, corner, self._pitch, side)
        self._sizes = np.full(self._grid[0].shape, -1)

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the ground; only dots whose size has changed since the last call are drawn anew."""
        sizes = self._sizes_at(t)
        changed = np.nonzero(sizes != self._sizes)
        alpha = self._masks[sizes[changed]]
        small = alpha[:, ::2, ::2]
        for cells, empty, mask, value in zip(
            self._cells, self._empty, (alpha, small, small), self._colour, strict=True
        ):
            drawn = empty[changed]
            blend(drawn, mask, value)
            cells[changed] = drawn
        self._sizes = sizes
        frame.take(self._shown)

    def _sizes_at(self, t: float) -> npt.NDArray[np.int64]:
        x, y = self._grid
        along = (x * math.cos(self._angle) + y * math.sin(self._angle)) / self._pitch
        swell = 0.5 + 0.5 * np.sin(along * 0.55 - 1.9 * t + self._phase)
        return np.rint(swell * (_STEPS - 1)).astype(np.int64)


def _cells(frame: Frame, corner: tuple[int, int], pitch: int, side: int) -> tuple[Bytes, Bytes, Bytes]:
    """Return the squares of the dots in each plane, as views by row and column."""
    left, top = corner
    planes = ((frame.y, 1), (frame.u, 2), (frame.v, 2))
    y, u, v = (
        sliding_window_view(plane, (side // shrink, side // shrink), writeable=True)[
            top // shrink :: pitch // shrink, left // shrink :: pitch // shrink
        ]
        for plane, shrink in planes
    )
    return y, u, v


def _masks(stage: Stage) -> npt.NDArray[np.uint16]:
    side = (stage.px(_LARGEST) + 4) // 2 * 2
    stack = np.zeros((_STEPS, side, side), np.uint16)
    for step in range(_STEPS):
        mask = disc(stage.px(16) / 16 * (_SMALLEST + (_LARGEST - _SMALLEST) * step / (_STEPS - 1)))
        inset = (side - mask.shape[0]) // 2
        stack[step, inset : inset + mask.shape[0], inset : inset + mask.shape[0]] = levels(mask)
    return stack


def _grid(
    stage: Stage, pitch: int, side: int
) -> tuple[tuple[int, int], tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Return the first dot's corner (even) and the dots' places, centred in the frame, none cut."""
    columns, rows = (stage.width - side) // pitch + 1, (stage.height - side) // pitch + 1
    left = (stage.width - (columns - 1) * pitch - side) // 4 * 2
    top = (stage.height - (rows - 1) * pitch - side) // 4 * 2
    y, x = np.mgrid[0:rows, 0:columns] * pitch
    return (left, top), (x, y)
