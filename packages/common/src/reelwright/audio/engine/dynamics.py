"""Gain over time, worked out once a millisecond and smoothed: compression, ducking, limiting.

A curve is one gain factor per frame of 48 samples. Working on curves keeps a programme of any
length in little memory and needs no sample-by-sample recursion. All smoothing looks both ways, so
a gain has moved before the sound that called for it.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.decoding import Block

__all__ = [
    "FRAME_SAMPLES",
    "Curve",
    "apply_curve",
    "compression_curve",
    "ducking_curve",
    "frame_peaks",
    "frame_powers",
    "limiting_curve",
]

Curve = NDArray[np.float32]

FRAME_SAMPLES = 48
_FRAME_RATE = 1000
_LEVEL_FRAMES = 25
_COMPRESSION_FRAMES = 61
_COMPRESSION_RATIO = 2.0
_KNEE_DB = 6.0
_DUCK_MERGE_SECONDS = 0.9
"""Pauses shorter than this do not bring the music back: it would pump."""
_DUCK_EARLY_SECONDS = 0.2
_DUCK_FRAMES = 401
_LIMITER_FRAMES = 41
_FLOOR = 1e-10


def frame_peaks(block: Block) -> Curve:
    """Return the highest sample of any channel in each frame; the last frame may be cut short."""
    loudest: Curve = np.abs(_framed(block)).max(axis=(0, 2))
    return loudest


def frame_powers(block: Block) -> Curve:
    """Return the mean square of each frame over all channels."""
    framed = _framed(block)
    powers: Curve = np.einsum("cfs,cfs->f", framed, framed) / np.float32(framed.shape[0] * FRAME_SAMPLES)
    return powers


def compression_curve(powers: Curve, threshold_db: float) -> Curve:
    """Return gains that halve, in decibels, what rises above the threshold, with a soft knee."""
    level = 10 * np.log10(_smoothed(powers, _LEVEL_FRAMES) + _FLOOR)
    over = np.clip(level - threshold_db + _KNEE_DB / 2, 0, None)
    bent = np.where(over < _KNEE_DB, over**2 / (2 * _KNEE_DB), over - _KNEE_DB / 2)
    return _smoothed(_factor(-bent * (1 - 1 / _COMPRESSION_RATIO)), _COMPRESSION_FRAMES)


def ducking_curve(spans: Iterable[tuple[float, float]], seconds: float, duck_db: float) -> Curve:
    """Return gains that step back by ``duck_db`` while somebody speaks, and return in longer pauses."""
    frames = int(seconds * _FRAME_RATE) + 1
    curve = np.ones(frames, dtype=np.float32)
    for start, end in _merged(spans):
        first = max(0, int((start - _DUCK_EARLY_SECONDS) * _FRAME_RATE))
        curve[first : int((end + _DUCK_EARLY_SECONDS) * _FRAME_RATE) + 1] = _factor(np.float32(duck_db))
    return _smoothed(curve, _DUCK_FRAMES)


def limiting_curve(peaks: Curve, ceiling: float) -> Curve:
    """Return gains that keep every frame under the ceiling.

    The least gain needed within reach of the smoothing window is taken first, so the average over
    that window, and the line between two frames, stay below what each frame needs.
    """
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, _FLOOR)).astype(np.float32)
    reach = _LIMITER_FRAMES // 2 + 1
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(needed, reach, mode="edge"), 2 * reach + 1)
    return _smoothed(windows.min(axis=1), _LIMITER_FRAMES)


def apply_curve(block: Block, curve: Curve, first: int) -> Block:
    """Return the block, which begins at sample ``first``, with the curve's gain on every sample."""
    begin = first // FRAME_SAMPLES
    count = block.shape[1] // FRAME_SAMPLES + 3
    points = curve[np.clip(np.arange(begin - 1, begin + count), 0, len(curve) - 1)]
    centres = (np.arange(begin - 1, begin + count) + 0.5) * FRAME_SAMPLES
    gains = np.interp(np.arange(first, first + block.shape[1]), centres, points)
    return np.asarray(block * gains, dtype=np.float32)


def _framed(block: Block) -> Block:
    missing = -block.shape[1] % FRAME_SAMPLES
    padded = np.pad(block, ((0, 0), (0, missing))) if missing else block
    return padded.reshape(block.shape[0], -1, FRAME_SAMPLES)


def _merged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] < _DUCK_MERGE_SECONDS:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _smoothed(curve: NDArray[np.floating], frames: int) -> Curve:
    """Average under a bell of so many frames, an odd number; the edges repeat."""
    bell = np.hanning(frames + 2)[1:-1]
    padded = np.pad(curve.astype(np.float32), frames // 2, mode="edge")
    return np.convolve(padded, (bell / bell.sum()).astype(np.float32), "valid")


def _factor(decibels: NDArray[np.floating] | np.float32) -> NDArray[np.float32]:
    return np.asarray(10 ** (decibels / 20), dtype=np.float32)
