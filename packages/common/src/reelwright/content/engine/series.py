"""Values of several things, or of one thing at several occasions, that a sentence names in a row."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from reelwright.content.engine.charts import chart_of_pairs
from reelwright.content.engine.clauses import first_verb, is_past, tokens_of
from reelwright.content.engine.enumerations import tidy_item
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    PREPOSITIONS,
    PRONOUNS,
    STOP_WORDS,
    SUBORDINATORS,
    UNRESOLVED_PRONOUNS,
)
from reelwright.content.engine.words import is_verb, normal
from reelwright.content.numerals import NUMERAL, value_of
from reelwright.production.schema import ChartVisual

__all__ = ["series_in", "series_of_two"]

_VALUE = rf"(?P<value>[$£€]?\d[\d,]*(?:\.\d+)?|{NUMERAL})"
_SOME = r"(?:(?:only|just|about|around|some|roughly|nearly|almost|approximately) ){0,2}"
_AMOUNT = (
    rf"{_SOME}{_VALUE}(?P<sign> ?%)?(?P<scale> (?:thousand|million|billion|trillion))?"
    r"(?: (?P<unit>[a-zA-Z°%/]+))?"
)
_QUANTITY = rf"{_AMOUNT}(?P<more> [^,;:\d]+)?$"
_FIRST = re.compile(rf"^(?P<lead>[^,;:\d$£€]+?) {_QUANTITY}")
_NEXT = re.compile(rf"^(?P<name>[^,;:\d$£€]+?) {_QUANTITY}")
_MEASURED = re.compile(
    r"^ (?:(?:a|an|per|each|every) [a-z]+|long|deep|high|tall|wide|thick|old|across|away|apart)\b"
)
"""Behind a unit it belongs to it: hours a day are not hours a week, nor metres long metres deep."""
_NOWADAYS = re.compile(r"^(?:Today|Now|Nowadays),? (?=[a-zA-Z])")
_CARRIED = ("for", "at", "with")
"""Prepositions before a value that the next things may repeat or leave out: "sleeps for two hours"."""
_ON_ITS_WAY = r"(?:[Aa]round|[Aa]cross|[Tt]hrough|[Oo]ver|[Vv]ia|[Bb]y|[Ww]ith|[Ww]ithout|[Ii]n|[Oo]n)"
_ENDS_ON_ITS_WAY = re.compile(rf" (?P<which>{_ON_ITS_WAY}(?: [\w’'-]+){{1,4}})$")
_OF_THAT = re.compile(
    rf"^(?P<that>That|This|It) (?:is|was|takes|took) (?:an? (?P<thing>[a-z]+) of )?{_AMOUNT}$"
)
_ITS_OTHER_WAY = re.compile(
    rf"^(?P<which>{_ON_ITS_WAY}(?: [\w’'-]+){{1,4}}?),? (?:it|that) (?:is|was|takes|took) {_AMOUNT}$"
)
_BETWEEN = re.compile(r",? and |, |; ")
_ON = r"(?:in|on|at|by|for|during|after|before|under|over|with|without|near|from)"
_WHICH = r"(?:(?:1\d|20)\d\d(?!\d)|[^,;:\d]+?)"
_UNIT = rf"(?: (?!{_ON}\b)[a-zA-Z°%/]+)*"
_OCCASIONS = re.compile(
    rf"^(?P<lead>[^,;:\d$£€]+?) (?:only )?(?P<one>[$£€]?\d[\d,]*(?:\.\d+)?)(?P<unit>{_UNIT}) "
    rf"(?P<first>{_ON} {_WHICH}),? (?:and|but) (?:only )?(?P<two>[$£€]?\d[\d,]*(?:\.\d+)?)"
    rf"(?P<other>{_UNIT}) (?P<second>{_ON} {_WHICH})$"
)
_IN_YEAR = re.compile(r"in ((?:1\d|20)\d\d)")
_ABOUT = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|over|under|than|least|most|between|from|to|minus|in|by|since|until|of)$"
)
_MAX_NAME_WORDS = 4
_MAX_DATA = 8
_NOT_IN_NAME = (PRONOUNS - UNRESOLVED_PRONOUNS) | SUBORDINATORS | CONJUNCTIONS | AUXILIARIES


class _Named(NamedTuple):
    """The name of what has a value, and how it was said to have it: "sleeps for"."""

    name: str
    having: tuple[str, ...]


def series_in(sentence: str) -> ChartVisual | None:
    """Return the chart of values of one unit, the later ones without their verb, or None.

    "Wind gives 27 percent, solar 12 and coal 16"; "a cat sleeps for thirteen hours, an elephant for four";
    "a ticket costs $12 on weekdays and $18 on Sundays".
    """
    text = sentence.strip().rstrip(".!")
    return _of_things(text) or _of_occasions(text)


def series_of_two(sentences: Sequence[str]) -> ChartVisual | None:
    """Return the chart of two values of one unit, each of a way that sentences in a row name, or None.

    "Ships sailed around Cape Horn. That was a journey of 22,500 kilometres. Through the canal it is 9,500."
    """
    texts = [sentence.strip().rstrip(".!") for sentence in sentences]
    for at, (one, two) in enumerate(pairwise(texts)):
        first, second = _OF_THAT.match(one), _ITS_OTHER_WAY.match(two)
        label = _way(texts[at - 1] if at else "", first) if first else ""
        if first and second and label and _unit_of(first) and _agrees(second, first):
            pairs = [(label, first), (_capital(second["which"]), second)]
            return chart_of_pairs("", [(label, _quantity(match, first)) for label, match in pairs])
    return None


def _way(before: str, match: re.Match[str]) -> str:
    """Return which way "that" is: the one that the sentence before ends with, else "that journey"."""
    if way := _ENDS_ON_ITS_WAY.search(before):
        return _capital(way["which"])
    return f"{match['that']} {match['thing']}" if match["thing"] and match["that"] != "It" else ""


def _of_things(text: str) -> ChartVisual | None:
    first, *others = _BETWEEN.split(_NOWADAYS.sub("", text))
    opening = _FIRST.match(first)
    named = _named(opening["lead"]) if opening else None
    if not opening or not named or not 1 <= len(others) < _MAX_DATA or _ABOUT.search(opening["lead"]):
        return None
    pairs = [(named.name, _quantity(opening, opening)), *_pairs(others, opening, named.having)]
    return chart_of_pairs("", pairs) if len(pairs) == len(others) + 1 else None


def _named(lead: str) -> _Named | None:
    """Return the subject of an unfinished clause and its predicate; None if it has no subject of its own."""
    name = _subject(lead)
    words = lead.split()
    having = [word for word in _CARRIED if words[-1] == word]
    return _Named(name, (" ".join(words[-len(having) - 1 :]), *having)) if name else None


def _measures_alike(match: re.Match[str], opening: re.Match[str]) -> bool:
    found = [_MEASURED.match(one["more"] or "") for one in (match, opening)]
    return len({one[0] for one in found if one}) < 2


def _pairs(parts: list[str], opening: re.Match[str], having: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for part in parts:
        match = _NEXT.match(part)
        if not match or not _agrees(match, opening) or not _measures_alike(match, opening):
            continue
        name = next(
            (match["name"].removesuffix(f" {how}") for how in having if match["name"].endswith(f" {how}")),
            match["name"],
        )
        if _is_name(name) and not _ABOUT.search(name):
            yield tidy_item(name), _quantity(match, opening)


def _unit_of(match: re.Match[str]) -> str:
    """Return the unit of a quantity with its scale: ``million tonnes``."""
    parts = (match["sign"],) if match["sign"] else (match["scale"], match["unit"])
    return " ".join(part.strip() for part in parts if part)


def _agrees(match: re.Match[str], opening: re.Match[str]) -> bool:
    """Whether a quantity is of the unit of the first, said again or not; what it scales by has to be."""
    return match["scale"] == opening["scale"] and _unit_of(match) in {
        _unit_of(opening),
        (opening["scale"] or "").strip(),
    }


def _quantity(match: re.Match[str], opening: re.Match[str]) -> str:
    return f"{_digits(match['value'])} {_unit_of(opening)}".strip()


def _digits(text: str) -> str:
    """Return a number in digits."""
    value = value_of(text)
    return text if value is None else str(value)


def _of_occasions(text: str) -> ChartVisual | None:
    match = _OCCASIONS.match(text)
    if not match or match["other"] not in {"", match["unit"]} or _ABOUT.search(match["lead"]):
        return None
    subject = _subject(match["lead"])
    unit = " ".join(match["unit"].split()[:1])
    pairs = [(_occasion(match["first"]), match["one"]), (_occasion(match["second"]), match["two"])]
    chart = chart_of_pairs(subject, [(label, f"{value} {unit}".strip()) for label, value in pairs])
    return chart if _subject(match["lead"], strict=False) else None


def _occasion(text: str) -> str:
    """Return an occasion as the label of a value: a year without its preposition."""
    year = _IN_YEAR.fullmatch(text)
    return year[1] if year else _capital(text)


def _subject(lead: str, *, strict: bool = True) -> str:
    """Return the subject of an unfinished clause; empty if it has none of its own."""
    tokens = tokens_of(f"{lead} it")
    verb = first_verb(tokens)
    if verb is None or not 1 <= verb <= _MAX_NAME_WORDS + 1 or verb < len(tokens) - 3:
        return ""
    text = " ".join(token.text for token in tokens[:verb])
    return tidy_item(text) if _is_name(text) and not (strict and _points_back(text)) else ""


def _points_back(text: str) -> bool:
    return normal(text.partition(" ")[0]) in UNRESOLVED_PRONOUNS


def _is_name(text: str) -> bool:
    words = [normal(word) for word in text.split()]
    if not set(words) - STOP_WORDS or len(words) > _MAX_NAME_WORDS or set(words) & _NOT_IN_NAME:
        return False
    if words[0] in PREPOSITIONS or (is_past(words[0]) and text[:1].islower()):
        return False
    return not any(
        is_verb(word) and word.endswith(("s", "ed")) and written[:1].islower()
        for word, written in zip(words[1:], text.split()[1:], strict=True)
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
