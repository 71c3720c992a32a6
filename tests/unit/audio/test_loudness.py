"""The meters, against the test tones of EBU Tech 3341 and against pyloudnorm."""

import math

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelwright.audio.loudness import LoudnessMeter, TruePeakMeter

RATE = 48_000


def tone(
    frequency: float, seconds: float, dbfs: float, rate: int = RATE, phase: float = 0.0
) -> NDArray[np.float32]:
    time = np.arange(round(seconds * rate)) / rate
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * frequency * time + phase)
    return np.stack([wave, wave]).astype(np.float32)


def loudness(samples: NDArray[np.float32], rate: int = RATE, block: int = 10_000) -> float:
    meter = LoudnessMeter(rate, samples.shape[0])
    for first in range(0, samples.shape[1], block):
        meter.feed(samples[:, first : first + block])
    return meter.integrated_lufs()


@pytest.mark.parametrize("level", [-23.0, -33.0, -14.0])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_stereo_sine_at_1_khz_measures_its_level(level: float, rate: int) -> None:
    assert loudness(tone(1000, 20, level, rate), rate) == pytest.approx(level, abs=0.1)


def test_mono_counts_as_one_channel() -> None:
    assert loudness(tone(1000, 20, -23.0)[:1]) == pytest.approx(-26.0, abs=0.1)


def test_quiet_stretches_are_gated() -> None:
    """EBU Tech 3341 case 3: 10 s at -36, 60 s at -23, 10 s at -36 dBFS measure -23 LUFS."""
    parts = [tone(1000, 10, -36), tone(1000, 60, -23), tone(1000, 10, -36)]
    assert loudness(np.concatenate(parts, axis=1)) == pytest.approx(-23.0, abs=0.1)


def test_the_absolute_gate_comes_before_the_relative_one() -> None:
    """EBU Tech 3341 case 4: ends at -72 and shoulders at -36 dBFS do not count."""
    parts = [tone(1000, 10, level) for level in (-72, -36)]
    whole = np.concatenate([*parts, tone(1000, 60, -23), *reversed(parts)], axis=1)
    assert loudness(whole) == pytest.approx(-23.0, abs=0.1)


def test_levels_within_the_relative_gate_are_averaged() -> None:
    """EBU Tech 3341 case 5: 20 s at -26, 20.1 s at -20, 20 s at -26 dBFS measure -23 LUFS."""
    parts = [tone(1000, 20, -26), tone(1000, 20.1, -20), tone(1000, 20, -26)]
    assert loudness(np.concatenate(parts, axis=1)) == pytest.approx(-23.0, abs=0.1)


@settings(max_examples=8)
@given(st.integers(0, 2**31), st.sampled_from([22_050, 44_100, 48_000]))
def test_noise_of_changing_level_agrees_with_another_meter(seed: int, rate: int) -> None:
    rng = np.random.default_rng(seed)
    levels = np.repeat(10 ** rng.uniform(-2.5, -0.6, 16), rate // 2)
    samples = (rng.standard_normal((2, len(levels))) * levels * 0.2).astype(np.float32)
    theirs = pyloudnorm.Meter(rate).integrated_loudness(samples.T.astype(np.float64))
    assert loudness(samples, rate) == pytest.approx(theirs, abs=0.15)


@given(st.integers(1, 40_000))
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    samples = np.random.default_rng(7).standard_normal((2, RATE * 2)).astype(np.float32) * 0.1
    assert loudness(samples, block=max(block, 500)) == pytest.approx(
        loudness(samples, block=RATE * 2), abs=1e-3
    )


def test_silence_and_what_is_too_short_to_gate_are_minus_infinity() -> None:
    assert loudness(np.zeros((2, RATE * 3), np.float32)) == -math.inf
    assert loudness(tone(1000, 0.3, -10)) == -math.inf
    assert LoudnessMeter(RATE, 2).integrated_lufs() == -math.inf


@pytest.mark.parametrize(
    ("frequency", "phase", "peak"),
    [(12_000, math.pi / 4, 0.0), (8_000, math.pi / 6, 0.0), (997, 0.0, 0.0), (4_000, 0.3, 0.0)],
)
def test_peaks_between_samples_are_found(frequency: float, phase: float, peak: float) -> None:
    """At a quarter of the rate and 45 degrees every sample is 3 dB below the wave's true peak."""
    wave = tone(frequency, 1, 0.0, phase=phase)
    wave *= np.hanning(wave.shape[1]).astype(np.float32)
    meter = TruePeakMeter(2)
    meter.feed(wave)
    assert meter.true_peak_dbtp() == pytest.approx(peak, abs=0.1)


@given(st.integers(16, 30_000))
def test_a_peak_is_found_across_the_edge_of_blocks(cut: int) -> None:
    wave = tone(12_000, 0.7, -6.0, phase=math.pi / 4)
    wave *= np.hanning(wave.shape[1]).astype(np.float32)
    meter = TruePeakMeter(2)
    meter.feed(wave[:, :cut])
    meter.feed(wave[:, cut:])
    assert meter.true_peak_dbtp() == pytest.approx(-6.0, abs=0.1)


def test_silence_has_no_peak() -> None:
    meter = TruePeakMeter(1)
    meter.feed(np.zeros((1, 5000), np.float32))
    assert meter.true_peak_dbtp() == -math.inf
