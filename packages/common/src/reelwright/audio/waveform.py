"""A recording in memory, and what can be measured of it as speech."""

import wave
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.loudness import LoudnessMeter
from reelwright.models.aligning.stretches import HOP_SECONDS, Stretch, find_stretches, step_starts

__all__ = ["Waveform", "read_waveform"]

_FULL_SCALE = 32_768
_CLIPPED = 32_700 / _FULL_SCALE
"""Some encoders stop a little short of full scale."""
_SHORTEST_RUN = 3
_END_SECONDS = 0.02
_SILENCE_DB = -120.0


def read_waveform(path: Path) -> "Waveform":
    """Return a mono 16-bit WAV as floats; wave.Error or OSError if it is none."""
    with wave.open(str(path), "rb") as file:
        pcm, rate = file.readframes(file.getnframes()), file.getframerate()
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) / _FULL_SCALE
    return Waveform(samples, rate)


@dataclass(frozen=True)
class Waveform:
    """Samples of full scale 1, and where in them somebody speaks."""

    samples: NDArray[np.float64]
    rate: int

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / self.rate

    @cached_property
    def stretches(self) -> list[Stretch]:
        """Where there is sound, in steps of HOP_SECONDS; none if all is silent."""
        return find_stretches(self.samples, self.rate)

    def sounding_seconds(self, start: float, end: float) -> float:
        """Return how much of a span is sound."""
        first, last = start / HOP_SECONDS, end / HOP_SECONDS
        steps = sum(max(0.0, min(each.end, last) - max(each.start, first)) for each in self.stretches)
        return steps * HOP_SECONDS

    def silences(self) -> tuple[float, float, float]:
        """Return the seconds before the first sound and behind the last, and the longest pause between."""
        pauses = [later.start - earlier.end for earlier, later in pairwise(self.stretches)]
        tail = self.seconds - self.stretches[-1].end * HOP_SECONDS
        return self.stretches[0].start * HOP_SECONDS, max(0.0, tail), max(pauses, default=0) * HOP_SECONDS

    @property
    def offset(self) -> float:
        """The mean of all samples, which should be nothing."""
        return float(self.samples.mean())

    def clipped_share(self) -> float:
        """Return the share of samples that lie in runs at full scale."""
        high = (np.abs(self.samples) >= _CLIPPED).astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], high, [0]])))
        runs = edges[1::2] - edges[::2]
        return float(runs[runs >= _SHORTEST_RUN].sum() / len(self.samples))

    @cached_property
    def _decibels(self) -> NDArray[np.float64]:
        starts = step_starts(len(self.samples), self.rate)
        sums = np.add.reduceat(self.samples**2, starts)
        power: NDArray[np.float64] = sums / np.diff(np.append(starts, len(self.samples)))
        return 10 * np.log10(np.maximum(power, 10 ** (_SILENCE_DB / 10)))

    @property
    def variation_db(self) -> float:
        """The distance between loud moments and quiet ones."""
        quiet, loud = np.percentile(self._decibels, [20, 95])
        return float(loud - quiet)

    @property
    def fall_at_the_end_db(self) -> float:
        """How far the very end lies below the loud moments."""
        end = self.samples[-round(_END_SECONDS * self.rate) :]
        level = 10 * np.log10(max(float((end**2).mean()), 10 ** (_SILENCE_DB / 10)))
        return float(np.percentile(self._decibels, 95) - level)

    def integrated_lufs(self) -> float:
        """Return the loudness; minus infinity for less than 0.4 s."""
        meter = LoudnessMeter(self.rate, 1)
        meter.feed(self.samples[None].astype(np.float32))
        return meter.integrated_lufs()
