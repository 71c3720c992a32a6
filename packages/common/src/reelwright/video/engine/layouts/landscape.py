from collections.abc import Mapping
from typing import Final

from reelwright.production.schema import StatementVisual, TitleVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.fields.outdoors import open_sky
from reelwright.video.engine.layouts.blocks import chip, chip_height, is_drawable
from reelwright.video.engine.layouts.illustrated import Spot, box_of, moments_of, on_ground, outdoors, titled
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Shape

__all__ = ["landscape"]

_HERO: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.755, 0, 0.47),
    "tall": Spot(0.53, 0, 0.275),
    "square": Spot(0.64, 0, 0.41),
}
_GROUND: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.565, 0, 0.15),
    "tall": Spot(0.14, 0, 0.105),
    "square": Spot(0.22, 0, 0.19),
}
_SKY: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.915, 0.2, 0.15),
    "tall": Spot(0.86, 0.395, 0.085),
    "square": Spot(0.2, 0.46, 0.12),
}
_FAR: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.925, 0, 0.13),
    "tall": Spot(0.9, 0, 0.08),
    "square": Spot(0.91, 0, 0.15),
}
_HIGH: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.6, 0.21, 0.13),
    "tall": Spot(0.17, 0.4, 0.08),
    "square": Spot(0.86, 0.42, 0.11),
}
_TEXT: Final[Mapping[Shape, tuple[float, float, float]]] = {
    "wide": (0.0, 0.585, 1.0),
    "tall": (0.0, 1.0, 0.345),
    "square": (0.0, 1.0, 0.345),
}
"""Left, right, foot."""
_LEAST_WITH_KICKER: Final = 220


def landscape(visual: TitleVisual | StatementVisual, setting: Setting) -> list[Actor]:
    """Set the headline beside, or above, the picture that stands in a landscape with what belongs to it."""
    hero, satellites = setting.pictures.hero, setting.pictures.satellites
    assert hero is not None  # noqa: S101 (a layout that is only taken with a picture)
    shape = setting.stage.shape
    at = moments_of(setting, (hero, *satellites))
    actors = outdoors(setting, satellites, (_GROUND[shape], _FAR[shape]), (_SKY[shape], _HIGH[shape]), at[1:])
    return [*actors, on_ground(setting, hero, _HERO[shape], at[0]), *_text(visual, setting)]


def _text(visual: TitleVisual | StatementVisual, setting: Setting) -> list[Actor]:
    left, right, foot = _TEXT[setting.stage.shape]
    area = box_of(setting, left, 0.0, right, foot)
    area = Box(area.left, area.top, area.right, min(area.bottom, open_sky(setting.stage)))
    kicker = visual.kicker if isinstance(visual, TitleVisual) and is_drawable(visual.kicker) else ""
    if area.height < setting.px(_LEAST_WITH_KICKER):
        kicker = ""
    above = chip_height(setting) + setting.px(30) if kicker else 0
    box = Box(area.left, area.top + above, area.right, area.bottom)
    wide = setting.stage.shape == "wide"
    usual, emphasis = (78, "") if isinstance(visual, TitleVisual) else (72, visual.emphasis)
    text = visual.title if isinstance(visual, TitleVisual) else visual.text
    block = titled(setting, text, box, usual=usual, emphasis=emphasis, down="middle" if wide else "top")
    if not kicker:
        return list(block.actors)
    label = chip(setting, kicker, (area.left, block.box.top - above), area.width)
    return [*label.actors, *block.actors]
