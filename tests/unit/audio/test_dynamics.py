"""Gain curves: what they promise about every sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reelwright.audio.engine.dynamics import (
    FRAME_SAMPLES,
    apply_curve,
    compression_curve,
    ducking_curve,
    frame_peaks,
    frame_powers,
    limiting_curve,
)

SECOND = 1000


@given(st.integers(0, 2**31), st.floats(0.05, 0.9))
def test_no_sample_passes_the_limiter(seed: int, ceiling: float) -> None:
    rng = np.random.default_rng(seed)
    samples = (rng.standard_normal((2, 48_000)) * np.repeat(rng.uniform(0, 1, 100), 480)).astype(np.float32)
    curve = limiting_curve(frame_peaks(samples), ceiling)
    assert np.abs(apply_curve(samples, curve, 0)).max() <= ceiling * 1.0001


def test_the_limiter_leaves_quiet_sound_alone() -> None:
    quiet = np.full((2, 48_000), 0.1, np.float32)
    assert (limiting_curve(frame_peaks(quiet), 0.5) == 1).all()


@given(st.integers(0, 40), st.integers(1, 20))
def test_a_curve_gives_the_same_gain_in_whatever_blocks_it_is_applied(first: int, blocks: int) -> None:
    rng = np.random.default_rng(first)
    samples = rng.standard_normal((1, FRAME_SAMPLES * 60)).astype(np.float32)
    curve = rng.uniform(0.1, 1, 60).astype(np.float32)
    size = -(-samples.shape[1] // blocks)
    parts = [apply_curve(samples[:, at : at + size], curve, at) for at in range(0, samples.shape[1], size)]
    assert np.allclose(np.concatenate(parts, axis=1), apply_curve(samples, curve, 0), atol=1e-5)


@given(hnp.arrays(np.float32, st.integers(100, 400), elements=st.floats(0, 1, width=32)))
def test_compression_only_ever_takes_away(powers: np.ndarray) -> None:
    curve = compression_curve(powers, -30.0)
    assert len(curve) == len(powers)
    assert (curve <= 1.0001).all()
    assert (curve > 0).all()


def test_compression_halves_what_is_well_above_the_threshold() -> None:
    powers = np.full(SECOND, 10 ** (-10 / 10), np.float32)
    assert 20 * np.log10(compression_curve(powers, -30.0)[500]) == pytest.approx(-10.0, abs=0.1)


def test_the_bed_steps_back_while_somebody_speaks_and_returns_after() -> None:
    curve = ducking_curve([(3.0, 4.0), (4.5, 6.0)], 10.0, -9.0)
    ducked = 10 ** (-9 / 20)
    assert curve[3 * SECOND : 6 * SECOND] == pytest.approx(ducked, abs=1e-3)
    assert curve[: 2 * SECOND] == pytest.approx(1.0, abs=1e-3)
    assert curve[7 * SECOND :] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(np.diff(curve)).max() < 0.01


def test_without_speech_nothing_is_ducked() -> None:
    assert ducking_curve([], 5.0, -9.0) == pytest.approx(1.0)


def test_frames_count_the_last_part_too() -> None:
    block = np.zeros((2, FRAME_SAMPLES * 2 + 5), np.float32)
    block[1, -1] = 0.5
    assert frame_peaks(block).tolist() == [0, 0, 0.5]
    assert frame_powers(block)[2] == pytest.approx(0.25 / (2 * FRAME_SAMPLES))
