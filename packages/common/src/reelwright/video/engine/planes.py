"""The picture as the encoder takes it: three planes of YUV 4:2:0, and the few ways to paint on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from reelwright.video.engine.colour import Yuv

__all__ = ["OPAQUE", "Box", "Bytes", "DrawingLog", "Frame", "Levels", "Reals", "blend", "blend_planes"]

Bytes: TypeAlias = npt.NDArray[np.uint8]
Levels: TypeAlias = npt.NDArray[np.uint16]
"""Opacity from 0 to 256, or a sample multiplied by it: 256 × 255 still fits sixteen bits."""
Reals: TypeAlias = npt.NDArray[np.floating[Any]]
"""Lengths, shares and samples before they are rounded."""

OPAQUE = 256


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels: left and top inside, right and bottom outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[int, int]:
        """The centre, rounded down."""
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2

    def clipped(self, other: "Box") -> "Box":
        """Return the part of this box inside the other; empty boxes have no width or height."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(
            left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom))
        )

    def grown(self, by: int) -> "Box":
        """Return the box with ``by`` more pixels on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


class DrawingLog(Protocol):
    """Is told what is laid on a frame."""

    def laid(
        self, sprite: Any, place: Box, window: Box | None, opacity: float, corner: tuple[int, int]
    ) -> None:
        """Note a sprite that means something: where, what of it can be seen, and where the frame begins."""
        ...

    def covered(self, is_covered: Callable[[Box], bool]) -> None:
        """Note that something goes over all that was drawn before."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture. The planes may be views into the encoder's own buffer."""

    y: Bytes
    u: Bytes
    v: Bytes
    log: DrawingLog | None = None
    corner: tuple[int, int] = (0, 0)
    """Where it lies in the picture that it is a part of."""

    @classmethod
    def blank(cls, width: int, height: int) -> "Frame":
        """Return a black frame; both sides must be even."""
        chroma = (height // 2, width // 2)
        return cls(
            np.full((height, width), 16, np.uint8),
            np.full(chroma, 128, np.uint8),
            np.full(chroma, 128, np.uint8),
        )

    @property
    def box(self) -> Box:
        """The whole picture."""
        height, width = self.y.shape
        return Box(0, 0, width, height)

    def copy(self) -> "Frame":
        """Return a picture of the same content with planes of its own."""
        return Frame(self.y.copy(), self.u.copy(), self.v.copy())

    def part(self, box: Box) -> "Frame":
        """Return a view of the rectangle, widened to even pixels and cut to the picture."""
        area = Box(box.left & ~1, box.top & ~1, box.right + 1 & ~1, box.bottom + 1 & ~1).clipped(self.box)
        rows = slice(area.top // 2, area.bottom // 2)
        columns = slice(area.left // 2, area.right // 2)
        return Frame(
            self.y[area.top : area.bottom, area.left : area.right],
            self.u[rows, columns],
            self.v[rows, columns],
            self.log,
            (self.corner[0] + area.left, self.corner[1] + area.top),
        )

    def take(self, other: "Frame") -> None:
        """Become a copy of the other frame, which has the same size."""
        self.y[:] = other.y
        self.u[:] = other.u
        self.v[:] = other.v

    def take_rows(self, other: "Frame", top: int, bottom: int) -> None:
        """Copy the rows from ``top`` (even) to before ``bottom`` from the other frame."""
        self.y[top:bottom] = other.y[top:bottom]
        half = slice(top // 2, (bottom + 1) // 2)
        self.u[half] = other.u[half]
        self.v[half] = other.v[half]

    def fill(self, box: Box, colour: Yuv) -> None:
        """Paint a solid rectangle, cut to the picture. Odd edges bleed half a pixel of chroma."""
        area = box.clipped(self.box)
        self.y[area.top : area.bottom, area.left : area.right] = colour.y
        rows = slice(area.top // 2, (area.bottom + 1) // 2)
        columns = slice(area.left // 2, (area.right + 1) // 2)
        self.u[rows, columns] = colour.u
        self.v[rows, columns] = colour.v

    def tint(self, alpha: Levels, left: int, top: int, colour: Yuv) -> None:
        """Lay a colour through a mask whose corner is at (left, top), both even, all inside the picture."""
        height, width = alpha.shape
        blend(self.y[top : top + height, left : left + width], alpha, colour.y)
        small = alpha[::2, ::2]
        rows = slice(top // 2, top // 2 + small.shape[0])
        columns = slice(left // 2, left // 2 + small.shape[1])
        blend(self.u[rows, columns], small, colour.u)
        blend(self.v[rows, columns], small, colour.v)

    def reveal(self, other: "Frame", alpha: Levels, top: int) -> None:
        """Mix in the other frame through a mask of whole rows that begins at ``top`` (even)."""
        rows = slice(top, top + alpha.shape[0])
        blend_planes(self.y[rows], alpha, other.y[rows])
        small = alpha[::2, ::2]
        half = slice(top // 2, top // 2 + small.shape[0])
        blend_planes(self.u[half], small, other.u[half])
        blend_planes(self.v[half], small, other.v[half])


def blend(plane: Bytes, alpha: Levels, value: int) -> None:
    """Move the samples of a plane towards one value by opacity."""
    mixed = np.multiply(plane, OPAQUE - alpha, dtype=np.uint16)
    mixed += alpha * np.uint16(value)
    mixed += 128
    mixed >>= 8
    plane[:] = mixed


def blend_planes(plane: Bytes, alpha: Levels, other: Bytes) -> None:
    """Move the samples of a plane towards those of another by opacity."""
    mixed = np.multiply(plane, OPAQUE - alpha, dtype=np.uint16)
    mixed += np.multiply(other, alpha, dtype=np.uint16)
    mixed += 128
    mixed >>= 8
    plane[:] = mixed
