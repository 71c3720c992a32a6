"""Figures in a sentence that are worth showing: the value exactly as written, and what it counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.content.engine.clauses import first_verb, tokens_of
from reelwright.content.engine.headline import noun_phrase_of
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    STOP_WORDS,
    SUBORDINATORS,
    UNRESOLVED_PRONOUNS,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.words import is_verb, normal

__all__ = ["Figure", "figures_in", "parse_quantity", "sign_before"]

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = r"hundred|thousand|million|billion|trillion"
_UNIT_WORDS = (
    "percentage points|percent|per cent|kilometres an hour|kilometers an hour|miles an hour|km/h|mph|"
    "kilometres|kilometers|kilometre|kilometer|km|metres|meters|metre|meter|centimetres|centimeters|cm|"
    "millimetres|millimeters|mm|miles|mile|feet|"
    "inches|tonnes|tons|kilograms|kilogrammes|kg|grams|grammes|mg|litres|liters|litre|liter|millilitres|ml|seconds|"
    "minutes|hours|days|weeks|months|years|decades|centuries|degrees|watts|kilowatts|megawatts|gigawatts|kWh|MWh|TWh|MW|"
    "GW|kW|kilobytes|megabytes|gigabytes|KB|MB|GB|dollars|euros|pounds|cents|pence|hectares|acres|ounces|"
    "gallons|calories|decibels|volts|milliseconds|times"
)
_FIGURE = re.compile(
    rf"(?<![\w.,:/–-])(?P<money>[$£€])?(?P<number>{_NUMBER})(?![\d:/]|[.,]\d)"
    rf"(?P<sign> ?(?:%|°[CF]?))?(?P<scale>[ -](?:{_SCALE})\b)?"
    rf"(?P<unit>(?:[ -]|(?=[a-zA-Z]))(?:{_UNIT_WORDS}|[mg])(?![\w]))?(?!\w)"
)
_QUANTITY = re.compile(
    rf"(?P<money>[$£€])?(?P<number>{_NUMBER})(?: ?(?P<unit>%|°[CF]?|[a-zA-Z/³²]+(?: [a-z]+){{0,3}}))?"
)
_QUALIFIERS = (
    (">", "more than|over|above|upwards of"),
    ("<", "less than|fewer than|under|below"),
    ("≥", "at least|no less than"),
    ("≤", "up to|at most|as many as|as much as|no more than"),
    ("≈", "about|around|roughly|some|approximately|nearly|almost|close to|an estimated|only about"),
)
_QUALIFIED = re.compile(
    "(?:" + "|".join(f"(?P<q{at}>{words})" for at, (_, words) in enumerate(_QUALIFIERS)) + r") $",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(
    r"(?:\d ?[%°]?C? ?(?:–|-|—|to|or|and|in|out of|of)|between|from|\d \w+,?(?: and)?|"
    r"\b(?:one|two|three|four|five|six|seven|eight|nine) (?:in|out of)) ?$",
    re.IGNORECASE,
)
_RANGE_AFTER = re.compile(r"^ ?(?:–|—|-|to|or) ?[$£€]?\d")
_COMPOUND_AFTER = re.compile(
    r"^,? (?:and )?(?:a half|\d[\d,.]* (?:minutes|seconds|hours|days|months|weeks|years|centimetres|inches))"
)
_RATIO_AFTER = re.compile(r"^ (?:in|out of|of every|of the|to) \d")
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DATE_AROUND = re.compile(rf"^(?:st|nd|rd|th)?,? (?:of )?(?:{_MONTHS})\b", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b(?:{_MONTHS}) $", re.IGNORECASE)
_NAME_BEFORE = re.compile(
    r"(?:\b[A-Z][\w’'-]*|"
    r"\b(?:No\.?|no\.|page|pages|chapter|step|version|number|was|is|level|grade|type|formula|aged?)) $"
)
_DATED = re.compile(r"\d{4}s?\b|\d{1,2}(?:st|nd|rd|th)\b")
_PLAIN_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_DIMENSIONS = {"tall", "high", "long", "wide", "deep", "old", "thick", "across"}
_BEHIND_UNIT = {"of", "to", "for", "from", "on", "under", "above", "without"}
_DIGITS = re.compile(r"\d[\d,.]*")
_LOOSE_ENDS = PREPOSITIONS | CONJUNCTIONS | DETERMINERS | AUXILIARIES | UNRESOLVED_PRONOUNS
_MARKS = ',;:.!?)"”'
_CLAUSE_STARTS = (", and ", ", but ", ", so ", "; ", ": ", ", ")
_NAMING = DETERMINERS - UNRESOLVED_PRONOUNS
"""Words that open an object which says by itself what it is."""
_BELOW_ZERO = re.compile(r"\b[Mm]inus $")
_PER_CENT = re.compile(r"^per ?cent\b")
_MINUS = (1.0, -1.0)
_MAX_LABEL_WORDS = 7
_MAX_CLAUSE_WORDS = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, how it is written around, what it is of, and how much it says (0 to 1)."""

    value: float
    decimals: int
    prefix: str
    suffix: str
    label: str
    salience: float


