"""Wavy edges between two pictures: only the rows that an edge crosses are mixed, the rest is copied."""

from dataclasses import dataclass
from random import Random

import numpy as np

from reelwright.video.engine.planes import Frame, Levels, Reals

__all__ = ["Curve", "lay_below", "random_curve"]

_FINE = 16
"""Steps per pixel row, for smooth edges."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A moving line: row = middle + slope·x + two sines that travel at their own speeds."""

    middle: float
    slope: float
    amplitude: float
    waves: tuple[float, float]
    """Wavelengths, in frame widths."""
    speeds: tuple[float, float]
    """Radians a second."""
    phases: tuple[float, float]

    def rows(self, x: Reals, t: float) -> Reals:
        """Return the row of the line at each x (0 to 1 across the frame)."""
        long, short = (
            np.sin(2 * np.pi * x / wave + speed * t + phase)
            for wave, speed, phase in zip(self.waves, self.speeds, self.phases, strict=True)
        )
        rows: Reals = self.middle + self.slope * (x - 0.5) + self.amplitude * (0.68 * long + 0.32 * short)
        return rows


def random_curve(
    rng: Random, middle: float, amplitude: float, *, slope: float = 0.0, pace: float = 1.0
) -> Curve:
    """Return a curve with its own rhythm, alternately running left and right."""
    direction = rng.choice((-1.0, 1.0))
    return Curve(
        middle=middle,
        slope=slope,
        amplitude=amplitude,
        waves=(rng.uniform(0.8, 1.25), rng.uniform(0.38, 0.55)),
        speeds=(direction * rng.uniform(0.45, 0.65) * pace, -direction * rng.uniform(0.5, 0.8) * pace),
        phases=(rng.uniform(0, 6.28), rng.uniform(0, 6.28)),
    )


def lay_below(frame: Frame, picture: Frame, rows: Reals) -> None:
    """Lay the picture over the frame wherever it is below the line."""
    height = frame.y.shape[0]
    top = min(max(0, int(rows.min()) - 1), height) & ~1
    bottom = min(max(0, int(rows.max()) + 3), height) & ~1
    if bottom > top:
        frame.reveal(picture, _coverage(rows, top, bottom), top)
    if bottom < height:
        frame.take_rows(picture, bottom, height)


def _coverage(rows: Reals, top: int, bottom: int) -> Levels:
    edge = np.rint((rows - 0.5) * _FINE).astype(np.int32)
    depth = (np.arange(top, bottom, dtype=np.int32) * _FINE)[:, None] - edge[None, :]
    cover: Levels = (np.clip(depth, 0, _FINE) * (256 // _FINE)).astype(np.uint16)
    return cover
