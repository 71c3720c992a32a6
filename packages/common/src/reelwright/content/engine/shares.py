"""Shares of a whole that a sentence says in words: "half of all species", "three out of four lakes"."""

import re

from reelwright.content.engine.figures import sign_before
from reelwright.content.engine.lexicon import PREPOSITIONS, UNRESOLVED_PRONOUNS, word_set
from reelwright.content.engine.links import link_of
from reelwright.content.engine.words import normal
from reelwright.production.schema import NumberVisual

__all__ = ["share_in"]

_COUNTS = {
    word: value
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip
_COUNT = rf"(?:{'|'.join(_COUNTS)}|[1-9]\d{{0,2}})"
_FRACTION = re.compile(
    r"\b(?:(?P<top>a|one|two|three|four|five|seven|nine)[ -])?"
    r"(?P<part>half|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?) "
    r"(?=of (?!an? |one |it\b|that\b|this\b)|all (?:of )?(?:the|its|our) |the (?:world|people|time)\b)",
    re.IGNORECASE,
)
_RATIO = re.compile(
    rf"\b(?P<some>{_COUNT})(?P<of> out of| in| of every| in every) (?P<whole>{_COUNT}) (?=[a-z])",
    re.IGNORECASE,
)
_NOT_BEFORE = word_set(
    "first second third other better latter last next top bottom the this that another and"
)
"""Before a half it is not so much of something: "the second half of the match", "two and a half"."""
_OF_TIME = word_set("second seconds minute minutes hour hours day days week weeks month months year years a")
_MAX_WORDS = 9


def share_in(sentence: str) -> NumberVisual | None:
    """Return the share that an English sentence says in words, as a figure such as 1/3 or 3 of 4; or None.

    What it is a share of is told in the sentence's own words: those behind it where it opens the sentence,
    else the whole sentence; None where that is too long to be read beside a figure.
    """
    text = link_of(sentence.strip().rstrip(".!")).bare
    if text.endswith("?") or '"' in text or "“" in text:
        return None
    return _fraction(text) or _ratio(text)


def _fraction(text: str) -> NumberVisual | None:
    match = _FRACTION.search(text)
    if not match or _last_word(text[: match.start()]) in _NOT_BEFORE:
        return None
    part = _PARTS[match["part"].lower().removesuffix("s")]
    top = _COUNTS.get((match["top"] or "one").lower(), 1)
    if top >= part or (top == 1) is match["part"].lower().endswith("s"):
        return None
    return _figure(text, match, top, f"/{part}")


def _ratio(text: str) -> NumberVisual | None:
    match = _RATIO.search(text)
    if not match or normal(text[match.end() :].split(maxsplit=1)[0]) in _OF_TIME:
        return None
    some, whole = (_count(match[name]) for name in ("some", "whole"))
    named = match["of"].strip().lower() != "in" or not (match["some"].isdigit() or match["whole"].isdigit())
    return _figure(text, match, some, f" of {whole}") if some < whole and named else None


def _count(text: str) -> int:
    return _COUNTS.get(text.lower()) or int(text)


def _figure(text: str, match: re.Match[str], value: int, suffix: str) -> NumberVisual | None:
    sign, start = sign_before(text[: match.start()])
    behind = text[match.end() :]
    label = behind if not text[:start].strip() else text[:1].upper() + text[1:]
    words = label.split()
    if not 1 <= len(words) <= _MAX_WORDS or normal(words[0]) in UNRESOLVED_PRONOUNS:
        return None
    if normal(words[-1]) in PREPOSITIONS or ";" in label:
        return None
    return NumberVisual(value=value, prefix=sign, suffix=suffix, label=label)


def _last_word(text: str) -> str:
    return normal(next(iter(reversed(text.split())), ""))