def parse_quantity(text: str) -> tuple[float, str] | None:
    """Return value and unit of a text that is one quantity and nothing else, such as ``1.4 billion``."""
    match = _QUANTITY.fullmatch(text.strip())
    if not match:
        return None
    unit = " ".join([match["money"] or "", *(match["unit"] or "").split()]).strip()
    unit = _PER_CENT.sub("%", unit)
    return float(match["number"].replace(",", "")), unit


def figures_in(sentence: str) -> list[Figure]:
    """Return the figures of a sentence that can be counted up: no years, dates, ranges, ratios or names."""
    digits = len(_DIGITS.findall(sentence))
    found = (match for match in _FIGURE.finditer(sentence) if _counts(sentence, match))
    return [figure for match in found if (figure := _figure(sentence, match, alone=digits == 1))]


def _counts(sentence: str, match: re.Match[str]) -> bool:
    before, after = sentence[: match.start()], sentence[match.end() :]
    bare = not (match["money"] or match["sign"] or match["scale"] or match["unit"])
    number = match["number"]
    if number[0] == "0" and len(number) > 1 and number[1] != ".":
        return False
    if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(after) or _COMPOUND_AFTER.match(after):
        return False
    if _RATIO_AFTER.match(after) or _DATE_AROUND.match(after) or (bare and _MONTH_BEFORE.search(before)):
        return False
    named = _NAME_BEFORE.search(before) and not _QUALIFIED.search(before)
    if bare and (_PLAIN_YEAR.fullmatch(number) or named):
        return False
    return not bare or float(number.replace(",", "")) >= 3


def _figure(sentence: str, match: re.Match[str], *, alone: bool) -> Figure | None:
    number = match["number"]
    qualifier = _QUALIFIED.search(sentence[: match.start()])
    sign = "" if qualifier and _equals(sentence, qualifier) else _qualifier_sign(qualifier)
    has_unit = bool(match["sign"] or match["unit"])
    label, dimension = _label(sentence, match, has_unit=has_unit)
    if not label:
        return None
    suffix = "".join(part for part in (match["sign"], match["scale"], match["unit"]) if part)
    return Figure(
        value=_MINUS[bool(_BELOW_ZERO.search(sentence[: match.start()]))] * float(number.replace(",", "")),
        decimals=min(6, len(number.partition(".")[2])),
        prefix=f"{sign} {match['money'] or ''}".lstrip(),
        suffix=_spaced(f"{suffix} {dimension}"),
        label=label,
        salience=_salience(match, alone=alone),
    )


def _equals(sentence: str, qualifier: re.Match[str]) -> bool:
    """Whether "as much as" measures: "weighs as much as 30 elephants" is no limit."""
    before = sentence[: qualifier.start()].split()
    return qualifier.group().lower().startswith("as ") and bool(before) and is_verb(normal(before[-1]))


def sign_before(text: str) -> tuple[str, int]:
    """Return the sign for words such as "more than" that end a text, and where they begin; "" and its end."""
    qualifier = _QUALIFIED.search(text)
    return (_qualifier_sign(qualifier), qualifier.start()) if qualifier else ("", len(text))


def _qualifier_sign(qualifier: re.Match[str] | None) -> str:
    if qualifier is None:
        return ""
    return next(sign for at, (sign, _) in enumerate(_QUALIFIERS) if qualifier[f"q{at}"])


def _spaced(suffix: str) -> str:
    """Words stand apart from the number, signs stand close."""
    text = _PER_CENT.sub("%", suffix.strip(" -"))
    return text if text[:1] in "%°" else f" {text}" if text else ""


def _salience(match: re.Match[str], *, alone: bool) -> float:
    size = float(match["number"].replace(",", ""))
    telling = 0.25 * bool(match["scale"] or match["money"]) + 0.15 * bool(match["sign"] or match["unit"])
    return min(1.0, 0.32 + telling + 0.15 * (size >= 100) + 0.25 * alone + 0.1 * (size >= 10_000))


