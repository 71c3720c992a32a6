import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from reelwright.production.schema import Datum
from reelwright.video.engine.actors import Actor, Badge
from reelwright.video.engine.counter import Counter
from reelwright.video.engine.easing import overshoot, progress
from reelwright.video.engine.face import face
from reelwright.video.engine.figures import decimals_of
from reelwright.video.engine.layouts.axes import category_label, grid, tick_width, value_text
from reelwright.video.engine.ornaments.moving import dot
from reelwright.video.engine.planes import Box, Bytes, Frame
from reelwright.video.engine.scale import Scale, scale_for
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import polyline
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.timing import in_time

__all__ = ["Curve", "line", "line_points", "rider_size"]

_LEG_SECONDS = 0.45
_RIDER = 92
_POP_SECONDS = 0.45
_STEEPEST = 24.0
_LEAN_STEP = 1.5
_SWING = 2.0
_SWING_SECONDS = 2.4
"""The picture that rides on a line: its height, how far it leans, in what steps, and how it sways."""


class Curve(NamedTuple):
    """Where the points of a line are, and what they are measured against."""

    scale: Scale
    plot: Box
    points: list[tuple[int, int]]
    step: float
    """From point to point across."""


class _Path:
    """A line with its area, uncovered from left to right, and a marker that rides on its end."""

    def __init__(
        self, setting: Setting, points: list[tuple[int, int]], plot: Box, moments: Sequence[float]
    ) -> None:
        local = np.array([(x - plot.left, y - plot.top) for x, y in points], np.float32)
        thick = max(3.0, setting.px(8))
        pad = round(thick)
        size = plot.width + 2 * pad, plot.height + 2 * pad
        mask = polyline(local + pad, *size, thick)
        colour = setting.shade.accent
        self._line = Sprite.solid(mask, colour, left=-pad, top=-pad)
        self._area = Sprite.solid(_below(local, plot), colour, opacity=0.16)
        self._plot = plot
        self._points = points
        self._moments = moments
        self._marker = dot(setting.px(26), colour)
        self._core = dot(setting.px(11), setting.shade.card)
        self._rider = _Rider(setting, points, moments)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw as much of the line as has been told."""
        if t < self._moments[0]:
            return
        x, y = self._tip(t)
        plot = self._plot
        shown = Box(plot.left - plot.width, plot.top - plot.height, round(x), plot.bottom + plot.height)
        self._area.draw(frame, plot.left, plot.top, shown)
        self._line.draw(frame, plot.left, plot.top, shown)
        self._marker.draw(frame, x, y)
        self._core.draw(frame, x, y)
        self._rider.draw(frame, x, t)

    def _tip(self, t: float) -> tuple[float, float]:
        xs, ys = zip(*self._points, strict=True)
        x = float(np.interp(t, self._moments, xs))
        return x, float(np.interp(x, xs, ys))


class _Rider:
    """The picture of what the chart is about, riding on the line's end; nothing where there is none."""

    def __init__(self, setting: Setting, points: Sequence[tuple[int, int]], moments: Sequence[float]) -> None:
        hero = setting.pictures.hero
        self._sprites = None if hero is None else hero.sprites(rider_size(setting))
        self._points = points
        self._at = moments[0]

    def draw(self, frame: Frame, x: float, t: float) -> None:
        """Draw it with its foot on the line at a column, leaning as the line does."""
        sprites = self._sprites
        if sprites is None:
            return
        scale = overshoot(progress(t, self._at, _POP_SECONDS))
        reach = sprites.width / 3
        rise = self._row(x + reach) - self._row(x - reach)
        lean = max(-_STEEPEST, min(_STEEPEST, math.degrees(math.atan2(rise, 2 * reach))))
        swing = _SWING * round(math.sin(math.tau * t / _SWING_SECONDS) * 4) / 4
        y = self._row(x) - 0.46 * sprites.height * scale
        sprite, left, top = sprites.at(x, y, scale, round((lean + swing) / _LEAN_STEP) * _LEAN_STEP)
        sprite.draw(frame, left, top)

    def _row(self, x: float) -> float:
        xs, ys = zip(*self._points, strict=True)
        return float(np.interp(x, xs, ys))


def rider_size(setting: Setting) -> int:
    """Return the height of the picture that rides on a line, in pixels; 0 where there is none."""
    return 0 if setting.pictures.hero is None else setting.px(_RIDER)


