"""Two things side by side, in two tones; a divider slides in when the second is spoken of."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwright.production.schema import ComparisonVisual, Side
from reelwright.video.engine.actors import Actor, Appear, Growing, patch, rising_words
from reelwright.video.engine.colour import to_yuv
from reelwright.video.engine.easing import ease_in_out, progress
from reelwright.video.engine.fit import Fitted, TextStyle, drawable, fit
from reelwright.video.engine.layouts.blocks import text_block, words_of
from reelwright.video.engine.layouts.parts import item_moments
from reelwright.video.engine.ornaments.moving import dot
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.pictured import Disc, Floating
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.plate import plate
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import Across, place

__all__ = ["comparison", "halves"]

_SLIDE_SECONDS = 0.7
_SLIDE_LEAD_SECONDS = 0.3
"""The second half has come in by so much before its words enter."""
_FIRST_SLIDE_SECONDS = 0.5
_EMPTY_SECONDS = 0.4
"""The first thing waits for its word no longer: until it comes there is nothing at all."""
_PICTURE_SHARES = (0.58, 0.48, 0.38)
"""Of a half's height, for its picture: the largest of these that leaves room for its words."""
_SPRITE_SHARE = 0.8
"""Of the disc behind it."""


@dataclass(frozen=True, slots=True)
class _Half:
    """One side: its words, its picture, the room it stands in, its colours, when it enters."""

    number: int
    side: Side
    picture: ScenePicture | None
    room: Box
    shade: Shade
    at: float


class _Shifted:
    """Actors that lie where they belong in the end, shown further right or down before."""

    def __init__(self, actors: Sequence[Actor], away: tuple[int, int], span: tuple[float, float]) -> None:
        self._actors = actors
        self._away = away
        self._span = span

    def draw(self, frame: Frame, t: float) -> None:
        """Draw them as far from their place as they still are."""
        rest = 1 - ease_in_out(progress(t, self._span[0], self._span[1]))
        dx, dy = (round(part * rest / 2) * 2 for part in self._away)
        box = frame.box
        if dx < box.right and dy < box.bottom:
            shifted = frame.part(Box(dx, dy, box.right, box.bottom)) if dx or dy else frame
            for actor in self._actors:
                actor.draw(shifted, t)


class _Ground:
    """The second tone: a gradient from the divider to the frame's edge, and the divider itself."""

    def __init__(self, setting: Setting, shade: Shade, edge: Box) -> None:
        stage = setting.stage
        self._ground = plate(shade.top, shade.bottom, shade.glow, (stage.width, stage.height), (0.75, 0.45))
        self._edge = edge
        self._discs = [
            dot(setting.px(size), tint) for size, tint in ((340, shade.tints[1]), (190, shade.tints[2]))
        ]
        self._size = stage.width, stage.height
        self._colour = to_yuv(setting.plan.palette.light.card)

    def draw(self, frame: Frame, t: float) -> None:
        """Fill everything behind the divider's near edge; two discs drift there."""
        own, edge = frame.box, self._edge
        rest = Box(edge.left, edge.top, own.right, own.bottom)
        behind = frame.part(rest)
        behind.take(self._ground.part(rest))
        width, height = self._size[0] - edge.left, self._size[1] - edge.top
        for number, disc in enumerate(self._discs):
            x = width * (0.85 - 0.7 * number) + 0.05 * width * math.sin(0.9 * t + number)
            y = height * (0.12 + 0.7 * number) + 0.08 * height * math.cos(0.7 * t + number)
            disc.draw(behind, x, y)
        frame.fill(edge, self._colour)


