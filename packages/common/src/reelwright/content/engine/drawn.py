"""Pictures that are drawn from the sense of sentences: times, maps, shares, comparisons and flows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reelwright.content.engine.amounts import amounts_in
from reelwright.content.engine.clauses import opens_imperative
from reelwright.content.engine.comparisons import comparison_in, comparison_of_two
from reelwright.content.engine.figures import figures_in
from reelwright.content.engine.flows import flow_of_steps, flow_of_things, flow_of_told
from reelwright.content.engine.maps import map_of
from reelwright.content.engine.material import Sentence
from reelwright.content.engine.series import series_in, series_of_two
from reelwright.content.engine.shares import share_in
from reelwright.content.engine.timelines import timeline_of, year_of
from reelwright.content.engine.trends import trend_in
from reelwright.places import find_place
from reelwright.production.schema import ChartVisual, ComparisonVisual, Visual

__all__ = ["Passage", "drawn_visuals"]

_TIMELINE, _MORE_MOMENTS, _BEST_TIMELINE = 1.0, 0.1, 1.3
_BESIDE_A_CHART = 0.35
"""What a timeline is worth less where the same sentences hold a chart: values say more than years."""
_MAP, _NAMED_ONLY, _MORE_PLACES = 0.92, 0.7, 0.06
_IN_PASSING, _WITHOUT_WORDS = 0.25, 0.1
"""What a map is worth less where few of the sentences are about its places, or none says it in short."""
_CONTRAST, _ONE_SIDED, _TWO_SENTENCES = 1.05, 0.9, 0.95
_VALUES_COMPARED = 1.0
_TREND, _MORE_YEARS = 0.9, 0.05
_LONE_YEAR, _SHARE, _AMOUNTS = 0.88, 0.95, 0.9
_BESIDE_A_MEASURE = 0.3
"""What a lone year is worth less where something is measured too: how far tells more than when."""
_NUMBERED, _TOLD_STEPS, _THINGS = 1.75, 1.2, 0.85
_OF_DIRECTION = re.compile(r"\b(?:north|south|east|west)\b")
_OF_STEPS = re.compile(r"\b(?:steps?|stages?|how|process|recipe|method|happens|procedure)\b", re.IGNORECASE)


_MAX_TITLE_WORDS = 5
"""A longer title is no name for a chart."""
_MAX_MEASURED_WORDS = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """What a scene says, and what is known about it."""

    sentences: Sequence[Sentence]
    heading: str
    title: str
    weights: Mapping[str, float]
    english: bool
    has_chart: bool


def drawn_visuals(passage: Passage) -> Iterator[tuple[Visual, float]]:
    """Yield what can be drawn with what it is worth beside the other options.

    Only a year with a colon behind it is understood in other languages than English.
    """
    yield from _timelines(passage)
    if passage.english:
        yield from _figures(passage)
        yield from _maps(passage)
        yield from _comparisons(passage)
        yield from _flows(passage)


def _texts(passage: Passage) -> list[str]:
    return [sentence.text for sentence in passage.sentences if not sentence.items]


def _timelines(passage: Passage) -> Iterator[tuple[Visual, float]]:
    found = timeline_of(passage.sentences, passage.heading, passage.weights, english=passage.english)
    if found:
        worth = min(_BEST_TIMELINE, _TIMELINE + _MORE_MOMENTS * (len(found.moments) - 2))
        yield found, worth - _BESIDE_A_CHART * (passage.has_chart or _holds_values(passage))


def _holds_values(passage: Passage) -> bool:
    """Whether the sentences name values in a row: years may be their labels."""
    texts = _texts(passage)
    return passage.english and (trend_in(texts) is not None or any(series_in(text) for text in texts))


def _figures(passage: Passage) -> Iterator[tuple[Visual, float]]:
    """Yield a lone year, shares of a whole, and amounts of several things."""
    texts = _texts(passage)
    if year := year_of(passage.sentences, passage.weights):
        measured = any(figure.suffix for text in texts for figure in figures_in(text))
        yield year, _LONE_YEAR - _BESIDE_A_MEASURE * measured
    for text in texts:
        if share := share_in(text):
            yield share, _SHARE
        if (amounts := amounts_in(text)) and amounts.kind == "chart":
            yield _headed(amounts, passage), _VALUES_COMPARED
        elif amounts:
            yield amounts, _AMOUNTS


def _maps(passage: Passage) -> Iterator[tuple[Visual, float]]:
    found = map_of([sentence.text for sentence in passage.sentences], passage.weights)
    if found:
        more = _MORE_PLACES * (len(found.visual.places) - 1)
        less = _IN_PASSING * (1 - found.share) + _WITHOUT_WORDS * (not found.visual.label)
        yield found.visual, (_MAP if found.located else _NAMED_ONLY) + more - less


def _comparisons(passage: Passage) -> Iterator[tuple[Visual, float]]:
    texts = _texts(passage)
    for text in texts:
        if (found := series_in(text) or comparison_in(text)) and not _sets_places(found, text):
            yield _headed(found, passage), _worth(found, _CONTRAST)
    if values := series_of_two(texts):
        yield _headed(values, passage), _VALUES_COMPARED
    trend = trend_in(texts)
    if trend and (trend.shape == "line" or not passage.has_chart):
        yield _headed(trend, passage), _TREND + _MORE_YEARS * len(trend.data)
    if found := comparison_of_two(texts):
        yield _headed(found, passage), _worth(found, _TWO_SENTENCES)


def _sets_places(visual: ComparisonVisual | ChartVisual, text: str) -> bool:
    """Whether both sides are places and the point is where they lie: that is for a map to show."""
    if isinstance(visual, ChartVisual) or not _OF_DIRECTION.search(text):
        return False
    return all(find_place(side.label) for side in (visual.left, visual.right))


def _headed(visual: ComparisonVisual | ChartVisual, passage: Passage) -> Visual:
    if isinstance(visual, ComparisonVisual) or visual.heading:
        return visual
    return visual.model_copy(
        update={"heading": passage.heading or _measured(visual.unit, passage) or passage.title}
    )


def _measured(unit: str, passage: Passage) -> str:
    """Return what values are of, where a sentence says it behind their unit: "Kilograms of bread a year"."""
    if not unit.isalpha():
        return ""
    found = re.search(rf"\b{unit} (?:of|an?|per|every|each)\b[^,.;:!?]*", " ".join(_texts(passage)))
    words = found[0].split() if found else []
    telling = " of " in f" {' '.join(words)} " or len(passage.title.split()) > _MAX_TITLE_WORDS
    return " ".join(words).capitalize() if telling and len(words) <= _MAX_MEASURED_WORDS else ""


def _worth(visual: ComparisonVisual | ChartVisual, whole: float) -> float:
    if isinstance(visual, ChartVisual):
        return _VALUES_COMPARED
    return whole if visual.left.detail and visual.right.detail else _ONE_SIDED


def _flows(passage: Passage) -> Iterator[tuple[Visual, float]]:
    texts = _texts(passage)
    steps = [
        step for sentence in passage.sentences if sentence.step for step in sentence.items or (sentence.text,)
    ]
    if _are_steps(steps, passage.heading) and (
        found := flow_of_steps(steps, passage.heading, passage.weights)
    ):
        yield found, _NUMBERED
    if found := flow_of_told(texts, passage.heading, passage.weights):
        yield found, _TOLD_STEPS
    for text in texts:
        if found := flow_of_things(text):
            yield found, _THINGS


def _are_steps(points: Sequence[str], heading: str) -> bool:
    """Whether numbered points are steps, not a ranking: most are commands, or the heading says so."""
    commands = sum(opens_imperative(point[:1].upper() + point[1:]) for point in points)
    return bool(points) and (2 * commands >= len(points) or bool(_OF_STEPS.search(heading)))
