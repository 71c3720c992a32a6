"""Text from strangers: normalised once, at the door, so that no later part needs to doubt it."""

import re
import unicodedata

__all__ = ["clean_line", "clean_text"]

_LINE_BREAKS = re.compile(r"\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
_SPACES = re.compile(r"[^\S\n]+")
_KEPT_FORMAT_CHARACTERS = {"\u200c", "\u200d"}
"""The joiners: scripts and emoji sequences need them; all other format characters are dropped."""


def clean_text(value: object) -> object:
    """Return text in NFC with plain line breaks and single spaces, without control characters.

    Bidirectional overrides and other invisible format characters go too: they can make text read
    differently from what it is. Anything that is not text is returned as it is, for the schema to
    refuse.
    """
    if not isinstance(value, str):
        return value
    text = _LINE_BREAKS.sub("\n", unicodedata.normalize("NFC", value))
    kept = "".join(character for character in text.replace("\t", " ") if _is_kept(character))
    return _SPACES.sub(" ", kept).strip()


def clean_line(value: object) -> object:
    """Return text as :func:`clean_text` does, on one line."""
    cleaned = clean_text(value)
    return " ".join(cleaned.split()) if isinstance(cleaned, str) else cleaned


def _is_kept(character: str) -> bool:
    if character == "\n" or character in _KEPT_FORMAT_CHARACTERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
