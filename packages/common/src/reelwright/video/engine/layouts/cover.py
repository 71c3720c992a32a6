from reelwright.production.schema import TitleVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import headline, words_of
from reelwright.video.engine.ornaments import ORNAMENTS
from reelwright.video.engine.plan import rng_of
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Place

__all__ = ["cover"]


def cover(visual: TitleVisual, setting: Setting) -> list[Actor]:
    """Compose the thumbnail: the words over most of it, the key word marked, an ornament at the edge."""
    where, area = _split(setting)
    style = TextStyle("heavy", setting.px(168), setting.px(30), leading=1.2, max_lines=6, word_space=1.2)
    fitted = fit(visual.title, area.width, area.height, style)
    marked = emphasised(words_of(fitted))
    text = headline(setting, fitted, area, accented=marked, marked=True, start=0.0)
    figure = dict(ORNAMENTS)[setting.plan.ornament](where, setting.shade, rng_of(setting.plan, "ornament"))
    return [figure, *text.actors]


def _split(setting: Setting) -> tuple[Place, Box]:
    """Return the ornament's place and the words' area."""
    width, height = setting.stage.width, setting.stage.height
    side = setting.px(64)
    if setting.stage.shape == "wide":
        radius = round(height * 0.3)
        place = Place(width - side - radius + setting.px(20), height // 2, radius)
        return place, Box(side, side, place.x - radius - setting.px(24), height - side)
    radius = round(width * (0.26 if setting.stage.shape == "tall" else 0.17))
    top = round(height * (0.1 if setting.stage.shape == "tall" else 0.06))
    place = Place(width - side - radius, top + radius, radius)
    foot = round(height * (0.16 if setting.stage.shape == "tall" else 0.07))
    return place, Box(side, top + 2 * radius + setting.px(30), width - side, height - foot)
