from reelwright.production.schema import ClosingVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import headline, headline_size, words_of
from reelwright.video.engine.layouts.chips import chip_rows, place_chips, rows_height
from reelwright.video.engine.layouts.ornamented import corner_actors, ornament_actor
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import Across

__all__ = ["closing"]

_LEAST_TEXT = 250


def closing(visual: ClosingVisual, setting: Setting) -> list[Actor]:
    """End the video: what to do now, and under it the points to remember as chips."""
    beside = setting.plan.variant == "beside" and _leaves_room(visual, setting)
    across: Across = "left" if beside else "centre"
    area = setting.stage.text("right") if beside else setting.stage.middle
    rows = chip_rows(setting, visual.points, area.width)
    gap = setting.px(44) if rows else 0
    foot = rows_height(setting, rows) + gap
    size = headline_size(setting, visual.text, 108 if setting.stage.shape == "wide" else 96)
    style = TextStyle("heavy", size, setting.px(26), leading=1.16)
    fitted = fit(visual.text, area.width, area.height - foot, style)
    top = area.top + (area.height - foot - fitted.full_height) // 2
    box = Box(area.left, top, area.right, top + fitted.full_height)
    text = headline(setting, fitted, box, across=across, down="top", accented=emphasised(words_of(fitted)))
    under = Box(area.left, box.bottom + gap, area.right, area.bottom)
    chips = place_chips(setting, rows, under, at=text.first + 0.5, across=across)
    figures = ornament_actor(setting, "right") if beside else corner_actors(setting)
    return [*figures, *text.actors, *chips]


def _leaves_room(visual: ClosingVisual, setting: Setting) -> bool:
    """Whether the points leave enough of the area beside an ornament for the text."""
    area = setting.stage.text("right")
    taken = rows_height(setting, chip_rows(setting, visual.points, area.width))
    return area.height - taken >= setting.px(_LEAST_TEXT)
