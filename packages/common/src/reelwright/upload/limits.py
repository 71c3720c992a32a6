"""Measuring texts in a platform's own unit, and cutting them where nobody minds.

A cut falls between words, else between what people take for characters: an emoji with its skin tone and
joined family, a flag, a letter with its accents, a syllable of an Indian script or Hangul stay whole. The
clusters are those of Unicode's UAX 29, or larger where its rules need tables that Python has not.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from reelwright.upload.catalogue import TagLimits, TextLimit, Unit

__all__ = ["clusters", "cut", "fitting_tags", "length", "tags_length", "without_forbidden"]

_ELLIPSIS = "…"
_JOINER = "\u200d"
_KEYCAP_OR_TONE = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_FLAG_TAGS = range(0xE0020, 0xE0080)
_HANGUL_PARTS = (range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xD7B0, 0xD800))
_THAI_AM = "\u0e33\u0eb3"
_VIRAMA_CLASS = 9
_ALIKE = (("<", "\u2039"), (">", "\u203a"))
_OPENS_TEXT = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
_CLOSES_TEXT = "\u202c\u2069"
_WORTH_KEEPING = 0.6
"""Share of the room that must be left when a cut goes back to the end of a word."""


def length(text: str, unit: Unit) -> int:
    """Return how long the text is, as the platform counts."""
    if unit == "characters":
        return len(text)
    if unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clusters(text: str) -> Iterator[str]:
    """Yield what people take for the characters of the text."""
    begin, flags = 0, 0
    for at in range(1, len(text)):
        flags = flags + 1 if ord(text[at - 1]) in _FLAG_LETTERS else 0
        if not _belongs(text[at - 1], text[at], flags):
            yield text[begin:at]
            begin, flags = at, 0
    if text:
        yield text[begin:]


def cut(text: str, limit: TextLimit) -> str:
    """Return the text if it fits; otherwise its beginning with an ellipsis, which fits."""
    if length(text, limit.unit) <= limit.limit:
        return text
    room = limit.limit - length(_ELLIPSIS, limit.unit)
    if room < 0:
        return ""
    return _at_a_word(_beginning(text, limit.unit, room), text) + _ELLIPSIS


def tags_length(tags: Iterable[str], limits: TagLimits) -> int:
    """Return how long the tags are together, with what goes between and around them."""
    lengths = [length(tag, limits.unit) + limits.quotes * (" " in tag) for tag in tags]
    return sum(lengths) + limits.between * max(0, len(lengths) - 1)


def fitting_tags(tags: Iterable[str], limits: TagLimits) -> tuple[str, ...]:
    """Return the tags that fit, the first ones first; a long one does not keep shorter ones out."""
    kept: tuple[str, ...] = ()
    for tag in tags:
        if tag and tag not in kept and tags_length((*kept, tag), limits) <= limits.limit:
            kept = (*kept, tag)
    return kept


def without_forbidden(text: str, forbidden: str) -> str:
    """Return the text with look-alikes of angle brackets for them, and without other forbidden characters."""
    table = {ord(character): None for character in forbidden} | {
        ord(character): alike for character, alike in _ALIKE if character in forbidden
    }
    return text.translate(table)


def _belongs(before: str, after: str, flags: int) -> bool:
    """Return whether neighbours are one cluster; ``flags`` counts the letters of flags up to ``before``."""
    if before == "\r" and after == "\n":
        return True
    if before in "\r\n" or after in "\r\n":
        return False
    if _JOINER in {before, after} or after in _THAI_AM:
        return True
    if ord(after) in _FLAG_LETTERS and flags % 2 == 1:
        return True
    return _continues(after) or _is_hangul_pair(before, after) or _is_conjunct(before, after)


def _continues(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or code in _KEYCAP_OR_TONE
        or code in _FLAG_TAGS
        or character == "\u200c"
    )


def _is_conjunct(before: str, after: str) -> bool:
    return unicodedata.combining(before) == _VIRAMA_CLASS and unicodedata.category(after) == "Lo"


def _is_hangul_pair(before: str, after: str) -> bool:
    return any(ord(after) in part for part in _HANGUL_PARTS) and unicodedata.name(before, "").startswith(
        "HANGUL"
    )


def _beginning(text: str, unit: Unit, room: int) -> str:
    kept, used = [], 0
    for cluster in clusters(text):
        used += length(cluster, unit)
        if used > room:
            break
        kept.append(cluster)
    return _closed("".join(kept))


def _closed(text: str) -> str:
    """Return the text up to the first change of direction that is still open at its end."""
    opened: list[int] = []
    for at, character in enumerate(text):
        if character in _OPENS_TEXT:
            opened.append(at)
        elif character in _CLOSES_TEXT and opened:
            opened.pop()
    return text[: opened[0]] if opened else text


def _at_a_word(beginning: str, text: str) -> str:
    """Go back to the end of a word, unless it ends there already or too much would be lost."""
    whole = text[len(beginning) : len(beginning) + 1].isspace()
    border = max((at for at, character in enumerate(beginning) if character.isspace()), default=0)
    if not whole and border >= _WORTH_KEEPING * len(beginning):
        beginning = beginning[:border]
    return beginning.rstrip()
