"""Whether what a script shows stands in the notes: values, years and places are never a writer's own."""

import re
from collections.abc import Iterator
from itertools import chain

from reelwright.content.numerals import numerals_in
from reelwright.production.schema import (
    Brief,
    ChartVisual,
    ComparisonVisual,
    FlowVisual,
    MapVisual,
    NumberVisual,
    Script,
    TimelineVisual,
    Visual,
)

__all__ = ["objections_to_pictures", "unknown_figures", "values_in"]

_NUMBER = re.compile(r"\d+(?:[.,’' \u00a0\u202f]\d+)*")
_SCALED = re.compile(
    r"(?<![\d.,])(\d+(?:[.,]\d+)*)[ \u00a0-](thousand|million|billion|trillion)", re.IGNORECASE
)
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SAID_IN_WORDS = 12
"""Whole numbers up to this may stand in the notes as words, in any language; of English, all are read."""
_ENDING = 2
"""Letters at the end of a name that other languages may change with its case."""
_LEAST_STEM = 3
_MAX_OBJECTIONS = 5


def objections_to_pictures(script: Script, brief: Brief) -> list[str]:
    """Return which numbers, years and places are shown that neither topic nor notes hold; at most five."""
    text = f"{brief.topic}\n{brief.notes}"
    known = values_in(text)
    folded = text.casefold()
    found = [
        f"scene {number} shows {what}, which does not stand in the notes"
        for number, scene in enumerate(script.scenes, 1)
        for what in chain(_unknown_values(scene.visual, known), _unknown_places(scene.visual, folded))
    ]
    return found[:_MAX_OBJECTIONS]


def _unknown_values(visual: Visual, known: set[float]) -> Iterator[str]:
    for value in _values_of(visual):
        if not _is_small(value) and value not in known:
            yield f"{value:g}" if value < 1e6 else f"{value:,.0f}"
    for text in _texts_of(visual):
        for number in _NUMBER.findall(text):
            if not _readings(number) & known:
                yield number


def _values_of(visual: Visual) -> Iterator[float]:
    match visual:
        case NumberVisual(value=value):
            yield abs(value)
        case ChartVisual(data=data):
            yield from (abs(datum.value) for datum in data)
        case TimelineVisual(moments=moments):
            yield from (float(abs(moment.year)) for moment in moments)


def _texts_of(visual: Visual) -> Iterator[str]:
    match visual:
        case TimelineVisual(moments=moments):
            yield from (text for moment in moments for text in (moment.when, moment.label))
        case ComparisonVisual(left=left, right=right):
            yield from (left.label, left.detail, right.label, right.detail)
        case FlowVisual(steps=steps):
            yield from steps
        case MapVisual(label=label):
            yield label


def _unknown_places(visual: Visual, folded: str) -> Iterator[str]:
    if isinstance(visual, MapVisual):
        yield from (name for name in visual.places if not _stands(name, folded))


def _stands(name: str, folded: str) -> bool:
    words = re.findall(r"\w+", name.casefold())
    stems = [word[: max(_LEAST_STEM, len(word) - _ENDING)] for word in words]
    return bool(stems) and all(stem in folded for stem in stems)


def unknown_figures(text: str, known: set[float]) -> Iterator[str]:
    """Yield the numbers of a text, as written, that are none of the known values and not small."""
    scaled = {number: _SCALES[scale.lower()] for number, scale in _SCALED.findall(text)}
    for number in _NUMBER.findall(text):
        parts = {float(part) for part in re.split(r"\D", number)}
        # As one number; or as several, all of which are known.
        whole = _readings(number) - parts or parts
        larger = {value * scaled.get(number, 1) for value in whole}
        if not (whole | larger) & known and not all(_is_small(part) or part in known for part in parts):
            yield number


def _is_small(value: float) -> bool:
    return value <= _SAID_IN_WORDS and value.is_integer()


def values_in(text: str) -> set[float]:
    """Return every value that the numbers of a text may mean, in figures and in English words."""
    values = {value for number in _NUMBER.findall(text) for value in _readings(number)}
    for number, scale in _SCALED.findall(text):
        values |= {value * _SCALES[scale.lower()] for value in _readings(number)}
    return values | {float(number) for number in numerals_in(text)}


def _readings(number: str) -> set[float]:
    """Return what a number as written may mean: marks may group digits, or the last one may be decimal.

    Two numbers with a space or a comma between them are also read one by one.
    """
    parts = re.split(r"\D", number)
    readings = {float("".join(parts)), *(float(part) for part in parts)}
    if len(parts) > 1:
        readings.add(float(f"{''.join(parts[:-1])}.{parts[-1]}"))
    return readings
