import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from reelwright.production.schema import NumberVisual
from reelwright.video.counting import share_of
from reelwright.video.engine import timing
from reelwright.video.engine.actors import Actor, Growing, Rising, word_sprite
from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.counter import Counter
from reelwright.video.engine.face import Face, face
from reelwright.video.engine.figures import count_from, is_grouped, is_year, written
from reelwright.video.engine.fit import TextStyle, drawable, fit
from reelwright.video.engine.layouts.blocks import headline
from reelwright.video.engine.layouts.gauge import Gauge
from reelwright.video.engine.layouts.ornamented import corner_actors, ornament_actor
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Place, Shape
from reelwright.video.engine.typeset import Across, Down

__all__ = ["counting_span", "figure_block", "figure_text", "gauge_place", "number"]

_AT_ONCE_SECONDS, _COUNT_SECONDS = 0.1, 0.9
_LATEST_SECONDS, _LATEST_ALONE_SECONDS = 2.4, 1.2
"""With a picture to look at, and without."""
_LONGEST_COUNT_SECONDS = 2.2
_SIZES: dict[Shape, tuple[int, int]] = {"wide": (250, 280), "tall": (220, 240), "square": (160, 220)}
"""The figure's size beside an ornament and alone."""
_LEAST_BESIDE = 120
"""Figures that would be smaller than this beside an ornament stand alone."""
_UNDER_FIGURE = 0.2
"""Room under a figure, in its size: its commas hang low."""
_COMPARING = frozenset("≈≃~≥≤<>±")
_SMALL_UNIT_CHARS = 2
"""Longer units are set smaller than the figure."""


@dataclass(frozen=True, slots=True)
class _Figure:
    """The figure's three parts and the sizes that let them fit."""

    prefix: str
    final: str
    unit: str
    large: Face
    small: Face

    @property
    def before(self) -> Face:
        """Signs such as "about" are set smaller than a currency, which belongs to the figure."""
        compares = any(sign in _COMPARING for sign in self.prefix)
        return face("heavy", round(self.large.size * 0.6)) if compares else self.large

    @property
    def prefix_width(self) -> int:
        gap = self.large.size * 0.08 if self.before is not self.large else 0
        return round(self.before.length(self.prefix.strip()) + gap)

    @property
    def count_width(self) -> int:
        return round(self.large.length(self.final))

    @property
    def unit_gap(self) -> int:
        return round(self.small.size * 0.16) if self.unit else 0

    @property
    def width(self) -> int:
        return self.prefix_width + self.count_width + self.unit_gap + round(self.small.length(self.unit))


def number(visual: NumberVisual, setting: Setting) -> list[Actor]:
    """Show one figure as large as can be, counted up while it is spoken; a share of 100 % as a gauge."""
    share = share_of(visual)
    if share is not None:
        return _as_gauge(visual, setting, share)
    if setting.plan.variant == "beside":
        area = setting.stage.text("right")
        figure = _figure(visual, setting, area.width, setting.px(_SIZES[setting.stage.shape][0]))
        if figure.large.size >= setting.px(_LEAST_BESIDE):
            return [*ornament_actor(setting, "right"), *_stacked(visual, setting, figure, area, "left")]
    area = setting.stage.middle
    figure = _figure(visual, setting, area.width, setting.px(_SIZES[setting.stage.shape][1]))
    return [*corner_actors(setting), *_stacked(visual, setting, figure, area, "centre")]


def figure_block(visual: NumberVisual, setting: Setting, area: Box, across: Across) -> list[Actor]:
    """Return the figure, as large as the area allows, with its line and its label."""
    size = setting.px(_SIZES[setting.stage.shape][0])
    figure = _figure(visual, setting, area.width, min(size, round(0.5 * area.height)))
    return _stacked(visual, setting, figure, area, across)


