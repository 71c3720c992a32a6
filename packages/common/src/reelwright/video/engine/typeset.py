"""Fitted text placed in a box: where each word stands, and the window that it rises in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reelwright.video.engine.bidi import Piece, on_line, reads_from_right
from reelwright.video.engine.fit import Fitted
from reelwright.video.engine.mirror import is_mirrored
from reelwright.video.engine.planes import Box
from reelwright.video.engine.wrap import Token

__all__ = ["Across", "Down", "PlacedToken", "block_box", "place"]

Across = Literal["left", "centre", "right"]
Down = Literal["top", "middle", "bottom"]


@dataclass(frozen=True, slots=True)
class PlacedToken:
    """A piece of text and its pen position."""

    token: Token
    """The piece, with marks of direction where its line runs both ways (see bidi.on_line)."""
    x: int
    baseline: int
    width: int
    line: int
    window: Box
    """The stretch of the line the piece may be seen in while it slides."""


def place(fitted: Fitted, box: Box, across: Across = "left", down: Down = "middle") -> list[PlacedToken]:
    """Return every piece of the text in reading order. Text from right to left mirrors ``left``.

    On a mirrored frame nothing does: its left is where such text begins.
    """
    placed: list[PlacedToken] = []
    baseline = _first_baseline(fitted, box, down)
    from_right = reads_from_right(" ".join(token.text for line in fitted.lines for token in line))
    if from_right and across != "centre" and not is_mirrored():
        across = "right" if across == "left" else "left"
    for number, line in enumerate(fitted.lines):
        left = _line_left(fitted, line, box, across)
        placed += _place_line(
            fitted, line, number, (left, baseline + number * fitted.line_step), from_right=from_right
        )
    return placed


def block_box(fitted: Fitted, placed: Sequence[PlacedToken]) -> Box:
    """Return the rectangle around placed text: cap height to descent, or as far as its script reaches."""
    return Box(
        min(piece.x for piece in placed),
        min(piece.baseline for piece in placed) - fitted.rise,
        max(piece.x + piece.width for piece in placed),
        max(piece.baseline for piece in placed) + fitted.fall,
    )


def _first_baseline(fitted: Fitted, box: Box, down: Down) -> int:
    """Text in the middle is centred by its capitals as far as there is room: few letters go lower."""
    if down == "top":
        return box.top + fitted.rise
    if down == "bottom":
        return box.bottom - fitted.full_height + fitted.rise
    spare = max(0, box.height - fitted.full_height)
    return box.top + spare // 2 + min(spare // 2, fitted.fall // 2) + fitted.rise


def _line_left(fitted: Fitted, line: Sequence[Token], box: Box, across: Across) -> float:
    spare = box.width - fitted.width_of(line)
    return box.left + spare * {"left": 0.0, "centre": 0.5, "right": 1.0}[across]


def _from_left(pieces: list[Piece]) -> list[Piece]:
    """Return pieces as they stand on the frame; on a mirrored one in turn, each with the gap before it."""
    if not is_mirrored():
        return pieces
    gaps = [piece.spaced for piece in pieces[1:]]
    return [
        replace(piece, spaced=gap)
        for piece, gap in zip(reversed(pieces), [False, *reversed(gaps)], strict=True)
    ]


def _place_line(
    fitted: Fitted, line: Sequence[Token], number: int, start: tuple[float, int], *, from_right: bool
) -> list[PlacedToken]:
    face, (x, baseline) = fitted.face, start
    placed: dict[int, PlacedToken] = {}
    texts, spaced = [token.text for token in line], [token.spaced for token in line]
    for piece in _from_left(on_line(texts, spaced, from_right=from_right)):
        token = replace(line[piece.place], text=piece.text)
        width = face.length(token.text)
        x += fitted.space if piece.spaced else 0
        window = Box(
            round(x) - face.size,
            baseline - max(round(face.size * 1.05), fitted.rise + 2),
            round(x + width) + face.size,
            baseline + max(round(face.size * 0.34), fitted.fall + 2),
        )
        placed[piece.place] = PlacedToken(token, round(x), baseline, round(width), number, window)
        x += width
    return [placed[index] for index in range(len(line))]