def _label(sentence: str, match: re.Match[str], *, has_unit: bool) -> tuple[str, str]:
    """Return what the figure is of, and an adjective that belongs to its unit ("tall").

    The words behind the figure serve if they say it; else the whole clause does. Anything shorter
    would tell less than the sentence, or something else. Empty if neither can be had.
    """
    after = sentence[match.end() :]
    subject = noun_phrase_of(sentence)
    first = normal(after.split()[0]) if after.split() else ""
    if has_unit and first in _DIMENSIONS and subject and not _later_clause(sentence[: match.start()]):
        return subject, first
    if match["unit"] and match["unit"].strip() == "times":
        return _clause(sentence, match), ""
    behind = _behind(after, has_unit=has_unit)
    says = len(behind.split()) > 1 and (not has_unit or first in {"of", "to"})
    clause = "" if says else _clause(sentence, match)
    if behind:
        return clause if 0 < len(clause.split()) <= _MAX_LABEL_WORDS + 1 else behind, ""
    needs_noun = not (has_unit or match["money"] or match["scale"])
    return "" if needs_noun else clause, ""


def _behind(after: str, *, has_unit: bool) -> str:
    words = _words_of_label(after)
    if not words:
        return ""
    first = normal(words[0])
    if has_unit:
        return " ".join(words) if first in _BEHIND_UNIT and len(words) >= 2 else ""
    if first in STOP_WORDS or first in _DIMENSIONS:
        return ""
    return " ".join(words)


def _words_of_label(after: str) -> list[str]:
    """Return the words behind a figure up to the end of the clause, without a dangling end."""
    if after[:1] != " ":
        return []
    taken: list[str] = []
    for word in after.split():
        if word[:1] in "–—-(" or (word[:1].isdigit() and not _DATED.match(word)):
            break
        taken.append(word.rstrip(_MARKS))
        if word[-1] in _MARKS or len(taken) > _MAX_LABEL_WORDS:
            break
    return _without_loose_end(taken)


def _without_loose_end(words: Sequence[str]) -> list[str]:
    kept = list(words)
    if len(kept) > _MAX_LABEL_WORDS:
        cut = max(
            (at for at in range(2, len(kept)) if normal(kept[at]) in PREPOSITIONS | CONJUNCTIONS), default=0
        )
        kept = kept[: cut or _MAX_LABEL_WORDS]
    while kept and normal(kept[-1]) in _LOOSE_ENDS:
        kept.pop()
    if len(kept) >= 2 and normal(kept[-2]) == "to" and is_verb(normal(kept[-1])):
        return _without_loose_end(kept[:-2])
    return kept


def _later_clause(before: str) -> bool:
    """Whether another clause stands between the subject of the sentence and the figure."""
    return any(mark in before for mark in (", and ", ", but ", "; ", ": ", " because ", " that "))


def _clause(sentence: str, match: re.Match[str]) -> str:
    """Return the clause that holds the figure, or the apposition, if it is short and stands alone."""
    ending = re.search(r"[,;:](?!\d)|[.!?](?:\s|[\"”]|$)", sentence[match.end() :])
    end = match.end() + ending.start() if ending else len(sentence)
    starts = sorted({0, *(_behind_mark(sentence, mark, match.start()) for mark in _CLAUSE_STARTS)})
    clauses = (sentence[start:end] for start in starts)
    found = _announced(sentence, match) or next((clause for clause in clauses if _is_label(clause)), "")
    return found[:1].upper() + found[1:]


def _announced(sentence: str, match: re.Match[str]) -> str:
    """Return what a figure behind a colon is of: "he paid the lowest toll of all: 36 cents".

    All that stands before the colon, or its object where that would be too long.
    """
    before = sentence[: match.start()].rstrip()
    if not before.endswith(":") or sentence[match.end() :].strip(_MARKS):
        return ""
    words = before[:-1].split()
    verb = first_verb(tokens_of(before))
    object_ = words[verb + 1 :] if verb is not None else []
    if verb and 3 <= len(words) <= _MAX_LABEL_WORDS + 1 and normal(words[0]) not in UNRESOLVED_PRONOUNS:
        return " ".join(words)
    named = 2 <= len(object_) <= _MAX_LABEL_WORDS + 1 and normal(object_[0]) in _NAMING
    return " ".join(object_) if named else ""


def _is_label(clause: str) -> bool:
    words = [normal(word) for word in clause.split()]
    if not 2 <= len(words) <= _MAX_CLAUSE_WORDS or words[0] in CONDITIONS | SUBORDINATORS:
        return False
    if link_of(clause).kind != "none" or words[-1] in PREPOSITIONS | CONJUNCTIONS | DETERMINERS:
        return False
    return words[0] in DETERMINERS or any(word in AUXILIARIES or is_verb(word) for word in words)


def _behind_mark(sentence: str, mark: str, before: int) -> int:
    at = sentence.rfind(mark, 0, before)
    return at + len(mark) if at >= 0 else 0
