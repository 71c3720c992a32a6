"""Recordings of any length: measured in blocks, and with few phrases spoken at once."""

import threading
import time
from pathlib import Path

import numpy as np

from reelwright.audio.engine.voice import _Mouth
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
    mouth, now, most, lock = _Mouth(100), [0], [0], threading.Lock()

    def speak(symbols: int) -> None:
        with mouth.saying(symbols):
            with lock:
                now[0] += symbols
                most[0] = max(most[0], now[0]) if symbols <= 100 else most[0]
                assert symbols <= 100 or now[0] == symbols
            time.sleep(0.001)
            with lock:
                now[0] -= symbols

    threads = [threading.Thread(target=speak, args=(size,)) for size in (60, 150, 30, 70, 200, 40, 10) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    assert 0 < most[0] <= 100
