"""Loudness and true peak after ITU-R BS.1770-4, in blocks, so that any length fits in memory."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["Loudness", "LoudnessMeter", "TruePeakMeter", "measure_file"]

Block = NDArray[np.float32]
"""Samples by channel: the shape is (channels, samples), full scale is 1."""

_FFT_SIZE = 32_768
_SETTLING_SECONDS = 0.085
"""Time in which the K filter's impulse response falls below a billionth."""
_BINS_PER_SECOND = 10
_BINS_PER_GATE = 4
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_OFFSET_LUFS = -0.691
_OVERSAMPLING = 4
_TAPS = 24
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
        """Take the next samples. Blocks that cannot exceed the peak so far are not oversampled."""
        samples = np.concatenate([self._tail, block], axis=1)
        self._tail = samples[:, samples.shape[1] - (_TAPS - 1) :]
        for channel in samples:
            loudest = float(np.abs(channel).max(initial=0.0))
            if loudest * self._gain > self._peak:
                self._peak = max(self._peak, loudest, *(_peak(channel, phase) for phase in self._phases))

    def true_peak_dbtp(self) -> float:
        """Return the peak so far, against full scale; minus infinity for silence."""
        return 20 * math.log10(self._peak) if self._peak > 0 else _SILENCE_DB


def measure_file(path: Path) -> Loudness:
    """Decode an audio file and measure it at its own rate."""
    import av  # noqa: PLC0415 (part of the optional render group)

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        loudness, peak = LoudnessMeter(stream.rate, stream.channels), TruePeakMeter(stream.channels)
        resampler = av.AudioResampler(format="fltp", layout=stream.layout.name, rate=stream.rate)
        for block in _gathered(frame.to_ndarray() for raw in container.decode(stream) for frame in resampler.resample(raw)):
            loudness.feed(block)
            peak.feed(block)
    return Loudness(loudness.integrated_lufs(), peak.true_peak_dbtp())


def _gathered(frames: Iterator[Block]) -> Iterator[Block]:
    """Join the decoder's small frames into blocks that are worth a call."""
    held: list[Block] = []
    for frame in frames:
        held.append(frame)
        if sum(part.shape[1] for part in held) >= _FFT_SIZE:
            yield np.concatenate(held, axis=1)
            held = []
    if held:
        yield np.concatenate(held, axis=1)


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
    bottom: NDArray[np.complex128] = (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    return top / bottom


def _high_pass(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    scale = 1 + k / q + k * k
    bottom: NDArray[np.complex128] = 1 + 2 * (k * k - 1) / scale * z + (1 - k / q + k * k) / scale * z**2
    return (1 - 2 * z + z**2) / bottom


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
