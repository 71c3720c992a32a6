"""A recording, and what can be measured of it as speech, at two bytes a sample however long it is."""

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.loudness import LoudnessMeter
from reelwright.models.aligning.stretches import HOP_SECONDS, Stretch, step_starts, stretches_of

__all__ = ["Waveform", "read_waveform"]

_FULL_SCALE = 32_768
_CLIPPED = 32_700
"""Some encoders stop a little short of full scale."""
_SHORTEST_RUN = 3
_END_SECONDS = 0.02
_SILENCE_DB = -120.0
_STEPS_AT_ONCE = 1_000
"""Ten seconds of sound: as much as is held as numbers of eight bytes."""


def read_waveform(path: Path) -> "Waveform":
    """Return a mono 16-bit WAV; wave.Error or OSError if it is none."""
    with wave.open(str(path), "rb") as file:
        pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    return Waveform(np.frombuffer(pcm, dtype="<i2"), rate)


@dataclass(frozen=True)
class Waveform:
    """Samples, and where in them somebody speaks."""

    pcm: NDArray[np.int16]
    rate: int

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.pcm) / self.rate

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Where there is sound, in steps of HOP_SECONDS; none if all is silent."""
        return stretches_of(self._energies, self.rate)

    def sounding_seconds(self, start: float, end: float) -> float:
        """Return how much of a span is sound."""
        first, last = start / HOP_SECONDS, end / HOP_SECONDS
        near = slice(
            int(np.searchsorted(self._ends, first, side="right")),
            int(np.searchsorted(self._starts, last, side="left")),
        )
        steps = sum(max(0.0, min(each.end, last) - max(each.start, first)) for each in self.stretches[near])
        return steps * HOP_SECONDS

    def silences(self) -> tuple[float, float, float]:
        """Return the seconds before the first sound and behind the last, and the longest pause between."""
        pauses = [later.start - earlier.end for earlier, later in pairwise(self.stretches)]
        tail = self.seconds - self.stretches[-1].end * HOP_SECONDS
        return self.stretches[0].start * HOP_SECONDS, max(0.0, tail), max(pauses, default=0) * HOP_SECONDS

    @property
    def offset(self) -> float:
        """The mean of all samples, which should be nothing."""
        return float(self.pcm.mean(dtype=np.float64)) / _FULL_SCALE

    def clipped_share(self) -> float:
        """Return the share of samples that lie in runs at full scale."""
        high = ((self.pcm >= _CLIPPED) | (self.pcm <= -_CLIPPED)).astype(np.int8)
        edges = np.flatnonzero(np.diff(high, prepend=np.int8(0), append=np.int8(0)))
        runs = edges[1::2] - edges[::2]
        return float(runs[runs >= _SHORTEST_RUN].sum() / len(self.pcm))

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        return np.array([each.start for each in self.stretches], dtype=np.int64)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.array([each.end for each in self.stretches], dtype=np.int64)

    @cached_property
    def _step_starts(self) -> NDArray[np.int64]:
        return step_starts(len(self.pcm), self.rate)

    @cached_property
    def _energies(self) -> NDArray[np.float64]:
        """The sum of squares in each step, at a full scale of 1."""
        starts = self._step_starts
        sums = [np.add.reduceat(block**2, steps) for block, steps in self._blocks()]
        return np.concatenate(sums) if len(starts) else np.zeros(0)

    def _blocks(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.int64]]]:
        """Yield the sound as numbers, some steps at once, with where in them each step begins."""
        starts = self._step_starts
        for first in range(0, len(starts), _STEPS_AT_ONCE):
            steps = starts[first : first + _STEPS_AT_ONCE]
            behind = first + _STEPS_AT_ONCE
            end = int(starts[behind]) if behind < len(starts) else len(self.pcm)
            yield self.pcm[steps[0] : end].astype(np.float64) / _FULL_SCALE, steps - steps[0]

    @cached_property
    def _decibels(self) -> NDArray[np.float64]:
        power = self._energies / np.diff(np.append(self._step_starts, len(self.pcm)))
        levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power, 10 ** (_SILENCE_DB / 10)))
        return levels

    @property
    def variation_db(self) -> float:
        """The distance between loud moments and quiet ones."""
        quiet, loud = np.percentile(self._decibels, [20, 95])
        return float(loud - quiet)

    @property
    def fall_at_the_end_db(self) -> float:
        """How far the very end lies below the loud moments."""
        end = self.pcm[-round(_END_SECONDS * self.rate) :].astype(np.float64) / _FULL_SCALE
        level = 10 * np.log10(max(float((end**2).mean()), 10 ** (_SILENCE_DB / 10)))
        return float(np.percentile(self._decibels, 95) - level)

    def integrated_lufs(self) -> float:
        """Return the loudness; minus infinity for less than 0.4 s."""
        meter = LoudnessMeter(self.rate, 1)
        for block, _ in self._blocks():
            meter.feed(block[None].astype(np.float32))
        return meter.integrated_lufs()