def line(
    setting: Setting, data: Sequence[Datum], unit: str, plot: Box, moments: Sequence[float]
) -> list[Actor]:
    """Draw a line over a value axis; labels under it, values at its points."""
    scale, inner, points, step = line_points(setting, data, plot)
    arrivals = _arrivals(moments)
    decimals = max(decimals_of(datum.value) for datum in data)
    actors = [*grid(setting, scale, inner), _Path(setting, points, inner, arrivals)]
    for index, (datum, (x, y), at) in enumerate(zip(data, points, arrivals, strict=True)):
        reach = round(min(step * 0.47, x - plot.left, plot.right - x))
        name = Box(x - reach, inner.bottom + setting.px(18), x + reach, plot.bottom)
        actors += category_label(setting, datum.label, name, 0.35 + 0.05 * index, centred=True)
        actors.append(Badge((x, y), setting.px(18), at, ground=setting.shade.accent))
        text = value_text(datum.value, unit, decimals)
        width = round(face("bold", setting.px(28)).length(text))
        where = _value_place(setting, points, index, width, inner)
        last = index == len(points) - 1
        if last:
            where = where[0], where[1] - round(0.92 * rider_size(setting))
        after = 0.0 if last else _clearing(setting, points, arrivals, index, width)
        actors.append(_value(setting, text, where, at + after))
    return actors


def line_points(setting: Setting, data: Sequence[Datum], plot: Box) -> Curve:
    """Return the points of a line, evenly spread across what the axis and the labels leave of a plot."""
    scale = scale_for([datum.value for datum in data], from_zero=_near_zero(data))
    margin = setting.px(40)
    inner = Box(
        plot.left + tick_width(setting, scale),
        plot.top + setting.px(50) + _headroom(setting, [scale.share(datum.value) for datum in data], plot),
        plot.right,
        plot.bottom - setting.px(70),
    )
    step = (inner.width - 2 * margin) / (len(data) - 1)
    points = [
        (
            round(inner.left + margin + step * index),
            inner.bottom - round(scale.share(datum.value) * inner.height),
        )
        for index, datum in enumerate(data)
    ]
    return Curve(scale, inner, points, step)


def _arrivals(moments: Sequence[float]) -> list[float]:
    """When the line reaches each point: as spoken, in order, never in a jump; it sets out in time."""
    found = in_time(moments[:1])
    for _, moment in pairwise(moments):
        found.append(max(found[-1] + _LEG_SECONDS, moment))
    return found


def _headroom(setting: Setting, shares: Sequence[float], plot: Box) -> int:
    """Return how much lower a line must begin for the riding picture, and the value over it, to have room."""
    size, high = rider_size(setting), plot.height - setting.px(120)
    if not size:
        return 0
    peak = size - (1 - max(shares)) * high
    last = 0.92 * size + setting.px(60) - (1 - shares[-1]) * high
    return max(0, round(max(peak, last)) - setting.px(46))


def _clearing(
    setting: Setting, points: Sequence[tuple[int, int]], arrivals: Sequence[float], index: int, width: int
) -> float:
    """Return how long after the line's arrival the riding picture has left the room of a point's value."""
    size = rider_size(setting)
    if not size:
        return 0.0
    room = points[index + 1][0] - points[index][0]
    share = min(1.0, (0.5 * size + 0.5 * width + setting.px(10)) / max(1, room))
    return share * (arrivals[index + 1] - arrivals[index])


def _value(setting: Setting, text: str, place: tuple[int, int], at: float) -> Actor:
    own = face("bold", setting.px(28))
    span = (at, at + 0.01)
    return Counter(own, lambda _: text, setting.shade.ink, place, span, width=round(own.length(text)))


def _value_place(
    setting: Setting, points: Sequence[tuple[int, int]], index: int, width: int, plot: Box
) -> tuple[int, int]:
    """Where a value stands clear of the line: over a peak, under a valley, beside a slope."""
    x, y = points[index]
    before, after = (points[max(0, index - 1)][1], points[min(len(points) - 1, index + 1)][1])
    over, under, aside = y - setting.px(24), y + setting.px(46), setting.px(4)
    if before < y and after < y and under < plot.bottom:
        return x - width // 2, under
    if after < y <= before and before - after > setting.px(60):
        return max(x + aside - width, plot.left + aside), over
    if before < y <= after and after - before > setting.px(60):
        return min(x - aside, plot.right - width), over
    return min(max(x - width // 2, plot.left + aside), plot.right - width), over


def _below(points: np.ndarray[tuple[int, ...], np.dtype[np.float32]], plot: Box) -> Bytes:
    edge = np.interp(np.arange(plot.width), points[:, 0], points[:, 1], left=plot.height, right=plot.height)
    return (np.clip(np.arange(plot.height)[:, None] - edge[None, :], 0, 1) * 255).astype(np.uint8)


def _near_zero(data: Sequence[Datum]) -> bool:
    """Whether the axis of a line should hold zero: a line compares places, not lengths, so it need not."""
    values = [datum.value for datum in data]
    return 0 <= min(values) < 0.6 * max(values)
