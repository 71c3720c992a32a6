import math
from collections.abc import Mapping, Sequence
from typing import Final

from reelwright.production.schema import ChartVisual, Datum
from reelwright.video.engine import timing
from reelwright.video.engine.actors import Actor, Appear, patch
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.figures import decimals_of, written
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.bars import columns, longest_label, rows
from reelwright.video.engine.layouts.blocks import Block, headline, is_drawable, text_block, words_of
from reelwright.video.engine.layouts.line import line
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Shape

__all__ = ["chart", "chart_plot", "lies_down"]

_STANDING: Final[Mapping[Shape, int]] = {"wide": 12, "tall": 3, "square": 5}
"""How many bars may stand side by side."""


def chart(visual: ChartVisual, setting: Setting) -> list[Actor]:
    """Draw values to scale: a heading, the unit, and bars or a line that grow while they are spoken."""
    data = [datum for datum in visual.data if math.isfinite(datum.value)]
    head = _heading(visual, setting)
    panel, plot = _plots(setting, head)
    actors = list(head.actors)
    if panel is not None:
        ground = patch(panel, setting.px(26), setting.shade.card, 0.72)
        actors.insert(0, Appear(ground, panel.left, panel.top, 0.05, setting.px(24)))
    if not data:
        return actors
    return actors + _draw(visual, setting, data, plot)


def chart_plot(visual: ChartVisual, setting: Setting) -> Box:
    """Return the room that bars or a line have with their labels."""
    return _plots(setting, _heading(visual, setting))[1]


def _plots(setting: Setting, head: Block) -> tuple[Box | None, Box]:
    """Return the panel behind a chart, where there is one, and the room of the chart."""
    area = setting.stage.content
    plot = Box(area.left, head.box.bottom + setting.px(26), area.right, area.bottom)
    if setting.plan.variant != "panel":
        return None, plot
    panel = Box(
        area.left - setting.px(14), plot.top, area.right + setting.px(14), plot.bottom + setting.px(10)
    )
    return panel, panel.grown(-setting.px(26))


def _draw(visual: ChartVisual, setting: Setting, data: list[Datum], plot: Box) -> list[Actor]:
    moments = _moments(data, setting)
    if visual.shape == "line" and len(data) > 1:
        return line(setting, data, visual.unit, plot, moments)
    draw = rows if lies_down(setting, data, plot) else columns
    return draw(setting, data, visual.unit, plot, moments)


def lies_down(setting: Setting, data: Sequence[Datum], plot: Box) -> bool:
    """Whether bars lie under each other rather than stand side by side."""
    slot = plot.width / (len(data) + 0.6)
    cramped = longest_label(setting, data) > 1.7 * slot
    return cramped or len(data) > _STANDING[setting.stage.shape]


def _heading(visual: ChartVisual, setting: Setting) -> Block:
    area = setting.stage.content
    wide = setting.stage.shape == "wide"
    style = TextStyle("heavy", setting.px(52 if wide else 56), setting.px(26), leading=1.14, max_lines=2)
    fitted = fit(visual.heading, area.width, setting.px(116 if wide else 150), style)
    if not fitted.lines:
        top = Box(area.left, area.top, area.right, area.top)
        return _with_unit(visual, setting, Block((), top))
    block = headline(setting, fitted, area, down="top", accented=emphasised(words_of(fitted)))
    return _with_unit(visual, setting, block)


def _with_unit(visual: ChartVisual, setting: Setting, head: Block) -> Block:
    if not is_drawable(visual.unit) or visual.unit.strip() == "%":
        return head
    area = setting.stage.content
    box = Box(area.left, head.box.bottom + setting.px(16), area.right, head.box.bottom + setting.px(60))
    style = TextStyle("semibold", setting.px(30), setting.px(20), max_lines=1)
    fitted = fit(visual.unit, box.width, box.height, style)
    unit = text_block(setting, fitted, box, 0.5, colour=setting.shade.soft)
    return Block((*head.actors, *unit.actors), Box(area.left, area.top, area.right, unit.box.bottom))


def _moments(data: Sequence[Datum], setting: Setting) -> list[float]:
    """Time the growth: a value grows when it or its label is spoken, the others one after the other."""
    found: list[float] = []
    latest = max(0.8, setting.duration - 1.4)
    for index, datum in enumerate(data):
        heard = timing.spoken_number(
            written(datum.value, decimals_of(datum.value), grouped=False), setting.words
        )
        named = [place for place in timing.align(datum.label.split(), setting.words) if place is not None]
        moments = [heard[0]] if heard else []
        moments += [setting.words[named[0]].start_seconds] if named else []
        unspoken = min(0.8 + 0.2 * index, latest)
        found.append(timing.cue_of(min(moments), setting.duration) if moments else unspoken)
    return timing.in_time(found)
