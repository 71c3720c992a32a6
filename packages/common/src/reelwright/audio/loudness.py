"""Loudness and true peak after ITU-R BS.1770-4, in blocks, so that any length fits in memory."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.beside import beside
from reelwright.audio.decoding import Block, audio_format, decode_audio

__all__ = ["Loudness", "LoudnessMeter", "TruePeakMeter", "measure_file"]

_FFT_SIZE = 32_768
_SETTLING_SECONDS = 0.085
"""Time in which the K filter's impulse response falls below a billionth."""
_BINS_PER_SECOND = 10
_BINS_PER_GATE = 4
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_OFFSET_LUFS = -0.691
_OVERSAMPLING = 4
_TAPS = 16
_STRETCH = 1024
"""Samples that are oversampled, or passed over, at a time."""
_SILENCE_DB = -math.inf


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a programme measures; minus infinity for silence."""

    integrated_lufs: float
    true_peak_dbtp: float


class LoudnessMeter:
    """Integrated loudness of mono or stereo programme, fed block by block.

    The K filter is applied by overlap-save with its exact frequency response.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._bin = round(rate / _BINS_PER_SECOND)
        self._history = round(rate * _SETTLING_SECONDS)
        self._fft_size = _FFT_SIZE * max(1, math.ceil(self._history * 4 / _FFT_SIZE))
        self._response = _k_response(rate, self._fft_size)
        self._pending = np.zeros((channels, self._history), dtype=np.float32)
        self._squares = np.zeros(0)
        self._energies: list[NDArray[np.float64]] = []

    def feed(self, block: Block) -> None:
        """Take the next samples."""
        self._pending = np.concatenate([self._pending, block], axis=1)
        while self._pending.shape[1] >= self._fft_size:
            self._filter(self._pending[:, : self._fft_size], self._fft_size - self._history)

    def integrated_lufs(self) -> float:
        """Return the gated loudness of everything fed so far; minus infinity if all of it is silence.

        Closes the meter: samples fed afterwards would meet a filter that has been flushed.
        """
        left = self._pending.shape[1] - self._history
        if left > 0:
            padding = self._fft_size - self._pending.shape[1]
            self._filter(np.pad(self._pending, ((0, 0), (0, padding))), left)
        return _gated(np.concatenate([*self._energies, np.zeros(0)]))

    def _filter(self, samples: Block, count: int) -> None:
        """Weigh ``samples`` and keep the energy of ``count`` of them, those behind the history."""
        weighted = np.fft.irfft(np.fft.rfft(samples) * self._response, self._fft_size)
        new = weighted[:, self._history : self._history + count]
        self._pending = self._pending[:, count:]
        squares = np.concatenate([self._squares, np.einsum("cn,cn->n", new, new)])
        whole = len(squares) // self._bin * self._bin
        self._energies.append(squares[:whole].reshape(-1, self._bin).mean(axis=1, dtype=np.float64))
        self._squares = squares[whole:]


class TruePeakMeter:
    """The highest level between and at the samples, by fourfold oversampling, fed block by block."""

    def __init__(self, channels: int) -> None:
        self._phases = _interpolators()
        self._gain = float(max(np.abs(phase).sum() for phase in self._phases))
        self._tail = np.zeros((channels, _TAPS - 1), dtype=np.float32)
        self._peak = 0.0

    def feed(self, block: Block) -> None:
        """Take the next samples."""
        samples = np.concatenate([self._tail, block], axis=1)
        self._tail = samples[:, samples.shape[1] - (_TAPS - 1) :]
        for channel in samples:
            self._search(channel)

    def _search(self, channel: Block) -> None:
        """Oversample the stretches of a channel from the loudest down, until none can exceed the peak."""
        starts = range(0, max(1, len(channel) - (_TAPS - 1)), _STRETCH)
        stretches = [channel[start : start + _STRETCH + _TAPS - 1] for start in starts]
        loudest = [float(np.abs(stretch).max(initial=0.0)) for stretch in stretches]
        for index in sorted(range(len(stretches)), key=loudest.__getitem__, reverse=True):
            if loudest[index] * self._gain <= self._peak:
                return
            self._peak = max(
                self._peak, loudest[index], *(_peak(stretches[index], phase) for phase in self._phases)
            )

    def true_peak_dbtp(self) -> float:
        """Return the peak so far, against full scale; minus infinity for silence."""
        return 20 * math.log10(self._peak) if self._peak > 0 else _SILENCE_DB


def measure_file(path: Path) -> Loudness:
    """Decode an audio file and measure it at its own rate, the one beside the other."""
    rate, layout, channels = audio_format(path)
    loudness, peak = LoudnessMeter(rate, channels), TruePeakMeter(channels)
    with beside(loudness.feed) as weigh, beside(peak.feed) as search:
        for block in decode_audio(path, rate, layout):
            weigh(block)
            search(block)
    return Loudness(loudness.integrated_lufs(), peak.true_peak_dbtp())


def _peak(channel: Block, phase: Block) -> float:
    return float(np.abs(np.convolve(channel, phase, "valid")).max(initial=0.0))


def _interpolators() -> list[Block]:
    """Return the three filters that give the points between two samples: sincs under a Kaiser window."""
    position = np.arange(_TAPS) - (_TAPS - 1) / 2
    window = np.kaiser(_TAPS * _OVERSAMPLING, 5.0)
    filters = []
    for phase in range(1, _OVERSAMPLING):
        offset = phase / _OVERSAMPLING - 0.5
        taps = np.sinc(position + offset) * window[phase::_OVERSAMPLING]
        filters.append((taps / taps.sum()).astype(np.float32))
    return filters


def _k_response(rate: int, size: int) -> NDArray[np.complex64]:
    """Return the frequency response of the K weighting at any rate.

    The standard tabulates both stages at 48 kHz; these are the analogue prototypes behind that
    table, a high shelf of 4 dB at 1682 Hz and a high pass at 38 Hz, put through the bilinear transform.
    """
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    return (_shelf(rate, z) * _high_pass(rate, z)).astype(np.complex64)


def _shelf(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    k, q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    top = (high + band * k / q + k * k) + 2 * (k * k - high) * z + (high - band * k / q + k * k) * z**2
    bottom = (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    return np.asarray(top / bottom)


def _high_pass(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    scale = 1 + k / q + k * k
    bottom = 1 + 2 * (k * k - 1) / scale * z + (1 - k / q + k * k) / scale * z**2
    return np.asarray((1 - 2 * z + z**2) / bottom)


def _gated(bins: NDArray[np.float64]) -> float:
    """Mean of the 400 ms blocks that pass the absolute gate and then the relative one."""
    if len(bins) < _BINS_PER_GATE:
        return _SILENCE_DB
    blocks = np.convolve(bins, np.full(_BINS_PER_GATE, 1 / _BINS_PER_GATE), "valid")
    heard = blocks[blocks > _energy(_ABSOLUTE_GATE_LUFS)]
    if not len(heard):
        return _SILENCE_DB
    gated = heard[heard > _energy(_lufs(float(heard.mean())) + _RELATIVE_GATE_LU)]
    return _lufs(float(gated.mean()))


def _lufs(energy: float) -> float:
    return _OFFSET_LUFS + 10 * math.log10(energy)


def _energy(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LUFS) / 10))
