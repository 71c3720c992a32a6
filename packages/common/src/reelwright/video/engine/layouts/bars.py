from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from reelwright.production.schema import Datum
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.counter import Counter
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.face import Face, face
from reelwright.video.engine.figures import decimals_of
from reelwright.video.engine.layouts.axes import category_label, grid, quiet_colour, tick_width, value_text
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.scale import Scale, scale_for
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Sprite

__all__ = ["Bars", "columns", "longest_label", "lying_bars", "rows", "standing_bars"]

_Towards = Literal["up", "down", "right", "left"]
_GROW_SECONDS = 0.8
_HIDES: dict[_Towards, tuple[int, int]] = {"up": (0, 1), "down": (0, -1), "right": (-1, 0), "left": (1, 0)}
"""Which way a bar is pushed out of sight before it grows."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Where the bars of a chart are when they have grown, and what they are measured against."""

    scale: Scale
    plot: Box
    """What the scale lies along: of standing bars its height, of lying ones its width."""
    zero: int
    """The row, or the column, of nothing."""
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class _Series:
    """The values together: what they are measured in and against."""

    setting: Setting
    unit: str
    scale: Scale
    largest: float
    decimals: int
    """All values are written with as many."""

    @property
    def face(self) -> Face:
        return face("bold", self.setting.px(30))

    def text(self, datum: Datum, share: float) -> str:
        return value_text(datum.value if share >= 1 else datum.value * share, self.unit, self.decimals)

    def width(self, datum: Datum) -> int:
        return round(self.face.length(self.text(datum, 1.0)))

    def colour(self, datum: Datum) -> Rgb:
        leads = abs(datum.value) == self.largest
        return self.setting.shade.accent if leads else quiet_colour(self.setting)

    def counter(self, datum: Datum, place: tuple[int, int], at: float) -> Actor:
        text_at = partial(self.text, datum)
        span, ink = (at, at + _GROW_SECONDS), self.setting.shade.ink
        return Counter(self.face, text_at, ink, place, span, width=self.width(datum), anchor=0.5)