def comparison(visual: ComparisonVisual, setting: Setting) -> list[Actor]:
    """Show the first thing alone, then both, each in its half with its picture if it has one."""
    moments = item_moments([_words(visual.left), _words(visual.right)], setting)
    start = max(_FIRST_SLIDE_SECONDS, moments[1] - _SLIDE_LEAD_SECONDS)
    rooms, edge = halves(setting, headed=bool(drawable(visual.heading)))
    palette = setting.plan.palette
    other = palette.light if setting.shade.tone == "dark" else palette.dark
    opening = min(moments[0], _EMPTY_SECONDS)
    first = _Half(0, visual.left, setting.pictures.item(0), rooms[0], setting.shade, opening)
    late = max(moments[1], start + _SLIDE_LEAD_SECONDS)
    second = _Half(1, visual.right, setting.pictures.item(1), rooms[1], other, late)
    pictured = first.picture is not None or second.picture is not None
    fits = [_fitted(setting, half, pictured=pictured) for half in (first, second)]
    height = max(fit_.height for fit_ in fits)
    span = start, _SLIDE_SECONDS
    across = setting.stage.shape != "tall"
    inward = _inward(rooms, across=across)
    outward = (setting.stage.width - edge.left, 0) if across else (0, setting.stage.height - edge.top)
    return [
        _Shifted(_half(setting, first, fits[0], height), inward, span),
        _Shifted([_Ground(setting, other, edge), *_half(setting, second, fits[1], height)], outward, span),
        *_title(visual.heading, setting),
    ]


def halves(setting: Setting, *, headed: bool) -> tuple[tuple[Box, Box], Box]:
    """Return the rooms of the two sides, and the divider between them; the heading stands above both."""
    stage, area, gap = setting.stage, setting.stage.content, setting.px(30)
    top = area.top + (setting.px(84) if headed else 0)
    thick = max(2, setting.px(5)) & ~1
    if stage.shape == "tall":
        middle = (top + area.bottom) // 2 & ~1
        rooms = (
            Box(area.left, top, area.right, middle - gap),
            Box(area.left, middle + gap, area.right, area.bottom),
        )
        return rooms, Box(0, middle, stage.width, middle + thick)
    middle = stage.width // 2 & ~1
    rooms = Box(area.left, top, middle - gap, area.bottom), Box(middle + gap, top, area.right, area.bottom)
    return rooms, Box(middle, 0, middle + thick, stage.height)


