"""Text over a vendor's limit, split where a speaker would draw breath anyway."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from reelwright.models.speech.markup import (
    Emphasis,
    Part,
    Passage,
    Prosody,
    Sentence,
    Text,
    Whisper,
    written,
)
from reelwright.models.speech.words import word_pieces

__all__ = ["Weigh", "pieces_of"]

Weigh: TypeAlias = Callable[[Sentence], int]
"""How much of a request a sentence takes. Its parts, weighed one by one, must come to at least as much."""

_CLAUSE_ENDS = tuple(",;:—–)")
_LOOKED_BACK = 0.3
"""Share of a piece in which the end of a clause is looked for."""
_CONTAINERS = (Emphasis, Prosody, Whisper)

_Word: TypeAlias = tuple[Part, ...]


def pieces_of(passage: Passage, weigh: Weigh, limit: int) -> tuple[Passage, ...]:
    """Return the passage in as few pieces as go in order, each of which weighs at most ``limit``.

    Between sentences if that is possible; a sentence that is too long by itself is split behind a clause,
    or else between words. A word is never split: one that weighs more than the limit is a piece of its own.
    """
    fitting = [part for sentence in passage.sentences for part in _fitting_parts(sentence, weigh, limit)]
    return tuple(Passage(tuple(group)) for group in _grouped(fitting, weigh, limit))


def _grouped(sentences: Sequence[Sentence], weigh: Weigh, limit: int) -> Iterator[list[Sentence]]:
    group: list[Sentence] = []
    total = 0
    for sentence in sentences:
        size = weigh(sentence)
        if group and total + size > limit:
            yield group
            group, total = [], 0
        group.append(sentence)
        total += size
    if group:
        yield group


def _fitting_parts(sentence: Sentence, weigh: Weigh, limit: int) -> Iterator[Sentence]:
    if weigh(sentence) <= limit:
        yield sentence
        return
    words = list(word_pieces(sentence.parts))
    sizes = [weigh(Sentence(word)) for word in words]
    start = 0
    while start < len(words):
        end = _breath(words, start, _reach(sizes, start, limit))
        yield Sentence(_merged([part for word in words[start:end] for part in word]))
        start = end


def _reach(sizes: Sequence[int], start: int, limit: int) -> int:
    """Return the end of the longest run of words that fits: one word at least."""
    total = 0
    for index in range(start, len(sizes)):
        total += sizes[index]
        if total > limit:
            return max(index, start + 1)
    return len(sizes)


def _breath(words: Sequence[_Word], start: int, end: int) -> int:
    """Move an end back behind a clause, if one ends not long before it."""
    if end == len(words):
        return end
    earliest = max(start + 1, end - round((end - start) * _LOOKED_BACK))
    for candidate in range(end, earliest, -1):
        if written(words[candidate - 1]).rstrip().endswith(_CLAUSE_ENDS):
            return candidate
    return end


def _merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Put together again what was one part before it was taken apart into words."""
    merged: list[Part] = []
    for part in parts:
        last = merged.pop() if merged else None
        merged += _joined(last, part) if last else (part,)
    return tuple(merged)


def _joined(last: Part, part: Part) -> tuple[Part, ...]:
    if isinstance(last, Text) and isinstance(part, Text):
        return (Text(last.text + part.text),)
    if isinstance(last, _CONTAINERS) and isinstance(part, _CONTAINERS):
        inside = _merged((*last.parts, *part.parts))
        if replace(last, parts=inside) == replace(part, parts=inside):
            return (replace(last, parts=inside),)
    return last, part
