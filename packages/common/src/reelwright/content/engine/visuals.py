"""What is seen: for each scene the picture its words ask for, and never twice the same kind in a row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reelwright.content.engine.charts import PlacedChart, sentence_charts
from reelwright.content.engine.drawn import Passage, drawn_visuals
from reelwright.content.engine.enumerations import clauses_in, items_in, tidy_item
from reelwright.content.engine.figures import figures_in
from reelwright.content.engine.headline import (
    MAX_WORDS,
    Headline,
    emphasis_of,
    headline_of,
    headlines_in,
    noun_phrase_of,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.quotes import quote_in
from reelwright.content.engine.resolved import with_subject
from reelwright.content.engine.scenes import Line, Shot, Showing
from reelwright.production.schema import (
    ChartVisual,
    ComparisonVisual,
    FlowVisual,
    ListVisual,
    MapVisual,
    NumberVisual,
    StatementVisual,
    TimelineVisual,
    Visual,
)

__all__ = ["Setting", "choose_visuals", "headlines_of", "showing"]

_SAME_KIND = 0.9
"""Cost of showing the same kind twice in a row: more than any difference in fitness."""
_SEEN_BEFORE = 1.5
_CLAUSE_SCORE = 1.1
_RESOLVED_SCORE = 1.05
"""At most, for a clause whose subject was taken from the sentence before."""
_HEADING_SCORE = 0.35
_WHOLE_SCORE = 0.3
"""Of a sentence that holds no headline but is short enough to be read while it is heard."""
_MAX_READ_WORDS, _MAX_READ_CHARS = 16, 100
_CLAUSES_WORTH = 0.85
_LEAD_SCORE = 0.9
"""At most, for the words that lead up to a list: "You need four things"."""
_MORE_BEATS = 0.005
"""Between two scenes that could both be a flow, the one with more steps is it."""
_MAX_POINTS = 4
_MAX_ITEMS = 6
_COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MAX_ITEM_CHARS = 60


@dataclass(frozen=True, slots=True)
class Setting:
    """What all scenes of one script share."""

    title: str
    headings: Sequence[str]
    charts: Sequence[PlacedChart]
    weights: Mapping[str, float]
    english: bool
    before: Mapping[str, str] = field(default_factory=dict)
    """By sentence, the one that is spoken just before it and that it goes on from."""
    seen: dict[tuple[str, bool], list[tuple[str, float]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What is read while a sentence is heard, by the sentence and whether it leads up to a list."""
    best: dict[str, Headline | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The best headline of a sentence."""

    def headline_of(self, text: str) -> Headline | None:
        """Return the best headline that a sentence holds, or None: scenes are tried in many cuts."""
        if text not in self.best:
            self.best[text] = headline_of(text, self.weights, english=self.english)
        return self.best[text]


@dataclass(frozen=True, slots=True)
class _Option:
    visual: Visual
    worth: float


def choose_visuals(shots: Sequence[Shot], setting: Setting) -> tuple[Visual, ...]:
    """Return one visual a scene: the best in all, neighbours of different kinds where possible."""
    options = [_options(shot, setting) for shot in shots]
    path = _best_path(options)
    while (at := _repeated_map(path)) is not None:
        options[at] = [option for option in options[at] if option.visual != path[at]]
        path = _best_path(options)
    return tuple(_without_repeats(path, options, setting.title))


def showing(lines: Sequence[Line], setting: Setting) -> Showing:
    """Return the best that the lines could be shown as, were they one scene."""
    best = max(_options(Shot(tuple(lines)), setting), key=lambda option: option.worth)
    return Showing(best.worth, _beats(best.visual))


def _beats(visual: Visual) -> int:
    match visual:
        case ListVisual():
            return len(visual.items)
        case TimelineVisual():
            return len(visual.moments)
        case FlowVisual():
            return len(visual.steps)
        case ChartVisual():
            return len(visual.data)
        case ComparisonVisual():
            return 2
        case _:
            return 1


def _best_path(options: Sequence[Sequence[_Option]]) -> list[Visual]:
    best: list[list[tuple[float, int]]] = []
    for position, choices in enumerate(options):
        before = options[position - 1] if position else []
        best.append([_best_before(choice, before, best[-1] if best else []) for choice in choices])
    if not best:
        return []
    at = max(range(len(best[-1])), key=lambda index: best[-1][index][0])
    path: list[Visual] = []
    for position in range(len(options) - 1, -1, -1):
        path.append(options[position][at].visual)
        at = best[position][at][1]
    return path[::-1]


def _repeated_map(path: Sequence[Visual]) -> int | None:
    """Return where a map shows no place that an earlier one has not shown."""
    shown: set[str] = set()
    for position, visual in enumerate(path):
        if isinstance(visual, MapVisual):
            if set(visual.places) <= shown:
                return position
            shown.update(visual.places)
    return None


def headlines_of(lines: Sequence[Line], setting: Setting) -> list[tuple[str, float]]:
    """Return the headlines of the lines with their scores, best first."""
    found: dict[str, float] = {}
    for line in lines:
        headline = setting.headline_of(line.sentence.text)
        if headline:
            lead_only = bool(line.sentence.items)
            found.setdefault(headline.text, min(headline.score, _LEAD_SCORE) if lead_only else headline.score)
    return sorted(found.items(), key=lambda entry: -entry[1])


def _best_before(
    choice: _Option, before: Sequence[_Option], scores: Sequence[tuple[float, int]]
) -> tuple[float, int]:
    if not before:
        return choice.worth, 0
    joined = [
        score - _clash(choice.visual, other.visual) for other, (score, _) in zip(before, scores, strict=True)
    ]
    at = max(range(len(joined)), key=joined.__getitem__)
    return joined[at] + choice.worth, at


def _clash(one: Visual, other: Visual) -> float:
    return (_SAME_KIND if one.kind == other.kind else 0.0) + (_SEEN_BEFORE if one == other else 0.0)


def _without_repeats(
    path: list[Visual], options: Sequence[Sequence[_Option]], title: str
) -> Iterator[Visual]:
    """Yield the pictures, but for one that was shown before another of its scene, of its kind if possible.

    The title counts as shown: the video opens with it.
    """
    shown = {title.casefold()}
    for position, visual in enumerate(path):
        kept = visual
        if _key(visual) in shown:
            others = [option for option in options[position] if _key(option.visual) not in shown]
            alike = [option for option in others if option.visual.kind == visual.kind]
            kept = max(alike or others, key=lambda option: option.worth).visual if others else visual
        shown.add(_key(kept))
        yield kept


def _key(visual: Visual) -> str:
    return visual.text.casefold() if isinstance(visual, StatementVisual) else visual.model_dump_json()


def _options(shot: Shot, setting: Setting) -> list[_Option]:
    charts = _charts(shot, setting)
    drawn = [
        _Option(visual, worth + _MORE_BEATS * _beats(visual))
        for visual, worth in drawn_visuals(_passage(shot, setting, bool(charts)))
    ]
    found = [*charts, *drawn, *_quotes(shot), *_lists(shot, setting), *_numbers(shot)]
    return [*found, *_statements(shot, setting), *_clause_lists(shot, setting)]


def _passage(shot: Shot, setting: Setting, has_chart: bool) -> Passage:  # noqa: FBT001 (one caller)
    return Passage(
        sentences=[line.sentence for line in shot.lines],
        heading=_heading(shot, setting),
        title=setting.title,
        weights=setting.weights,
        english=setting.english,
        has_chart=has_chart,
    )


def _charts(shot: Shot, setting: Setting) -> list[_Option]:
    units = {line.unit.index for line in shot.lines}
    placed = [_Option(chart.visual, 1.3) for chart in setting.charts if chart.unit in units]
    heading = _heading(shot, setting) or setting.title
    spoken = [
        chart if chart.heading else chart.model_copy(update={"heading": heading})
        for chart in sentence_charts([line.sentence for line in shot.lines])
    ]
    return [*placed, *(_Option(chart, 0.9 + 0.05 * len(chart.data)) for chart in spoken)]


def _quotes(shot: Shot) -> list[_Option]:
    quotes = [quote_in(line.sentence.text) for line in shot.lines]
    return [_Option(quote, 1.2) for quote in quotes if quote]


def _lists(shot: Shot, setting: Setting) -> list[_Option]:
    found: list[_Option] = []
    heading = _heading(shot, setting)
    for line in shot.lines:
        items = tuple(tidy_item(item) for item in line.sentence.items) or items_in(line.sentence.text)
        if 2 <= len(items) <= 6:
            bulleted = bool(line.sentence.items)
            few = len(shot.lines) <= 2
            worth = (1.1 if few else 1.05) if bulleted else 0.75 if few else 0.6
            found.append(_Option(ListVisual(heading=heading if bulleted else "", items=items), worth))
        elif clauses := clauses_in(line.sentence.text):
            found.append(_Option(ListVisual(items=clauses), _CLAUSES_WORTH))
    points = _points([line for line in shot.lines if line.unit.listed and not line.sentence.items], setting)
    if len(points) >= 2:
        complete = len(points) == len(shot.lines) and len(points) > 2
        shown = "" if _counts_otherwise(heading, len(points)) else heading
        found.append(_Option(ListVisual(heading=shown, items=points), 1.7 if complete else 1.1))
    return found


def _counts_otherwise(heading: str, points: int) -> bool:
    """Whether the heading announces another number of points than there are: "Five habits" over two."""
    announced = [
        at for at, word in enumerate(_COUNTED) if re.search(rf"\b(?:{word}|{at})\b", heading.lower())
    ]
    return bool(announced) and points not in announced


def _points(lines: Sequence[Line], setting: Setting) -> tuple[str, ...]:
    """Return the listed sentences as points: all as clauses if they have them, else all by their subjects."""
    clauses = [_point(line, setting) for line in lines[:_MAX_ITEMS]]
    subjects = [noun_phrase_of(line.sentence.text) for line in lines[:_MAX_ITEMS]]
    points = subjects if not all(clauses) and all(subjects) else clauses
    return tuple(dict.fromkeys(point for point in points if point))


def _point(line: Line, setting: Setting) -> str:
    whole = (
        link_of(line.sentence.text).bare.rstrip(".!") if setting.english else line.sentence.text.rstrip(".!")
    )
    if len(whole.split()) <= MAX_WORDS and len(whole) <= _MAX_ITEM_CHARS:
        return whole
    headline = headline_of(line.sentence.text, setting.weights, english=setting.english)
    return headline.text if headline and headline.score >= _CLAUSE_SCORE else ""


def _numbers(shot: Shot) -> list[_Option]:
    figures = [figure for line in shot.lines for figure in figures_in(line.sentence.text)]
    return [
        _Option(
            NumberVisual(
                value=figure.value,
                decimals=figure.decimals,
                prefix=figure.prefix,
                suffix=figure.suffix,
                label=figure.label,
            ),
            0.35 + 0.7 * figure.salience,
        )
        for figure in figures
    ]


def _statements(shot: Shot, setting: Setting) -> list[_Option]:
    headlines = [*_seen_headlines(shot.lines, setting), *_fallbacks(shot, setting)]
    return [_Option(_statement(text, setting), 0.2 + 0.3 * score) for text, score in headlines]


def _seen_headlines(lines: Sequence[Line], setting: Setting) -> Iterator[tuple[str, float]]:
    """Yield what can be read while the lines are heard: what they hold, and what leans on the line before."""
    for line in lines:
        text, leads = line.sentence.text, bool(line.sentence.items)
        if (text, leads) not in setting.seen:
            setting.seen[text, leads] = list(_seen_of(text, _LEAD_SCORE if leads else float("inf"), setting))
        yield from setting.seen[text, leads]


def _seen_of(text: str, most: float, setting: Setting) -> Iterator[tuple[str, float]]:
    for found in headlines_in(text, setting.weights, english=setting.english, leaning=True):
        yield found.text, min(most, found.score)
    if setting.english and (full := with_subject(text, setting.before.get(text, ""), setting.title)):
        for found in headlines_in(full, setting.weights):
            if found.score > 1:
                yield found.text, min(_RESOLVED_SCORE, found.score)


def _statement(text: str, setting: Setting) -> StatementVisual:
    return StatementVisual(text=text, emphasis=emphasis_of(text, setting.weights))


def _fallbacks(shot: Shot, setting: Setting) -> list[tuple[str, float]]:
    """Return headlines for sentences that hold none: the section's name, a sentence as it is, the topic."""
    heading = _heading(shot, setting)
    whole = [text.rstrip(" .,;:") for line in shot.lines if _is_readable(text := line.sentence.text)]
    found = [(heading, _HEADING_SCORE)] if heading else []
    return [*found, *((text, _WHOLE_SCORE) for text in whole), (setting.title, -_HEADING_SCORE)]


def _is_readable(text: str) -> bool:
    return len(text.split()) <= _MAX_READ_WORDS and len(text) <= _MAX_READ_CHARS and '"' not in text


def _clause_lists(shot: Shot, setting: Setting) -> list[_Option]:
    """Offer the clauses of the scene one below the other: a change where all else would be statements."""
    clauses = [setting.headline_of(line.sentence.text) for line in shot.lines]
    points = tuple(
        dict.fromkeys(clause.text for clause in clauses if clause and clause.score >= _CLAUSE_SCORE)
    )
    if len(points) < 2:
        return []
    return [_Option(ListVisual(heading=_heading(shot, setting), items=points[:_MAX_POINTS]), 0.45)]


def _heading(shot: Shot, setting: Setting) -> str:
    sections = {line.unit.section for line in shot.lines}
    return setting.headings[shot.lines[0].unit.section] if len(sections) == 1 else ""
