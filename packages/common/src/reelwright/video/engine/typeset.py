"""Fitted text placed in a box: where each word stands, and the window that it rises in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reelwright.video.engine.bidi import reads_from_right, visual_order
from reelwright.video.engine.fit import Fitted
from reelwright.video.engine.planes import Box
from reelwright.video.engine.wrap import Token

__all__ = ["Across", "Down", "PlacedToken", "block_box", "place"]

Across = Literal["left", "centre", "right"]
Down = Literal["top", "middle", "bottom"]


@dataclass(frozen=True, slots=True)
class PlacedToken:
    """A piece of text and its pen position."""

    token: Token
    x: int
    baseline: int
    width: int
    line: int
    window: Box
    """The stretch of the line the piece may be seen in while it slides."""


def place(fitted: Fitted, box: Box, across: Across = "left", down: Down = "middle") -> list[PlacedToken]:
    """Return every piece of the text in reading order. Text from right to left mirrors ``left``."""
    placed: list[PlacedToken] = []
    baseline = _first_baseline(fitted, box, down)
    from_right = reads_from_right(" ".join(token.text for line in fitted.lines for token in line))
    if from_right and across != "centre":
        across = "right" if across == "left" else "left"
    for number, line in enumerate(fitted.lines):
        left = _line_left(fitted, line, box, across)
        placed += _place_line(
            fitted, line, number, (left, baseline + number * fitted.line_step), from_right=from_right
        )
    return placed


def block_box(fitted: Fitted, placed: Sequence[PlacedToken]) -> Box:
    """Return the rectangle around placed text, from cap height to descent."""
    face = fitted.face
    return Box(
        min(piece.x for piece in placed),
        min(piece.baseline for piece in placed) - face.cap_height,
        max(piece.x + piece.width for piece in placed),
        max(piece.baseline for piece in placed) + face.descent,
    )


def _first_baseline(fitted: Fitted, box: Box, down: Down) -> int:
    """Text in the middle is centred by its capitals as far as there is room: few letters go lower."""
    cap = fitted.face.cap_height
    if down == "top":
        return box.top + cap
    if down == "bottom":
        return box.bottom - fitted.full_height + cap
    spare = max(0, box.height - fitted.full_height)
    return box.top + spare // 2 + min(spare // 2, fitted.face.descent // 2) + cap


def _line_left(fitted: Fitted, line: Sequence[Token], box: Box, across: Across) -> float:
    spare = box.width - fitted.width_of(line)
    return box.left + spare * {"left": 0.0, "centre": 0.5, "right": 1.0}[across]


def _place_line(
    fitted: Fitted, line: Sequence[Token], number: int, start: tuple[float, int], *, from_right: bool
) -> list[PlacedToken]:
    face, (x, baseline) = fitted.face, start
    placed: dict[int, PlacedToken] = {}
    for rank, index in enumerate(visual_order([token.text for token in line], from_right=from_right)):
        token = line[index]
        width = face.length(token.text)
        x += fitted.space if rank and (token.spaced or from_right) else 0
        window = Box(
            round(x) - face.size,
            baseline - round(face.size * 1.05),
            round(x + width) + face.size,
            baseline + round(face.size * 0.34),
        )
        placed[index] = PlacedToken(token, round(x), baseline, round(width), number, window)
        x += width
    return [placed[index] for index in range(len(line))]
