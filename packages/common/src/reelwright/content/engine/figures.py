"""Figures in a sentence that are worth showing: the value exactly as written, and what it counts."""

import re
from dataclasses import dataclass

from reelwright.content.engine.labels import label_of
from reelwright.content.engine.words import is_verb, normal
from reelwright.content.engine.years import years_in

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
_PLAIN_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_DIGITS = re.compile(r"\d[\d,.]*")
_BELOW_ZERO = re.compile(r"\b[Mm]inus $")
_PER_CENT = re.compile(r"^per ?cent\b")
_MINUS = (1.0, -1.0)


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
    digits = len(_DIGITS.findall(sentence)) - len(years_in(sentence))
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
    before = sentence[: match.start()]
    qualifier = _QUALIFIED.search(before)
    sign = "" if qualifier and _equals(sentence, qualifier) else _qualifier_sign(qualifier)
    has_unit = bool(match["sign"] or match["unit"])
    label, dimension = label_of(sentence, match, sign_before(before)[1], has_unit=has_unit)
    if not label:
        return None
    suffix = "".join(part for part in (match["sign"], match["scale"], match["unit"]) if part)
    return Figure(
        value=_MINUS[bool(_BELOW_ZERO.search(before))] * float(number.replace(",", "")),
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
