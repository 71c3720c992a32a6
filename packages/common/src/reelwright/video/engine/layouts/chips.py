"""Points to remember as small plates, as many in a row as fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.video.engine.actors import Actor, Appear, Badge, patch, word_sprite
from reelwright.video.engine.fit import Fitted, TextStyle, fit
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.timing import staggered
from reelwright.video.engine.typeset import Across, place

__all__ = ["ChipRow", "chip_rows", "place_chips", "rows_height"]


@dataclass(frozen=True, slots=True)
class _Chip:
    fitted: Fitted
    width: int


@dataclass(frozen=True, slots=True)
class ChipRow:
    """Chips side by side, all of one height."""

    chips: tuple[_Chip, ...]
    width: int
    height: int


def chip_rows(setting: Setting, points: Sequence[str], width: int) -> list[ChipRow]:
    """Return the points as rows that are not wider than ``width``; points without ink are left out."""
    chips = [chip for chip in (_measure(setting, point, width) for point in points) if chip.fitted.lines]
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


def _measure(setting: Setting, point: str, width: int) -> _Chip:
    style = TextStyle("semibold", setting.px(33), setting.px(20), leading=1.2, max_lines=2)
    fitted = fit(point, width - setting.px(92), setting.px(84), style)
    return _Chip(fitted, round(fitted.width) + setting.px(88))


def _row(setting: Setting, chips: list[_Chip]) -> ChipRow:
    width = sum(chip.width for chip in chips) + (len(chips) - 1) * setting.px(14)
    return ChipRow(tuple(chips), width, max(chip.fitted.full_height for chip in chips) + setting.px(34))


def _chip_actors(setting: Setting, chip: _Chip, box: Box, at: float) -> list[Actor]:
    travel = setting.px(22)
    plate = Appear(patch(box, setting.px(24), setting.shade.card, 0.94), box.left, box.top, at, travel)
    middle = box.left + setting.px(34), (box.top + box.bottom) // 2
    dot = Badge(middle, setting.px(18), at + 0.12, ground=setting.shade.accent)
    text = Box(box.left + setting.px(60), box.top, box.right - setting.px(24), box.bottom)
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
