"""The still ground of a scene: a gradient with a soft light, drawn once."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from PIL import Image

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.planes import Bytes, Frame, Reals

__all__ = ["gradient", "plate"]

_COARSE = 16
"""The gradient is computed on a grid this much coarser and enlarged in floating point."""
_DITHER_SEED = 20_26
_GLOW = 0.8
_GLOW_REACH = 0.16
"""How strong the light is in its middle, and how far it reaches (square of a share of the height)."""


@lru_cache(maxsize=16)
def plate(top: Rgb, bottom: Rgb, glow: Rgb, size: tuple[int, int], light: tuple[float, float]) -> Frame:
    """Return a gradient from top to bottom with a glow around ``light`` (shares of the frame).

    It is shared: do not write to it.
    """
    width, height = size
    columns, rows = width // _COARSE + 2, height // _COARSE + 2
    x = np.linspace(0, 1, columns, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    aspect = width / height
    distance = ((x - light[0]) * aspect) ** 2 + (y - light[1]) ** 2
    near = _GLOW * np.exp(-distance / _GLOW_REACH)
    channels = [(t + (b - t) * y) * (1 - near) + g * near for t, b, g in zip(top, bottom, glow, strict=True)]
    return _to_frame(channels, width, height)


@lru_cache(maxsize=16)
def gradient(top: Rgb, bottom: Rgb, size: tuple[int, int]) -> Frame:
    """Return a plain gradient from top to bottom. Do not write to it."""
    return plate(top, bottom, bottom, size, (0.5, 9.0))


def _to_frame(channels: Iterable[Reals], width: int, height: int) -> Frame:
    r, g, b = (channel / 255 for channel in channels)
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return Frame(
        _enlarge(16 + 219 * luma, width, height),
        _enlarge(128 + 224 * (b - luma) / 1.8556, width // 2, height // 2),
        _enlarge(128 + 224 * (r - luma) / 1.5748, width // 2, height // 2),
    )


def _enlarge(coarse: Reals, width: int, height: int) -> Bytes:
    """Enlarge in floating point and dither: in 8 bits the steps of a slow gradient show as a grid."""
    image = Image.fromarray(coarse.astype(np.float32))
    smooth = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
    dithered: Bytes = (smooth + _dither(width, height)).astype(np.uint8)
    return dithered


@lru_cache(maxsize=4)
def _dither(width: int, height: int) -> Reals:
    noise = np.random.default_rng(_DITHER_SEED).random((height, width), dtype=np.float32)
    noise.setflags(write=False)
    return noise
