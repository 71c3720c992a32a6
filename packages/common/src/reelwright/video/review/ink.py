"""How well text stands out from what is behind it: measured in the decoded picture, letter by letter.

Where the letters are is known from the scene's trace. Every pixel is a mixture of ink and ground by how much
of it is covered, in brightness and, two by two pixels, in colour: that is how the engine draws and how 4:2:0
halves. So over a stretch about as wide as a letter, a straight line through the samples over their coverage
gives both colours, soft edges and the encoder's noise averaged out: the ground where nothing is covered, the
ink where all is. Ink that is not there at all, hidden or of the ground's own colour, comes out as 1:1.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reelwright.video.trace import Rectangle

__all__ = ["Gauge", "Planes", "worst_contrast"]

_Reals = NDArray[np.floating[Any]]
_Bytes = NDArray[np.uint8]

_STRETCH: Final = 0.9
"""Width of what is measured together, in heights of the text's ink."""
_LEAST_STRETCH: Final = 10
_ROOM: Final = 0.12
"""How much of the ground around the ink is looked at, in heights of it."""
_LEAST_SPREAD: Final = 0.015
"""Variance of the coverage below which there is too little ink, or ground, to tell them apart."""


class Planes(NamedTuple):
    """A decoded picture: 8-bit luma, and chroma at half the size."""

    y: _Bytes
    u: _Bytes
    v: _Bytes


@dataclass(frozen=True, slots=True)
class _Line:
    """Coverage, and what a straight line over it needs: sums of every stretch."""

    coverage: _Reals
    edges: NDArray[np.intp]
    count: _Reals
    total: _Reals
    spread: _Reals
    usable: NDArray[np.bool_]

    @classmethod
    def of(cls, coverage: _Reals, edges: NDArray[np.intp]) -> "_Line":
        """Prepare the sums over columns between the edges."""
        widths = np.diff(np.append(edges, coverage.shape[1]))
        count = (widths * coverage.shape[0]).astype(np.float32)
        total = np.add.reduceat(coverage.sum(axis=0), edges)
        squares = np.add.reduceat((coverage * coverage).sum(axis=0), edges)
        spread = count * squares - total * total
        return cls(coverage, edges, count, total, spread, spread >= _LEAST_SPREAD * count * count)

    def ends(self, samples: _Bytes) -> _Reals:
        """Return two rows: the sample of the ground and that of the ink, of every stretch."""
        values = samples.astype(np.float32)
        plain = np.add.reduceat(values.sum(axis=0), self.edges)
        weighted = np.add.reduceat(np.einsum("ij,ij->j", values, self.coverage), self.edges)
        slope = (self.count * weighted - self.total * plain) / np.maximum(self.spread, 1e-6)
        slope = np.where(self.usable, slope, np.float32(0))
        ground = (plain - slope * self.total) / self.count
        return np.stack([ground, ground + slope])


@dataclass(frozen=True, slots=True)
class Gauge:
    """Measures one text in one place."""

    box: Rectangle
    """Of the luma that is looked at: all sides even."""
    fine: _Line
    coarse: _Line

    @classmethod
    def at(cls, ink: _Reals, corner: tuple[int, int], frame: tuple[int, int]) -> "Gauge | None":
        """Return the gauge of ink, 0 to 1, whose corner is somewhere in a frame; None outside of it."""
        height, width = ink.shape
        room = max(2, round(_ROOM * height))
        left, top = (max(0, side - room) & ~1 for side in corner)
        right = min(frame[0], corner[0] + width + room + 1 & ~1)
        bottom = min(frame[1], corner[1] + height + room + 1 & ~1)
        if right - left < 4 or bottom - top < 4:
            return None
        coverage = np.zeros((bottom - top, right - left), np.float32)
        rows = slice(max(0, corner[1] - top), max(0, corner[1] - top + height))
        columns = slice(max(0, corner[0] - left), max(0, corner[0] - left + width))
        target = coverage[rows, columns]
        dy, dx = max(0, top - corner[1]), max(0, left - corner[0])
        target[:] = ink[dy : dy + target.shape[0], dx : dx + target.shape[1]]
        edges = _edges(right - left, max(_LEAST_STRETCH, round(_STRETCH * height)))
        halved = coverage.reshape(coverage.shape[0] // 2, 2, coverage.shape[1] // 2, 2).mean(axis=(1, 3))
        box = Rectangle(left, top, right, bottom)
        return cls(box, _Line.of(coverage, edges), _Line.of(halved, edges // 2))


def worst_contrast(gauge: Gauge, planes: Planes) -> float:
    """Return the lowest contrast of WCAG 2.2 in any stretch, 1 to 21; infinity where there is no ink."""
    left, top, right, bottom = gauge.box
    rows, columns = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
    luma = gauge.fine.ends(planes.y[top:bottom, left:right])
    u, v = (gauge.coarse.ends(plane[rows, columns]) for plane in (planes.u, planes.v))
    found = _contrast(*_luminance(luma, u, v))
    usable = found[gauge.fine.usable]
    return float(usable.min()) if usable.size else float("inf")


def _edges(width: int, stretch: int) -> NDArray[np.intp]:
    """Return where stretches begin: at even columns, all about as wide as asked."""
    count = max(1, round(width / stretch))
    return (np.arange(count) * width / count).astype(np.intp) & ~1


def _luminance(y: _Reals, u: _Reals, v: _Reals) -> _Reals:
    """Return relative luminance of BT.709 samples in limited range."""
    luma = (y - 16) / 219
    blue, red = luma + (u - 128) * (1.8556 / 224), luma + (v - 128) * (1.5748 / 224)
    green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
    linear = _linear(np.clip(np.stack([red, green, blue]), 0, 1))
    found: _Reals = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return found


def _linear(part: _Reals) -> _Reals:
    found: _Reals = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return found


def _contrast(first: _Reals, second: _Reals) -> _Reals:
    found: _Reals = (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)
    return found
