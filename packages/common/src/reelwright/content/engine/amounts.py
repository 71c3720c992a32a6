"""Amounts of several things in a row: "4 eggs and 250 grams of flour", "three hearts and nine brains"."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from reelwright.content.engine.charts import chart_of_pairs
from reelwright.content.engine.enumerations import tidy_item
from reelwright.content.engine.headline import noun_phrase_of
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    word_set,
)
from reelwright.content.engine.words import is_verb, normal
from reelwright.production.schema import ChartVisual, ListVisual

__all__ = ["amounts_in"]

_COUNT = r"(?:\d[\d,]*(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_AMOUNT = re.compile(rf"^(?P<count>{_COUNT}) (?:(?P<unit>[a-z]+) of )?(?P<thing>[^\d,;:]+)$")
_FIRST = re.compile(rf"^(?P<lead>[^\d,;:]*?\b)(?P<amount>{_COUNT} [^\d,;:]+)$")
_BETWEEN = re.compile(rf",? and (?={_COUNT} )|, (?={_COUNT} )")
_SPANS = word_set(
    "second seconds minute minutes hour hours day days week weeks month months year years metre metres "
    "meters kilometre kilometres kilometers mile miles foot feet inch inches centimetres degrees pounds"
)
"""Units that are said one after the other of a single amount: "11 hours and 5 minutes"."""
_MAX_AMOUNTS = 6
_MAX_WORDS = 4
_NOT_IN_THING = (PREPOSITIONS - {"of"}) | PRONOUNS | CONJUNCTIONS | SUBORDINATORS | AUXILIARIES
_NOT_BEFORE = word_set("between from of to in by than or for at")


class _Amount(NamedTuple):
    text: str
    figure: str
    unit: str
    thing: str


def amounts_in(sentence: str) -> ListVisual | ChartVisual | None:
    """Return what an English sentence says there is so much of, two things or more; None if it does not.

    In one unit they are bars, else a list of the amounts as they are written.
    """
    text = sentence.strip().rstrip(".!")
    first, *others = _BETWEEN.split(text)
    opening = _FIRST.match(first)
    if not opening or not 1 <= len(others) < _MAX_AMOUNTS or _opens_badly(opening["lead"]):
        return None
    amounts = [_amount(part) for part in (opening["amount"], *others)]
    found = [amount for amount in amounts if amount]
    if len(found) < len(amounts) or all(amount.thing.lower() in _SPANS for amount in found):
        return None
    return _chart(found) or ListVisual(
        heading=noun_phrase_of(sentence), items=tuple(tidy_item(amount.text) for amount in found)
    )


def _chart(amounts: Sequence[_Amount]) -> ChartVisual | None:
    if not all(each.unit and each.figure[0].isdigit() for each in amounts):
        return None
    return chart_of_pairs("", [(tidy_item(each.thing), f"{each.figure} {each.unit}") for each in amounts])


def _opens_badly(lead: str) -> bool:
    """Whether what leads up to the amounts makes them a span, a share or a comparison."""
    words = [normal(word) for word in lead.split()]
    return not words or words[-1] in _NOT_BEFORE


def _amount(text: str) -> _Amount | None:
    match = _AMOUNT.match(text.strip())
    if not match:
        return None
    words = [normal(word) for word in match["thing"].split()]
    if not 1 <= len(words) <= _MAX_WORDS or set(words) & _NOT_IN_THING:
        return None
    if any(is_verb(word) and word.endswith(("ed", "es")) for word in words[1:]):
        return None
    return _Amount(text.strip(), match["count"], match["unit"] or "", match["thing"])
