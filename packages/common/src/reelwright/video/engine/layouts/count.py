import math
from typing import Final

from reelwright.production.schema import NumberVisual
from reelwright.video.counting import Icons, icons_of
from reelwright.video.engine.actors import Actor, Iris
from reelwright.video.engine.face import face
from reelwright.video.engine.figures import written
from reelwright.video.engine.layouts.blocks import label
from reelwright.video.engine.layouts.hero import disc_colours
from reelwright.video.engine.layouts.illustrated import Spot, floating, moments_of
from reelwright.video.engine.layouts.number import counting_span, figure_block
from reelwright.video.engine.pictured import Disc, Floating
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import Across

__all__ = ["count", "icon_spots"]

_BETWEEN: Final = 0.16
"""Between icons, in their sizes."""


def count(visual: NumberVisual, setting: Setting) -> list[Actor]:
    """Show a figure and what it counts: as many pictures as there are things, or one picture for a unit."""
    picture = setting.pictures.hero
    assert picture is not None  # noqa: S101 (a layout that is only taken with a picture)
    text, room = _areas(setting)
    across: Across = "left" if setting.stage.shape == "wide" else "centre"
    figure = figure_block(visual, setting, text, across)
    icons = icons_of(visual, picture.use)
    if icons is None:
        return [*_single(setting, picture, room), *figure]
    return [*_array(visual, setting, picture, room, icons), *figure]


def _areas(setting: Setting) -> tuple[Box, Box]:
    """Return the room of the figure, and that of the pictures."""
    area, stage = setting.stage.content, setting.stage
    if stage.shape == "wide":
        middle = round(0.535 * stage.width)
        left = Box(area.left, area.top, middle - setting.px(28), area.bottom)
        return left, Box(middle + setting.px(20), area.top, area.right, area.bottom)
    middle = area.top + round(0.47 * area.height)
    top = Box(area.left, area.top, area.right, middle - setting.px(12))
    return top, Box(area.left, middle + setting.px(12), area.right, area.bottom)


def _single(setting: Setting, picture: ScenePicture, room: Box) -> list[Actor]:
    stage = setting.stage
    radius = min(room.width, room.height) // 2
    radius = min(radius, round(0.29 * stage.height))
    x, y = room.middle
    outer, inner = disc_colours(setting.plan.palette, setting.shade, picture)
    disc = Disc((x, y), radius, outer, inner)
    spot = Spot(x / stage.width, y / stage.height, 1.56 * radius / stage.height)
    at = moments_of(setting, (picture,), first=0.1)[0]
    return [Iris(disc, x, y, radius + 4, 0.0), floating(setting, picture, spot, at)]


def _array(
    visual: NumberVisual, setting: Setting, picture: ScenePicture, room: Box, icons: Icons
) -> list[Actor]:
    """Return the icons, which appear while the figure counts, and below them what each stands for."""
    size, columns, spots = icon_spots(setting, icons, room)
    start, end = counting_span(visual, setting)
    sprites = picture.sprites(size)
    actors: list[Actor] = []
    for index, middle in enumerate(spots):
        row, column = divmod(index, columns)
        at = start + (end - start) * index / icons.shown
        actors.append(Floating(sprites, middle, at, drift=setting.px(3), phase=0.5 * (row + column)))
    if icons.each > 1:
        actors += _legend(setting, picture, icons.each, (room.middle[0], room.bottom - setting.px(18)), end)
    return actors


def icon_spots(
    setting: Setting, icons: Icons, room: Box | None = None
) -> tuple[int, int, list[tuple[int, int]]]:
    """Return the size of icons, how many stand in a row, and the middle of each."""
    room = room or _areas(setting)[1]
    foot = setting.px(52) if icons.each > 1 else 0
    columns, size = _grid(icons.shown, room.width, room.height - foot)
    rows = math.ceil(icons.shown / columns)
    pitch = round(size * (1 + _BETWEEN))
    left = room.left + (room.width - (columns - 1) * pitch) // 2
    top = room.top + (room.height - foot - (rows - 1) * pitch) // 2
    places = (divmod(index, columns) for index in range(icons.shown))
    return size, columns, [(left + column * pitch, top + row * pitch) for row, column in places]


def _grid(icons: int, width: int, height: int) -> tuple[int, int]:
    """Return columns and the icons' size such that they are as large as the room allows."""

    def size_in(columns: int) -> float:
        rows = math.ceil(icons / columns)
        gaps = _BETWEEN
        return min(width / (columns + (columns - 1) * gaps), height / (rows + (rows - 1) * gaps))

    columns = max(range(1, icons + 1), key=lambda each: (size_in(each), icons % each == 0))
    return columns, int(min(size_in(columns), height / 2.2))


def _legend(
    setting: Setting, picture: ScenePicture, each: int, middle: tuple[int, int], at: float
) -> list[Actor]:
    """Say in no language what one icon stands for: the icon, a sign, a figure."""
    size = setting.px(34)
    text = f"= {written(each, 0, grouped=True)}"
    width = round(face("semibold", setting.px(28)).length(text))
    left = middle[0] - (size + setting.px(12) + width) // 2
    icon = Floating(
        picture.sprites(size), (left + size // 2, middle[1] - setting.px(10)), at, drift=setting.px(2)
    )
    pen = left + size + setting.px(12), middle[1]
    return [icon, label(text, pen, setting.px(28), setting.shade.soft, at)]
