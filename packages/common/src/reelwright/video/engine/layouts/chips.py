"""Points to remember as small plates, as many in a row as fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reelwright.video.engine.actors import Actor, Appear, Badge, patch, word_sprite
from reelwright.video.engine.fit import Fitted, TextStyle, fit
from reelwright.video.engine.pictured import Floating
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.timing import staggered
from reelwright.video.engine.typeset import Across, place

__all__ = ["ChipRow", "chip_rows", "place_chips", "rows_height"]


@dataclass(frozen=True, slots=True)
class _Chip:
    fitted: Fitted
    width: int
    picture: ScenePicture | None = None


@dataclass(frozen=True, slots=True)
class ChipRow:
    """Chips side by side, all of one height."""

    chips: tuple[_Chip, ...]
    width: int
    height: int


def chip_rows(
    setting: Setting,
    points: Sequence[str],
    width: int,
    picture_of: Callable[[int], ScenePicture | None] = lambda _: None,
) -> list[ChipRow]:
    """Return the points as rows that are not wider than ``width``; points without ink are left out.

    A point that has a picture carries it in place of a dot.
    """
    measured = (_measure(setting, point, width, picture_of(index)) for index, point in enumerate(points))
    chips = [chip for chip in measured if chip.fitted.lines]
    rows: list[list[_Chip]] = []
    for chip in chips:
        if rows and sum(other.width + setting.px(14) for other in rows[-1]) + chip.width <= width:
            rows[-1].append(chip)
        else:
            rows.append([chip])
    return [_row(setting, row) for row in rows]


def rows_height(setting: Setting, rows: Sequence[ChipRow]) -> int:
    """Return the height of the rows with the gaps between them."""
    return sum(row.height for row in rows) + max(0, len(rows) - 1) * setting.px(14)


def place_chips(
    setting: Setting, rows: Sequence[ChipRow], area: Box, *, at: float, across: Across
) -> list[Actor]:
    """Return the actors of the rows, entering one after the other from ``at``."""
    top = area.top
    moments = iter(staggered(sum(len(row.chips) for row in rows), at, setting.duration, 0.16))
    actors: list[Actor] = []
    for row in rows:
        left = area.left if across == "left" else area.left + (area.width - row.width) // 2
        for chip in row.chips:
            actors += _chip_actors(
                setting, chip, Box(left, top, left + chip.width, top + row.height), next(moments)
            )
            left += chip.width + setting.px(14)
        top += row.height + setting.px(14)
    return actors


def _measure(setting: Setting, point: str, width: int, picture: ScenePicture | None) -> _Chip:
    style = TextStyle("semibold", setting.px(33), setting.px(20), leading=1.2, max_lines=2)
    inset = _inset(setting, picture)
    fitted = fit(point, width - inset - setting.px(32), setting.px(84), style)
    return _Chip(fitted, round(fitted.width) + inset + setting.px(28), picture)


def _inset(setting: Setting, picture: ScenePicture | None) -> int:
    """Return where the text begins."""
    return setting.px(60 if picture is None else 86)


def _row(setting: Setting, chips: list[_Chip]) -> ChipRow:
    width = sum(chip.width for chip in chips) + (len(chips) - 1) * setting.px(14)
    return ChipRow(tuple(chips), width, max(chip.fitted.full_height for chip in chips) + setting.px(34))


def _chip_actors(setting: Setting, chip: _Chip, box: Box, at: float) -> list[Actor]:
    travel = setting.px(22)
    plate = Appear(patch(box, setting.px(24), setting.shade.card, 0.94), box.left, box.top, at, travel)
    dot = _mark(setting, chip.picture, box, at + 0.12)
    text = Box(box.left + _inset(setting, chip.picture), box.top, box.right - setting.px(24), box.bottom)
    words = [
        Appear(
            word_sprite(chip.fitted.face, piece.token.text, setting.shade.ink),
            piece.x,
            piece.baseline,
            at,
            travel,
        )
        for piece in place(chip.fitted, text)
    ]
    return [plate, dot, *words]


def _mark(setting: Setting, picture: ScenePicture | None, box: Box, at: float) -> Actor:
    down = (box.top + box.bottom) // 2
    if picture is None:
        return Badge((box.left + setting.px(34), down), setting.px(18), at, ground=setting.shade.accent)
    size = min(setting.px(52), box.height - setting.px(10))
    middle = box.left + setting.px(46), down
    return Floating(picture.sprites(size), middle, at, drift=setting.px(2), phase=float(box.left % 7))
