"""Text into lines: pure arithmetic over word widths, so that it can be tested on any text."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reelwright.video.engine.fonts import clusters

__all__ = [
    "WEAK_WORDS",
    "Token",
    "balance",
    "break_long",
    "first_fit",
    "is_unspaced",
    "line_width",
    "tokens_of",
]

_Measure = Callable[[str], float]

_WEAK = """
a an the of to in on at by for from and or but nor with as is are was were be this that its your our per
"""
WEAK_WORDS = frozenset(_WEAK.split())
"""Words that say nothing alone: they should not hang at the end of a line."""
_NO_LINE_START = frozenset(
    "、。，．：；！？）］｝〕」』】〉》〗〙ー々〻ゝゞヽヾ…‥・゛゜％‰℃"  # noqa: RUF001 (full-width punctuation is meant)
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ〜"
    ",.!?:;)]}%’”»°–"
    "ะาำๅๆฯຳະາ។៕၊။"
)
"""By JIS X 4051 (kinsoku) and W3C's layout requirements for Chinese, with the vowels that follow in Thai."""
_NO_LINE_END = frozenset("（［｛〔「『【〈《〖〘“‘«([{￥＄＃")  # noqa: RUF001 (full-width punctuation is meant)
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
"""Of Thai and Lao: written before the consonant that they belong to."""
_LEAST_BEFORE_HYPHEN = 3
_WEAK_END_COST = 0.06
_SPLIT_FIGURE_COST = 0.12
_WIDOW_COST = 0.15
_PHRASE_COST = 0.03
"""Of a break where Japanese probably begins another phrase: after hiragana, before what is none."""
_FOREIGN_WORD_COST = 0.25
"""Of a break inside a word of katakana."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text that stays together."""

    text: str
    word: int
    """Which word of the text, counted over white space, it belongs to."""
    spaced: bool
    """Whether a space goes before it inside a line."""


def tokens_of(text: str) -> tuple[Token, ...]:
    """Split text at white space, and between the characters of scripts that write without it."""
    found: list[Token] = []
    for index, word in enumerate(text.split()):
        for place, piece in enumerate(_breakable(word)):
            found.append(Token(piece, index, spaced=place == 0))
    return tuple(found)


def break_long(tokens: Sequence[Token], width: float, measure: _Measure) -> tuple[Token, ...]:
    """Return the tokens with those wider than ``width`` cut into pieces that are not, if any can be."""
    found: list[Token] = []
    for token in tokens:
        if measure(token.text) <= width:
            found.append(token)
        else:
            pieces = _chop(token.text, width, measure)
            found += [
                Token(piece, token.word, token.spaced and not place) for place, piece in enumerate(pieces)
            ]
    return tuple(found)


def line_width(tokens: Sequence[Token], measure: _Measure, space: float) -> float:
    """Return the width of one line."""
    return sum(
        measure(token.text) + (space if place and token.spaced else 0) for place, token in enumerate(tokens)
    )


def first_fit(widths: Sequence[float], gaps: Sequence[float], width: float) -> int:
    """Return how many lines the words fill when each takes as many as it can."""
    lines, used = 1, 0.0
    for place, own in enumerate(widths):
        needed = own if used == 0 else used + gaps[place] + own
        if used and needed > width:
            lines, used = lines + 1, own
        else:
            used = needed
    return lines


def balance(
    tokens: Sequence[Token], measure: _Measure, space: float, width: float
) -> tuple[tuple[Token, ...], ...]:
    """Return the fewest lines that hold the tokens, as even as can be, with breaks where readers expect them.

    The cheapest of all ways to break is found by dynamic programming over the places to break, as
    Knuth and Plass do for paragraphs ("Breaking Paragraphs into Lines", 1981), with costs for uneven
    lines, hanging short words, figures cut from their unit and a last line of one short word.
    """
    if not tokens:
        return ()
    widths = [measure(token.text) for token in tokens]
    gaps = [space if token.spaced else 0.0 for token in tokens]
    lines = first_fit(widths, gaps, width)
    ideal = min(width, (sum(widths) + sum(gaps[1:])) / lines)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for line in range(lines):
        reachable: dict[int, tuple[float, int]] = {}
        for start, (cost, _) in best[-1].items():
            for end, used in _line_ends(widths, gaps, start, width):
                total = cost + _line_cost(tokens, start, end, used, ideal, last=line == lines - 1)
                if end not in reachable or total < reachable[end][0]:
                    reachable[end] = (total, start)
        best.append(reachable)
    return _trace(tokens, best)


