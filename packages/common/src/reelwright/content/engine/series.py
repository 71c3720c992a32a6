"""Values of several things, or of one thing at several occasions, that a sentence names in a row."""

import re
from collections.abc import Iterator

from reelwright.content.engine.charts import chart_of_pairs
from reelwright.content.engine.clauses import first_verb, tokens_of
from reelwright.content.engine.enumerations import tidy_item
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    PRONOUNS,
    STOP_WORDS,
    SUBORDINATORS,
    UNRESOLVED_PRONOUNS,
)
from reelwright.content.engine.words import is_verb, normal
from reelwright.production.schema import ChartVisual

__all__ = ["series_in"]

_VALUE = r"(?P<value>[$£€]?\d[\d,]*(?:\.\d+)?)"
_QUANTITY = rf"(?:only )?{_VALUE}(?P<sign> ?%)?(?: (?P<unit>[a-zA-Z°%/]+))?(?: [^,;:\d]+)?$"
_FIRST = re.compile(rf"^(?P<lead>[^,;:\d$£€]+?) {_QUANTITY}")
_NEXT = re.compile(rf"^(?P<name>[^,;:\d$£€]+?) {_QUANTITY}")
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


def series_in(sentence: str) -> ChartVisual | None:
    """Return the chart of values of one unit, the later ones without their verb, or None.

    "Wind gives 27 percent, solar 12 and coal 16"; "a ticket costs $12 on weekdays and $18 on Sundays".
    """
    text = sentence.strip().rstrip(".!")
    return _of_things(text) or _of_occasions(text)


def _of_things(text: str) -> ChartVisual | None:
    first, *others = _BETWEEN.split(text)
    opening = _FIRST.match(first)
    name = _subject(opening["lead"]) if opening else ""
    if not opening or not name or not 1 <= len(others) < _MAX_DATA or _ABOUT.search(opening["lead"]):
        return None
    unit = (opening["sign"] or opening["unit"] or "").strip()
    pairs = [(name, f"{opening['value']} {unit}".strip()), *_pairs(others, unit)]
    return chart_of_pairs("", pairs) if len(pairs) == len(others) + 1 else None


def _pairs(parts: list[str], unit: str) -> Iterator[tuple[str, str]]:
    for part in parts:
        match = _NEXT.match(part)
        own = ((match["sign"] or match["unit"] or "") if match else "").strip()
        if match and own in {"", unit} and _is_name(match["name"]) and not _ABOUT.search(match["name"]):
            yield tidy_item(match["name"]), f"{match['value']} {unit}".strip()


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
    return not any(is_verb(word) and word.endswith(("s", "ed")) for word in words[1:])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
