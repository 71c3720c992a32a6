"""What a logo stands out from, or does not: then a plate goes under it.

WCAG 2.2 (1.4.11) asks 3 to 1 of graphics that must be understood, and excepts logos; half of that distance is
where one is hardly seen.
"""

from typing import Final

import numpy as np

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.planes import Bytes, Reals
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Sprite

__all__ = ["plate_under", "stands_out"]

_LEAST_CONTRAST: Final = 2.0
_INK: Final = 128
"""Opacity of 255 from which a pixel is part of the logo."""
_SOLID_SHARE: Final = 0.9
"""Of its rectangle: a logo that fills so much of it brings a ground of its own."""
_LEAST_SHARE: Final = 0.8
"""Of its pixels that must stand out."""
_LEAST_OF_SOLID: Final = 0.1
_LIGHT, _DARK = Rgb(255, 255, 255), Rgb(16, 18, 24)
_OPACITY: Final = 0.88
_CORNER: Final = 0.28
"""Of the height of the plate."""


def stands_out(rgba: Bytes, ground: Bytes) -> bool:
    """Tell whether a logo is seen on a ground of the same size, of which the luma is given (16 to 235)."""
    ink = rgba[:, :, 3] >= _INK
    if not ink.any():
        return True
    light, behind = _luminance(rgba[:, :, :3].astype(np.float32))[ink], _of_luma(ground)[ink]
    share = float((_contrast(light, behind) >= _LEAST_CONTRAST).mean())
    return share >= (_LEAST_OF_SOLID if ink.mean() >= _SOLID_SHARE else _LEAST_SHARE)


def plate_under(rgba: Bytes, pad: int) -> Sprite:
    """Return a plate for a logo, light or dark as more of it stands out from that; both have one origin."""
    ink = rgba[:, :, 3] >= _INK
    light = _luminance(rgba[:, :, :3].astype(np.float32))[ink]
    on_light, on_dark = (
        float((_contrast(light, _luminance(np.array(colour, np.float32))) >= _LEAST_CONTRAST).mean())
        for colour in (_LIGHT, _DARK)
    )
    height, width = rgba.shape[0] + 2 * pad, rgba.shape[1] + 2 * pad
    mask = rounded(width, height, _CORNER * height)
    colour = _LIGHT if on_light >= on_dark else _DARK
    return Sprite.solid(mask, colour, left=-pad, top=-pad, opacity=_OPACITY)


def _luminance(rgb: Reals) -> Reals:
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    found: Reals = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return found


def _of_luma(ground: Bytes) -> Reals:
    grey = np.clip((ground.astype(np.float32) - 16) / 219, 0, 1) * 255
    return _luminance(np.repeat(grey[:, :, None], 3, axis=2))


def _contrast(first: Reals, second: Reals) -> Reals:
    found: Reals = (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)
    return found
