"""Reading order on a line: the Unicode algorithm (UAX 9) for text without embeddings.

A word stands by itself on the stage, for it enters by itself, and is drawn by somebody who does not know the
line. So a word of a line that runs both ways carries what its neighbours decided about it as invisible
marks (:func:`on_line`), which :func:`levels` understands.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Piece", "in_order", "levels", "on_line", "reads_from_right", "visual_order"]

_LEFT, _RIGHT, _ARABIC = "\u200e", "\u200f", "\u061c"
"""Marks that count as letters of a direction and are not seen."""
_FROM_LEFT, _FROM_RIGHT = "\u2066", "\u2067"
"""Before a word: which way its line runs."""
_STRONG = {"L", "R", "AL"}
_NUMBERS = {"EN", "AN"}
_NEUTRAL = {"B", "S", "WS", "ON"}
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "⟨": "⟩", "「": "」", "『": "』", "【": "】"}
_CLOSING = {closing: opening for opening, closing in _BRACKETS.items()}
_KIND_OF_MARK = {_LEFT: "L", _RIGHT: "R", _ARABIC: "AL"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A word as it stands on its line."""

    place: int
    """Which of the line's words it is."""
    text: str
    """The word, with marks where it needs them."""
    spaced: bool
    """Whether a space stands on its left."""


def reads_from_right(text: str) -> bool:
    """Tell whether the first letter with a direction runs right to left (rules P2 and P3)."""
    if text[:1] in {_FROM_LEFT, _FROM_RIGHT}:
        return text[0] == _FROM_RIGHT
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind != "L" for kind in kinds if kind in _STRONG), False)


def levels(text: str, *, from_right: bool) -> list[int]:
    """Return the level of every character: even ones run left to right, odd ones right to left."""
    own = "R" if from_right else "L"
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    if not from_right and not {"R", "AL", "AN"} & {*kinds}:
        return [0] * len(text)
    shown = [place for place, kind in enumerate(kinds) if kind not in {"BN", "LRI", "RLI", "PDI"}]
    resolved = _weak([kinds[place] for place in shown], own)
    resolved = _paired([text[place] for place in shown], resolved, own)
    base = int(from_right)
    found = [base] * len(text)
    for place, kind in zip(shown, _neutral(resolved, own), strict=True):
        found[place] = _level(kind, base)
    return found


