"""Thin figures: only the pixels that have ink are kept and mixed."""

import numpy as np

from reelwright.video.engine.colour import Rgb, to_yuv
from reelwright.video.engine.planes import Bytes, Frame, Levels

__all__ = ["Sparse"]

_Points = tuple[
    np.ndarray[tuple[int, ...], np.dtype[np.intp]], np.ndarray[tuple[int, ...], np.dtype[np.intp]], Levels
]


class Sparse:
    """A mask at a fixed, even place, in one colour, cut to the frame."""

    def __init__(self, alpha: Levels, corner: tuple[int, int], colour: Rgb, size: tuple[int, int]) -> None:
        left, top = corner
        width, height = size
        self._colour = to_yuv(colour)
        self._luma = _points(alpha, corner, size)
        self._chroma = _points(alpha[::2, ::2], (left // 2, top // 2), (width // 2, height // 2))

    def draw(self, frame: Frame) -> None:
        """Lay it on the frame."""
        _mix(frame.y, self._luma, self._colour.y)
        _mix(frame.u, self._chroma, self._colour.u)
        _mix(frame.v, self._chroma, self._colour.v)


def _points(alpha: Levels, corner: tuple[int, int], size: tuple[int, int]) -> _Points:
    (left, top), (width, height) = corner, size
    rows, columns = np.nonzero(alpha)
    inside = (rows + top >= 0) & (rows + top < height) & (columns + left >= 0) & (columns + left < width)
    rows, columns = rows[inside], columns[inside]
    return rows + top, columns + left, alpha[rows, columns]


def _mix(plane: Bytes, points: _Points, value: int) -> None:
    rows, columns, alpha = points
    ground = plane[rows, columns].astype(np.uint16)
    plane[rows, columns] = (ground * (256 - alpha) + alpha * np.uint16(value) + 128) >> 8
