"""What a viewer with a ruler would read off a scene: pixels of its layout, turned back into values.

Nothing here asks the layout which value it meant: bars and points are held against the rows of the axis,
rings are measured by what of them is covered, pins by the edges of the map, moments by the ends of the line.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from reelwright.places import find_place
from reelwright.production.schema import (
    ChartVisual,
    ComparisonVisual,
    FlowVisual,
    MapVisual,
    NumberVisual,
    TimelineVisual,
)
from reelwright.video.counting import icons_of, share_of
from reelwright.video.engine.layouts.axes import tick_rows, value_text
from reelwright.video.engine.layouts.bars import lying_bars, standing_bars
from reelwright.video.engine.layouts.chart import chart_plot, lies_down
from reelwright.video.engine.layouts.comparison import halves
from reelwright.video.engine.layouts.count import icon_spots
from reelwright.video.engine.layouts.flow import flow_cells
from reelwright.video.engine.layouts.gauge import Gauge
from reelwright.video.engine.layouts.line import line_points
from reelwright.video.engine.layouts.map import plan_map
from reelwright.video.engine.layouts.number import figure_text, gauge_place
from reelwright.video.engine.layouts.timeline import seats_across, seats_down
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from tests.matching.showing import Shown

__all__ = ["Pinned", "Read", "read_off"]

_NUMBER = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)([KMBT])?")
_PIXELS = 1.5
"""How far an edge may lie from where it should: two of them are rounded to whole pixels."""


class Read(NamedTuple):
    """A value as it was read off."""

    label: str
    value: float
    within: float
    """How far off the value may be, by the grain of the pixels."""
    written: str = ""
    """The figure that stands beside it."""


class Pinned(NamedTuple):
    """A place as it was read off a map, in degrees."""

    name: str
    latitude: float
    longitude: float
    within: float


def read_off(shown: Shown, setting: Setting) -> Iterator[Read | Pinned]:
    """Yield what a scene draws to scale, counts, or points at; raises AssertionError for what cannot be."""
    match shown.visual:
        case ChartVisual(shape="line", data=data) as visual if len(data) > 1:
            yield from _line(visual, setting)
        case ChartVisual() as visual:
            yield from _bars(visual, setting)
        case NumberVisual() as visual:
            yield from _number(visual, shown, setting)
        case TimelineVisual() as visual:
            yield from _timeline(visual, setting)
        case MapVisual() as visual:
            yield from _map(visual, setting)
        case ComparisonVisual():
            left, right = halves(setting, headed=False)[0]
            assert left.right <= right.left or left.bottom <= right.top
        case FlowVisual(steps=steps):
            _in_order([cell.plate for cell in flow_cells(setting, setting.stage.content, steps)])


def _bars(visual: ChartVisual, setting: Setting) -> Iterator[Read]:
    plot = chart_plot(visual, setting)
    written = _written(visual)
    if not lies_down(setting, visual.data, plot):
        bars = standing_bars(setting, visual.data, plot)
        (low, bottom), *_, (high, top) = tick_rows(bars.scale, bars.plot)
        grain = (high - low) / (bottom - top)
        for datum, box, text in zip(visual.data, bars.boxes, written, strict=True):
            rises = box.bottom == bars.zero
            row = box.top if rises else box.bottom
            yield Read(datum.label, low + (bottom - row) * grain, grain * _PIXELS, text)
        return
    bars = lying_bars(setting, visual.data, visual.unit, plot)
    _in_order(bars.boxes)
    lengths = [box.right - bars.zero or box.left - bars.zero for box in bars.boxes]
    longest = max(range(len(lengths)), key=lambda index: abs(lengths[index]))
    grain = _number_in(written[longest]) / lengths[longest]
    for datum, length, text in zip(visual.data, lengths, written, strict=True):
        yield Read(datum.label, length * grain, abs(grain) * _PIXELS, text)


def _line(visual: ChartVisual, setting: Setting) -> Iterator[Read]:
    curve = line_points(setting, visual.data, chart_plot(visual, setting))
    (low, bottom), *_, (high, top) = tick_rows(curve.scale, curve.plot)
    grain = (high - low) / (bottom - top)
    assert all(before[0] < after[0] for before, after in pairwise(curve.points))
    for datum, (_, y), text in zip(visual.data, curve.points, _written(visual), strict=True):
        yield Read(datum.label, low + (bottom - y) * grain, grain * _PIXELS, text)


def _number(visual: NumberVisual, shown: Shown, setting: Setting) -> Iterator[Read]:
    text = figure_text(visual, setting)
    hero = setting.pictures.hero
    share = share_of(visual)
    if shown.staged.layout == "number" and share is not None:
        ring = Gauge(gauge_place(setting), setting.shade, share, (0.0, 1.0))
        whole = Gauge(gauge_place(setting), setting.shade, 1.0, (0.0, 1.0))
        parts = 100.0 if "%" in visual.suffix else _number_in(visual.suffix)
        covered = float(ring.filled(9.0).sum() / whole.filled(9.0).sum())
        yield Read(visual.label, covered * parts, 0.005 * parts, text)
    elif shown.staged.layout == "count" and hero and (icons := icons_of(visual, hero.use)):
        _, _, spots = icon_spots(setting, icons)
        yield Read(visual.label, float(len(set(spots)) * icons.each), 0.0, text)
    else:
        yield Read(visual.label, _number_in(text), 0.0, text)


def _timeline(visual: TimelineVisual, setting: Setting) -> Iterator[Read]:
    wide = setting.stage.shape == "wide"
    years = [moment.year for moment in visual.moments]
    seats, scale = (seats_across if wide else seats_down)(setting, years, setting.stage.content)
    places = [seat.post[0] if wide else seat.post[1] for seat in seats]
    assert all(before < after for before, after in pairwise(places))
    grain = (years[-1] - years[0]) / (places[-1] - places[0])
    gaps = sorted(
        (after - before, far - near)
        for (before, after), (near, far) in zip(pairwise(years), pairwise(places), strict=True)
    )
    assert all(far + 2 * _PIXELS >= near for (_, near), (_, far) in pairwise(gaps)), (
        "a longer time is shorter"
    )
    for moment, place in zip(visual.moments, places, strict=True):
        read = years[0] + (place - places[0]) * grain if scale.true else _number_in(moment.when)
        yield Read(moment.label, read, max(0.5, grain * _PIXELS), moment.when)


def _map(visual: MapVisual, setting: Setting) -> Iterator[Pinned]:
    known = [place for name in visual.places if (place := find_place(name))]
    assert len(known) == len(visual.places)
    plan = plan_map(visual, known, setting)
    window, (width, height) = plan.camera.view(1.0), plan.camera.size
    across, down = (window.east - window.west) / width, (window.north - window.south) / height
    for spot in plan.places:
        assert 0 <= spot.x < width, f"{spot.name} lies outside the frame"
        assert 0 <= spot.y < height, f"{spot.name} lies outside the frame"
        longitude = (window.west + spot.x * across + 180) % 360 - 180
        yield Pinned(spot.name, window.north - spot.y * down, longitude, _PIXELS * max(across, down))


def _written(visual: ChartVisual) -> list[str]:
    decimals = max(len(f"{datum.value:.3f}".rstrip("0").partition(".")[2]) for datum in visual.data)
    return [value_text(datum.value, visual.unit, decimals) for datum in visual.data]


def _number_in(text: str) -> float:
    """Return the number that a figure, an axis label or a year is written as: 1.2M, 1,500, -89."""
    found = _NUMBER.search(text)
    assert found, f"no number stands in {text!r}"
    size = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(found[2], 1.0)
    return float(found[1].replace(",", "")) * size


def _in_order(boxes: Sequence[Box]) -> None:
    for one, other in pairwise(boxes):
        assert _before(one, other), "things that follow each other overlap"


def _before(one: Box, other: Box) -> bool:
    return one.right <= other.left or one.bottom <= other.top
