from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from reelwright.production.schema import Datum
from reelwright.video.engine.actors import Actor, Badge
from reelwright.video.engine.counter import Counter
from reelwright.video.engine.face import face
from reelwright.video.engine.figures import decimals_of
from reelwright.video.engine.layouts.axes import category_label, grid, tick_width, value_text
from reelwright.video.engine.ornaments.moving import dot
from reelwright.video.engine.planes import Box, Bytes, Frame
from reelwright.video.engine.scale import scale_for
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import polyline
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.timing import in_time

__all__ = ["line"]

_LEG_SECONDS = 0.45


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

    def _tip(self, t: float) -> tuple[float, float]:
        xs, ys = zip(*self._points, strict=True)
        x = float(np.interp(t, self._moments, xs))
        return x, float(np.interp(x, xs, ys))


def line(
    setting: Setting, data: Sequence[Datum], unit: str, plot: Box, moments: Sequence[float]
) -> list[Actor]:
    """Draw a line over a value axis; labels under it, values at its points."""
    scale = scale_for([datum.value for datum in data], from_zero=_near_zero(data))
    margin = setting.px(40)
    inner = Box(
        plot.left + tick_width(setting, scale),
        plot.top + setting.px(50),
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
    arrivals = _arrivals(moments)
    decimals = max(decimals_of(datum.value) for datum in data)
    actors = [*grid(setting, scale, inner), _Path(setting, points, inner, arrivals)]
    for index, (datum, (x, y), at) in enumerate(zip(data, points, arrivals, strict=True)):
        name = Box(round(x - step * 0.47), inner.bottom + setting.px(18), round(x + step * 0.47), plot.bottom)
        actors += category_label(setting, datum.label, name.clipped(plot), 0.35 + 0.05 * index, centred=True)
        actors.append(Badge((x, y), setting.px(18), at, ground=setting.shade.accent))
        text = value_text(datum.value, unit, decimals)
        width = round(face("bold", setting.px(28)).length(text))
        actors.append(_value(setting, text, _value_place(setting, points, index, width, inner), at))
    return actors


def _arrivals(moments: Sequence[float]) -> list[float]:
    """When the line reaches each point: as spoken, in order, never in a jump; it sets out in time."""
    found = in_time(moments[:1])
    for _, moment in pairwise(moments):
        found.append(max(found[-1] + _LEG_SECONDS, moment))
    return found


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