def _line_ends(
    widths: Sequence[float], gaps: Sequence[float], start: int, width: float
) -> list[tuple[int, float]]:
    """All places where a line from ``start`` may end, and its width; one word may be too wide."""
    found: list[tuple[int, float]] = []
    used = 0.0
    for place in range(start, len(widths)):
        used += widths[place] + (gaps[place] if place > start else 0.0)
        if used > width and place > start:
            break
        found.append((place + 1, used))
    return found


def _line_cost(
    tokens: Sequence[Token], start: int, end: int, used: float, ideal: float, *, last: bool
) -> float:
    uneven = ((used - ideal) / max(ideal, 1.0)) ** 2
    if last:
        lonely = end - start == 1 and start > 0 and used < 0.4 * ideal
        return uneven + (_WIDOW_COST if lonely else 0.0)
    return uneven + _break_cost(tokens, end)


def _break_cost(tokens: Sequence[Token], end: int) -> float:
    if end >= len(tokens):
        return 0.0
    before, after = tokens[end - 1], tokens[end]
    if after.word == before.word:
        return _inside_cost(before.text[-1], after.text[0])
    cost = _WEAK_END_COST if before.text.casefold() in WEAK_WORDS else 0.0
    return cost + (_SPLIT_FIGURE_COST if before.text[-1].isdigit() else 0.0)


def _inside_cost(before: str, after: str) -> float:
    """Price a break between two characters of one word."""
    if before in _NO_LINE_START and not before.isalnum() and before != "ー":
        return 0.0
    if _is_katakana(before) and _is_katakana(after):
        return _FOREIGN_WORD_COST
    return _PHRASE_COST if _is_hiragana(before) and not _is_hiragana(after) else _SPLIT_FIGURE_COST


def _is_hiragana(character: str) -> bool:
    return 0x3041 <= ord(character) <= 0x309F


def _is_katakana(character: str) -> bool:
    return 0x30A1 <= ord(character) <= 0x30FF


def _trace(
    tokens: Sequence[Token], best: list[dict[int, tuple[float, int]]]
) -> tuple[tuple[Token, ...], ...]:
    end, lines = len(tokens), []
    for step in reversed(best[1:]):
        start = step[end][1]
        lines.append(tuple(tokens[start:end]))
        end = start
    return tuple(reversed(lines))


def _breakable(word: str) -> list[str]:
    pieces: list[str] = []
    for cluster in clusters(word):
        joins = not pieces or not _may_break(pieces[-1], cluster)
        if pieces and joins:
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _may_break(before: str, following: str) -> bool:
    last, first = before[-1], following[0]
    if first in _NO_LINE_START or last in _NO_LINE_END or last in _LEADING_VOWELS:
        return False
    if (last == first and last in "—―") or (_is_figure(last) and _is_figure(first)):
        return False
    hyphen = last in "-/" and len(before) > _LEAST_BEFORE_HYPHEN and first.isalpha()
    return hyphen or is_unspaced(following) or is_unspaced(before)


def is_unspaced(text: str) -> bool:
    """Whether the last letter is of a script written without spaces: kana, Han, Thai, Lao, Khmer, Burmese."""
    code = next((ord(letter) for letter in reversed(text) if not unicodedata.combining(letter)), 0)
    ranges = (
        (0x2E80, 0x9FFF),
        (0xF900, 0xFAFF),
        (0xFF00, 0xFFEF),
        (0x20000, 0x3FFFF),
        (0x0E00, 0x0EFF),
        (0x1000, 0x109F),
        (0x1780, 0x17FF),
    )
    return any(first <= code <= last for first, last in ranges)


def _is_figure(character: str) -> bool:
    return character.isdecimal() or character in ".,．，"  # noqa: RUF001 (full-width punctuation is meant)


def _chop(text: str, width: float, measure: _Measure) -> list[str]:
    pieces = [""]
    for cluster in clusters(text):
        if pieces[-1] and measure(pieces[-1] + cluster) > width:
            pieces.append(cluster)
        else:
            pieces[-1] += cluster
    return pieces
