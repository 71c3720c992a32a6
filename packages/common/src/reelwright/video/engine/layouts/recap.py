from typing import Final

from reelwright.production.schema import ClosingVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.fields.outdoors import open_sky
from reelwright.video.engine.layouts.chips import chip_rows, place_chips, rows_height
from reelwright.video.engine.layouts.illustrated import Spot, box_of, moments_of, on_ground, titled
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Shape
from reelwright.video.engine.typeset import Across

__all__ = ["recap"]

_HERO: Final[dict[Shape, Spot]] = {
    "wide": Spot(0.785, 0, 0.42),
    "tall": Spot(0.5, 0, 0.2),
    "square": Spot(0.5, 0, 0.25),
}
_TEXT: Final[dict[Shape, tuple[float, float]]] = {
    "wide": (0.625, 1.0),
    "tall": (1.0, 0.43),
    "square": (1.0, 0.5),
}
"""Right edge and foot beside, or above, the picture."""


_LEAST_TEXT: Final = 130


def recap(visual: ClosingVisual, setting: Setting) -> list[Actor]:
    """End the video: what to do now, the points to remember with their pictures, and what it was about."""
    hero, shape = setting.pictures.hero, setting.stage.shape
    if hero and not _leaves_room(visual, setting):
        hero = None
    right, foot = _TEXT[shape] if hero else (1.0, 1.0)
    area = box_of(setting, 0.0, 0.0, right, foot)
    area = Box(area.left, area.top, area.right, min(area.bottom, open_sky(setting.stage)))
    across: Across = "left" if hero and shape == "wide" else "centre"
    rows = chip_rows(setting, visual.points, area.width, setting.pictures.item)
    gap = setting.px(34) if rows else 0
    chips = rows_height(setting, rows)
    room = Box(area.left, area.top, area.right, max(area.top + setting.px(60), area.bottom - chips - gap))
    text = titled(setting, visual.text, room, usual=80 if shape == "wide" else 74, across=across, down="top")
    spare = max(0, (area.bottom - chips - gap - text.box.bottom) // 2) if shape == "wide" else 0
    text = titled(
        setting,
        visual.text,
        _moved(room, spare),
        usual=80 if shape == "wide" else 74,
        across=across,
        down="top",
    )
    under = Box(area.left, text.box.bottom + gap, area.right, area.bottom)
    actors = place_chips(setting, rows, under, at=text.first + 0.5, across=across)
    if hero:
        actors.append(on_ground(setting, hero, _HERO[shape], moments_of(setting, (hero,))[0]))
    return [*actors, *text.actors]


def _leaves_room(visual: ClosingVisual, setting: Setting) -> bool:
    """Whether the points leave enough of the area above, or beside, a picture for the text."""
    right, foot = _TEXT[setting.stage.shape]
    area = box_of(setting, 0.0, 0.0, right, foot)
    taken = rows_height(setting, chip_rows(setting, visual.points, area.width))
    return min(area.bottom, open_sky(setting.stage)) - area.top - taken >= setting.px(_LEAST_TEXT)


def _moved(box: Box, down: int) -> Box:
    return Box(box.left, box.top + down, box.right, box.bottom + down)
