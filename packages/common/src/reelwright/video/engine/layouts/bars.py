from collections.abc import Sequence

from reelwright.production.schema import Datum
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.counter import Counter
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.face import face
from reelwright.video.engine.layouts.axes import category_label, grid, quiet_colour, tick_width, value_text
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.scale import Scale, scale_for
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Sprite

__all__ = ["columns", "longest_label", "rows"]

_GROW_SECONDS = 0.8


class _Bar:
    """A bar that grows from the zero line to its value, to scale at its end, its far corners round."""

    def __init__(self, box: Box, radius: float, colour: Rgb, at: float, *, towards: str) -> None:
        grown = {
            "up": Box(box.left, box.top, box.right, box.bottom + round(radius)),
            "down": Box(box.left, box.top - round(radius), box.right, box.bottom),
            "right": Box(box.left - round(radius), box.top, box.right, box.bottom),
            "left": Box(box.left, box.top, box.right + round(radius), box.bottom),
        }[towards]
        self._sprite = Sprite.solid(rounded(max(1, grown.width), max(1, grown.height), radius), colour)
        self._box = box
        self._grown = grown
        self._towards = towards
        self._at = at

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the part that has grown."""
        hidden = 1 - ease_out(progress(t, self._at, _GROW_SECONDS))
        if hidden >= 1:
            return
        across = round(self._box.width * hidden) * {"right": -1, "left": 1}.get(self._towards, 0)
        down = round(self._box.height * hidden) * {"up": 1, "down": -1}.get(self._towards, 0)
        self._sprite.draw(frame, self._grown.left + across, self._grown.top + down, self._box)


def longest_label(setting: Setting, data: Sequence[Datum]) -> float:
    """Return the width of the longest label at its wished size."""
    own = face("semibold", setting.px(27))
    return max(own.length(datum.label) for datum in data)


def columns(
    setting: Setting, data: Sequence[Datum], unit: str, plot: Box, moments: Sequence[float]
) -> list[Actor]:
    """Draw standing bars over their labels, with a value axis from zero."""
    scale = scale_for([datum.value for datum in data], from_zero=True)
    foot, head = setting.px(74), setting.px(46)
    inner = Box(plot.left + tick_width(setting, scale), plot.top + head, plot.right, plot.bottom - foot)
    actors = grid(setting, scale, inner)
    slot = inner.width / len(data)
    width = min(setting.px(130), round(slot * 0.62))
    for index, (datum, at) in enumerate(zip(data, moments, strict=True)):
        middle = round(inner.left + slot * (index + 0.5))
        actors += _column(setting, datum, unit, scale, (inner, middle, width), at, top=_is_top(datum, data))
        name = Box(
            round(middle - slot * 0.48),
            inner.bottom + setting.px(18),
            round(middle + slot * 0.48),
            plot.bottom,
        )
        actors += category_label(setting, datum.label, name, 0.35 + 0.06 * index, centred=True)[1]
    return actors


def rows(
    setting: Setting, data: Sequence[Datum], unit: str, plot: Box, moments: Sequence[float]
) -> list[Actor]:
    """Draw lying bars from a common zero line, each under its label or, where there is room, beside it."""
    scale = scale_for([datum.value for datum in data], from_zero=True)
    beside = setting.stage.shape != "tall"
    step = min(plot.height / len(data), setting.px(104 if beside else 150))
    top = plot.top + round((plot.height - step * len(data)) / 2)
    names = round(plot.width * (0.28 if setting.stage.shape == "wide" else 0.34)) if beside else 0
    value = face("bold", setting.px(30))
    room = max(round(value.length(value_text(datum.value, unit))) for datum in data) + setting.px(24)
    negative = room if scale.low < 0 else 0
    inner = Box(plot.left + names + negative, plot.top, plot.right - room, plot.bottom)
    actors: list[Actor] = []
    for index, (datum, at) in enumerate(zip(data, moments, strict=True)):
        band = Box(inner.left, top + round(step * index), inner.right, top + round(step * (index + 1)))
        bar, name = _row_boxes(setting, band, plot, names)
        actors += category_label(setting, datum.label, name, 0.35 + 0.06 * index, centred=False)[1]
        actors += _row(setting, datum, unit, scale, bar, at, top=_is_top(datum, data))
    return actors


def _row_boxes(setting: Setting, band: Box, plot: Box, names: int) -> tuple[Box, Box]:
    if names:
        thick = min(setting.px(50), round(band.height * 0.62))
        middle = (band.top + band.bottom) // 2
        bar = Box(band.left, middle - thick // 2, band.right, middle + thick // 2)
        return bar, Box(plot.left, band.top, plot.left + names - setting.px(24), band.bottom)
    split = band.top + round(band.height * 0.38)
    thick = min(setting.px(46), round(band.height * 0.34))
    return Box(band.left, split + setting.px(4), band.right, split + setting.px(4) + thick), Box(
        plot.left, band.top, plot.right, split
    )


def _column(
    setting: Setting,
    datum: Datum,
    unit: str,
    scale: Scale,
    where: tuple[Box, int, int],
    at: float,
    *,
    top: bool,
) -> list[Actor]:
    inner, middle, thick = where
    zero = inner.bottom - round(scale.share(0) * inner.height)
    end = inner.bottom - round(scale.share(datum.value) * inner.height)
    box = Box(middle - thick // 2, min(zero, end), middle + thick // 2, max(zero, end))
    bar = _Bar(
        box,
        min(setting.px(14), thick / 4),
        _colour(setting, top=top),
        at,
        towards="up" if datum.value >= 0 else "down",
    )
    own = face("bold", setting.px(30))
    width = round(own.length(value_text(datum.value, unit)))
    baseline = end - setting.px(12) if datum.value >= 0 else end + setting.px(12) + own.cap_height
    return [bar, _value(setting, datum, unit, (middle - width // 2, baseline), width, at)]


def _row(
    setting: Setting, datum: Datum, unit: str, scale: Scale, track: Box, at: float, *, top: bool
) -> list[Actor]:
    zero = track.left + round(scale.share(0) * track.width)
    end = track.left + round(scale.share(datum.value) * track.width)
    box = Box(min(zero, end), track.top, max(zero, end), track.bottom)
    bar = _Bar(
        box,
        min(setting.px(12), track.height / 3),
        _colour(setting, top=top),
        at,
        towards="right" if datum.value >= 0 else "left",
    )
    own = face("bold", setting.px(30))
    width = round(own.length(value_text(datum.value, unit)))
    left = box.right + setting.px(14) if datum.value >= 0 else box.left - setting.px(14) - width
    return [
        bar,
        _value(setting, datum, unit, (left, (track.top + track.bottom + own.cap_height) // 2), width, at),
    ]


def _value(setting: Setting, datum: Datum, unit: str, place: tuple[int, int], width: int, at: float) -> Actor:
    digits = 0 if float(datum.value).is_integer() else 1

    def text_at(share: float) -> str:
        return value_text(datum.value if share >= 1 else round(datum.value * share, digits), unit)

    return Counter(
        face("bold", setting.px(30)),
        text_at,
        setting.shade.ink,
        place,
        (at, at + _GROW_SECONDS),
        width=width,
        anchor=0.5,
    )


def _colour(setting: Setting, *, top: bool) -> Rgb:
    return setting.shade.accent if top else quiet_colour(setting)


def _is_top(datum: Datum, data: Sequence[Datum]) -> bool:
    return abs(datum.value) == max(abs(other.value) for other in data)
