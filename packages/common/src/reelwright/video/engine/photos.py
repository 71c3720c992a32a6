"""Photographs fill their rectangle: they hang on a plate and are looked into, not cut out and swung."""

import math
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.planes import OPAQUE, Box, Bytes, Frame, Levels
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Ink, Sprite, levels

__all__ = ["Photo", "as_card", "as_print", "cropped"]

_ENTER_SECONDS: Final = 0.55
_ZOOM: Final = 0.075
"""How much nearer the camera comes over the scene."""
_PAN: Final = 0.35
"""Of what the zoom leaves over on one side, how far it goes past the middle."""
_BREATH: Final = 0.012
"""What it comes and goes besides, so that no second of a long scene is still."""
_BREATH_SECONDS: Final = 5.0
_CORNER: Final = 0.07
_RIM: Final = 0.025
_PRINT_PROPORTION: Final = 4 / 3
"""A small print is cut to this at most: a panorama would be a line."""
_CARD_MARGIN: Final = 0.09
_LIGHT: Final = 0.72
"""What is lighter than that is lost on a white card."""
_WHITE: Final = (255, 255, 255)
_BLACK: Final = (28, 30, 38)
_FINER: Final = 4
"""A small print's corners are drawn so many times larger."""


class Photo:
    """A photograph behind a window with round corners; the camera comes slowly nearer and drifts."""

    def __init__(
        self, image: Image.Image, window: Box, at: float, duration: float, *, radius: float, way: int
    ) -> None:
        """Take an image with the proportions of the window, and a side (-1 or 1) to drift to.

        The window's corner and sides are made even: colours lie on every second pixel.
        """
        self._box = _even(window)
        self._at = at
        self._duration = max(0.1, duration)
        self._way = way
        self._alpha = levels(rounded(self._box.width, self._box.height, radius))
        self._half_alpha = _halved(self._alpha)
        self._planes = _planes(image.convert("RGB"))

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it as it comes up, then as the camera sees it; nothing before its moment."""
        share = ease_out(progress(t, self._at, _ENTER_SECONDS))
        if share <= 0:
            return
        rise = round((1 - share) * self._box.height * 0.08 / 2) * 2
        self._seen(t).draw(frame, self._box.left, self._box.top + rise, opacity=share)

    def _seen(self, t: float) -> Sprite:
        """Return the sprite of a moment."""
        width, height = self._box.width, self._box.height
        luma, u, v = self._planes
        ink = _ink(self._taken(luma, (width, height), t), self._alpha)
        half = width // 2, height // 2

        def chroma(_: int, __: int) -> tuple[Ink, Ink]:
            return (
                _ink(self._taken(u, half, t), self._half_alpha),
                _ink(self._taken(v, half, t), self._half_alpha),
            )

        return Sprite(ink, chroma)

    def _taken(self, plane: Image.Image, size: tuple[int, int], t: float) -> Bytes:
        share = min(1.0, max(0.0, t / self._duration))
        near = 1 - _ZOOM * share - _BREATH * (0.5 + 0.5 * math.sin(math.tau * t / _BREATH_SECONDS))
        across, down = plane.width * near, plane.height * near
        left = (plane.width - across) * (0.5 + 0.5 * _PAN * self._way * (2 * share - 1))
        top = (plane.height - down) * 0.5
        matrix = across / size[0], 0.0, left, 0.0, down / size[1], top
        return np.asarray(plane.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR))


def cropped(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the middle of an image in the proportions of a window, and not much larger than it.

    Of a tall one more is cut at the foot: what is looked at is rarely there.
    """
    scale = max(width / image.width, height / image.height)
    across, down = min(image.width, width / scale), min(image.height, height / scale)
    left, top = (image.width - across) / 2, (image.height - down) * 0.4
    size = round(width * (1 + _ZOOM)), round(height * (1 + _ZOOM))
    box = (left, top, left + across, top + down)
    return image.resize(size, Image.Resampling.LANCZOS, box=box)


def as_print(image: Image.Image, size_px: int) -> Image.Image:
    """Return a photograph as a small print with round corners and a light rim, as a square holds it."""
    across = min(image.width, image.height * _PRINT_PROPORTION)
    down = min(image.height, image.width * _PRINT_PROPORTION)
    left, top = (image.width - across) / 2, (image.height - down) * 0.4
    shown = image.convert("RGB").crop((round(left), round(top), round(left + across), round(top + down)))
    shown.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    rim = max(1, round(_RIM * max(shown.size)))
    whole, mask = _card((shown.width + 2 * rim, shown.height + 2 * rim), _WHITE)
    whole.paste(shown, (rim, rim), mask.resize(shown.size, Image.Resampling.LANCZOS))
    whole.putalpha(mask)
    return whole


def as_card(image: Image.Image, lightness: float) -> Image.Image:
    """Return a logo on a card that it shows on, whatever the ground: white, or dark for a light logo."""
    margin = round(_CARD_MARGIN * max(image.size)) + 2
    size = image.width + 2 * margin, image.height + 2 * margin
    whole, mask = _card(size, _BLACK if lightness > _LIGHT else _WHITE)
    whole.putalpha(mask)
    whole.alpha_composite(image, (margin, margin))
    return whole


def _card(size: tuple[int, int], colour: tuple[int, int, int]) -> tuple[Image.Image, Image.Image]:
    """Return a card, and its shape with round corners."""
    mask = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    corner = _CORNER * max(size) * _FINER
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), corner, fill=255)
    return Image.new("RGBA", size, (*colour, 255)), mask.resize(size, Image.Resampling.LANCZOS)


def _planes(image: Image.Image) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Convert (ITU-R BT.709-6, sections 3.2 to 3.4, limited range)."""
    r, g, b = (np.asarray(band, dtype=np.float32) / 255 for band in image.split())
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    u = 128 + 224 * (b - luma) / np.float32(1.8556)
    v = 128 + 224 * (r - luma) / np.float32(1.5748)
    first, second, third = (
        Image.fromarray(np.rint(part).clip(0, 255).astype(np.uint8)) for part in (16 + 219 * luma, u, v)
    )
    return first, second.reduce(2), third.reduce(2)


def _ink(samples: Bytes, alpha: Levels) -> Ink:
    return np.multiply(samples, alpha, dtype=np.uint16), np.subtract(OPAQUE, alpha, dtype=np.uint16)


def _halved(alpha: Levels) -> Levels:
    wide = alpha.astype(np.uint32)
    total = wide[::2, ::2] + wide[1::2, ::2] + wide[::2, 1::2] + wide[1::2, 1::2]
    return (total // 4).astype(np.uint16)


def _even(box: Box) -> Box:
    left, top = box.left & ~1, box.top & ~1
    return Box(left, top, left + max(2, box.width & ~1), top + max(2, box.height & ~1))
