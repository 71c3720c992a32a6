"""What a thumbnail is drawn on, in RGB: grounds, pictures with a rim, words; and what was laid where.

Everything is drawn once at its own size; what was covered by pictures and by words is kept for measuring.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.fit import Fitted
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box, Bytes, Reals
from reelwright.video.engine.shapes import disc, rounded
from reelwright.video.engine.typeset import PlacedToken

__all__ = ["Canvas", "Written"]

_SHORT_SIDE: Final = 720
_RIM: Final = 11
"""Width of the rim around a cut-out picture, in design pixels."""
_FIRM: Final = 9.0
"""How fast the rim's edge ends."""
_SHADOW: Final = 0.38
_COARSE: Final = 2
"""Rays are drawn this much smaller and enlarged."""


@dataclass(frozen=True, slots=True)
class Written:
    """A word as it was drawn: its mask, where its corner is, and on which line it stands."""

    mask: Bytes
    left: int
    top: int
    line: int


@dataclass
class Canvas:
    """One thumbnail in the making."""

    width: int
    height: int
    words: list[Written] = field(default_factory=list)
    lines: int = 0
    """How many lines of text were written."""

    def __post_init__(self) -> None:
        """Begin empty."""
        self.image = Image.new("RGB", (self.width, self.height))
        self.pictured = Image.new("L", (self.width, self.height))
        """What pictures cover."""
        self.plated = Image.new("L", (self.width, self.height))
        """What plates with words cover."""
        self.before_words: Image.Image | None = None

    @property
    def box(self) -> Box:
        """All of it."""
        return Box(0, 0, self.width, self.height)

    def px(self, design: float) -> int:
        """Return design pixels, those of a frame whose shorter side is 720."""
        return round(design * min(self.width, self.height) / _SHORT_SIDE)

    def share(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return a box of shares of the frame."""
        across, down = self.width, self.height
        return Box(round(left * across), round(top * down), round(right * across), round(bottom * down))

    def gradient(self, top: Rgb, bottom: Rgb) -> None:
        """Fill it from top to bottom."""
        share = np.linspace(0, 1, self.height, dtype=np.float32)[:, None]
        column = np.asarray(top, np.float32) * (1 - share) + np.asarray(bottom, np.float32) * share
        strip = Image.fromarray(np.rint(column)[:, None, :].astype(np.uint8))
        self.image.paste(strip.resize((self.width, self.height), Image.Resampling.NEAREST))

    def rays(self, middle: tuple[int, int], colour: Rgb, count: int, opacity: float) -> None:
        """Lay rays that go out from a point."""
        x, y = self._grid(middle)
        turn = np.arctan2(y, x) * np.float32(count / (2 * np.pi))
        phase = np.abs(turn - np.floor(turn) - np.float32(0.5))
        reach = np.hypot(x, y) * np.float32(2 * np.pi / count)
        self.mask(np.clip((phase - 0.25) * reach / _COARSE + 0.5, 0, 1) * 255, colour, opacity=opacity)

    def slope(self, start: tuple[float, float], end: tuple[float, float]) -> Image.Image:
        """Return a mask of what lies right of, or below, a straight line between two points in shares."""
        x, y = self._grid((round(start[0] * self.width), round(start[1] * self.height)))
        across, down = (end[0] - start[0]) * self.width, (end[1] - start[1]) * self.height
        length = float(np.hypot(across, down))
        distance = (x * down - y * across) / np.float32(length)
        return self._enlarged(np.clip(distance / _COARSE + 0.5, 0, 1) * 255)

    def hill(self, rows: Reals, colour: Rgb) -> None:
        """Fill what lies below a line that has a row for every column."""
        y = np.arange(self.height, dtype=np.float32)[:, None]
        self.mask(np.clip(y - rows[None, :] + 0.5, 0, 1) * 255, colour)

    def disc(self, middle: tuple[int, int], radius: int, colour: Rgb, opacity: float = 1.0) -> None:
        """Lay a disc."""
        self.stamp(disc(2 * radius), (middle[0] - radius - 1, middle[1] - radius - 1), colour, opacity)

    def plate(self, box: Box, radius: float, colour: Rgb, opacity: float = 1.0) -> None:
        """Lay a plate that words stand on."""
        mask = rounded(max(1, box.width), max(1, box.height), radius)
        self.stamp(mask, (box.left, box.top), colour, opacity)
        self.plated.paste(255, (box.left, box.top), Image.fromarray(mask))

    def mask(self, mask: Reals | Image.Image, colour: Rgb, *, opacity: float = 1.0) -> None:
        """Lay a colour through a mask of the whole frame."""
        whole = mask if isinstance(mask, Image.Image) else self._enlarged(mask)
        if opacity < 1:
            whole = whole.point(lambda level: round(level * opacity))
        self.image.paste(colour, (0, 0), whole)

    def stamp(self, mask: Bytes, corner: tuple[int, int], colour: Rgb, opacity: float = 1.0) -> None:
        """Lay a colour through a mask with its corner at a place."""
        shape = Image.fromarray(mask)
        if opacity < 1:
            shape = shape.point(lambda level: round(level * opacity))
        self.image.paste(colour, corner, shape)

    def cut_out(self, picture: ScenePicture, middle: tuple[int, int], size: int, rim: Rgb | None) -> Box:
        """Lay a picture, no larger than a square of ``size``, with a rim and a shadow; return its box."""
        drawn = picture.image(size)
        left, top = middle[0] - drawn.width // 2, middle[1] - drawn.height // 2
        alpha = drawn.getchannel("A")
        if rim is not None:
            self._rim(alpha, (left, top), rim)
        self.image.paste(drawn.convert("RGB"), (left, top), alpha)
        self.pictured.paste(255, (left, top), alpha)
        return Box(left, top, left + drawn.width, top + drawn.height)

    def write(self, fitted: Fitted, placed: Sequence[PlacedToken], colours: Sequence[Rgb]) -> None:
        """Draw placed text, each word in its colour."""
        if self.before_words is None:
            raise AssertionError("words are written after everything else")
        for piece in placed:
            ink = fitted.face.ink(piece.token.text)
            if ink.mask.size:
                left, top = piece.x + ink.left, piece.baseline + ink.top
                self.image.paste(colours[piece.token.word], (left, top), Image.fromarray(ink.mask))
                self.words.append(Written(ink.mask, left, top, self.lines + piece.line))
        self.lines += 1 + max((piece.line for piece in placed), default=-1)

    def begin_words(self) -> None:
        """Keep what stands behind the words: nothing but words is drawn from here on."""
        self.before_words = self.image.copy()

    def _rim(self, alpha: Image.Image, corner: tuple[int, int], colour: Rgb) -> None:
        width = max(2, self.px(_RIM))
        room = 3 * width
        padded = Image.new("L", (alpha.width + 2 * room, alpha.height + 2 * room))
        padded.paste(alpha, (room, room))
        soft = padded.filter(ImageFilter.GaussianBlur(width / 1.7))
        rim = soft.point(lambda level: max(0, min(255, round((level - 14) * _FIRM))))
        at = (corner[0] - room, corner[1] - room)
        shade = rim.filter(ImageFilter.BoxBlur(width)).point(lambda level: round(level * _SHADOW))
        self.image.paste((0, 0, 0), (at[0] + width // 3, at[1] + width), shade)
        self.image.paste(colour, at, rim)

    def _grid(self, middle: tuple[int, int]) -> tuple[Reals, Reals]:
        """Return how far every coarse pixel lies from a point, in pixels."""
        x = np.arange(0, self.width, _COARSE, dtype=np.float32)[None, :] - middle[0]
        y = np.arange(0, self.height, _COARSE, dtype=np.float32)[:, None] - middle[1]
        return x, y

    def _enlarged(self, mask: Reals) -> Image.Image:
        image = Image.fromarray(np.rint(mask).astype(np.uint8))
        size = (self.width, self.height)
        return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)
