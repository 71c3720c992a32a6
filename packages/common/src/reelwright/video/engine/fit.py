"""The largest type in which a text fills its box and never leaves it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reelwright.video.engine.face import Face, face
from reelwright.video.engine.fonts import Weight, clusters, runs
from reelwright.video.engine.wrap import Token, balance, break_long, first_fit, line_width, tokens_of

__all__ = ["Fitted", "TextStyle", "drawable", "fit"]

_STEP = 0.94
_BREAK_SHARE = 0.55
"""Words are broken only below this share of the wished size: first they shrink."""
_MAX_CHARS = 700
_ELLIPSIS = "…"
_COMPROMISE = 0.8
"""A setting with evener or fewer lines is taken down to this share of the largest size that fits."""
_UNEVEN_COST = 0.3
_LINE_COST = 0.05
_BETWEEN_LINES = 0.05
"""Sizes of air between the marks of a line and those of the next."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What a text should look like. Sizes in pixels."""

    weight: Weight
    size: int
    """Wished; the text may come out smaller."""
    smallest: int
    leading: float = 1.14
    """Distance of baselines, in sizes."""
    max_lines: int = 99
    word_space: float = 1.0
    """Width of spaces, in those of the typeface; marked words need more room around them."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Text broken into lines at the size that fits."""

    face: Face
    lines: tuple[tuple[Token, ...], ...]
    line_step: int
    """Pixels from baseline to baseline."""
    space: float
    """Pixels between words."""
    truncated: bool
    rise: int
    """Pixels from the baseline up: a capital's height, or more where the script stacks marks."""
    fall: int
    """Pixels from the baseline down."""

    @property
    def height(self) -> int:
        """From the top of the first line's capitals, or marks, to the last baseline."""
        return self.rise + (len(self.lines) - 1) * self.line_step if self.lines else 0

    @property
    def full_height(self) -> int:
        """The same with the descent of the last line."""
        return self.height + self.fall if self.lines else 0

    def width_of(self, line: Sequence[Token]) -> float:
        """Width of a line in pixels."""
        return line_width(line, self.face.length, self.space)

    @property
    def width(self) -> float:
        """Width of the widest line."""
        return max((self.width_of(line) for line in self.lines), default=0.0)


def drawable(text: str) -> str:
    """Return the text as it can be drawn: no characters without a glyph, single spaces, not endless."""
    kept = "".join(run.text for run in runs(" ".join(text[: 4 * _MAX_CHARS].split()), "heavy"))
    kept = " ".join(kept.split())
    return kept if len(kept) <= _MAX_CHARS else kept[: _MAX_CHARS - 1].rstrip() + _ELLIPSIS


def fit(text: str, width: int, height: int, style: TextStyle) -> Fitted:
    """Return the text at the largest size at which its lines stay inside width × height.

    Tries smaller and smaller type; takes somewhat smaller type for evener lines; breaks words only
    when they are too wide at about half the wished size; cuts the text with an ellipsis only when it
    does not even fit at the smallest.
    """
    tokens = tokens_of(drawable(text))
    best: Fitted | None = None
    largest = 0
    for size in _sizes(style):
        if best is not None and size < _COMPROMISE * largest:
            break
        fitted = _try(tokens, width, height, style, size)
        if fitted is not None:
            largest = largest or size
            best = fitted if best is None or _merit(fitted, largest) > _merit(best, largest) else best
    return best or _truncate(tokens, width, height, style)


def _merit(fitted: Fitted, largest: int) -> float:
    """Large type is good; uneven lines and many of them are not."""
    widths = [fitted.width_of(line) for line in fitted.lines] or [1.0]
    uneven = 1 - min(widths) / max(*widths, 1.0)
    return fitted.face.size / largest - _UNEVEN_COST * uneven - _LINE_COST * len(widths)


def _sizes(style: TextStyle) -> Iterator[int]:
    size = style.size
    while size > style.smallest:
        yield size
        size = min(size - 1, int(size * _STEP))
    yield style.smallest


def _try(tokens: Sequence[Token], width: int, height: int, style: TextStyle, size: int) -> Fitted | None:
    own = face(style.weight, size)
    widths = [own.length(token.text) for token in tokens]
    if max(widths, default=0) > width:
        if size > max(style.smallest, style.size * _BREAK_SHARE):
            return None
        tokens = break_long(tokens, width, own.length)
        widths = [own.length(token.text) for token in tokens]
    space = own.space * style.word_space
    gaps = [space if token.spaced else 0.0 for token in tokens]
    rows = _rows(own, tokens, style)
    if rows.reach > height or (tokens and first_fit(widths, gaps, width) > rows.allowed(height, style)):
        return None
    lines = balance(tokens, own.length, space, width)
    return Fitted(own, lines, rows.step, space, truncated=False, rise=rows.rise, fall=rows.fall)


@dataclass(frozen=True, slots=True)
class _Rows:
    """How much room lines of a text take, in pixels."""

    step: int
    rise: int
    fall: int

    @property
    def reach(self) -> int:
        """Height of one line alone."""
        return self.rise + self.fall

    def allowed(self, height: int, style: TextStyle) -> int:
        """Return how many lines a height has room for."""
        return min(style.max_lines, 1 + max(0, height - self.reach) // self.step)

    def filled(self, own: Face, lines: tuple[tuple[Token, ...], ...], space: float) -> Fitted:
        """Return lines of a text that was cut."""
        return Fitted(own, lines, self.step, space, truncated=True, rise=self.rise, fall=self.fall)


def _rows(own: Face, tokens: Sequence[Token], style: TextStyle) -> _Rows:
    """Return the room of lines: as the style wishes, or as marks over and under the letters need."""
    rise = max((own.rise(token.text) for token in tokens), default=own.cap_height)
    fall = max((own.fall(token.text) for token in tokens), default=own.descent)
    wished = round(own.size * style.leading)
    is_tall = rise > own.cap_height or fall > own.descent
    needed = rise + fall + round(own.size * _BETWEEN_LINES) if is_tall else wished
    return _Rows(max(wished, needed), rise, fall)


def _truncate(tokens: Sequence[Token], width: int, height: int, style: TextStyle) -> Fitted:
    own = face(style.weight, style.smallest)
    rows = _rows(own, tokens, style)
    allowed = max(1, rows.allowed(height, style))
    space = own.space * style.word_space
    pieces = list(break_long(tokens, width, own.length))
    while pieces:
        short = [*pieces[:-1], _with_ellipsis(pieces[-1], width, own)]
        gaps = [space if token.spaced else 0.0 for token in short]
        if first_fit([own.length(token.text) for token in short], gaps, width) <= allowed:
            return rows.filled(own, balance(short, own.length, space, width), space)
        pieces.pop()
    return rows.filled(own, (), space)


def _with_ellipsis(token: Token, width: int, own: Face) -> Token:
    text = token.text.rstrip(".,;:!?") + _ELLIPSIS
    letters = list(clusters(token.text))
    while letters and own.length(text) > width:
        letters.pop()
        text = "".join(letters) + _ELLIPSIS
    return Token(text, token.word, token.spaced)
