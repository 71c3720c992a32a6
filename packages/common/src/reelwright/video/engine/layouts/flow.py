"""Steps that lead from one to the next: plates with arrows between them, lit as they are spoken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwright.production.schema import FlowVisual
from reelwright.video.engine.actors import Actor, Appear, Badge, rising_words
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import Fitted, TextStyle, drawable, fit
from reelwright.video.engine.layouts.blocks import words_of
from reelwright.video.engine.layouts.parts import arrow_head, heading, item_moments, shadowed
from reelwright.video.engine.pictured import Floating
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.typeset import place

__all__ = ["FlowCell", "flow", "flow_cells"]

_ARROW_SECONDS = 0.4
_ARROW_LEAD_SECONDS = 0.25
"""An arrow sets out so much before the step that it leads to."""
_WAITING = 0.13
"""Opacity of a plate whose step is still to come."""
_MOST_IN_A_SQUARE_ROW = 3
_PICTURE_SHARE = 0.66
_NUMBER_SHARE = 0.36


@dataclass(frozen=True, slots=True)
class FlowCell:
    """One step: its plate, the room of its words, and the arrow that leads to it (empty for the first)."""

    plate: Box
    text: Box
    arrow: Box


class _Arrow:
    """A stroke with a head that is uncovered along its way."""

    def __init__(self, box: Box, colour: Rgb, at: float, thick: int, *, downwards: bool) -> None:
        head = min(box.width, box.height) if downwards else box.height
        self._box = box
        self._at = at
        self._downwards = downwards
        self._parts: list[tuple[Sprite, int, int]] = []
        if downwards:
            depth = min(round(head * 0.8), box.height)
            stem = Box(0, 0, thick, max(1, box.height - depth + 2))
            tip = Sprite.solid(arrow_head(box.width, depth, downwards=True), colour)
            x = box.left + (box.width - thick) // 2
            self._parts.append((_bar(stem, colour), x, box.top))
            self._parts.append((tip, box.left, box.bottom - depth))
        else:
            depth = min(round(head * 0.8), box.width)
            stem = Box(0, 0, max(1, box.width - depth + 2), thick)
            tip = Sprite.solid(arrow_head(depth, box.height), colour)
            y = box.top + (box.height - thick) // 2
            self._parts.append((_bar(stem, colour), box.left, y))
            self._parts.append((tip, box.right - depth, box.top))

    def draw(self, frame: Frame, t: float) -> None:
        """Draw as much as has come."""
        share = ease_out(progress(t, self._at, _ARROW_SECONDS))
        if share <= 0:
            return
        box = self._box
        right = box.right if self._downwards else box.left + round(box.width * share)
        bottom = box.top + round(box.height * share) if self._downwards else box.bottom
        for sprite, x, y in self._parts:
            sprite.draw(frame, x, y, Box(box.left, box.top, right, bottom))


def flow(visual: FlowVisual, setting: Setting) -> list[Actor]:
    """Show the steps with a picture or a number each, side by side, or one under the other."""
    steps = [step for step in (drawable(step) for step in visual.steps) if step]
    in_row = _in_row(setting, len(steps))
    head, area = heading(
        setting, visual.heading, setting.stage.content, across="centre" if in_row else "left"
    )
    actors = list(head.actors)
    if not steps:
        return actors
    cells = flow_cells(setting, area, steps)
    style = _style(setting, cells, steps, in_row=in_row)
    moments = item_moments(steps, setting)
    for index, (step, cell, at) in enumerate(zip(steps, cells, moments, strict=True)):
        if index:
            thick = max(3, setting.px(8))
            begin = max(0.3, at - _ARROW_LEAD_SECONDS)
            colour = setting.shade.accent
            actors.append(_Arrow(cell.arrow, colour, begin, thick, downwards=not in_row))
        actors += _plate(setting, cell, index, at)
        actors += _words(setting, cell, step, style, at, in_row=in_row)
    return actors


def flow_cells(setting: Setting, area: Box, steps: Sequence[str]) -> list[FlowCell]:
    """Return where each step stands: in a row with words below, or in a column with words beside."""
    count = len(steps)
    return _row(setting, area, steps) if _in_row(setting, count) else _column(setting, area, count)


def _in_row(setting: Setting, count: int) -> bool:
    shape = setting.stage.shape
    return shape == "wide" or (shape == "square" and count <= _MOST_IN_A_SQUARE_ROW)


def _row(setting: Setting, area: Box, steps: Sequence[str]) -> list[FlowCell]:
    """Plates side by side, as large as their words leave room for; the whole stands in the middle."""
    count, gap, side = len(steps), setting.px(22), setting.px(8)
    wide = setting.stage.shape == "wide"
    between = setting.px(100 if wide else 72 if count == _MOST_IN_A_SQUARE_ROW else 120)
    largest = setting.px(270 if count <= _MOST_IN_A_SQUARE_ROW else 230)
    size = min(largest, (area.width - between * (count - 1)) // count, round(area.height * 0.66))
    step = min(area.width // count, size + max(between, setting.px(170)))
    room = Box(0, 0, step - 2 * side, area.height - size - gap)
    words = max(_size_of(setting, step_, room, in_row=True).full_height for step_ in steps)
    left = area.left + (area.width - step * count) // 2
    top = area.top + (area.height - size - gap - words) // 2
    cells = []
    for index in range(count):
        x = left + step * index + (step - size) // 2
        plate = Box(x, top, x + size, top + size)
        edge = left + step * index + side
        text = Box(edge, plate.bottom + gap, edge + room.width, area.bottom)
        cells.append(FlowCell(plate, text, _arrow_before(setting, plate, step - size)))
    return cells


def _arrow_before(setting: Setting, plate: Box, room: int) -> Box:
    length = min(setting.px(84), round(room * 0.68))
    high = min(setting.px(36), round(length * 0.62))
    right = plate.left - (room - length) // 2
    middle = plate.middle[1]
    return Box(right - length, middle - high // 2, right, middle + high // 2)


def _column(setting: Setting, area: Box, count: int) -> list[FlowCell]:
    between = min(setting.px(60), round(area.height * 0.09))
    size = min(setting.px(190), (area.height - between * (count - 1)) // count, round(area.width * 0.3))
    step = size + between
    top = area.top + max(0, (area.height - step * count + between) // 2)
    wide = setting.px(34)
    cells = []
    for index in range(count):
        plate = Box(area.left, top + step * index, area.left + size, top + step * index + size)
        text = Box(plate.right + setting.px(28), plate.top, area.right, plate.bottom)
        middle, pad = plate.middle[0], round(between * 0.14)
        arrow = Box(middle - wide // 2, plate.top - between + pad, middle + wide // 2, plate.top - pad)
        cells.append(FlowCell(plate, text, arrow))
    return cells


def _style(setting: Setting, cells: Sequence[FlowCell], steps: Sequence[str], *, in_row: bool) -> TextStyle:
    """Return how the words of all steps are set: at the size at which the longest fits."""
    sizes = [
        _size_of(setting, step, cell.text, in_row=in_row).face.size
        for step, cell in zip(steps, cells, strict=True)
    ]
    return replace(_wished(setting, in_row=in_row), size=min(sizes))


def _size_of(setting: Setting, step: str, room: Box, *, in_row: bool) -> Fitted:
    return fit(step, room.width, max(1, room.height), _wished(setting, in_row=in_row))


def _wished(setting: Setting, *, in_row: bool) -> TextStyle:
    return TextStyle("bold", setting.px(38 if in_row else 46), setting.px(18), leading=1.16, max_lines=4)


def _plate(setting: Setting, cell: FlowCell, index: int, at: float) -> list[Actor]:
    light = setting.plan.palette.light
    box = cell.plate
    shadow, ground = shadowed(setting, box, setting.px(26), light.card)
    entering, travel = 0.04 + 0.06 * index, setting.px(20)
    faint = Sprite.solid(rounded(box.width, box.height, setting.px(26)), setting.shade.ink, opacity=_WAITING)
    actors: list[Actor] = [
        Appear(faint, box.left, box.top, entering, travel),
        Appear(shadow, box.left, box.top, at),
        Appear(ground, box.left, box.top, at),
    ]
    picture = setting.pictures.item(index)
    if picture is None:
        size = round(box.width * 0.5)
        return [
            _awaited(setting, box, index, entering),
            *actors,
            Badge(box.middle, size, at, ground=light.accent, text=str(index + 1), ink=light.on_accent),
        ]
    sprites = picture.sprites(round(box.width * _PICTURE_SHARE))
    return [*actors, Floating(sprites, box.middle, at, drift=setting.px(5), phase=1.3 * index)]


def _awaited(setting: Setting, box: Box, index: int, entering: float) -> Actor:
    """Return the number of a step to come, faint; its plate will cover it."""
    number = face("heavy", round(box.width * _NUMBER_SHARE)).ink(str(index + 1))
    height, width = number.mask.shape
    faint = Sprite.solid(number.mask, setting.shade.ink, opacity=_WAITING)
    return Appear(faint, box.middle[0] - width // 2, box.middle[1] - height // 2, entering)


def _words(
    setting: Setting, cell: FlowCell, step: str, style: TextStyle, at: float, *, in_row: bool
) -> list[Actor]:
    fitted = fit(step, cell.text.width, cell.text.height, style)
    placed = place(fitted, cell.text, "centre" if in_row else "left", "top" if in_row else "middle")
    cues = [at + 0.05 * index for index in range(len(words_of(fitted)))]
    return rising_words(fitted.face, placed, lambda _: setting.shade.ink, cues)


def _bar(box: Box, colour: Rgb) -> Sprite:
    return Sprite.solid(rounded(box.width, box.height, min(box.width, box.height) / 2), colour)
