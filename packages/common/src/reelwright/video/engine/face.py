"""One weight at one size: how wide text is, and its ink as a mask."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby

import numpy as np

from reelwright.video.engine.bidi import in_order, levels, reads_from_right
from reelwright.video.engine.fonts import Weight, drawn_as, font_after, grouped, headline_font, language
from reelwright.video.engine.mirror import is_mirrored
from reelwright.video.engine.planes import Bytes
from reelwright.video.engine.shaping import Glyph, Shaped, draw, reach, shape
from reelwright.video.engine.typefaces import FontFile, characters_of, main_font

__all__ = ["Face", "Ink", "face"]

_LATIN = frozenset(map(ord, "Hgjpqy"))
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
    own: FontFile | None = None
    """The typeface of a brand, before all others."""

    def length(self, text: str) -> float:
        """Return the advance of the text in pixels; characters without a glyph have none."""
        return sum(
            stretch.shaped.advance * self.size + self._closer(stretch) * len(stretch.shaped.glyphs)
            for stretch in self._stretches(text)
        )

    def ink(self, text: str) -> Ink:
        """Return the text's ink, mirrored for a mirrored frame; an empty mask when there is none."""
        drawn = draw(self._glyphs(text), self.size)
        if not is_mirrored():
            return Ink(drawn.mask, drawn.left, drawn.top)
        left = round(self.length(text)) - drawn.left - drawn.mask.shape[1]
        return Ink(np.ascontiguousarray(drawn.mask[:, ::-1]), left, drawn.top)

    def rise(self, text: str) -> int:
        """Return how far the text reaches over the baseline: capitals at least, or its stacked marks."""
        if text.isascii():
            return self.cap_height
        tops = (reach(stretch.shaped)[0] for stretch in self._stretches(text))
        return max(self.cap_height, round(max(tops, default=0.0) * self.size))

    def fall(self, text: str) -> int:
        """Return how far the text reaches under the baseline, as far as Latin letters do at least."""
        if text.isascii():
            return self.descent
        depths = (reach(stretch.shaped)[1] for stretch in self._stretches(text))
        return max(self.descent, round(max(depths, default=0.0) * self.size))

    @cached_property
    def space(self) -> float:
        """Width between two words."""
        return self.length("x x") - 2 * self.length("x")

    @cached_property
    def cap_height(self) -> int:
        """Height of a capital letter over the baseline."""
        return round(_reach_of(self._main, "H")[0] * self.size)

    @cached_property
    def descent(self) -> int:
        """Depth of the lowest letters under the baseline."""
        return round(_reach_of(self._main, "gjpqy")[1] * self.size)

    @property
    def _main(self) -> FontFile:
        """The font whose Latin letters say how high lines are."""
        own = self.own
        return own if own is not None and characters_of(own) >= _LATIN else main_font(self.weight)

    def _stretches(self, text: str) -> "tuple[_Stretch, ...]":
        return _stretches(self.weight, text, language(), self.own)

    def _glyphs(self, text: str) -> Iterator[tuple[FontFile, Glyph]]:
        """Yield glyphs with their places on the whole line, in sizes."""
        start = 0.0
        for stretch in self._stretches(text):
            shaped, closer = stretch.shaped, self._closer(stretch) / self.size
            for place, glyph in enumerate(shaped.glyphs):
                yield shaped.font, replace(glyph, x=start + glyph.x + closer * place)
            start += shaped.advance + closer * len(shaped.glyphs)

    def _closer(self, stretch: "_Stretch") -> float:
        """Pixels added after each letter that stands alone: large heavy type is loose as it is."""
        is_closer = stretch.simple and self.weight == "heavy" and self.size >= _LARGE_SIZE
        return _CLOSER * self.size if is_closer else 0.0


def face(weight: Weight, size: int) -> Face:
    """Return the face, shared by all who ask; headlines may be set in a brand's own."""
    return _face(weight, max(1, size), headline_font(weight))


_face = lru_cache(maxsize=512)(Face)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text of one font that runs one way."""

    shaped: Shaped
    simple: bool
    """Whether each of its letters has one shape, so that they may be set closer."""


@lru_cache(maxsize=16_384)
def _stretches(weight: Weight, text: str, tag: str, own: FontFile | None) -> tuple[_Stretch, ...]:
    """Return a text as it stands on a line, from left to right."""
    parts = _parts(weight, text, own)
    order = in_order([level for _, level, _ in parts])
    return tuple(_shaped(*parts[place], tag) for place in order)


def _parts(weight: Weight, text: str, own: FontFile | None) -> list[tuple[FontFile, int, str]]:
    """Return stretches of one font and one level, in the order they are read."""
    found = []
    marked = unicodedata.normalize("NFC", text)
    by_place = levels(marked, from_right=reads_from_right(marked))
    for cluster, level in _with_levels(marked, by_place):
        font = font_after(own, cluster, weight)
        if font is not None:
            found.append((font, level, cluster))
    grouped = groupby(found, key=lambda part: part[:2])
    return [(*key, "".join(cluster for _, _, cluster in parts)) for key, parts in grouped]


def _with_levels(text: str, by_place: list[int]) -> Iterator[tuple[str, int]]:
    """Yield each cluster of what is shown with the level of its first character."""
    shown = [(drawn, level) for own, level in zip(text, by_place, strict=True) if (drawn := drawn_as(own))]
    place = 0
    for cluster in grouped(drawn for drawn, _ in shown):
        yield cluster, shown[place][1]
        place += len(cluster)


def _shaped(font: FontFile, level: int, text: str, tag: str) -> _Stretch:
    simple = all(ord(letter) < _SIMPLE_SCRIPTS_END and not unicodedata.combining(letter) for letter in text)
    return _Stretch(shape(font, text, tag, from_right=bool(level % 2), ligatures=not simple), simple)


@lru_cache
def _reach_of(font: FontFile, text: str) -> tuple[float, float]:
    return reach(shape(font, text, "", from_right=False))
