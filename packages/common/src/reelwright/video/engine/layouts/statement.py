from reelwright.production.schema import StatementVisual
from reelwright.video.engine.actors import Actor, Growing
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import headline, headline_size, words_of
from reelwright.video.engine.layouts.ornamented import corner_actors, ornament_actor
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Side

__all__ = ["statement"]


def statement(visual: StatementVisual, setting: Setting) -> list[Actor]:
    """Say one thing: beside an ornament with a bar at its edge, or alone with the key word marked."""
    if setting.plan.variant == "centre":
        return _centred(visual, setting)
    return _beside(visual, setting, "right" if setting.plan.variant == "right" else "left")


def _centred(visual: StatementVisual, setting: Setting) -> list[Actor]:
    box = setting.stage.middle
    wide = setting.stage.shape == "wide"
    style = TextStyle(
        "heavy",
        headline_size(setting, visual.text, 100 if wide else 92),
        setting.px(24),
        leading=1.28,
        max_lines=7 if wide else 8,
        word_space=1.35,
    )
    fitted = fit(visual.text, box.width, box.height, style)
    accented = emphasised(words_of(fitted), visual.emphasis)
    text = headline(setting, fitted, box, across="centre", accented=accented, marked=True)
    return [*corner_actors(setting), *text.actors]


def _beside(visual: StatementVisual, setting: Setting, side: Side) -> list[Actor]:
    area = setting.stage.text(side)
    inset = setting.px(38)
    box = Box(area.left + inset, area.top, area.right, area.bottom)
    usual = {"wide": 92, "tall": 96, "square": 84}[setting.stage.shape]
    size = headline_size(setting, visual.text, usual)
    style = TextStyle("heavy", size, setting.px(24), leading=1.14, max_lines=8)
    fitted = fit(visual.text, box.width, box.height, style)
    accented = emphasised(words_of(fitted), visual.emphasis)
    text = headline(setting, fitted, box, accented=accented)
    reach = setting.px(10)
    bar = Box(area.left, text.box.top - reach, area.left + setting.px(10), text.box.bottom + reach)
    edge = Growing(bar, setting.shade.accent, 0.15, seconds=0.6, downwards=True)
    return [*ornament_actor(setting, side), edge, *text.actors]
