from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from statistics import median

from reelwright.production.schema import ListVisual
from reelwright.video.engine.actors import Actor, Appear, Badge, patch, rising_words
from reelwright.video.engine.colour import mix
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fit import Fitted, TextStyle, drawable, fit
from reelwright.video.engine.layouts.blocks import headline, words_of
from reelwright.video.engine.layouts.parts import item_moments
from reelwright.video.engine.pictured import Floating
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import place

__all__ = ["points"]

_SMALLER = 0.7
"""Points are not set smaller than this share of the middle one's size for the sake of a long one."""
_ROW_RATIO = 2.3
"""Cells wider than this many heights set the number beside the text, others above it."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """One point: its plate, the middle of its number, and the room for its text."""

    plate: Box
    badge: tuple[int, int]
    diameter: int
    text: Box
    stacked: bool


def points(visual: ListVisual, setting: Setting) -> list[Actor]:
    """List points on plates that wait, faint, and light up when each point is spoken."""
    known = [(drawable(item), setting.pictures.item(index)) for index, item in enumerate(visual.items)]
    items = [item for item, _ in known if item]
    pictures = [picture for item, picture in known if item]
    head, area = _heading(visual.heading, setting)
    if not items:
        return list(head)
    cells = _cells(setting, area, len(items), pictured=any(pictures))
    style = _style(setting, cells, items)
    moments = item_moments(items, setting)
    actors = list(head)
    for number, (item, picture, cell, at) in enumerate(
        zip(items, pictures, cells, moments, strict=True), start=1
    ):
        actors += _waiting(setting, cell, 0.15 + 0.07 * number, seated=picture is None)
        fitted = fit(item, cell.text.width, cell.text.height, style)
        actors += _lit(setting, cell, fitted, picture or number, at)
    return actors


def _heading(text: str, setting: Setting) -> tuple[Sequence[Actor], Box]:
    area = setting.stage.content
    wide = setting.stage.shape == "wide"
    style = TextStyle("heavy", setting.px(60 if wide else 64), setting.px(28), leading=1.14, max_lines=2)
    fitted = fit(text, area.width, setting.px(120 if wide else 160), style)
    if not fitted.lines:
        return (), area
    accented = emphasised(words_of(fitted))
    block = headline(setting, fitted, area, down="top", accented=accented)
    return block.actors, Box(area.left, block.box.bottom + setting.px(34), area.right, area.bottom)


def _cells(setting: Setting, area: Box, count: int, *, pictured: bool) -> list[_Cell]:
    columns = 2 if pictured and setting.stage.shape == "square" and count > 4 else _columns(setting, count)
    rows = ceil(count / columns)
    gap = setting.px(20)
    width = (area.width - gap * (columns - 1)) // columns
    height = min(setting.px(_tallest(setting, columns)), (area.height - gap * (rows - 1)) // rows)
    spare = area.height - rows * height - gap * (rows - 1)
    headed = area.top > setting.stage.content.top
    top = area.top + max(0, min(spare // 2, setting.px(56)) if headed else spare // 2)
    cells: list[_Cell] = []
    for index in range(count):
        row, column = divmod(index, columns)
        empty = columns * (row + 1) - count if row == rows - 1 else 0
        left = area.left + column * (width + gap) + empty * (width + gap) // 2
        down = top + row * (height + gap)
        cells.append(_cell(setting, Box(left, down, left + width, down + height), pictured=pictured))
    return cells


def _columns(setting: Setting, count: int) -> int:
    cards = setting.plan.variant == "cards"
    if setting.stage.shape == "wide":
        return (count if count <= 3 else ceil(count / 2)) if cards else 1 + (count > 4)
    return 2 if cards and setting.stage.shape == "square" and count in {4, 6} else 1


def _tallest(setting: Setting, columns: int) -> int:
    if columns == 1:
        return 118 if setting.stage.shape == "wide" else 168
    return 300


def _cell(setting: Setting, plate: Box, *, pictured: bool) -> _Cell:
    """Return where a point's parts go; pictures take more room than numbers."""
    pad = min(setting.px(28), plate.height // 4)
    diameter = min(setting.px(58), plate.height - pad)
    if pictured:
        stacked = plate.width <= _ROW_RATIO * plate.height
        pad = min(setting.px(20), plate.height // 6)
        diameter = min(setting.px(140) if stacked else setting.px(104), (plate.height - pad) // (1 + stacked))
    if plate.width > _ROW_RATIO * plate.height:
        middle = plate.left + pad + diameter // 2, (plate.top + plate.bottom) // 2
        left = plate.left + pad + diameter + setting.px(22)
        return _Cell(
            plate,
            middle,
            diameter,
            Box(left, plate.top + setting.px(14), plate.right - pad, plate.bottom - setting.px(14)),
            stacked=False,
        )
    middle = plate.left + pad + diameter // 2, plate.top + pad + diameter // 2
    top = plate.top + pad + diameter + setting.px(14)
    return _Cell(
        plate,
        middle,
        diameter,
        Box(plate.left + pad, top, plate.right - pad, plate.bottom - pad + setting.px(4)),
        stacked=True,
    )


def _style(setting: Setting, cells: Sequence[_Cell], items: Sequence[str]) -> TextStyle:
    """Points share the size at which the longest fits, unless that is very long: then it alone is small."""
    stacked = any(cell.stacked for cell in cells)
    wished = TextStyle("bold", setting.px(50 if stacked else 46), setting.px(18), leading=1.16)
    sizes = [
        fit(item, cell.text.width, cell.text.height, wished).face.size
        for item, cell in zip(items, cells, strict=True)
    ]
    return replace(wished, size=max(min(sizes), round(_SMALLER * median(sizes))))


def _waiting(setting: Setting, cell: _Cell, at: float, *, seated: bool) -> list[Actor]:
    shade, plate = setting.shade, cell.plate
    faint = Appear(patch(plate, setting.px(22), shade.card, 0.4), plate.left, plate.top, at, setting.px(20))
    if not seated:
        return [faint]
    return [faint, Badge(cell.badge, _seat(setting, cell), at + 0.1, ground=mix(shade.card, shade.ink, 0.16))]


def _seat(setting: Setting, cell: _Cell) -> int:
    """Return the size of a number's disc, which does not grow with the room for a picture."""
    return min(cell.diameter, setting.px(58))


def _lit(setting: Setting, cell: _Cell, fitted: Fitted, mark: int | ScenePicture, at: float) -> list[Actor]:
    shade, plate = setting.shade, cell.plate
    bright = Appear(patch(plate, setting.px(22), shade.card, 0.9), plate.left, plate.top, at)
    badge = _badge(setting, cell, mark, at)
    placed = place(fitted, cell.text, "left", "bottom" if cell.stacked else "middle")
    count = 1 + max((piece.token.word for piece in placed), default=0)
    cues = [at + 0.03 * index for index in range(count)]
    return [bright, badge, *rising_words(fitted.face, placed, lambda _: shade.ink, cues)]


def _badge(setting: Setting, cell: _Cell, mark: int | ScenePicture, at: float) -> Actor:
    shade = setting.shade
    if isinstance(mark, int):
        size = _seat(setting, cell)
        return Badge(cell.badge, size, at, ground=shade.accent, text=str(mark), ink=shade.on_accent)
    phase = 0.9 * (cell.plate.left + cell.plate.top) / max(1, cell.diameter)
    return Floating(mark.sprites(cell.diameter), cell.badge, at, drift=setting.px(3), phase=phase)