def figure_text(visual: NumberVisual, setting: Setting) -> str:
    """Return the figure as it stands when it has been counted up, with its prefix and unit."""
    final = _text_at(visual, setting)(1.0)
    return f"{drawable(visual.prefix)}{final} {drawable(visual.suffix).strip()}".strip()


def gauge_place(setting: Setting) -> Place:
    """Return where the ring of a share is."""
    area = setting.stage.content
    wide = setting.stage.shape == "wide"
    radius = min(round(area.height * (0.45 if wide else 0.33)), round(area.width * 0.46))
    right = setting.plan.variant == "beside"
    x = (area.right - radius if right else area.left + radius) if wide else (area.left + area.right) // 2
    return Place(x, (area.top + area.bottom) // 2 if wide else area.top + radius, radius)


def _as_gauge(visual: NumberVisual, setting: Setting, share: float) -> list[Actor]:
    """Compose a ring filled to scale with the figure inside; the label beside or under it."""
    ring = gauge_place(setting)
    figure = _figure(visual, setting, round(ring.radius * 1.3), setting.px(170))
    span = counting_span(visual, setting)
    left, baseline = ring.x - figure.width // 2, ring.y + figure.large.cap_height // 2
    return [
        Gauge(ring, setting.shade, share, span),
        *_figure_actors(visual, setting, figure, (left, baseline), span),
        *_beside_gauge(visual, setting, ring),
    ]


def _beside_gauge(visual: NumberVisual, setting: Setting, gauge: Place) -> list[Actor]:
    area, gap = setting.stage.content, setting.px(64)
    if setting.stage.shape != "wide":
        box = Box(area.left, gauge.y + gauge.radius + setting.px(36), area.right, area.bottom)
        return _label(visual, setting, box, "centre", setting.px(64))
    if gauge.x > setting.stage.width // 2:
        box = Box(area.left, area.top, gauge.x - gauge.radius - gap, area.bottom)
    else:
        box = Box(gauge.x + gauge.radius + gap, area.top, area.right, area.bottom)
    return _label(visual, setting, box, "left", setting.px(88))


def _stacked(
    visual: NumberVisual, setting: Setting, figure: _Figure, area: Box, across: Across
) -> list[Actor]:
    """Compose the figure, a line that grows while it counts, and the label under it."""
    span = counting_span(visual, setting)
    style = TextStyle("bold", setting.px(58), setting.px(24), leading=1.18)
    gap = max(setting.px(34), round(_UNDER_FIGURE * figure.large.size))
    thick = max(3, setting.px(10))
    room = area.height - figure.large.cap_height - 2 * gap - thick
    fitted = fit(visual.label, area.width, room, style)
    height = figure.large.cap_height + 2 * gap + thick + fitted.full_height
    top = area.top + (area.height - height) // 2
    baseline = top + figure.large.cap_height
    left = area.left if across == "left" else area.left + (area.width - figure.width) // 2
    bar = Box(left, baseline + gap, left + figure.width, baseline + gap + thick)
    track = Growing(bar, mix(setting.shade.card, setting.shade.ink, 0.16), 0.15)
    line = Growing(bar, setting.shade.accent, span[0], seconds=span[1] - span[0])
    box = Box(area.left, bar.bottom + gap, area.right, area.bottom)
    words = headline(setting, fitted, box, across=across, down="top", start=0.2).actors
    return [*_figure_actors(visual, setting, figure, (left, baseline), span), track, line, *words]


def _label(visual: NumberVisual, setting: Setting, box: Box, across: Across, size: int) -> list[Actor]:
    fitted = fit(visual.label, box.width, box.height, TextStyle("heavy", size, setting.px(22), leading=1.16))
    down: Down = "middle" if across == "left" else "top"
    return list(headline(setting, fitted, box, across=across, down=down, start=0.2).actors)


def _figure_actors(
    visual: NumberVisual, setting: Setting, figure: _Figure, place: tuple[int, int], span: tuple[float, float]
) -> list[Actor]:
    """Prefix, counter and unit from a left edge on a baseline."""
    left, baseline = place
    shade = setting.shade
    counter = left + figure.prefix_width
    unit = counter + figure.count_width + figure.unit_gap
    return [
        _rising(figure.before, figure.prefix.strip(), (left, baseline), shade.accent, span[0]),
        Counter(
            figure.large,
            _text_at(visual, setting),
            shade.accent,
            (counter, baseline),
            span,
            width=figure.count_width,
            anchor=0.0 if setting.plan.variant == "beside" else 0.5,
        ),
        _rising(
            figure.small,
            figure.unit,
            (unit, baseline),
            shade.ink if figure.small != figure.large else shade.accent,
            span[0] + 0.1,
        ),
    ]


def _is_year(visual: NumberVisual) -> bool:
    return is_year(visual.value, visual.decimals, visual.prefix + visual.suffix)


def _rising(own: Face, text: str, place: tuple[int, int], colour: Rgb, at: float) -> Actor:
    x, baseline = place
    window = Box(
        x - own.size, baseline - own.size, x + round(own.length(text)) + own.size, baseline + own.size // 3
    )
    return Rising(word_sprite(own, text, colour), x, baseline, window, at)


def _figure(visual: NumberVisual, setting: Setting, width: int, size: int) -> _Figure:
    """Return the figure at the largest size, up to ``size``, that is not wider than ``width``.

    A unit that is wider than that at any size is left out, and so is such a prefix.
    """
    final = _text_at(visual, setting)(1.0)
    prefix, unit = drawable(visual.prefix), drawable(visual.suffix)
    share = 1.0 if len(unit) <= _SMALL_UNIT_CHARS else 0.36
    while True:
        small = round(size * share) if share == 1 else max(round(size * share), min(size, setting.px(52)))
        figure = _Figure(prefix, final, unit, face("heavy", size), face("heavy", small))
        if figure.width <= width:
            return figure
        if size <= setting.px(20):
            return _without_what_is_too_wide(figure, width)
        size = min(size - 1, int(size * 0.96))


def _without_what_is_too_wide(figure: _Figure, width: int) -> _Figure:
    bare = replace(figure, unit="")
    return bare if bare.width <= width else replace(bare, prefix="")


def _text_at(visual: NumberVisual, setting: Setting) -> Callable[[float], str]:
    grouped = is_grouped(visual.value, setting.words)
    start = count_from(visual.value, year=_is_year(visual))

    def text_at(share: float) -> str:
        value = (
            visual.value
            if share >= 1 or not math.isfinite(visual.value)
            else start + (visual.value - start) * share
        )
        return written(value, visual.decimals, grouped=grouped)

    return text_at


def _figure_in(visual: NumberVisual, setting: Setting) -> bool:
    """Tell whether the label says the figure already."""
    digits = timing.normalise(_text_at(visual, setting)(1.0))
    return any(timing.normalise(word) == digits for word in visual.label.split())


def counting_span(visual: NumberVisual, setting: Setting) -> tuple[float, float]:
    """Return from when to when it counts: while the figure is spoken, else soon after the opening.

    It is not given away before, unless it is spoken very late or its label tells it; and no zero stands
    for it meanwhile, which would seem to be the figure.
    """
    heard = timing.spoken_number(written(visual.value, visual.decimals, grouped=False), setting.words)
    if heard is None or _figure_in(visual, setting):
        return _AT_ONCE_SECONDS, _AT_ONCE_SECONDS + _COUNT_SECONDS
    latest = _LATEST_SECONDS if setting.pictures.hero else _LATEST_ALONE_SECONDS
    at = min(timing.cue_of(heard[0], setting.duration), latest)
    length = min(_LONGEST_COUNT_SECONDS, max(_COUNT_SECONDS, heard[1] - at))
    return at, max(at + 0.2, min(at + length, setting.duration - 0.5))
