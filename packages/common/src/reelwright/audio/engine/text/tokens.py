"""A written word taken apart: what is said, and the marks around it."""

import re
import unicodedata
from dataclasses import dataclass

from reelwright.audio.engine.text.vocabulary import FOLDED_LETTERS

__all__ = ["MIXED_FRACTION", "Around", "Token", "take_apart"]

MIXED_FRACTION = "\x02"
"""Stands between a whole number and its vulgar fraction: ``2½`` is ``2`` + this + ``1/2``."""

_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")
    | {"\u2015": "—"}
)
"""Typographic quotation marks, hyphens, en dashes and minus signs, as a typewriter has them."""
_SUPERSCRIPTS = re.compile(r"(?<=\S)[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_VULGAR = re.compile(r"(\d?)([¼½¾⅐-⅞])")
_EDGES = re.compile(
    r"(?P<lead>[\"'(\[{<*_~`¿¡|•]*)(?P<core>.*?)(?P<trail>[\"')\]}>*_~`|.,;:!?…—]*)", re.DOTALL
)
_FRACTION_SLASH = "\u2044"
_MICRO = "\u03bc"
_NEGLIGIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_MAX_CORE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Token:
    """One written word: ``lead`` and ``trail`` are its punctuation, ``core`` what lies between."""

    written: str
    lead: str
    core: str
    trail: str


@dataclass(frozen=True, slots=True)
class Around:
    """The cores of the neighbours, empty at the edges of a passage; ``dotted``: a full stop follows."""

    before: str = ""
    after: str = ""
    dotted: bool = False


def take_apart(written: str) -> Token:
    """Return the written word with its characters made plain and its punctuation set aside.

    Leading signs of a number stay with it: ``<5`` and ``~5`` are said. Over-long words are cut:
    nobody wants a page of one letter read out.
    """
    plain = _plain(written[: 2 * _MAX_CORE_CHARS])[:_MAX_CORE_CHARS]
    match = _EDGES.fullmatch(plain)
    if match is None:
        return Token(written, "", plain, "")
    lead, core, trail = match["lead"], match["core"], match["trail"]
    if lead and lead[-1] in "<>~" and core[:1].isdigit():
        lead, core = lead[:-1], lead[-1] + core
    return Token(written, lead, core, trail) if core else Token(written, "", *_symbol_or_marks(plain))


def _symbol_or_marks(plain: str) -> tuple[str, str]:
    """Keep a lone sign such as ``<`` to be said; any other run of marks is only a pause."""
    return (plain, "") if plain in {"<", ">", "~"} else ("", plain)


def _plain(text: str) -> str:
    text = "".join(c for c in text if unicodedata.category(c) not in _NEGLIGIBLE).translate(_PLAIN)
    text = _SUPERSCRIPTS.sub(
        lambda match: "^" + unicodedata.normalize("NFKC", match[0]).replace("\u2212", "-"), text
    )
    text = _VULGAR.sub(_spread_fraction, text)
    text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
    letters = unicodedata.normalize("NFKD", text.translate(FOLDED_LETTERS))
    return "".join(_greek(c) for c in letters if not unicodedata.combining(c) and not c.isspace())


def _spread_fraction(match: re.Match[str]) -> str:
    whole = match[1] + MIXED_FRACTION if match[1] else ""
    return whole + unicodedata.normalize("NFKC", match[2]).replace(_FRACTION_SLASH, "/")


def _greek(character: str) -> str:
    """Name a Greek letter, but for micro, which units keep."""
    name = unicodedata.name(character, "")
    if not name.startswith("GREEK ") or character == _MICRO:
        return character
    return name.rpartition(" ")[2].lower().replace("lamda", "lambda")
