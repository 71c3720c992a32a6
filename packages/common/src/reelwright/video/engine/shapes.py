"""Masks of simple shapes with smooth edges, and soft light: numbers in, pictures out."""

from itertools import pairwise

import numpy as np

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.planes import Bytes, Reals

__all__ = ["disc", "lit_disc", "polyline", "ring", "rounded"]


def disc(diameter: float, shift_x: float = 0.0, shift_y: float = 0.0) -> Bytes:
    """Return a filled circle in a square with room for a shift of less than one pixel."""
    size = int(np.ceil(diameter)) + 2
    return _mask(diameter / 2 - _distance(size, shift_x, shift_y))


def ring(diameter: float, thickness: float) -> Bytes:
    """Return a circle's outline, its outer edge at the diameter."""
    size = int(np.ceil(diameter)) + 2
    middle = diameter / 2 - thickness / 2
    return _mask(thickness / 2 - np.abs(_distance(size, 0, 0) - middle))


def rounded(width: int, height: int, radius: float) -> Bytes:
    """Return a filled rectangle with round corners (signed distance of a rounded box)."""
    radius = min(radius, width / 2, height / 2)
    x = np.abs(np.arange(width, dtype=np.float32) - (width - 1) / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height, dtype=np.float32) - (height - 1) / 2) - (height / 2 - radius)
    outside = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None])
    inside = np.minimum(np.maximum(x[None, :], y[:, None]), 0)
    return _mask(radius - outside - inside)


def lit_disc(diameter: int, lit: Rgb, far: Rgb) -> Bytes:
    """Return an RGBA ball: one colour where the light falls, at the upper left, the other away from it."""
    mask = disc(diameter)
    size = mask.shape[0]
    place = np.linspace(0, 1, size, dtype=np.float32)
    share = np.clip(np.hypot(place[None, :] - 0.3, place[:, None] - 0.25) / 0.95, 0, 1)
    picture = np.empty((size, size, 4), np.uint8)
    for channel in range(3):
        picture[:, :, channel] = np.rint(lit[channel] + (far[channel] - lit[channel]) * share)
    picture[:, :, 3] = mask
    return picture


def polyline(points: Reals, width: int, height: int, thickness: float) -> Bytes:
    """Return a line through points that rise in x, of even thickness, as a mask of width × height."""
    mask = np.zeros((height, width), np.uint8)
    half = thickness / 2
    for start, end in pairwise(points):
        left, right = max(0, int(start[0] - half - 1)), min(width, int(end[0] + half + 2))
        top = max(0, int(min(start[1], end[1]) - half - 1))
        bottom = min(height, int(max(start[1], end[1]) + half + 2))
        part = mask[top:bottom, left:right]
        np.maximum(part, _mask(half - _to_segment(start, end, left, top, part.shape)), out=part)
    return mask


def _to_segment(start: Reals, end: Reals, left: int, top: int, shape: tuple[int, ...]) -> Reals:
    x = np.arange(shape[1], dtype=np.float32)[None, :] + left - start[0]
    y = np.arange(shape[0], dtype=np.float32)[:, None] + top - start[1]
    along = end - start
    share = np.clip((x * along[0] + y * along[1]) / max(float(along @ along), 1e-6), 0, 1)
    distance: Reals = np.hypot(x - share * along[0], y - share * along[1])
    return distance


def _distance(size: int, shift_x: float, shift_y: float) -> Reals:
    place = np.arange(size, dtype=np.float32) - np.float32((size - 1) / 2)
    distance: Reals = np.hypot(place[None, :] - np.float32(shift_x), place[:, None] - np.float32(shift_y))
    return distance


def _mask(signed_distance: Reals) -> Bytes:
    mask: Bytes = (np.clip(signed_distance + 0.5, 0, 1) * 255 + 0.5).astype(np.uint8)
    return mask
