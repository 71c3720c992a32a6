from collections.abc import Callable, Sequence

from reelwright.production.schema import TitleVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import chip, chip_height, headline, is_drawable, rule, words_of
from reelwright.video.engine.layouts.ornamented import corner_actors, ornament_actor
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import Across

__all__ = ["title"]


def title(visual: TitleVisual, setting: Setting) -> list[Actor]:
    """Open the video: the topic large, beside an ornament or alone in the middle."""
    beside = setting.plan.variant == "hero"
    across: Across = "left" if beside else "centre"
    area = setting.stage.text("right") if beside else setting.stage.middle
    small, above = _kicker(visual, setting, area, beside=beside)
    below = setting.px(50)
    fitted = fit(visual.title, area.width, area.height - above - below, _style(setting, beside=beside))
    top = area.top + (area.height - above - below - fitted.full_height) // 2
    text_box = Box(area.left, top + above, area.right, top + above + fitted.full_height)
    text = headline(
        setting, fitted, text_box, across=across, down="top", accented=emphasised(words_of(fitted))
    )
    left = area.left if beside else area.left + (area.width - setting.px(132)) // 2
    line = rule(setting, left, text_box.bottom + setting.px(28), text.first + 0.25)
    figures = ornament_actor(setting, "right") if beside else corner_actors(setting)
    return [*figures, *small(top), *text.actors, *line.actors]


def _style(setting: Setting, *, beside: bool) -> TextStyle:
    sizes = {"wide": (110, 128), "tall": (112, 120), "square": (96, 112)}[setting.stage.shape]
    return TextStyle("heavy", setting.px(sizes[0 if beside else 1]), setting.px(26), leading=1.1, max_lines=8)


def _kicker(
    visual: TitleVisual, setting: Setting, area: Box, *, beside: bool
) -> tuple[Callable[[int], Sequence[Actor]], int]:
    """Return how to draw the kicker once the block's top is known, and the room it takes above the title."""
    if not is_drawable(visual.kicker):
        return lambda _: (), 0
    if beside and setting.stage.shape != "wide":
        aside = setting.stage.content.top + setting.px(12)
        return lambda _: chip(setting, visual.kicker, (area.left, aside), area.width // 2).actors, 0
    across: Across = "left" if beside else "centre"
    room = chip_height(setting) + setting.px(30)
    return lambda top: chip(setting, visual.kicker, (area.left, top), area.width, across=across).actors, room
