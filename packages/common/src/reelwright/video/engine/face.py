"""One weight at one size: how wide text is, and its ink as a mask."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import font_manrope
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from reelwright.video.engine.fonts import Run, Weight, font, runs
from reelwright.video.engine.planes import Bytes

__all__ = ["Face", "Ink", "face"]

_CLOSER = -0.018
_LARGE_SIZE = 30
_SIMPLE_SCRIPTS_END = 0x0530
"""Latin, Greek and Cyrillic: every letter has a shape of its own."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A mask of 0 to 255, cropped. ``left`` and ``top`` are seen from the pen on the baseline."""

    mask: Bytes
    left: int
    top: int

    @property
    def right(self) -> int:
        """Right edge, seen from the pen."""
        return self.left + int(self.mask.shape[1])

    @property
    def bottom(self) -> int:
        """Lower edge, seen from the baseline."""
        return self.top + int(self.mask.shape[0])


@dataclass(frozen=True)
class Face:
    """A weight at a size in pixels."""

    weight: Weight
    size: int

    def length(self, text: str) -> float:
        """Return the advance of the text in pixels; characters without a glyph have none."""
        return _length(self.weight, self.size, text)

    def ink(self, text: str) -> Ink:
        """Return the text's ink; an empty mask when nothing of it can be drawn."""
        width = round(self.length(text)) + 4 * self.size
        image = Image.new("L", (width, 4 * self.size), 0)
        draw, baseline = ImageDraw.Draw(image), 5 * self.size // 2
        for piece, offset in _pieces(self.weight, self.size, text):
            drawn = font(piece.path, self.size)
            draw.text((self.size + offset, baseline), piece.text, fill=255, font=drawn, anchor="ls")
        return _cropped(image, self.size, baseline)

    @cached_property
    def space(self) -> float:
        """Width between two words."""
        return self.length("x x") - 2 * self.length("x")

    @cached_property
    def cap_height(self) -> int:
        """Height of a capital letter over the baseline."""
        return round(-self._main.getbbox("H", anchor="ls")[1])

    @cached_property
    def descent(self) -> int:
        """Depth of the lowest letters under the baseline."""
        return round(self._main.getbbox("gjpqy", anchor="ls")[3])

    @property
    def _main(self) -> ImageFont.FreeTypeFont:
        return font(_main_file(), self.size)


@lru_cache(maxsize=512)
def face(weight: Weight, size: int) -> Face:
    """Return the face, shared by all who ask."""
    return Face(weight, max(1, size))


@lru_cache(maxsize=16_384)
def _length(weight: Weight, size: int, text: str) -> float:
    found = runs(text, weight)
    own = sum(font(run.path, size).getlength(run.text) for run in found)
    return own + sum(_tracking(weight, size, run) * len(run.text) for run in found)


def _pieces(weight: Weight, size: int, text: str) -> Iterator[tuple[Run, float]]:
    """Yield what to draw in one go, and where: a run, or its letters one by one where they are set closer."""
    start = 0.0
    for run in runs(text, weight):
        drawn, closer = font(run.path, size), _tracking(weight, size, run)
        if closer:
            for place, letter in enumerate(run.text):
                yield (
                    Run(letter, run.path),
                    start + drawn.getlength(run.text[: place + 1]) - drawn.getlength(letter) + closer * place,
                )
        else:
            yield run, start
        start += drawn.getlength(run.text) + closer * len(run.text)


def _tracking(weight: Weight, size: int, run: Run) -> float:
    """Pixels added after each letter: large heavy type is loose as it is. Only where letters stand alone."""
    simple = all(
        ord(letter) < _SIMPLE_SCRIPTS_END and not unicodedata.combining(letter) for letter in run.text
    )
    return _CLOSER * size if weight == "heavy" and size >= _LARGE_SIZE and simple else 0.0


def _main_file() -> Path:
    return Path(font_manrope.font_files["ManropeExtraBold"])


def _cropped(image: Image.Image, pen: int, baseline: int) -> Ink:
    box = image.getbbox()
    if box is None:
        return Ink(np.zeros((0, 0), np.uint8), 0, 0)
    return Ink(np.asarray(image.crop(box)), box[0] - pen, box[1] - baseline)