def in_order(found: Sequence[int]) -> list[int]:
    """Return the places from left to right of what has these levels (rule L2)."""
    order = list(range(len(found)))
    for level in range(max(found, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and found[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order


def on_line(words: Sequence[str], spaced: Sequence[bool], *, from_right: bool) -> list[Piece]:
    """Return the words of a line from left to right, ready to be drawn one by one."""
    text, spans = _joined(words, spaced)
    found = levels(text, from_right=from_right)
    if not any(found):
        return [Piece(place, word, place > 0 and spaced[place]) for place, word in enumerate(words)]
    items = [(start, end, place) for place, (start, end) in enumerate(spans)]
    items += [(start - 1, start, -1) for place, (start, _) in enumerate(spans) if place and spaced[place]]
    items.sort()
    order = in_order([min(found[start:end], default=0) for start, end, _ in items])
    pieces: list[Piece] = []
    gap = False
    for start, end, place in (items[index] for index in order):
        if place >= 0:
            pieces.append(Piece(place, _marked(text, found, start, end, from_right=from_right), gap))
        gap = place < 0
    return pieces


def visual_order(words: Sequence[str], *, from_right: bool) -> list[int]:
    """Return the places of words, with spaces between them, from left to right as they stand on the line."""
    return [piece.place for piece in on_line(words, [True] * len(words), from_right=from_right)]


def _joined(words: Sequence[str], spaced: Sequence[bool]) -> tuple[str, list[tuple[int, int]]]:
    text, spans = "", []
    for place, word in enumerate(words):
        text += " " if place and spaced[place] else ""
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, spans


def _marked(text: str, found: Sequence[int], start: int, end: int, *, from_right: bool) -> str:
    """Return a word with the marks that make it come out alone as it does on its line."""
    before, after = "", ""
    kinds = [unicodedata.bidirectional(character) for character in text[start:end]]
    if kinds and kinds[0] in _NUMBERS:
        before = _last_strong(text[:start])
    elif kinds and kinds[0] not in _STRONG:
        before = _RIGHT if found[start] % 2 else _LEFT
    if kinds and kinds[-1] not in _STRONG | _NUMBERS | {"NSM"}:
        after = _RIGHT if found[end - 1] % 2 else _LEFT
    return (_FROM_RIGHT if from_right else _FROM_LEFT) + before + text[start:end] + after


def _last_strong(text: str) -> str:
    kinds = (unicodedata.bidirectional(character) for character in reversed(text))
    kind = next((kind for kind in kinds if kind in _STRONG), "")
    return next((mark for mark, own in _KIND_OF_MARK.items() if own == kind), "")


def _weak(kinds: list[str], own: str) -> list[str]:
    """Resolve marks, figures and the signs around them (rules W1 to W7)."""
    found, strong, before = list(kinds), own, own
    for place, kind in enumerate(found):
        found[place] = before if kind == "NSM" else "AN" if kind == "EN" and strong == "AL" else kind
        before = found[place]
        strong = before if before in _STRONG else strong
    found = ["R" if kind == "AL" else kind for kind in found]
    for place in range(1, len(found) - 1):
        left, kind, right = found[place - 1 : place + 2]
        if left == right and ((kind == "ES" and left == "EN") or (kind == "CS" and left in _NUMBERS)):
            found[place] = left
    _terminated(found)
    strong = own
    for place, kind in enumerate(found):
        strong = kind if kind in _STRONG else strong
        found[place] = "ON" if kind in {"ES", "ET", "CS"} else "L" if kind == "EN" and strong == "L" else kind
    return found


def _terminated(found: list[str]) -> None:
    """Take signs such as % and $ to the figure that they touch (rule W5)."""
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end] == "ET":
            end += 1
        if "EN" in {*found[max(0, start - 1) : start], *found[end : end + 1]}:
            found[start:end] = ["EN"] * (end - start)
        start = max(end, start + 1)


def _paired(text: Sequence[str], kinds: list[str], own: str) -> list[str]:
    """Give both brackets of a pair one direction (rule N0)."""
    found = list(kinds)
    for opening, closing in _pairs(text, found):
        inside = {_side(kind) for kind in found[opening + 1 : closing]} - {""}
        other = "L" if own == "R" else "R"
        if own in inside:
            side = own
        elif other in inside:
            earlier = (_side(kind) for kind in reversed(found[:opening]))
            side = other if next((it for it in earlier if it), own) == other else own
        else:
            continue
        found[opening] = found[closing] = side
    return found


def _pairs(text: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    found: list[tuple[int, int]] = []
    for place, (character, kind) in enumerate(zip(text, kinds, strict=True)):
        if kind == "ON" and character in _BRACKETS:
            waiting.append((character, place))
        elif kind == "ON" and _CLOSING.get(character) in {opening for opening, _ in waiting}:
            while waiting[-1][0] != _CLOSING[character]:
                waiting.pop()
            found.append((waiting.pop()[1], place))
    return sorted(found)


def _neutral(kinds: Sequence[str], own: str) -> list[str]:
    """Let what has no direction follow its neighbours where they agree, else the line (rules N1 and N2)."""
    found = list(kinds)
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end] in _NEUTRAL:
            end += 1
        left = _side(found[start - 1]) if start else own
        right = _side(found[end]) if end < len(found) else own
        found[start:end] = [left if left == right else own] * (end - start)
        start = max(end, start + 1)
    return found


def _side(kind: str) -> str:
    """Figures count as right to left where others look at them."""
    return "R" if kind in {"R", *_NUMBERS} else "L" if kind == "L" else ""


def _level(kind: str, base: int) -> int:
    if base % 2:
        return base if kind == "R" else base + 1
    return {"L": base, "R": base + 1}.get(kind, base + 2)
