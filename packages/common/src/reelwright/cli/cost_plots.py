"""The plots of the page: inline SVG that needs no script, with its words beside it as text that scales."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from reelwright.cli.modelling import plain_usd
from reelwright.cost.report.rows import Row
from reelwright.cost.schema import format_usd
from reelwright.pipeline.report.markup import Html, element

__all__ = ["bars", "columns", "legend"]

_SERVICES = ("content", "audio", "video")
_OTHER = "other"
_WIDTH, _HEIGHT = 1000.0, 300.0
_GAP = 0.22
_NICE = (1, 2, 5, 10)
_LINES = 4
_NAME_CHARS = 60


def columns(days: Mapping[date, Mapping[str, int]]) -> Html:
    """Return one column for each day, in it the services one above the other, and the scale beside it."""
    top = _scale([sum(spent.values()) for spent in days.values()])
    marks = [top * number // _LINES for number in range(_LINES, -1, -1)]
    return element(
        "figure",
        element(
            "div",
            (element("span", f"${plain_usd(mark)}") for mark in marks),
            class_="scale",
            aria_hidden="true",
        ),
        _svg(days, top),
        element("div", _dates(list(days)), class_="dates", aria_hidden="true"),
        class_="columns-plot",
    )


def bars(rows: Sequence[Row], names: Mapping[str, str], label: str) -> Html:
    """Return one bar for each row: settled, unknown, reserved. ``names`` say more than the rows' own."""
    top = max((row.committed for row in rows), default=0) or 1
    return element("ol", (_bar(row, top, names) for row in rows), class_="plot", aria_label=label)


def legend(names: Sequence[tuple[str, str]]) -> Html:
    """Return what the colours mean: pairs of a class and a word."""
    return element(
        "p",
        (element("span", word, class_=f"key {class_}") for class_, word in names),
        class_="legend",
        aria_hidden="true",
    )


def _svg(days: Mapping[date, Mapping[str, int]], top: int) -> Html:
    total = sum(sum(spent.values()) for spent in days.values())
    return element(
        "svg",
        element("title", f"{len(days)} days, ${format_usd(total)} in all"),
        (_grid(number) for number in range(_LINES + 1)),
        _stacks(days, top),
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        preserveAspectRatio="none",
        role="img",
    )


def _grid(number: int) -> Html:
    height = f"{_HEIGHT * number / _LINES:.1f}"
    return element("line", x1="0", x2=f"{_WIDTH:.0f}", y1=height, y2=height, class_="grid")


def _stacks(days: Mapping[date, Mapping[str, int]], top: int) -> Iterator[Html]:
    step = _WIDTH / max(1, len(days))
    for index, (day, spent) in enumerate(days.items()):
        yield element(
            "g",
            element("title", _day_said(day, spent)),
            _stack(spent, top, index * step + step * _GAP / 2, step * (1 - _GAP)),
        )


def _stack(spent: Mapping[str, int], top: int, left: float, width: float) -> Iterator[Html]:
    floor = _HEIGHT
    for service in _services(spent):
        height = _HEIGHT * spent[service] / top
        floor -= height
        yield element(
            "rect",
            x=f"{left:.2f}",
            y=f"{floor:.2f}",
            width=f"{width:.2f}",
            height=f"{height:.2f}",
            class_=service if service in _SERVICES else _OTHER,
        )


def _services(spent: Mapping[str, int]) -> list[str]:
    known = [service for service in ("video", "audio", "content") if service in spent]
    return [*known, *sorted(spent.keys() - set(known))]


def _day_said(day: date, spent: Mapping[str, int]) -> str:
    parts = ", ".join(f"{service} ${format_usd(spent[service])}" for service in _services(spent))
    return f"{day.isoformat()}: {parts or 'nothing'}"


def _dates(days: Sequence[date]) -> Iterator[Html]:
    """Yield the first, the middle and the last day."""
    shown = dict.fromkeys(days[index] for index in (0, len(days) // 2, -1)) if days else {}
    for day in shown:
        yield element("span", f"{day:%d %b}".lstrip("0"))


def _bar(row: Row, top: int, names: Mapping[str, str]) -> Html:
    name = names.get(row.name, "")
    return element(
        "li",
        element(
            "span",
            element("span", _shortened(name) or row.name.replace("_", " "), class_="name", dir="auto"),
            element("span", row.name, class_="code quiet") if name else None,
            class_="label",
        ),
        element("span", f"${format_usd(row.committed)}", class_="number"),
        element(
            "svg",
            _parts(row, top),
            viewBox=f"0 0 {_WIDTH:.0f} 10",
            preserveAspectRatio="none",
            aria_hidden="true",
        ),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _NAME_CHARS else f"{text[: _NAME_CHARS - 1]}…"


def _parts(row: Row, top: int) -> Iterator[Html]:
    yield element("rect", x="0", y="0", width=f"{_WIDTH:.0f}", height="10", class_="rail")
    left = 0.0
    useful = row.settled - row.failed
    for class_, amount in (
        ("settled", useful),
        ("failed", row.failed),
        ("unknown", row.unknown),
        ("reserved", row.reserved),
    ):
        width = _WIDTH * amount / top
        if amount:
            yield element(
                "rect", x=f"{left:.2f}", y="0", width=f"{max(width, 1.0):.2f}", height="10", class_=class_
            )
        left += width


def _scale(amounts: Sequence[int]) -> int:
    """Return a round number of micro-dollars that is no less than the highest amount, and divides by four."""
    highest = max((*amounts, _LINES))
    unit: int = 10 ** (len(str(highest)) - 1)
    nice: int = next(factor * unit for factor in _NICE if factor * unit >= highest)
    return max(_LINES, nice)
