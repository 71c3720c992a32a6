"""Which kind of sound is heard at each moment, and where the sounds of a text lie best over it.

Five bands of the spectrum tell vowels, hisses, stops, breaths and hums apart well enough without training.
What they look like in general is written down here; after each round it is adapted to the voice at hand by
what the round before placed where (hard expectation maximisation).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from reelwright.models.aligning.spelling import KINDS, Phone
from reelwright.models.aligning.stretches import HOP_SECONDS, step_starts

_Floats = NDArray[np.floating[Any]]

__all__ = ["Ear", "Spoken", "spectrum"]

_EDGES_HZ = (80.0, 400.0, 1000.0, 2000.0, 3500.0, 8000.0)
_WINDOW_SECONDS = 0.025
_QUIETEST, _LOUDEST = -5.0, 1.0
_PRIOR = np.array(
    [
        [-0.5, -0.5, -0.7, -0.9, -1.5],
        [-3.0, -3.0, -2.0, -0.8, -0.3],
        [-2.5, -3.0, -3.0, -2.8, -2.2],
        [-2.0, -2.5, -2.3, -2.0, -1.6],
        [-0.5, -1.4, -1.8, -2.2, -2.8],
    ]
)
"""What each kind looks like, in tens of decibels below the loud steps of each band."""
_PRIOR_SPREAD = 0.9
_PRIOR_STEPS = 60.0
"""Steps of sound that what is written here is worth."""
_ROUNDS = 4
_HEARD_WEIGHT = 0.2
"""Steps of 10 ms are no independent witnesses; so much of what each says is believed."""
_LEAST_HEARD = -6.0
_SPREAD, _SPREAD_STEPS = 0.3, 2.0
"""Standard deviation of a sound's length: a share of it, and some steps."""
_LONGEST_STEPS = 80


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sounds of a text, and the steps of the recording that hold them."""

    phones: Sequence[Phone]
    start: int
    end: int


def spectrum(samples: _Floats, rate: int) -> _Floats:
    """Return the level of each band in each step, in tens of decibels below what is loud in that band."""
    window, step = round(rate * _WINDOW_SECONDS), round(rate * HOP_SECONDS)
    padded = np.pad(samples, ((window - step) // 2, window))
    views = sliding_window_view(padded, window)[step_starts(len(samples), rate)]
    power = np.abs(np.fft.rfft(views * np.hanning(window))) ** 2
    bands = 10 * np.log10(_in_bands(power, np.fft.rfftfreq(window, 1 / rate)) + 1e-9)
    relative: _Floats = np.clip((bands - np.percentile(bands, 95, axis=0)) / 10, _QUIETEST, _LOUDEST)
    return relative


def _in_bands(power: _Floats, frequencies: _Floats) -> _Floats:
    """Return the mean power of each band; a band above the highest frequency is the highest there is."""
    top = float(frequencies[-1])
    edges = [min(edge, 0.8 * top * (1 + at / 50)) for at, edge in enumerate(_EDGES_HZ)]
    columns = []
    for low, high in pairwise(edges):
        chosen = (frequencies >= low) & (frequencies < high)
        chosen = chosen if chosen.any() else frequencies >= top
        columns.append(power[:, chosen].mean(axis=1))
    return np.stack(columns, axis=1)


class Ear:
    """Lays texts over the sound of one recording, and gets used to its voice while it does."""

    def __init__(self, bands: _Floats) -> None:
        self._bands = bands
        self._means = _PRIOR
        self._spreads = np.full_like(_PRIOR, _PRIOR_SPREAD)

    def place(self, texts: Sequence[Spoken]) -> list[list[int]]:
        """Return for each text the steps at which its sounds begin, and that at which the last one ends."""
        placed: list[list[int]] = []
        for turn in range(_ROUNDS):
            heard = self._likelihoods()
            placed = [_lay(text, heard[text.start : text.end]) for text in texts]
            if turn < _ROUNDS - 1:
                self._adapt(texts, placed)
        return placed

    def _likelihoods(self) -> _Floats:
        """Return how well each step fits each of KINDS, against how well it fits any; last any itself."""
        distance = (self._bands[:, None, :] - self._means) / self._spreads
        fits = -0.5 * (distance**2).sum(axis=2) - np.log(self._spreads).sum(axis=1)
        top = fits.max(axis=1, keepdims=True)
        any_kind = top + np.log(np.exp(fits - top).mean(axis=1, keepdims=True))
        heard: _Floats = np.maximum(
            np.concatenate([fits - any_kind, np.zeros_like(any_kind)], axis=1), _LEAST_HEARD
        )
        return heard

    def _adapt(self, texts: Sequence[Spoken], placed: Sequence[Sequence[int]]) -> None:
        labels = np.full(len(self._bands), -1)
        for text, edges in zip(texts, placed, strict=True):
            for phone, start, end in zip(text.phones, edges, edges[1:], strict=False):
                labels[start:end] = _column(phone)
        learnt = [self._learnt(self._bands[labels == kind], kind) for kind in range(len(KINDS))]
        self._means = np.array([mean for mean, _ in learnt])
        self._spreads = np.array([spread for _, spread in learnt])

    def _learnt(self, steps: _Floats, kind: int) -> tuple[_Floats, _Floats]:
        weight = len(steps) + _PRIOR_STEPS
        mean = (steps.sum(axis=0) + _PRIOR_STEPS * _PRIOR[kind]) / weight
        squares = ((steps - mean) ** 2).sum(axis=0) + _PRIOR_STEPS * _PRIOR_SPREAD**2
        return mean, np.sqrt(squares / weight)


def _column(phone: Phone) -> int:
    return len(KINDS) if phone.kind == "any" else KINDS.index(phone.kind)


def _lay(text: Spoken, heard: _Floats) -> list[int]:
    """Return the edges of the sounds: the cheapest of all, by length and by what is heard."""
    steps = len(heard)
    expected = np.array([phone.seconds for phone in text.phones])
    expected *= steps / expected.sum()
    edges = _cheapest(text.phones, expected, heard) if steps >= len(expected) else None
    if edges is None:
        edges = np.round(np.cumsum([0.0, *expected])).astype(int).tolist()
    return [text.start + edge for edge in edges]


def _cheapest(phones: Sequence[Phone], expected: _Floats, heard: _Floats) -> list[int] | None:
    """Return the edges by dynamic programming; None if a sound would last longer than any does."""
    best = np.full(len(heard) + 1, np.inf)
    best[0] = 0.0
    lasted = []
    for phone, length in zip(phones, expected, strict=True):
        said = _HEARD_WEIGHT * np.concatenate([[0.0], np.cumsum(heard[:, _column(phone)])])
        best, durations = _extended(best + said, float(length))
        best -= said
        lasted.append(durations)
    if not np.isfinite(best[-1]):
        return None
    edges = [len(heard)]
    for durations in reversed(lasted):
        edges.append(edges[-1] - int(durations[edges[-1]]))
    return edges[::-1]


def _extended(before: _Floats, length: float) -> tuple[_Floats, NDArray[np.int64]]:
    """Return the least cost of ending one more sound at each step, and how many steps it then lasts."""
    longest = max(_LONGEST_STEPS, math.ceil(3 * length))
    spread = _SPREAD * length + _SPREAD_STEPS
    surprise = (np.arange(longest, 0, -1) - length) ** 2 / (2 * spread**2)
    windows = sliding_window_view(np.concatenate([np.full(longest, np.inf), before[:-1]]), longest)
    costs = windows + surprise
    pick = costs.argmin(axis=1)
    return costs[np.arange(len(pick)), pick], longest - pick
