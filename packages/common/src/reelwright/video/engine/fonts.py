"""Which font draws what: the bundled Manrope, then the fonts of the pack, then installed ones.

A character that no font here can draw is left out: a box in its place would say less than nothing.
:mod:`reelwright.video.engine.scripts` tells what that means for a whole text.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

from reelwright.video.engine.typefaces import (
    HEADLINE,
    FontFile,
    Weight,
    characters_of,
    family_font,
    main_font,
    other_fonts,
    packed_fonts,
)
from reelwright.video.schema import FontUse

__all__ = [
    "Run",
    "Weight",
    "clusters",
    "drawn_as",
    "font_after",
    "font_of",
    "grouped",
    "headline_font",
    "language",
    "language_of",
    "own_font",
    "runs",
    "undrawable",
    "writing",
]

_JOINERS = {"\u200c", "\u200d"}
_COMBINING = {"Mn", "Me", "Mc"}
_VIRAMA = 9
"""Canonical combining class of the signs that join two consonants to a conjunct (UAX 44)."""
_STANDS_ALONE = {"\u0bcd", "\u0e3a", "\u0eba"}
"""Signs of that class that join nothing: those of Tamil, Thai and Lao."""
_ALSO_EXTEND = {"\u0e33", "\u0eb3"}
"""Vowels of Thai and Lao that are letters by category, and part of what stands before (UAX 29)."""
_DRAWN_AS = {"\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u2032": "'", "\u2033": '"'}
"""Signs that Manrope has under another number, so that no other font is taken for them."""

_language: ContextVar[str] = ContextVar("language", default="")
_headlines: ContextVar[FontFile | None] = ContextVar("headlines", default=None)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that one font draws."""

    text: str
    font: FontFile


@contextmanager
def writing(tag: str, headlines: FontFile | None = None) -> Iterator[None]:
    """Have all text meanwhile drawn as a language writes it: Han, Cyrillic and others differ by that.

    ``headlines`` is the typeface of heavy type; what it does not have is drawn as without it.
    """
    token, own = _language.set(tag), _headlines.set(headlines)
    try:
        yield
    finally:
        _headlines.reset(own)
        _language.reset(token)


def own_font(use: FontUse | None) -> FontFile | None:
    """Return the font that a brand uses; None where it uses the usual one, or its family is not here."""
    if use is None:
        return None
    return family_font(use.family) if use.path is None else FontFile(use.path, boldness=HEADLINE)


def headline_font(weight: Weight) -> FontFile | None:
    """Return the font that draws a weight before all others, if a brand has one for it."""
    return _headlines.get() if weight == "heavy" else None


def language() -> str:
    """Return the tag of the language that is being written; empty where nobody said."""
    return _language.get()


def language_of(text: str, told: str) -> str:
    """Return the language as which to write a text, if need be by its letters: kana, Hangul, or Han alone."""
    if told.partition("-")[0] in {"ja", "ko", "zh"}:
        return told
    codes = [ord(character) for character in text]
    if any(0x3040 <= code <= 0x30FF for code in codes):
        return "ja"
    if any(0xAC00 <= code <= 0xD7AF for code in codes):
        return "ko"
    return "zh" if any(0x4E00 <= code <= 0x9FFF for code in codes) else told


def runs(text: str, weight: Weight) -> tuple[Run, ...]:
    """Split text into stretches of one font each, without the characters that none can draw."""
    found: list[Run] = []
    for cluster in clusters(text):
        font = font_of(cluster, weight)
        if font is None:
            continue
        if found and found[-1].font == font:
            found[-1] = Run(found[-1].text + cluster, font)
        else:
            found.append(Run(cluster, font))
    return tuple(found)


def undrawable(text: str) -> str:
    """Return the visible characters of the text that no font here can draw, each once."""
    missing = (cluster for cluster in clusters(text) if font_of(cluster, "heavy") is None)
    return "".join(dict.fromkeys("".join(missing)))


def clusters(text: str) -> Iterator[str]:
    """Yield what readers see as one character: a base with its marks, joined sequences and conjuncts whole.

    White space comes as plain spaces; control and invisible format characters are dropped. Marks are
    composed with their letters where Unicode has both as one (normalisation form C).
    """
    return grouped(
        shown for character in unicodedata.normalize("NFC", text) if (shown := drawn_as(character))
    )


def grouped(shown: Iterable[str]) -> Iterator[str]:
    """Yield characters that are shown (see :func:`drawn_as`) put together to clusters."""
    current = ""
    for character in shown:
        if current and _extends(current, character):
            current += character
        else:
            if current:
                yield current
            current = character
    if current:
        yield current


def font_of(cluster: str, weight: Weight) -> FontFile | None:
    """Return the font that draws a cluster, or None."""
    return font_after(headline_font(weight), cluster, weight)


def font_after(own: FontFile | None, cluster: str, weight: Weight) -> FontFile | None:
    """Return the font that draws a cluster if ``own`` comes before all others, or None."""
    return _font_of(cluster, weight, _language.get(), own)


def drawn_as(character: str) -> str:
    """Return the character that is drawn for one, or nothing for what is not seen."""
    if character in _JOINERS:
        return character
    if character.isspace():
        return " "
    if unicodedata.category(character)[0] == "C":
        return ""
    return _DRAWN_AS.get(character, character)


def _extends(current: str, character: str) -> bool:
    if current[-1] == "\u200d" or character in _JOINERS or character in _ALSO_EXTEND:
        return current != " "
    if unicodedata.category(character) in _COMBINING:
        return True
    last = current[-1]
    is_joined = unicodedata.combining(last) == _VIRAMA and last not in _STANDS_ALONE
    return is_joined and unicodedata.category(character) == "Lo"


@cache
def _font_of(cluster: str, weight: Weight, tag: str, own: FontFile | None) -> FontFile | None:
    needed = frozenset(ord(character) for character in cluster if not _is_ignorable(character))
    if not needed:
        return None
    return next((font for font in _fonts(weight, tag, own) if needed <= characters_of(font)), None)


def _fonts(weight: Weight, tag: str, own: FontFile | None) -> Iterator[FontFile]:
    if own is not None:
        yield own
    yield main_font(weight)
    yield from packed_fonts(weight)
    yield from other_fonts(tag)


def _is_ignorable(character: str) -> bool:
    return character in _JOINERS or 0xFE00 <= ord(character) <= 0xFE0F
