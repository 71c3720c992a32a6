"""Pieces that several layouts are put together from: a headline, a chip, a rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.video.engine.actors import Actor, Appear, Growing, Rising, patch, rising_words, word_sprite
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import Fitted, TextStyle, drawable, fit
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import OPENING_SECONDS, Setting
from reelwright.video.engine.timing import staggered
from reelwright.video.engine.typeset import Across, Down, PlacedToken, block_box, place

__all__ = [
    "Block",
    "chip",
    "chip_height",
    "headline",
    "headline_size",
    "is_drawable",
    "label",
    "markers",
    "rule",
    "text_block",
    "words_of",
]

_CHIP_AT = 0.04
_QUICK_SECONDS = 0.05
_FEW_WORDS = 3
_STROKE_LEAD_SECONDS = 0.2
"""A marker is nearly drawn when its word begins to rise, whose colour is not to be read on the ground."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something placed: its actors, the room it takes, when its first and last parts enter."""

    actors: tuple[Actor, ...]
    box: Box
    first: float = 0.0
    last: float = 0.0


def headline(
    setting: Setting,
    fitted: Fitted,
    box: Box,
    *,
    across: Across = "left",
    down: Down = "middle",
    accented: frozenset[int] = frozenset(),
    marked: bool = False,
    start: float = OPENING_SECONDS,
) -> Block:
    """Place a fitted text whose words enter as they are spoken, some in the accent colour or marked."""
    placed = place(fitted, box, across, down)
    if not placed:
        return Block((), Box(*box.middle, *box.middle))
    cues = setting.cues(words_of(fitted), start)
    shade = setting.shade
    lit = shade.on_accent if marked else shade.accent
    if marked:
        cues = _behind_strokes(accented, cues)
    actors = rising_words(fitted.face, placed, lambda word: lit if word in accented else shade.ink, cues)
    if marked:
        actors = [*markers(setting, fitted, placed, accented, cues), *actors]
    return Block(tuple(actors), block_box(fitted, placed), min(cues), max(cues))


def headline_size(setting: Setting, text: str, usual: float) -> int:
    """Return the wished size of a headline in pixels: few words may shout, the box still decides."""
    words = len(text.split())
    return setting.px(usual * (1.4 if words <= _FEW_WORDS else 1.15 if words <= 2 * _FEW_WORDS else 1.0))


def words_of(fitted: Fitted) -> list[str]:
    """Return the words of a fitted text, pieces of one word joined again."""
    words: dict[int, str] = {}
    for line in fitted.lines:
        for token in line:
            words[token.word] = words.get(token.word, "") + token.text
    return [words.get(index, "") for index in range(max(words, default=-1) + 1)]


def markers(
    setting: Setting,
    fitted: Fitted,
    placed: Sequence[PlacedToken],
    marked: frozenset[int],
    cues: Sequence[float],
) -> list[Actor]:
    """Return the strokes of accent colour behind marked words, one a line."""
    strokes: list[Actor] = []
    for line in sorted({piece.line for piece in placed if piece.token.word in marked}):
        pieces = [piece for piece in placed if piece.line == line and piece.token.word in marked]
        box = _stroke_box(fitted, pieces)
        at = max(0.0, min(cues[piece.token.word] for piece in pieces) - _STROKE_LEAD_SECONDS)
        strokes.append(_Stroke(setting, box, at))
    return strokes


def _behind_strokes(marked: frozenset[int], cues: Sequence[float]) -> list[float]:
    """Return the cues, marked words not so early that they would stand there before their stroke."""
    return [max(cue, _STROKE_LEAD_SECONDS) if word in marked else cue for word, cue in enumerate(cues)]


class _Stroke(Growing):
    """A marker's stroke: a patch with slightly round corners that is drawn from left to right."""

    def __init__(self, setting: Setting, box: Box, at: float) -> None:
        super().__init__(box, setting.shade.accent, at, seconds=0.3, radius=0.16 * box.height)


def text_block(
    setting: Setting, fitted: Fitted, box: Box, at: float, *, colour: Rgb, across: Across = "left"
) -> Block:
    """Place a text at the top of a box; its words enter one after the other, whatever is spoken."""
    placed = place(fitted, box, across, "top")
    if not placed:
        return Block((), Box(box.left, box.top, box.left, box.top), at, at)
    cues = staggered(len(words_of(fitted)), at, setting.duration, _QUICK_SECONDS)
    actors = rising_words(fitted.face, placed, lambda _: colour, cues)
    return Block(tuple(actors), block_box(fitted, placed), at, cues[-1])


def label(text: str, pen: tuple[int, int], size: int, colour: Rgb, at: float) -> Actor:
    """Return one short line of text, whole, from a pen position on its baseline."""
    own, (x, baseline) = face("semibold", size), pen
    right = x + round(own.length(text)) + size
    window = Box(x - size, baseline - round(size * 1.1), right, baseline + round(size * 0.35))
    return Rising(word_sprite(own, text, colour), x, baseline, window, at)


def chip_height(setting: Setting) -> int:
    """Return the height of a chip."""
    return setting.px(46)


def chip(
    setting: Setting, text: str, corner: tuple[int, int], width: int, *, across: Across = "left"
) -> Block:
    """Place a small label on a plate at the scene's start, at the left of ``width`` or in its middle."""
    height, pad = chip_height(setting), setting.px(20)
    style = TextStyle("bold", setting.px(24), setting.px(17), max_lines=1)
    fitted = fit(text, width - 2 * pad, height, style)
    left, top = corner
    if not fitted.lines:
        return Block((), Box(left, top, left, top))
    own = round(fitted.width) + 2 * pad
    x = left + (width - own) // 2 if across == "centre" else left
    box = Box(x, top, x + own, top + height)
    travel = setting.px(14)
    plate = Appear(patch(box, height / 2, setting.shade.card, 0.94), x, top, _CHIP_AT, travel)
    words = [
        Appear(
            word_sprite(fitted.face, piece.token.text, setting.shade.ink),
            piece.x,
            piece.baseline,
            _CHIP_AT,
            travel,
        )
        for piece in place(fitted, box.grown(-pad), "left", "middle")
    ]
    return Block((plate, *words), box, _CHIP_AT, _CHIP_AT)


def rule(setting: Setting, left: int, top: int, at: float, width: int = 132) -> Block:
    """Place a short thick line of the accent colour."""
    box = Box(left, top, left + setting.px(width), top + max(3, setting.px(10)))
    return Block((Growing(box, setting.shade.accent, at),), box, at, at)


def _stroke_box(fitted: Fitted, pieces: Sequence[PlacedToken]) -> Box:
    size = fitted.face.size
    pad = round(size * 0.14)
    baseline = pieces[0].baseline
    return Box(
        min(piece.x for piece in pieces) - pad,
        baseline - fitted.face.cap_height - round(size * 0.2),
        max(piece.x + piece.width for piece in pieces) + pad,
        baseline + round(size * 0.29),
    )


def is_drawable(text: str) -> bool:
    """Tell whether anything of the text can be drawn."""
    return bool(drawable(text))