def _inward(rooms: tuple[Box, Box], *, across: bool) -> tuple[int, int]:
    """How far from the middle of the whole the first half ends."""
    first, second = rooms
    if across:
        return max(0, (first.left + second.right) // 2 - first.middle[0]), 0
    return 0, max(0, (first.top + second.bottom) // 2 - first.middle[1])


def _words(side: Side) -> str:
    return f"{side.label} {side.detail}".strip()


def _title(text: str, setting: Setting) -> list[Actor]:
    """Return the heading on a plate across the divider, for it belongs to both tones."""
    area = setting.stage.content
    height, pad = setting.px(60), setting.px(26)
    style = TextStyle("heavy", setting.px(34), setting.px(20), max_lines=1)
    fitted = fit(text, area.width - 2 * pad, height, style)
    if not fitted.lines:
        return []
    own = min(area.width, round(fitted.width) + 2 * pad)
    left = (area.left + area.right - own) // 2
    box = Box(left, area.top, left + own, area.top + height)
    shade = setting.plan.palette.light
    ground = Appear(patch(box, height / 2, shade.card), box.left, box.top, 0.1, setting.px(14))
    placed = place(fitted, Box(box.left + pad, box.top, box.right - pad, box.bottom), "centre", "middle")
    cues = setting.cues(words_of(fitted), 0.2)
    return [ground, *rising_words(fitted.face, placed, lambda _: shade.ink, cues)]


@dataclass(frozen=True, slots=True)
class _Fit:
    """The words of a side at their sizes, and how much height they and the picture over them take."""

    label: Fitted
    detail: Fitted
    picture: int
    height: int


def _fitted(setting: Setting, half: _Half, *, pictured: bool) -> _Fit:
    """Fit the words under the room of a picture, or beside it in tall frames; alone they are larger."""
    for share in _PICTURE_SHARES:  # a picture gives way to words that would be cut
        found = _fitted_under(setting, half, share, pictured=pictured)
        if not found.detail.truncated:
            break
    return found


def _fitted_under(setting: Setting, half: _Half, share: float, *, pictured: bool) -> _Fit:
    gap, rule = setting.px(22), max(3, setting.px(8))
    room = _words_room(setting, half)
    above = round(room.height * share) + gap if half.picture and not _beside(setting, half) else 0
    below = room.height - above
    style = TextStyle("heavy", setting.px(58 if pictured else 84), setting.px(22), leading=1.12, max_lines=3)
    part = 0.5 if drawable(half.side.detail) else 0.9
    label = fit(half.side.label, room.width, round(below * part), style)
    quiet = TextStyle(
        "semibold", setting.px(36 if pictured else 42), setting.px(19), leading=1.2, max_lines=4
    )
    left_over = below - label.full_height - 2 * gap - rule
    detail = fit(half.side.detail, room.width, max(1, left_over), quiet)
    if detail.full_height > left_over:
        detail = replace(detail, lines=(), truncated=True)
    height = above + label.full_height + (2 * gap + rule + detail.full_height if detail.lines else 0)
    return _Fit(label, detail, max(0, above - gap), height)


def _beside(setting: Setting, half: _Half) -> bool:
    return half.picture is not None and setting.stage.shape == "tall"


def _words_room(setting: Setting, half: _Half) -> Box:
    """Return where words may go: all of the half, or what a picture beside them leaves."""
    room = half.room
    if not _beside(setting, half):
        return room
    return Box(room.left + _side(room) + setting.px(32), room.top, room.right, room.bottom)


def _side(room: Box) -> int:
    return min(room.height, round(room.width * 0.38))


def _half(setting: Setting, half: _Half, fit_: _Fit, height: int) -> list[Actor]:
    """Place the picture and the words; blocks of both halves begin on the same row."""
    room, words = half.room, _words_room(setting, half)
    beside = _beside(setting, half)
    top = words.top + (words.height - (fit_.height if beside else height)) // 2
    if beside:
        spot = Box(room.left, room.top, room.left + _side(room), room.bottom)
    else:
        spot = Box(room.left, top, room.right, top + fit_.picture)
    first = top if beside or not fit_.picture else spot.bottom + setting.px(22)
    return [
        *_picture(setting, half, spot),
        *_text(setting, half, fit_, Box(words.left, first, words.right, words.bottom), beside=beside),
    ]


def _text(setting: Setting, half: _Half, fit_: _Fit, room: Box, *, beside: bool) -> list[Actor]:
    gap, rule = setting.px(22), max(3, setting.px(8))
    across: Across = "left" if beside else "centre"
    box = Box(room.left, room.top, room.right, room.top + fit_.label.full_height)
    placed = place(fit_.label, box, across, "top")
    cues = [half.at + 0.06 * index for index in range(len(words_of(fit_.label)))]
    actors: list[Actor] = rising_words(fit_.label.face, placed, lambda _: half.shade.accent, cues)
    if not fit_.detail.lines:
        return actors
    length = setting.px(96)
    start = room.left if beside else (room.left + room.right - length) // 2
    line = Box(start, box.bottom + gap // 2, start + length, box.bottom + gap // 2 + rule)
    below = Box(room.left, line.bottom + gap, room.right, room.bottom)
    words = text_block(setting, fit_.detail, below, half.at + 0.25, colour=half.shade.ink, across=across)
    return [*actors, Growing(line, half.shade.accent, half.at + 0.1), *words.actors]


def _picture(setting: Setting, half: _Half, room: Box) -> list[Actor]:
    if half.picture is None or min(room.width, room.height) < setting.px(40):
        return []
    size = min(room.height, room.width)
    disc = Disc(room.middle, round(size * 0.5), half.shade.tints[2], half.shade.tints[1])
    sprites = half.picture.sprites(round(size * _SPRITE_SHARE))
    phase = 1.7 * half.number
    return [disc, Floating(sprites, room.middle, half.at, drift=setting.px(7), phase=phase)]
