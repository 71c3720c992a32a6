"""Where a recording speaks and where it pauses, and which pauses stand behind which words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reelwright.models.aligning.spelling import Pause, expected_seconds

__all__ = [
    "DRAWL_SECONDS",
    "HOP_SECONDS",
    "Passage",
    "Stretch",
    "find_passages",
    "find_stretches",
    "step_starts",
    "stretches_of",
]

HOP_SECONDS = 0.010
"""Everything is measured in steps of this length."""
_SPEECH_BELOW_LOUD_DB = 32.0
"""How far below the loud steps (their 95th percentile) speech still is: weak consonants go down to there."""
_SPEECH_ABOVE_NOISE_DB = 8.0
_LEAST_RANGE_DB = 12.0
"""Noise is never taken to be louder than this below the loud steps."""
_SILENCE_DB = -90.0
_SHORTEST_PAUSE, _SHORTEST_SOUND = 7, 3
"""In steps. The silence inside a p or a t is shorter than the one; a click is shorter than the other."""

_SPREAD = 0.35
"""Standard deviation of a word's length, as a share of what is expected."""
_LEAST_VARIANCE = 0.06**2
_REACH_SECONDS = 5.0
"""How far a word is looked for from where a constant pace would put it."""
_PAUSES_RUN_OVER = 8
"""Most pauses that one stretch of words may hold without using them."""
_LONGEST_PASSAGE = 1_200
"""In steps. Nobody speaks so long in one breath, and the time to hear a passage grows with its square."""
DRAWL_SECONDS = 0.165
"""By how much the last word before a pause is longer; fitted as the lengths of letters are."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Unbroken sound, in steps."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Words from ``first`` up to ``last``, and the sound from ``start`` to ``end`` that they are said in."""

    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Text:
    """Words as sums: how long the first n take, how uncertain that is, what it costs if none has a pause."""

    said: NDArray[np.float64]
    variance: NDArray[np.float64]
    unpaused: NDArray[np.float64]
    pauses: tuple[Pause, ...]
    drawl: float


@dataclass(frozen=True, slots=True)
class _Sound:
    """Stretches as sums: the sound in the first n of them, and the pause before each; in seconds."""

    spoken: NDArray[np.float64]
    gaps: Sequence[float]


def step_starts(count: int, rate: int) -> NDArray[np.int64]:
    """Return the first sample of each step; steps differ by one sample where the rate does not divide."""
    steps = math.ceil(count / (rate * HOP_SECONDS))
    starts: NDArray[np.int64] = np.floor(np.arange(steps) * rate * HOP_SECONDS).astype(np.int64)
    within: NDArray[np.int64] = starts[starts < count]
    return within


def find_stretches(samples: NDArray[np.float64], rate: int) -> list[Stretch]:
    """Return where there is sound, from an energy threshold that adapts to the recording."""
    starts = step_starts(len(samples), rate)
    return stretches_of(np.add.reduceat(samples**2, starts) if len(starts) else np.zeros(0), rate)


def stretches_of(energy: NDArray[np.float64], rate: int) -> list[Stretch]:
    """Return the same from the sum of squares in each step, for whoever does not hold all samples."""
    decibels = 10 * np.log10(energy / (rate * HOP_SECONDS) + 1e-12)
    heard = decibels[decibels > _SILENCE_DB]
    if not len(heard):
        return []
    loud, noise = float(np.percentile(heard, 95)), float(np.percentile(decibels, 2))
    limit = max(loud - _SPEECH_BELOW_LOUD_DB, min(noise + _SPEECH_ABOVE_NOISE_DB, loud - _LEAST_RANGE_DB))
    return [each for each in _joined(_runs(decibels > limit)) if each.end - each.start >= _SHORTEST_SOUND]


