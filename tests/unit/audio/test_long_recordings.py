"""Recordings of any length: measured in blocks, and with few phrases spoken at once."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from reelwright.audio.engine.turns import in_turns
from reelwright.audio.waveform import read_waveform
from reelwright.models.aligning.stretches import find_stretches
from tests.unit.audio.samples import write_wav

RATE = 22_050


def recording(seconds: float) -> np.ndarray:
    """Return bursts of noise with pauses between them, a run at full scale among them."""
    rng = np.random.default_rng(7)
    samples = rng.normal(0, 0.1, round(seconds * RATE)).clip(-0.9, 0.9)
    samples[(np.arange(len(samples)) // (RATE // 3)) % 3 == 2] *= 1e-4
    samples[10 * RATE - 2 : 10 * RATE + 2] = 1.0  # over the edge of a block of ten seconds
    return samples


def test_what_is_measured_in_blocks_is_what_is_measured_at_once(tmp_path: Path) -> None:
    wave = read_waveform(write_wav(tmp_path / "a.wav", recording(33.337), RATE))
    whole = wave.pcm.astype(np.float64) / 32_768
    assert wave.stretches == find_stretches(whole, RATE)
    assert abs(wave.offset - whole.mean()) < 1e-12
    assert wave.clipped_share() == 4 / len(whole)
    spans = [(0.0, 0.2), (0.1, 1.4), (9.9, 10.3), (0.0, wave.seconds), (30.0, 40.0), (50.0, 51.0)]
    for start, end in spans:
        slowly = sum(
            max(0.0, min(each.end, end * 100) - max(each.start, start * 100)) for each in wave.stretches
        )
        assert abs(wave.sounding_seconds(start, end) - slowly / 100) < 1e-9


def test_silence_and_next_to_nothing_are_measured_too(tmp_path: Path) -> None:
    assert read_waveform(write_wav(tmp_path / "a.wav", np.zeros(5), RATE)).stretches == []
    assert read_waveform(write_wav(tmp_path / "b.wav", np.zeros(RATE), RATE)).clipped_share() == 0.0


def test_long_phrases_are_not_spoken_side_by_side_and_none_waits_for_ever() -> None:
    sizes = [60, 150, 30, 70, 200, 40, 10] * 3
    now, most, lock = [0], [0], threading.Lock()

    def speak(place: int) -> int:
        with lock:
            now[0] += sizes[place]
            most[0] = max(most[0], now[0]) if sizes[place] <= 100 else most[0]
            assert sizes[place] <= 100 or now[0] == sizes[place]
        time.sleep(0.001)
        with lock:
            now[0] -= sizes[place]
        return place

    assert in_turns(sizes, speak, most=100, jobs=4) == list(range(len(sizes)))
    assert 60 < most[0] <= 100
    assert in_turns([], speak, most=100, jobs=2) == []


def test_short_phrases_fill_what_a_long_one_leaves() -> None:
    """Both threads have something to say until the long one is over."""
    sizes, order = [10, 90, 10, 90, 10], []
    together = threading.Barrier(2)

    def speak(place: int) -> None:
        order.append(sizes[place])
        if len(order) <= 4:
            together.wait(10)

    in_turns(sizes, speak, most=100, jobs=2)
    assert sorted(order[:2]) == sorted(order[2:4]) == [10, 90]


def test_a_phrase_that_cannot_be_spoken_is_told_and_ends_the_rest() -> None:
    spoken: list[int] = []

    def speak(place: int) -> None:
        spoken.append(place)
        if place == 1:
            raise ValueError(place)

    with pytest.raises(ValueError, match="1"):
        in_turns([5, 9, 4, 3], speak, most=10, jobs=1)
    assert spoken == [1]
