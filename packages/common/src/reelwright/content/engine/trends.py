"""Values of one thing over the years, as one sentence or several in a row name them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reelwright.content.engine.charts import chart_of_pairs
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    NUMBER_WORDS,
    PREPOSITIONS,
    STOP_WORDS,
    UNRESOLVED_PRONOUNS,
    word_set,
)
from reelwright.content.engine.words import is_verb, normal
from reelwright.production.schema import ChartVisual

__all__ = ["trend_in"]

_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ATOM = re.compile(
    r"(?:\b(?:[Ii]n|[Bb]y) (?P<year>(?:1[1-9]|20)\d\d)(?![\w%°]|[.,:/–-]\d| ?(?:%|BC\b))"
    r"|\((?P<bracketed>(?:1[1-9]|20)\d\d)\))"
    r"|(?<![\w.,:/–-])(?P<money>[$£€])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<sign> ?(?:%|°[CF])| per ?cent\b(?! points)| percent\b(?! points))?"
    r"(?P<scale> (?:thousand|million|billion|trillion)\b)?(?![\w%])"
)
_DIGIT = re.compile(r"\d")
_ENDS_PART = re.compile(r"[,;:.–—(]| (?:and|but|to|while)\b")
_PASSING = word_set(
    "and but then to from it they there that this was were had has been is are already just only still about "
    "around nearly almost roughly approximately some as even later reached rose risen grew grown climbed "
    "fell fallen dropped sank sunk went gone jumped the number figure share total"
)
"""Words between two values of one thing that bring nothing new: "by 2019 it was"."""
_BOUNDS = word_set("by than between over under least most minus below above until plus another every each")
"""Before a number they make it a bound or a difference."""
_PER = word_set("a an per each every")
_DIMENSIONS = word_set("tall high long wide deep thick")
_LEAST_PLAIN = 1_000
"""A smaller number without a scale, beside one with: nobody knows whether the scale was left out."""
_LINE_FROM = 3
_MAX_TAIL_WORDS, _MAX_UNIT_WORDS, _MAX_NOUN_WORDS = 10, 3, 4


@dataclass(frozen=True, slots=True)
class _Point:
    """A value in a year, and the words behind the value that say what it counts."""

    year: int
    number: Decimal
    scale: str
    sign: str
    tail: str


@dataclass(frozen=True, slots=True)
class _Told:
    """What a part of a text tells: its points, the words that lead up to the first, and where it ends."""

    points: tuple[_Point, ...]
    lead: frozenset[str]
    end: int


def trend_in(sentences: Sequence[str]) -> ChartVisual | None:
    """Return the chart of the values that sentences in a row give one thing in several years, or None.

    "The world made 2 million tonnes of plastic in 1950, 70 million in 1980 and 460 million in 2019"; "In 1950
    it was 2 million tonnes. By 2019 it was 460 million." The years are put in order. From three on they are
    a line, two are bars. Units that differ, bounds ("more than") and differences ("rose by") are no values.
    """
    runs = (_chart(_run(sentences[start:])) for start in range(len(sentences)))
    return max((chart for chart in runs if chart), key=lambda chart: len(chart.data), default=None)


def _run(sentences: Sequence[str]) -> list[_Point]:
    """Return the points of the first sentence and of those that go on about the same."""
    points: list[_Point] = []
    known: frozenset[str] = frozenset()
    for sentence in sentences:
        told = _told(sentence.strip().rstrip(".!"))
        if told is None or (points and not told.lead <= _PASSING | known):
            break
        points += told.points
        known = known or told.lead
    return points


def _told(text: str) -> _Told | None:
    """Read a sentence that holds nothing in digits but years and a value to each; None if it is another."""
    atoms = list(_ATOM.finditer(text))
    if not atoms or len(atoms) % 2 or _DIGIT.search(_ATOM.sub("", text)) or text.endswith("?"):
        return None
    parts: list[_Told] = []
    for at in range(0, len(atoms), 2):
        edge = atoms[at + 2].start() if at + 2 < len(atoms) else len(text)
        part = _part(text, parts[-1].end if parts else 0, (atoms[at], atoms[at + 1]), edge)
        if part is None or (parts and not part.lead <= _PASSING | parts[0].lead):
            return None
        parts.append(part)
    points = tuple(point for part in parts for point in part.points)
    return _Told(points, parts[0].lead, len(text)) if _ends_well(text[parts[-1].end :]) else None


def _part(text: str, start: int, pair: tuple[re.Match[str], re.Match[str]], edge: int) -> _Told | None:
    """Read one value and its year, whichever comes first."""
    value, year = pair if pair[0]["number"] else pair[::-1]
    if not value["number"] or year["number"] or _is_bound(text[: value.start()]):
        return None
    tail = text[value.end() : year.start()] if value is pair[0] else _up_to_a_mark(text[value.end() : edge])
    between = "" if value is pair[0] else text[year.end() : value.start()]
    before = _words(text[start : pair[0].start()])
    if "," in between and not set(before) <= _PASSING:
        return None
    point = _Point(
        year=int(year["year"] or year["bracketed"]),
        number=Decimal(value["number"].replace(",", "")),
        scale=(value["scale"] or "").strip(),
        sign=_sign(value),
        tail=tail.strip(),
    )
    end = year.end() if value is pair[0] else value.end() + len(tail)
    return _Told((point,), frozenset([*before, *_words(between)]), end)


def _sign(value: re.Match[str]) -> str:
    sign = (value["sign"] or "").strip()
    return value["money"] or ("%" if sign.startswith("per") else sign)


def _up_to_a_mark(text: str) -> str:
    mark = _ENDS_PART.search(text)
    return text[: mark.start()] if mark else text


def _words(text: str) -> list[str]:
    return [word for part in text.split() if (word := normal(part))]


def _is_bound(before: str) -> bool:
    """Whether the words before a number make it a bound or a difference."""
    return bool(_BOUNDS & set(_words(before)[-1:]))


def _ends_well(rest: str) -> bool:
    return not rest.strip() or rest[0] in ",;:"


def _chart(points: Sequence[_Point]) -> ChartVisual | None:
    if len(points) < 2 or len({point.sign for point in points if point.sign}) > 1:
        return None
    tails = {point.tail for point in points if point.tail}
    told = max(tails, key=len, default="")
    sign = next((point.sign for point in points if point.sign), "")
    unit = "" if sign else _unit(told)
    if unit is None or not tails <= {told, unit, unit.partition(" ")[0]} or not _scales_agree(points):
        return None
    ordered = sorted(points, key=lambda point: point.year)
    pairs = [
        (str(point.year), quantity)
        for point, quantity in zip(ordered, _quantities(ordered, sign, unit), strict=True)
    ]
    chart = chart_of_pairs("" if sign else _noun(told, unit), pairs)
    return chart.model_copy(update={"shape": "bar"}) if chart and len(pairs) < _LINE_FROM else chart


def _scales_agree(points: Sequence[_Point]) -> bool:
    """Whether it is said what every number is scaled by: not in "2 million in 1950 and 70 in 1980"."""
    plain = [point.number for point in points if not point.scale]
    return len(plain) == len(points) or all(number >= _LEAST_PLAIN for number in plain)


def _quantities(points: Sequence[_Point], sign: str, unit: str) -> Iterator[str]:
    """Yield the values as written; in whole numbers where they are scaled by different words."""
    scales = {point.scale for point in points}
    for point in points:
        number, scale = point.number, point.scale
        if len(scales) > 1:
            number, scale = number * _SCALES.get(scale, 1), ""
        after = " ".join(part for part in (scale, unit) if part)
        yield f"{sign}{number:f} {after}".strip() if sign in {"$", "£", "€"} else f"{number:f} {after}{sign}"


def _unit(tail: str) -> str | None:
    """Return what is counted, from the words behind the number; None if they do not say it first."""
    words = tail.split()
    if not words:
        return ""
    if len(words) > _MAX_TAIL_WORDS or normal(words[0]) in STOP_WORDS or _ENDS_PART.search(tail):
        return None
    taken = 1
    while taken < min(len(words), _MAX_UNIT_WORDS) and _belongs(words, taken):
        taken += 1
    per = [*words[taken : taken + 2]] if len(words) > taken + 1 and words[taken] in _PER else []
    return " ".join([*words[:taken], *per])


def _belongs(words: Sequence[str], at: int) -> bool:
    """Whether a word still names what is counted: "electric cars", "metres deep"."""
    word = normal(words[at])
    if word in _DIMENSIONS:
        return True
    named = any(one.endswith("s") for one in words[:at])
    return word not in STOP_WORDS and not named and (word.endswith("s") or not is_verb(word))


def _noun(tail: str, unit: str) -> str:
    """Return what there is so much of, where that and no more is said: "tonnes of plastic"."""
    rest = tail.removeprefix(unit).split()
    named = [normal(word) for word in rest[1:]]
    if rest[:1] != ["of"] or not 1 <= len(named) <= _MAX_NOUN_WORDS:
        return ""
    unclear = set(named) & (AUXILIARIES | PREPOSITIONS | UNRESOLVED_PRONOUNS | NUMBER_WORDS)
    said = any(is_verb(word) for word in named[1:])
    return "" if unclear or said else " ".join(rest[1:])[:1].upper() + " ".join(rest[1:])[1:]
