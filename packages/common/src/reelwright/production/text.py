"""Text from strangers: normalised once, at the door, so that no later part needs to doubt it."""

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["clean_line", "clean_text"]

_LINE_BREAKS = re.compile(r"\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_SPACES = re.compile(r"[^\S\n]+")
_KEPT_FORMAT_CHARACTERS = {"\u200c", "\u200d"}
"""The joiners: scripts and emoji sequences need them; all other format characters are dropped."""
_BLANK_LETTERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}
"""Letters and symbols by category that show nothing: Hangul fillers and the empty Braille cell."""
_MAX_MARKS = 30
"""Combining marks kept in a row: the limit of Unicode's stream-safe format (UAX #15). Normalising a
longer run takes time that grows with its square: half a minute for 200,000 marks."""


def clean_text(value: object) -> object:
    """Return text in NFC with plain line breaks and single spaces, without control characters.

    Bidirectional overrides and other invisible format characters go too: they can make text read
    differently from what it is. Text that shows nothing at all becomes empty. Anything that is not
    text is returned as it is, for the schema to refuse.
    """
    if not isinstance(value, str):
        return value
    if value.isascii() and value.isprintable():
        return " ".join(value.split())  # nothing to normalise or to drop, and every letter shows
    text = _LINE_BREAKS.sub("\n", unicodedata.normalize("NFC", _limit_marks(value)))
    kept = "".join(character for character in text.replace("\t", " ") if _is_kept(character))
    cleaned = _SPACES.sub(" ", kept).strip()
    return cleaned if any(_is_visible(character) for character in cleaned) else ""


def clean_line(value: object) -> object:
    """Return text as :func:`clean_text` does, on one line."""
    cleaned = clean_text(value)
    return " ".join(cleaned.split()) if isinstance(cleaned, str) else cleaned


def _limit_marks(text: str) -> str:
    return text if text.isascii() else "".join(_without_long_runs(text))


def _without_long_runs(text: str) -> Iterator[str]:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MAX_MARKS:
            yield character


def _is_kept(character: str) -> bool:
    if character == "\n" or character in _KEPT_FORMAT_CHARACTERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CMZ" and character not in _BLANK_LETTERS