class _Bar:
    """A bar that grows from the zero line to its value, to scale at its end, its far corners round."""

    def __init__(self, box: Box, radius: float, colour: Rgb, at: float, towards: _Towards) -> None:
        tail = round(radius)
        grown = {
            "up": Box(box.left, box.top, box.right, box.bottom + tail),
            "down": Box(box.left, box.top - tail, box.right, box.bottom),
            "right": Box(box.left - tail, box.top, box.right, box.bottom),
            "left": Box(box.left, box.top, box.right + tail, box.bottom),
        }[towards]
        self._sprite = Sprite.solid(rounded(max(1, grown.width), max(1, grown.height), radius), colour)
        self._box = box
        self._corner = grown.left, grown.top
        self._hides = _HIDES[towards]
        self._at = at

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the part that has grown."""
        hidden = 1 - ease_out(progress(t, self._at, _GROW_SECONDS))
        if hidden < 1:
            x = self._corner[0] + self._hides[0] * round(self._box.width * hidden)
            y = self._corner[1] + self._hides[1] * round(self._box.height * hidden)
            self._sprite.draw(frame, x, y, self._box)


def longest_label(setting: Setting, data: Sequence[Datum]) -> float:
    """Return the width of the longest label at its wished size."""
    own = face("semibold", setting.px(27))
    return max(own.length(datum.label) for datum in data)


def columns(
    setting: Setting, data: Sequence[Datum], unit: str, plot: Box, moments: Sequence[float]
) -> list[Actor]:
    """Draw standing bars over their labels, with a value axis from zero."""
    series = _series(setting, data, unit)
    bars = standing_bars(setting, data, plot)
    inner, slot = bars.plot, bars.plot.width / len(data)
    actors = grid(setting, series.scale, inner)
    for index, (datum, box, at) in enumerate(zip(data, bars.boxes, moments, strict=True)):
        middle, reach = round(inner.left + slot * (index + 0.5)), round(slot * 0.48)
        actors += _column(series, datum, box, at)
        name = Box(middle - reach, inner.bottom + setting.px(18), middle + reach, plot.bottom)
        actors += category_label(setting, datum.label, name, 0.35 + 0.06 * index, centred=True)
    return actors


def standing_bars(setting: Setting, data: Sequence[Datum], plot: Box) -> Bars:
    """Return the bars that stand on their zero line."""
    scale = _scale(data)
    left = plot.left + tick_width(setting, scale)
    inner = Box(left, plot.top + setting.px(46), plot.right, plot.bottom - setting.px(74))
    slot = inner.width / len(data)
    half = min(setting.px(130), round(slot * 0.62)) // 2
    zero, *ends = (
        inner.bottom - round(scale.share(value) * inner.height)
        for value in (0, *(datum.value for datum in data))
    )
    middles = [round(inner.left + slot * (index + 0.5)) for index in range(len(data))]
    boxes = tuple(
        Box(middle - half, min(zero, end), middle + half, max(zero, end))
        for middle, end in zip(middles, ends, strict=True)
    )
    return Bars(scale, inner, zero, boxes)


def rows(
    setting: Setting, data: Sequence[Datum], unit: str, plot: Box, moments: Sequence[float]
) -> list[Actor]:
    """Draw lying bars from a common zero line, each under its label or, in wide frames, beside it."""
    series = _series(setting, data, unit)
    bars, names = _rows(series, data, plot)
    actors: list[Actor] = []
    for index, (datum, box, name, at) in enumerate(zip(data, bars.boxes, names, moments, strict=True)):
        actors += category_label(setting, datum.label, name, 0.35 + 0.06 * index, centred=False)
        actors += _row(series, datum, box, at)
    return actors


def lying_bars(setting: Setting, data: Sequence[Datum], unit: str, plot: Box) -> Bars:
    """Return the bars that lie one under the other, from a common zero line."""
    return _rows(_series(setting, data, unit), data, plot)[0]


def _rows(series: _Series, data: Sequence[Datum], plot: Box) -> tuple[Bars, list[Box]]:
    """Return the bars, and the rooms of their labels."""
    setting = series.setting
    beside = setting.stage.shape != "tall"
    step = min(plot.height / len(data), setting.px(104 if beside else 150))
    top = plot.top + round((plot.height - step * len(data)) / 2)
    names = round(plot.width * (0.28 if setting.stage.shape == "wide" else 0.34)) if beside else 0
    room = max(series.width(datum) for datum in data) + setting.px(24)
    left = plot.left + names + (room if series.scale.low < 0 else 0)
    whole = Box(left, top, plot.right - room, top + round(step * len(data)))
    zero, *ends = (
        left + round(series.scale.share(value) * whole.width)
        for value in (0, *(datum.value for datum in data))
    )
    boxes, labels = [], []
    for index, end in enumerate(ends):
        band = Box(left, top + round(step * index), whole.right, top + round(step * (index + 1)))
        track, name = _row_boxes(setting, band, plot, names)
        boxes.append(Box(min(zero, end), track.top, max(zero, end), track.bottom))
        labels.append(name)
    return Bars(series.scale, whole, zero, tuple(boxes)), labels


def _series(setting: Setting, data: Sequence[Datum], unit: str) -> _Series:
    values = [datum.value for datum in data]
    largest = max(abs(value) for value in values)
    decimals = max(decimals_of(value) for value in values)
    return _Series(setting, unit, _scale(data), largest, decimals)


def _scale(data: Sequence[Datum]) -> Scale:
    return scale_for([datum.value for datum in data], from_zero=True)


def _row_boxes(setting: Setting, band: Box, plot: Box, names: int) -> tuple[Box, Box]:
    """Return the room of a bar and of its label: side by side when ``names`` gives the label a width."""
    if names:
        thick = min(setting.px(50), round(band.height * 0.62))
        middle = (band.top + band.bottom) // 2
        track = Box(band.left, middle - thick // 2, band.right, middle + thick // 2)
        return track, Box(plot.left, band.top, plot.left + names - setting.px(24), band.bottom)
    split = band.top + round(band.height * 0.38)
    top = split + setting.px(4)
    track = Box(band.left, top, band.right, top + min(setting.px(46), round(band.height * 0.34)))
    return track, Box(plot.left, band.top, plot.right, split)


def _column(series: _Series, datum: Datum, box: Box, at: float) -> list[Actor]:
    px, rises = series.setting.px, datum.value >= 0
    radius = min(px(14), box.width / 4)
    bar = _Bar(box, radius, series.colour(datum), at, "up" if rises else "down")
    baseline = box.top - px(12) if rises else box.bottom + px(12) + series.face.cap_height
    return [bar, series.counter(datum, (box.middle[0] - series.width(datum) // 2, baseline), at)]


def _row(series: _Series, datum: Datum, box: Box, at: float) -> list[Actor]:
    px, rises = series.setting.px, datum.value >= 0
    radius = min(px(12), box.height / 3)
    bar = _Bar(box, radius, series.colour(datum), at, "right" if rises else "left")
    left = box.right + px(14) if rises else box.left - px(14) - series.width(datum)
    baseline = (box.top + box.bottom + series.face.cap_height) // 2
    return [bar, series.counter(datum, (left, baseline), at)]
