"""Polly's speech marks, and the written words that they stand for.

A mark says when a word begins, in milliseconds, and where it stands in the request, in bytes of it with all
markup. Where it ends is left open: at the silence before the next, as the sound itself tells.
Source: docs.aws.amazon.com/polly/latest/dg/output.html.
"""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.models.speech.joining import sound_ends
from reelwright.models.speech.ssml import WordSpan

__all__ = ["Mark", "Words", "place_words", "read_marks"]

_ENOUGH = 0.5
"""Share of the spoken words that must have a mark of their own; an alias of several words has one."""

Words = tuple[tuple[int, int], ...]
"""Start and end of each word, in samples."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One word, as it begins to be said."""

    milliseconds: int
    start: int
    """Offset into the UTF-8 of the request."""
    end: int


def read_marks(data: bytes) -> tuple[Mark, ...]:
    """Return the word marks of an answer, one JSON object a line; ValueError if it is something else."""
    try:
        entries = [json.loads(line) for line in data.decode().splitlines() if line.strip()]
        return tuple(
            Mark(int(it["time"]), int(it["start"]), int(it["end"])) for it in entries if it["type"] == "word"
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a speech mark lacks {error}") from error


def place_words(
    marks: Sequence[Mark], spans: Sequence[WordSpan], spoken: Sequence[int], pcm: bytes, rate: int
) -> Words | None:
    """Return when each written word is heard, or None if the marks do not fit the words or the sound.

    ``spoken`` tells of every word how much is said for it, as a count of letters; 0 is a dash. Words without
    a mark share the time of the one before them.
    """
    starts = _starts(marks, spans, rate)
    needed = sum(1 for letters in spoken if letters)
    length = len(pcm) // 2
    if len(starts) < _ENOUGH * needed or not starts or max(starts.values()) >= length:
        return None
    marked = sorted(starts)
    begun = [starts[index] for index in marked]
    if any(later < earlier for earlier, later in pairwise(begun)):
        return None
    ends = sound_ends(pcm, rate, begun)
    return _shared(marked, tuple(zip(begun, ends, strict=True)), spoken)


def _starts(marks: Sequence[Mark], spans: Sequence[WordSpan], rate: int) -> dict[int, int]:
    """Return the first moment of each word that a mark points at."""
    starts: dict[int, int] = {}
    firsts = [span.start for span in spans]
    for mark in marks:
        index = _pointed_at(mark, spans, firsts)
        if index is not None:
            starts.setdefault(index, mark.milliseconds * rate // 1000)
    return starts


def _pointed_at(mark: Mark, spans: Sequence[WordSpan], firsts: Sequence[int]) -> int | None:
    """Return the word that a mark lies in, or that it encloses with the tags around it."""
    before = bisect_right(firsts, mark.start) - 1
    if before >= 0 and mark.start < spans[before].end:
        return before
    after = before + 1
    return after if after < len(spans) and spans[after].start < mark.end else None


def _shared(marked: Sequence[int], times: Sequence[tuple[int, int]], spoken: Sequence[int]) -> Words:
    """Spread the time of each marked word over it and the unmarked words behind it, by their letters."""
    words: list[tuple[int, int]] = [(times[0][0], times[0][0])] * marked[0]
    for place, index in enumerate(marked):
        stop = marked[place + 1] if place + 1 < len(marked) else len(spoken)
        words += _spread(times[place], spoken[index:stop])
    return tuple(words)


def _spread(time: tuple[int, int], letters: Sequence[int]) -> list[tuple[int, int]]:
    start, end = time
    whole = sum(letters) or 1
    edges = [start + (end - start) * sum(letters[:count]) // whole for count in range(len(letters) + 1)]
    return list(pairwise(edges))
