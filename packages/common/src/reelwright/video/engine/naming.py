"""Names on a map: where each fits, wholly inside what it names, clear of everything else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from reelwright.video.engine.planes import Box
from reelwright.video.pictures.world import Country, Points

__all__ = ["AreaMap", "free_spot"]

_COARSE = 4
"""Pixels of the frame to one of the grid on which room is looked for."""
_TAKEN = -1

_Grid = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class AreaMap:
    """Which country is where in a frame, on a coarse grid; 0 is the sea, -1 what something covers."""

    grid: _Grid
    countries: tuple[Country, ...]

    @classmethod
    def of(cls, shapes: Sequence[tuple[Country, Sequence[Points]]], size: tuple[int, int]) -> "AreaMap":
        """Return the map of countries whose rings are in pixels of a frame."""
        image = Image.new("I", (ceil(size[0] / _COARSE), ceil(size[1] / _COARSE)))
        draw = ImageDraw.Draw(image)
        rings = [(_area(ring), number, ring) for number, (_, own) in enumerate(shapes, 1) for ring in own]
        for area, number, ring in sorted(rings, key=lambda it: (-round(abs(it[0])), it[0] > 0)):
            points = [(float(x), float(y)) for x, y in (ring / _COARSE).tolist()]
            draw.polygon(points, fill=0 if area > 0 else number)
        return cls(np.array(image, dtype=np.int32), tuple(country for country, _ in shapes))

    def cover(self, boxes: Iterable[Box]) -> None:
        """Mark as taken what lies in the boxes."""
        for box in boxes:
            rows = slice(max(0, box.top // _COARSE), max(0, ceil(box.bottom / _COARSE)))
            columns = slice(max(0, box.left // _COARSE), max(0, ceil(box.right / _COARSE)))
            self.grid[rows, columns] = _TAKEN

    def keep_to(self, area: Box) -> None:
        """Mark as taken everything outside an area."""
        rows = slice(ceil(area.top / _COARSE), area.bottom // _COARSE)
        columns = slice(ceil(area.left / _COARSE), area.right // _COARSE)
        kept = self.grid[rows, columns].copy()
        self.grid[:] = _TAKEN
        self.grid[rows, columns] = kept

    def visible(self) -> list[tuple[int, int]]:
        """Return (cells, number) of the countries that are to be seen, the largest first."""
        numbers, cells = np.unique(self.grid[self.grid > 0], return_counts=True)
        return sorted(zip(cells.tolist(), numbers.tolist(), strict=True), reverse=True)

    def room(
        self, number: int, width: int, height: int, near: tuple[float, float] | None = None
    ) -> tuple[int, int] | None:
        """Return the middle of a box of that size wholly inside an area, None where it has no room.

        Of all such places the one nearest to ``near``, or to the middle of what is seen of the area.
        """
        inside = self.grid == number
        across, down = ceil(width / _COARSE) + 1, ceil(height / _COARSE) + 1
        if across >= inside.shape[1] or down >= inside.shape[0] or not inside.any():
            return None
        total = np.pad(inside, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
        full = (
            total[down:, across:] - total[:-down, across:] - total[down:, :-across] + total[:-down, :-across]
        )
        rows, columns = np.nonzero(full == across * down)
        if not rows.size:
            return None
        x, y = _middle(inside) if near is None else (near[0] / _COARSE, near[1] / _COARSE)
        away = (columns + across / 2 - x) ** 2 + (rows + down / 2 - y) ** 2
        best = int(np.argmin(away))
        return (
            round((int(columns[best]) + across / 2) * _COARSE),
            round((int(rows[best]) + down / 2) * _COARSE),
        )


def free_spot(candidates: Iterable[Box], area: Box, taken: Sequence[Box]) -> Box | None:
    """Return the first box that, moved into the area, touches nothing that is taken."""
    for candidate in candidates:
        box = _moved_into(candidate, area)
        if box.clipped(area) == box and not any(_touch(box, other) for other in taken):
            return box
    return None


def _moved_into(box: Box, area: Box) -> Box:
    dx = max(0, area.left - box.left) - max(0, box.right - area.right)
    dy = max(0, area.top - box.top) - max(0, box.bottom - area.bottom)
    return Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)


def _touch(first: Box, second: Box) -> bool:
    shared = first.clipped(second)
    return shared.width > 0 and shared.height > 0


def _middle(inside: npt.NDArray[Any]) -> tuple[float, float]:
    rows, columns = np.nonzero(inside)
    return float(columns.mean()), float(rows.mean())


def _area(ring: Points) -> float:
    """Return the signed area in a picture, where y grows downwards: outer rings are negative."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2
