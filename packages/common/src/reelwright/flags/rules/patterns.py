"""Regular expressions that cannot be made slow: an automaton of ours, built as it is walked.

Python's own engine backtracks, and ``(a+)+$`` against forty letters never ends. Here an expression is a
program of at most ``MAX_STEPS`` steps (Thompson's construction), all its threads walk the text side by side,
and what a set of threads does on a character is kept once it was worked out. So a search takes at most
steps x characters, whatever the pattern and the text, and mostly one dictionary look-up a character; what is
kept is bounded (``_MAX_KEPT``) and begun afresh when full.

Why not RE2 itself: docs/adr/0023-rules-read-in-process.md has the measurements.
"""

from collections.abc import Iterable
from typing import Final

from reelwright.flags.rules.expressions import (
    MAX_STEPS,
    Alternatives,
    Assertion,
    Characters,
    Expression,
    PatternError,
    Repeat,
    Sequence,
    parse_expression,
    size,
)

__all__ = ["Pattern", "PatternError"]

_MAX_KEPT = 50_000
_BEGIN, _NEWLINE, _WORD, _OTHER, _END = range(5)

_Step = tuple[Characters | Assertion | None, tuple[int, ...]]
_MATCH: Final[_Step] = (None, ())


class _State:
    """A set of threads, and what stood before the place where they are."""

    __slots__ = ("before", "ends", "moves", "threads")

    def __init__(self, threads: frozenset[int], before: int) -> None:
        self.threads = threads
        self.before = before
        self.moves: dict[str, _State] = {}
        self.ends: bool | None = None


_FOUND: Final = _State(frozenset(), _OTHER)


class Pattern:
    """A regular expression, ready to search. PatternError if the text is none, or has too many steps."""

    def __init__(self, text: str) -> None:
        expression = parse_expression(text)
        if size(expression) > MAX_STEPS:
            raise PatternError(
                f"an expression of at most {MAX_STEPS} steps, repeats written out, in the pattern"
            )
        self._steps: list[_Step] = []
        self._first = self._emit(expression, self._add(_MATCH))
        self._forget()

    def found_in(self, text: str) -> bool:
        """Return whether the expression matches anywhere in a text."""
        state = self._begin
        for char in text:
            following = state.moves.get(char) or self._move(state, char)
            if following is _FOUND:
                return True
            state = following
        if state.ends is None:
            state.ends = self._reach(state, _END) is None
        return state.ends

    def _forget(self) -> None:
        self._kept = 0
        self._begin = _State(frozenset((self._first,)), _BEGIN)
        self._states = {(self._begin.threads, _BEGIN): self._begin}

    def _move(self, state: _State, char: str) -> _State:
        if self._kept > _MAX_KEPT:
            self._forget()
        reached = self._reach(state, _side(char))
        following = _FOUND if reached is None else self._state(self._walked(reached, char), _side(char))
        state.moves[char] = following
        self._kept += 1
        return following

    def _walked(self, reached: Iterable[int], char: str) -> frozenset[int]:
        walked = {self._first}
        for thread in reached:
            test, following = self._steps[thread]
            if isinstance(test, Characters) and test.hold(char):
                walked.add(following[0])
        return frozenset(walked)

    def _state(self, threads: frozenset[int], before: int) -> _State:
        known = self._states.get((threads, before))
        if known is None:
            known = self._states[threads, before] = _State(threads, before)
            self._kept += len(threads) + 1
        return known

    def _reach(self, state: _State, after: int) -> set[int] | None:
        """Follow all steps that read nothing; None if that ends in a match."""
        seen, waiting = set(state.threads), list(state.threads)
        while waiting:
            test, following = step = self._steps[waiting.pop()]
            if step is _MATCH:
                return None
            if isinstance(test, Characters) or (test and not _stands(test.place, state.before, after)):
                continue
            fresh = [place for place in following if place not in seen]
            seen.update(fresh)
            waiting += fresh
        return seen

    def _add(self, step: _Step) -> int:
        self._steps.append(step)
        return len(self._steps) - 1

    def _emit(self, node: Expression, then: int) -> int:
        """Write a part's steps so that they lead to ``then``; return where they begin."""
        match node:
            case Sequence(parts):
                for part in reversed(parts):
                    then = self._emit(part, then)
                return then
            case Alternatives(parts):
                return self._add((None, tuple(self._emit(part, then) for part in parts)))
            case Repeat():
                return self._emit_repeat(node, then)
            case _:
                return self._add((node, (then,)))

    def _emit_repeat(self, node: Repeat, then: int) -> int:
        begin = then
        if node.most is None:
            begin = self._add((None, ()))
            self._steps[begin] = (None, (self._emit(node.part, begin), then))
        else:
            for _ in range(node.most - node.least):
                begin = self._add((None, (self._emit(node.part, begin), then)))
        for _ in range(node.least):
            begin = self._emit(node.part, begin)
        return begin


def _side(char: str) -> int:
    if char == "\n":
        return _NEWLINE
    return _WORD if char == "_" or (char.isascii() and char.isalnum()) else _OTHER


def _stands(place: str, before: int, after: int) -> bool:
    match place:
        case "begin":
            return before == _BEGIN
        case "end":
            return after == _END
        case "line begin":
            return before in (_BEGIN, _NEWLINE)
        case "line end":
            return after in (_END, _NEWLINE)
        case _:
            return ((before == _WORD) != (after == _WORD)) == (place == "edge")
