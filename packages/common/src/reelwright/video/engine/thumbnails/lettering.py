"""Words on a thumbnail: as large as their box allows, plain, on plates, or every line as wide as the box."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import Fitted, TextStyle, fit
from reelwright.video.engine.layouts.blocks import words_of
from reelwright.video.engine.planes import Box
from reelwright.video.engine.thumbnails.canvas import Canvas
from reelwright.video.engine.typeset import Across, Down, PlacedToken, place
from reelwright.video.engine.wrap import tokens_of

__all__ = ["Text", "lines_of", "plates_for", "set_text", "stacked", "write_all"]

_SMALLEST: Final = 14
_PAD: Final = 0.24
"""Room around the words of a plate, in sizes."""
_LINE_GAP: Final = 0.2
"""Between stacked lines, in capitals of the line below."""
_MOST_LINES: Final = 4
_PROBE: Final = 200
"""The size at which lengths are measured."""
_LEADING: Final = 1.06
_TALLEST: Final = 1.2
"""Size of a line, in heights of the box, that one short word may have."""
_BELOW: Final = 0.3
"""Room under the last line for descenders, in capitals."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text with its place."""

    fitted: Fitted
    placed: tuple[PlacedToken, ...]

    @property
    def words(self) -> list[str]:
        """Its words."""
        return words_of(self.fitted)

    @property
    def accented(self) -> frozenset[int]:
        """Which of its words say most."""
        return emphasised(self.words)

    def colours(self, plain: Rgb, lit: Rgb, accented: frozenset[int] | None = None) -> tuple[Rgb, ...]:
        """Return a colour for each word: those that say most are lit."""
        shown = self.accented if accented is None else accented
        return tuple(lit if index in shown else plain for index in range(len(self.words)))


def set_text(
    text: str,
    box: Box,
    size: int,
    *,
    across: Across = "left",
    down: Down = "middle",
    max_lines: int = _MOST_LINES,
    leading: float = _LEADING,
) -> Text:
    """Set a text as large as the box allows, and no larger than ``size``; no word is broken for size."""
    wished = min(size, _whole_words(text, box))
    style = TextStyle("heavy", wished, min(wished, _SMALLEST), leading=leading, max_lines=max_lines)
    fitted = fit(text, max(1, box.width), max(1, box.height), style)
    return Text(fitted, tuple(place(fitted, box, across, down)))


def lines_of(text: Text) -> list[tuple[int, Box]]:
    """Return each line's number and the room of its letters: from the capitals' top to the descent."""
    own = text.fitted.face
    found = []
    for line in sorted({piece.line for piece in text.placed}):
        pieces = [piece for piece in text.placed if piece.line == line]
        left, right = min(it.x for it in pieces), max(it.x + it.width for it in pieces)
        baseline = pieces[0].baseline
        found.append((line, Box(left, baseline - own.cap_height, right, baseline + own.descent // 2)))
    return found


def plates_for(canvas: Canvas, text: Text, colours: Sequence[Rgb], radius: float = 0.14) -> None:
    """Lay a plate under every line."""
    pad = round(_PAD * text.fitted.face.size)
    for line, box in lines_of(text):
        plate = Box(
            box.left - pad, box.top - round(0.8 * pad), box.right + pad, box.bottom + round(0.8 * pad)
        )
        canvas.plate(plate, radius * text.fitted.face.size, colours[line])


def stacked(text: str, box: Box) -> tuple[Text, ...]:
    """Set a text in lines that are each as wide as the box, in the parting that fills it best."""
    words = text.split()
    best: tuple[float, tuple[Text, ...]] = (-1.0, ())
    for parting in _partings(len(words)):
        lines = [" ".join(words[start:end]) for start, end in parting]
        found = _stack(lines, box)
        if found[0] > best[0]:
            best = found
    return best[1]


def write_all(canvas: Canvas, texts: Sequence[tuple[Text, tuple[Rgb, ...]]]) -> None:
    """Write several texts, and nothing after them."""
    canvas.begin_words()
    for text, colours in texts:
        canvas.write(text.fitted, text.placed, colours)


def _whole_words(text: str, box: Box) -> int:
    """Return the largest size at which the longest word is no wider than the box."""
    widest = max((face("heavy", _PROBE).length(token.text) for token in tokens_of(text)), default=1.0)
    return max(_SMALLEST, int(_PROBE * box.width / max(1.0, widest)))


def _partings(count: int) -> list[list[tuple[int, int]]]:
    """Return every way to part words into at most four lines."""
    found = []
    for cuts in range(1 << max(0, count - 1)):
        edges = [0, *(index + 1 for index in range(count - 1) if cuts >> index & 1), count]
        if len(edges) <= _MOST_LINES + 1:
            found.append(list(pairwise(edges)))
    return found


def _stack(lines: Sequence[str], box: Box) -> tuple[float, tuple[Text, ...]]:
    """Return how evenly and fully lines fill a box, and the lines set."""
    sizes = [_size_for(line, box) for line in lines]
    caps = [face("heavy", size).cap_height for size in sizes]
    total = sum(caps) + sum(_LINE_GAP * cap for cap in caps[1:]) + _BELOW * caps[-1]
    scale = min(1.0, box.height / total)
    evenness = min(sizes) / max(sizes)
    texts, top = [], box.top + (box.height - scale * total) / 2
    for index, line in enumerate(lines):
        cap = scale * caps[index]
        top += _LINE_GAP * cap if index else 0.0
        room = Box(box.left, round(top), box.right, round(top + 1.45 * cap))
        texts.append(set_text(line, room, max(1, int(scale * sizes[index])), down="top", max_lines=1))
        top += cap
    return scale * min(1.0, total / box.height) * (0.35 + evenness), tuple(texts)


def _size_for(line: str, box: Box) -> int:
    length = face("heavy", _PROBE).length(line)
    return max(_SMALLEST, min(round(_PROBE * box.width / max(1.0, length)), round(_TALLEST * box.height)))
