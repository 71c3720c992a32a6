"""Charts from numbers that stand in the notes: tables, labelled values, changes from year to year."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.content.engine.figures import parse_quantity
from reelwright.content.engine.links import link_of
from reelwright.content.engine.material import Material, PlacedTable, Sentence, Unit
from reelwright.content.engine.words import content_stems
from reelwright.production.schema import ChartVisual, Datum

__all__ = [
    "PlacedChart",
    "chart_in_sentence",
    "chart_of_items",
    "chart_of_pairs",
    "chart_of_table",
    "charts_in",
    "sentence_charts",
]

_MAX_DATA = 8
_MAX_TABLES = 40
_LEAST_AFFINITY = 1.0
_MAX_HEADING_WORDS = 7
_UNIT_IN_BRACKETS = re.compile(r"^(.*?)\s*[(\[]([^()\[\]]{1,30})[)\]]\s*$")
_YEARLY = re.compile(r"^(?:c\. ?)?(?:\d{1,2} )?(?:[A-Z][a-z]{2,8}\.? )?(\d{4})s?$")
_QUARTER = re.compile(r"^(?:(?P<first>\d{4}) )?Q(?P<quarter>[1-4])(?: (?P<year>\d{4}))?$")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_TOTALS = {"total", "sum", "all", "overall", "average", "mean"}
_PLAIN_CORNERS = 2
"""Words up to which a table's corner names its rows ("Year"), not its subject."""

_QUANTITY = (
    r"[$£€]?\d[\d,]*(?:\.\d+)?"
    r"(?: ?(?:%|°C|percent|per cent|[a-zA-Z/]+(?: (?!in\b|by\b|to\b|and\b)[a-z]+)?))?"
)
_CHANGE = re.compile(
    rf"\b(?P<verb>rose|grew|climbed|increased|jumped|went|fell|dropped|sank|shrank|declined|decreased|"
    rf"risen|grown|climbed|fallen|gone|"
    rf"doubled|tripled|quadrupled|halved|soared|surged|plunged|swelled|expanded)"
    rf"(?: \w+ly)? from (?P<from>{_QUANTITY}) in (?P<first>\d{{4}}) to "
    rf"(?:about |around |nearly )?(?P<to>{_QUANTITY}) (?:in|by) (?P<last>\d{{4}})"
)
_LABELLED = re.compile(
    rf"(?P<label>[A-Z][\w’' -]{{1,30}}?)(?:: | \()(?P<value>{_QUANTITY})\)?(?=[,;.]|$| and )"
)
_CAPITALISED_END = re.compile(r"(?:[A-Z][\w’'-]* (?:(?:of|the|de|and) )*)*[A-Z][\w’'-]*(?: [a-z]+)?$")
_ITEM_VALUE = re.compile(rf"^(?P<label>[^:–—]{{1,40}}?)(?:: | [–—-] )(?P<value>{_QUANTITY})$")


@dataclass(frozen=True, slots=True)
class PlacedChart:
    """A chart and the unit of the notes that speaks about it."""

    visual: ChartVisual
    unit: int


def charts_in(material: Material, topic: str) -> tuple[PlacedChart, ...]:
    """Return the charts of all tables that some unit speaks about, in the order of the tables.

    Words of the topic are in every second sentence and do not tell which one speaks about a table.
    """
    known = set(content_stems(topic))
    free = {unit.index: unit for unit in material.units if unit.usable}
    placed: list[PlacedChart] = []
    for table in material.tables[:_MAX_TABLES]:
        visual = chart_of_table(table.table.header, table.table.rows)
        anchor = _anchor(table, _name_stems(visual) - known, free.values()) if visual else None
        if visual and anchor:
            placed.append(PlacedChart(visual, anchor.index))
            del free[anchor.index]
    return tuple(placed)


def chart_of_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> ChartVisual | None:
    """Return the chart of the first column whose cells are all quantities of one unit, if there is one."""
    rows = [row for row in rows if row[0] and row[0].lower() not in _TOTALS]
    for column in range(1, len(header)):
        quantities = [parse_quantity(row[column]) for row in rows]
        known = [quantity for quantity in quantities if quantity]
        if len(known) == len(rows) and len({unit for _, unit in known}) == 1:
            title, unit = _title_and_unit(header[column])
            values = [value for value, _ in known]
            return _chart(_heading(header[0], title), unit or known[0][1], [row[0] for row in rows], values)
    return None


def chart_in_sentence(text: str) -> ChartVisual | None:
    """Return the chart of a change between two years, or of several labelled values, in a sentence."""
    change = _CHANGE.search(text)
    if change:
        clause = text[: change.start()].rstrip(" ,").rpartition(", ")[2]
        subject = link_of(clause[:1].upper() + clause[1:]).bare
        return chart_of_pairs(
            _short(subject), [(change["first"], change["from"]), (change["last"], change["to"])]
        )
    pairs = [(_name(match["label"]), match["value"]) for match in _LABELLED.finditer(text)]
    return chart_of_pairs("", pairs) if len(pairs) >= 2 else None


