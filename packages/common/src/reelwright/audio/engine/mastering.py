"""From a mix to a file at the asked loudness and true peak, both measured on what the file decodes to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.audio.decoding import Block
from reelwright.audio.engine.coding import write_aac
from reelwright.audio.engine.dynamics import FRAME_SAMPLES, Curve, apply_curve, limiting_curve
from reelwright.audio.errors import MasteringFailed
from reelwright.audio.loudness import Loudness, measure_file

__all__ = ["BLOCK_SAMPLES", "Mix", "master"]

BLOCK_SAMPLES = 1024 * FRAME_SAMPLES
"""About a second; a whole number of frames and of AAC's own blocks."""

_SAMPLE_BYTES = 2 * np.dtype(np.float32).itemsize
_LOUDNESS_TOLERANCE_LU = 0.15
_PEAK_MARGIN_DB = 0.6
"""What sound between the samples and the encoder usually add to the highest sample."""
_PEAK_STEP_DB = 0.1
_ATTEMPTS = 4
_SEARCH_STEPS = 12
_MAX_GAIN_DB = 60.0


@dataclass(frozen=True, slots=True)
class Mix:
    """A finished mix on disk, as raw stereo blocks, and what was learnt on the way.

    ``peaks`` has one value a frame, ``loudness_lufs`` is that of the whole.
    """

    path: Path
    samples: int
    peaks: Curve
    powers: Curve
    loudness_lufs: float

    def blocks(self, begin: int, end: int) -> Iterator[tuple[int, Block]]:
        """Return the blocks from one sample to before another, each with the place of its first sample.

        A stretch begins where a block does.
        """
        with self.path.open("rb") as file:
            file.seek(begin * _SAMPLE_BYTES)
            for first in range(begin, min(end, self.samples), BLOCK_SAMPLES):
                count = min(BLOCK_SAMPLES, self.samples - first)
                yield first, np.fromfile(file, dtype=np.float32, count=2 * count).reshape(2, count)


def master(mix: Mix, out: Path, *, loudness_lufs: float, true_peak_dbtp: float) -> Loudness:
    """Encode the mix to AAC and return what the file measures.

    The first try aims by what the mix measured; if decoding shows that it missed, the aim is
    corrected by the miss. Raises MasteringFailed when loudness and true peak cannot both be met.
    """
    aim, ceiling_db = loudness_lufs, true_peak_dbtp - _PEAK_MARGIN_DB
    measured = Loudness(0.0, 0.0)
    for _ in range(_ATTEMPTS):
        _write(mix, _mastering_curve(mix, aim, ceiling_db), out)
        measured = measure_file(out)
        excess_db = measured.true_peak_dbtp - true_peak_dbtp
        miss_lu = measured.integrated_lufs - loudness_lufs
        if excess_db <= 0 and abs(miss_lu) <= _LOUDNESS_TOLERANCE_LU:
            return measured
        ceiling_db -= excess_db + _PEAK_STEP_DB if excess_db > 0 else 0.0
        aim -= miss_lu
    raise MasteringFailed(
        f"{loudness_lufs:.1f} LUFS under {true_peak_dbtp:.1f} dBTP cannot be reached: the soundtrack has "
        f"{measured.integrated_lufs:.1f} LUFS and {measured.true_peak_dbtp:.1f} dBTP.",
        next_step="Lower audio.loudness_lufs or raise audio.true_peak_dbtp.",
    )


def _mastering_curve(mix: Mix, aim_lufs: float, ceiling_db: float) -> Curve:
    """Return one curve that lifts the mix and keeps its peaks down.

    Limiting costs loudness, and the gain that makes up for it is limited in turn: the gain is
    searched for, on the curve and the power of each frame alone.
    """
    ceiling = 10 ** (ceiling_db / 20)
    low, high = aim_lufs - mix.loudness_lufs - 1.0, aim_lufs - mix.loudness_lufs + 12.0
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) / 2
        reached = mix.loudness_lufs + middle + _limiting_loss(mix, middle, ceiling)
        low, high = (middle, high) if reached < aim_lufs else (low, middle)
    gain = np.float32(10 ** (min(high, _MAX_GAIN_DB) / 20))
    return gain * limiting_curve(mix.peaks * gain, ceiling)


def _limiting_loss(mix: Mix, gain_db: float, ceiling: float) -> float:
    """Return how many decibels the limiter takes from the power of the loud parts; never above 0."""
    curve = limiting_curve(mix.peaks * np.float32(10 ** (gain_db / 20)), ceiling)
    before = float(mix.powers.sum(dtype=np.float64))
    after = float((mix.powers * curve**2).sum(dtype=np.float64))
    return float(10 * np.log10(after / before))


def _write(mix: Mix, curve: Curve, out: Path) -> None:
    def mastered(begin: int, end: int) -> Iterator[tuple[int, Block]]:
        return ((first, apply_curve(block, curve, first)) for first, block in mix.blocks(begin, end))

    write_aac(mastered, mix.samples, BLOCK_SAMPLES, out)
