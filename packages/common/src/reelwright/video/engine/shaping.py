"""Text of one font into glyphs, and glyphs into a mask: HarfBuzz, the same everywhere.

Pillow shapes with libraries that may be missing on a machine, and Arabic and Devanagari come out broken
where they are; uharfbuzz carries all that it needs. Nothing is hinted, so widths grow with the size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import uharfbuzz as hb

from reelwright.video.engine.planes import Bytes
from reelwright.video.engine.typefaces import FontFile, opened

__all__ = ["Drawn", "Glyph", "Shaped", "draw", "reach", "shape"]

_NO_LIGATURES = {"liga": False, "clig": False}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shape of a font, and where its pen stands. In sizes of the type, upwards positive."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """A stretch of text of one font, from left to right."""

    font: FontFile
    glyphs: tuple[Glyph, ...]
    advance: float
    """In sizes of the type."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mask of 0 to 255, cropped, and where its corner is: pixels right of and below the pen."""

    mask: Bytes
    left: int
    top: int


@lru_cache(maxsize=16_384)
def shape(font: FontFile, text: str, language: str, *, from_right: bool, ligatures: bool = True) -> Shaped:
    """Return the glyphs of a text that runs one way, as a language (its tag, or nothing) writes it."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if from_right else "ltr"
    if language:
        buffer.language = language
    hb.shape(_font(font), buffer, None if ligatures else _NO_LIGATURES)
    em, pen = opened(font).upem, 0
    glyphs: list[Glyph] = []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x, y = pen + position.x_offset, position.y_offset
        glyphs.append(Glyph(info.codepoint, x / em, y / em))
        pen += position.x_advance
    return Shaped(font, tuple(glyphs), pen / em)


@lru_cache(maxsize=16_384)
def reach(shaped: Shaped) -> tuple[float, float]:
    """Return how far the glyphs reach over and under the baseline, in sizes of the type."""
    em, rise, fall = opened(shaped.font).upem, 0.0, 0.0
    for glyph in shaped.glyphs:
        extents = _font(shaped.font).get_glyph_extents(glyph.number)
        if extents is not None and extents.height:
            rise = max(rise, glyph.y + extents.y_bearing / em)
            fall = max(fall, -glyph.y - (extents.y_bearing + extents.height) / em)
    return rise, fall


def draw(glyphs: Iterable[tuple[FontFile, Glyph]], size: int) -> Drawn:
    """Return the ink of glyphs at a size in pixels; an empty mask where there is none."""
    raster = hb.RasterDraw()
    for font, glyph in glyphs:
        scale = size / opened(font).upem
        raster.transform = (scale, 0.0, 0.0, scale, glyph.x * size, glyph.y * size)
        raster.draw_glyph(_font(font), glyph.number)
    image = raster.render()
    extents = image.extents
    if not extents.width or not extents.height:
        return Drawn(np.zeros((0, 0), np.uint8), 0, 0)
    rows = np.frombuffer(image.buffer, np.uint8).reshape(extents.height, extents.stride)
    mask = rows[::-1, : extents.width]
    return _cropped(mask, extents.x_origin, -(extents.y_origin + extents.height))


@cache
def _font(font: FontFile) -> "hb.Font":
    made, axes = hb.Font(opened(font)), opened(font).axis_infos
    if font.boldness and any(axis.tag == "wght" for axis in axes):
        made.set_variations({"wght": font.boldness})
    return made


def _cropped(mask: Bytes, left: int, top: int) -> Drawn:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return Drawn(np.zeros((0, 0), np.uint8), 0, 0)
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Drawn(np.ascontiguousarray(part), left + int(columns[0]), top + int(rows[0]))