def chart_of_items(items: Sequence[str], heading: str) -> ChartVisual | None:
    """Return the chart of list items that all read "label: quantity", in one unit."""
    matches = [_ITEM_VALUE.match(item) for item in items]
    pairs = [(match["label"].strip(), match["value"]) for match in matches if match]
    return chart_of_pairs(heading, pairs) if len(pairs) == len(items) else None


def chart_of_pairs(heading: str, pairs: Sequence[tuple[str, str]]) -> ChartVisual | None:
    """Return the chart of labels and quantities as written, if all are of one unit."""
    known = [(label, quantity) for label, text in pairs if (quantity := parse_quantity(text.strip(" ,")))]
    if len(known) < len(pairs) or len({unit for _, (_, unit) in known}) != 1:
        return None
    return _chart(heading, known[0][1][1], [label for label, _ in known], [value for _, (value, _) in known])


def _chart(heading: str, unit: str, labels: Sequence[str], values: Sequence[float]) -> ChartVisual | None:
    if len(values) < 2 or len(set(labels)) != len(labels) or max(values) <= 0 or min(values) < 0:
        return None
    in_time = _is_ordered_in_time(labels)
    picked = _spread(len(labels)) if in_time else _largest(values)
    more = "" if in_time or len(picked) == len(values) else f" (largest {_MAX_DATA})"
    data = tuple(Datum(label=labels[at], value=values[at]) for at in picked)
    return ChartVisual(
        heading=f"{heading}{more}".strip(), unit=unit, shape="line" if in_time else "bar", data=data
    )


def _spread(count: int) -> list[int]:
    """Return at most eight places, evenly spread, with both ends."""
    if count <= _MAX_DATA:
        return list(range(count))
    return [round(step * (count - 1) / (_MAX_DATA - 1)) for step in range(_MAX_DATA)]


def _largest(values: Sequence[float]) -> list[int]:
    best = sorted(range(len(values)), key=lambda at: (-values[at], at))[:_MAX_DATA]
    return sorted(best)


def _is_ordered_in_time(labels: Sequence[str]) -> bool:
    moments = [moment for label in labels if (moment := _moment(label))]
    if len(moments) == len(labels):
        return all(one < other for one, other in pairwise(moments))
    months = [_MONTHS.index(label[:3].lower()) for label in labels if label[:3].lower() in _MONTHS]
    ordered = all(one < other for one, other in pairwise(months))
    return len(months) == len(labels) and ordered and all(label.isalpha() for label in labels)


def _moment(label: str) -> tuple[int, int] | None:
    """Return year and quarter of a label that is a time; the quarter is 0 where none is said."""
    if quarter := _QUARTER.match(label):
        return int(quarter["year"] or quarter["first"] or 0), int(quarter["quarter"])
    year = _YEARLY.match(label)
    return (int(year[1]), 0) if year else None


def _title_and_unit(header: str) -> tuple[str, str]:
    match = _UNIT_IN_BRACKETS.match(header)
    return (match[1], match[2]) if match else (header, "")


def _heading(corner: str, title: str) -> str:
    """Return the name of the chart: a telling corner of the table, else the title of its column."""
    if len(corner.split()) <= _PLAIN_CORNERS or not title:
        return _short(title or corner)
    both = f"{corner}: {title[:1].lower()}{title[1:]}"
    return both if len(both.split()) <= _MAX_HEADING_WORDS else _short(corner)


def _name(text: str) -> str:
    """Return the capitalised words at the end: "The tallest are Everest" names Everest."""
    match = _CAPITALISED_END.search(text.strip())
    return match[0] if match else text.strip()


def _short(text: str) -> str:
    words = text.strip(" ,;:(").split()
    return " ".join(words) if len(words) <= _MAX_HEADING_WORDS else ""


def _name_stems(visual: ChartVisual) -> set[str]:
    texts = [visual.heading, visual.unit, *(datum.label for datum in visual.data)]
    return {stem for stem in content_stems(" ".join(texts)) if stem.isalpha()}


def _anchor(table: PlacedTable, stems: set[str], units: Iterable[Unit]) -> Unit | None:
    """Return the unit that speaks about the table: it shares words with it, or stands beside it."""
    rated = [(_affinity(unit, table, stems), -unit.index, unit) for unit in units]
    best = max(rated, default=None, key=lambda entry: entry[:2])
    return best[2] if best and best[0] >= _LEAST_AFFINITY else None


def _affinity(unit: Unit, table: PlacedTable, stems: set[str]) -> float:
    shared = min(3, len(stems & set(unit.stems)))
    distance = abs(unit.index - table.after_unit - (unit.index > table.after_unit))
    if unit.section != table.section:
        return shared - 1.0
    return shared + 0.5 + max(0.0, 1.0 - 0.3 * distance)


def sentence_charts(sentences: Sequence[Sentence]) -> Iterator[ChartVisual]:
    """Yield the charts that single sentences hold."""
    for sentence in sentences:
        chart = chart_of_items(sentence.items, "") if sentence.items else chart_in_sentence(sentence.text)
        if chart:
            yield chart