def _runs(flags: NDArray[np.bool_]) -> list[Stretch]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [Stretch(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _joined(runs: Sequence[Stretch]) -> list[Stretch]:
    joined: list[Stretch] = []
    for run in runs:
        if joined and run.start - joined[-1].end < _SHORTEST_PAUSE:
            joined[-1] = Stretch(joined[-1].start, run.end)
        else:
            joined.append(run)
    return joined


def find_passages(
    stretches: Sequence[Stretch], words: Sequence[str], pauses: Sequence[Pause]
) -> list[Passage]:
    """Return the words in the groups between pauses that are most likely, with the sound of each group.

    A search over (pauses passed, words said). Words last about as long as expected, and a pause is dear where
    ``pauses``, one for each word, expects none.
    """
    seconds = np.cumsum([0, *(each.end - each.start for each in stretches)]) * HOP_SECONDS
    text = _text(words, pauses, float(seconds[-1]))
    nodes = _search(_Sound(seconds, _gaps(stretches)), text)
    passages = [
        Passage(first, last, stretches[begin].start, stretches[end - 1].end)
        for (begin, first), (end, last) in pairwise(nodes)
    ]
    return [part for passage in passages for part in _parts(passage, text)]


def _parts(passage: Passage, text: _Text) -> list[Passage]:
    """Cut a passage that is too long to be heard at once where words should end at a constant pace."""
    count = min(math.ceil((passage.end - passage.start) / _LONGEST_PASSAGE), passage.last - passage.first)
    said = text.said[passage.first : passage.last + 1] - text.said[passage.first]
    cuts = np.searchsorted(said, said[-1] * np.arange(1, count) / count)
    inner = sorted({int(cut) for cut in cuts} - {0, len(said) - 1})
    scale = (passage.end - passage.start) / said[-1]
    edges = [(0, passage.start), *((at, passage.start + round(said[at] * scale)) for at in inner)]
    return [
        Passage(passage.first + first, passage.first + last, start, end)
        for (first, start), (last, end) in pairwise([*edges, (len(said) - 1, passage.end)])
    ]


def _gaps(stretches: Sequence[Stretch]) -> list[float]:
    """Return the pause before each stretch in seconds; the first has none."""
    ends = [stretches[0].start, *(each.end for each in stretches)]
    return [(each.start - end) * HOP_SECONDS for each, end in zip(stretches, ends, strict=False)]


def _text(words: Sequence[str], pauses: Sequence[Pause], spoken: float) -> _Text:
    lengths = np.array([expected_seconds(word) for word in words])
    scale = spoken / (lengths.sum() + DRAWL_SECONDS * max(1, sum(map(bool, pauses))))
    return _Text(
        said=np.cumsum([0.0, *(lengths * scale)]),
        variance=np.cumsum([0.0, *((lengths * scale * _SPREAD) ** 2)]),
        unpaused=np.cumsum([0.0, *map(_cost_without_pause, pauses)]),
        pauses=tuple(pauses),
        drawl=DRAWL_SECONDS * scale,
    )


def _cost_without_pause(kind: Pause) -> float:
    return {"strong": 4.0, "weak": 1.2}.get(kind, 0.0)


def _cost_of_pause(kind: Pause, seconds: float) -> float:
    """Return what it costs that a pause stands behind a word: a little log-normal surprise, or much."""
    if kind == "strong":
        return float(0.5 * (math.log(seconds / 0.45) / 0.6) ** 2)
    if kind == "weak":
        return float(0.3 + 0.5 * (math.log(seconds / 0.2) / 0.6) ** 2)
    return 2.5 + seconds / 0.06


def _cost_of_running_over(seconds: float) -> float:
    return 0.5 + max(0.0, seconds - 0.05) / 0.05


def _search(sound: _Sound, text: _Text) -> list[tuple[int, int]]:
    """Return the cheapest way from (0, 0) to (all stretches, all words)."""
    windows = _windows(sound.spoken, text)
    best = [np.zeros(1), *(np.full(len(window), np.inf) for window in windows[1:])]
    back: list[dict[int, tuple[int, int]]] = [{} for _ in windows]
    for end in range(1, len(windows)):
        costs, whence = _arrive(end, windows, best, sound, text)
        best[end] = costs
        back[end] = dict(zip(windows[end].tolist(), whence, strict=True))
    return _walked_back(back, len(text.pauses))


def _windows(seconds: NDArray[np.float64], text: _Text) -> list[NDArray[np.int64]]:
    """Return how many words may have been said at each pause: those near a constant pace."""
    count = len(text.pauses)
    paced = text.said * (seconds[-1] / text.said[-1])
    windows = [
        np.arange(
            max(1, int(np.searchsorted(paced, at - _REACH_SECONDS))),
            min(count - 1, int(np.searchsorted(paced, at + _REACH_SECONDS))) + 1,
        )
        for at in seconds[1:-1]
    ]
    return [np.array([0]), *windows, np.array([count])]


def _arrive(
    end: int,
    windows: Sequence[NDArray[np.int64]],
    best: Sequence[NDArray[np.float64]],
    sound: _Sound,
    text: _Text,
) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """Return for each number of words said at a pause the least cost, and from where it is had."""
    words = windows[end]
    last = end == len(windows) - 1
    pause = np.array(
        [0.0 if last else _cost_of_pause(text.pauses[word - 1], sound.gaps[end]) for word in words]
    )
    costs, whence = np.full(len(words), np.inf), [(0, 0)] * len(words)
    over = 0.0
    for begin in range(end - 1, max(-1, end - 2 - _PAUSES_RUN_OVER), -1):
        over += _cost_of_running_over(sound.gaps[begin + 1]) if begin < end - 1 else 0.0
        if not len(windows[begin]):
            continue
        step = _cost_of_words(windows[begin], words, sound.spoken[end] - sound.spoken[begin], text)
        total = best[begin][None, :] + step + pause[:, None] + over
        pick = total.argmin(axis=1)
        found = total[np.arange(len(words)), pick]
        for row in np.flatnonzero(found < costs):
            costs[row], whence[row] = found[row], (begin, int(windows[begin][pick[row]]))
    return costs, whence


def _cost_of_words(
    begins: NDArray[np.int64], ends: NDArray[np.int64], actual: float, text: _Text
) -> NDArray[np.float64]:
    """Return what it costs to say the words between in the given time, with no pause between them."""
    expected = text.said[ends][:, None] - text.said[begins][None, :] + text.drawl
    forward = ends[:, None] > begins[None, :]
    variance = np.where(forward, text.variance[ends][:, None] - text.variance[begins], 0.0) + _LEAST_VARIANCE
    surprise = (actual - expected) ** 2 / (2 * variance) + 0.5 * np.log(variance)
    unpaused = text.unpaused[ends - 1][:, None] - text.unpaused[begins][None, :]
    return np.where(forward, surprise + unpaused, np.inf)


def _walked_back(back: Sequence[dict[int, tuple[int, int]]], count: int) -> list[tuple[int, int]]:
    """Return the nodes of the way; all words in all of the sound if there is none."""
    way = [(len(back) - 1, count)]
    while way[-1][0] > 0:
        way.append(back[way[-1][0]].get(way[-1][1], (0, 0)))
    return way[::-1] if way[-1] == (0, 0) else [(0, 0), (len(back) - 1, count)]
