"""Word times from sound and text alone, against times that are known exactly."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelwright.models.aligning.spelling import expected_seconds, is_said, pause_behind, phones_of
from reelwright.models.alignment import align
from tests.simulators.speech_audio import speechlike
from tests.unit.audio.samples import read_wav, speak

# None of these sentences was at hand when the aligner's figures were chosen.
UNSEEN = (
    (
        "Volcanoes build new land as often as they destroy it.",
        (
            "Below the crust, rock melts slowly; the melt is lighter than what surrounds it, and so it "
            "climbs. When it reaches the surface, it may flow quietly for months or burst within minutes."
        ),
    ),
    (
        "A computer counts, and that is nearly all it does.",
        (
            "It holds numbers as tiny switches, each open or closed, and it flips billions of them every "
            "second. People wrote the rules for the first machines on paper cards."
        ),
    ),
    (
        "Bees talk by dancing.",
        (
            "A worker that has found flowers runs in a figure of eight, and the angle of her run tells the "
            "others where the sun must be when they fly."
        ),
    ),
)
WORDS = st.lists(
    st.text(alphabet="abeilstw019,.!?-—%$ÄщД字", min_size=1, max_size=9).filter(
        lambda word: not word.isspace()
    ),
    max_size=25,
)


def errors(found: Sequence[tuple[float, float]], true: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return by how many seconds the starts of words are off."""
    return np.array([abs(here[0] - there[0]) for here, there in zip(found, true, strict=True)])


def assert_in_order(times: Sequence[tuple[float, float]], seconds: float) -> None:
    edges = [edge for time in times for edge in time]
    assert all(before <= after for before, after in pairwise([0.0, *edges, seconds]))


def test_words_of_a_real_voice_are_found_to_a_few_hundredths_of_a_second(tmp_path: Path) -> None:
    """Measured: median 19 ms, 95th percentile 78 ms."""
    off = []
    for passages in UNSEEN:
        answer = speak(tmp_path, passages)
        rate, samples = read_wav(answer.audio)
        words = [word.text for word in answer.words]
        times = align(samples, rate, words)
        assert_in_order(times, len(samples) / rate)
        off += errors(times, [(word.start_seconds, word.end_seconds) for word in answer.words]).tolist()
    assert np.median(off) < 0.035
    assert np.percentile(off, 95) < 0.15


@pytest.mark.parametrize("pace", [0.8, 1.0, 1.3])
def test_words_of_bursts_that_only_have_the_pauses_of_speech_are_found_by_lengths(pace: float) -> None:
    """Measured: median 40 ms, 95th percentile 0.4 s. There are no letters to be heard in bursts."""
    off = []
    for passages in UNSEEN:
        words = " ".join(passages).split()
        pcm, true = speechlike(words, 16_000, pace=pace)
        off += errors(align(np.frombuffer(pcm, "<i2"), 16_000, words), true).tolist()
    assert np.median(off) < 0.09
    assert np.percentile(off, 95) < 0.6


def test_a_pause_that_no_punctuation_tells_of_is_known_from_the_sentence_ends() -> None:
    """By their lengths alone the first two words would fill what three hurried ones do."""
    words = ["steadily"] * 6
    pcm, true = speechlike(words, 24_000, pace=[2.0, 2.0, 2.0, 1.0, 1.0, 1.0], pauses={2: 0.8})
    samples = np.frombuffer(pcm, "<i2")
    told = align(samples, 24_000, words, sentence_ends=[2])
    assert (told[2][1], told[3][0]) == pytest.approx((true[2][1], true[3][0]), abs=0.03)
    untold = align(samples, 24_000, words)
    assert untold[2][0] == pytest.approx(true[3][0], abs=0.03)


def test_what_is_not_spoken_has_no_length_and_stands_where_the_word_before_it_ends() -> None:
    words = ["—", "Look", "🎉", "up", "—"]
    pcm, _ = speechlike(["Look", "up"], 16_000)
    times = align(np.frombuffer(pcm, "<i2"), 16_000, words)
    assert times[0] == (times[1][0], times[1][0])
    assert times[2] == (times[1][1], times[1][1])
    assert times[4] == (times[3][1], times[3][1])
    assert times[1][1] > times[1][0]


def test_silence_is_shared_out() -> None:
    times = align(np.zeros(16_000, dtype=np.int16), 16_000, ["one", "two"])
    assert times == ((0.0, pytest.approx(0.4, abs=0.1)), (times[0][1], pytest.approx(1.0)))
    assert align(np.zeros(100, dtype=np.int16), 16_000, []) == ()


@settings(deadline=None, max_examples=60)
@given(WORDS, st.integers(0, 2**32 - 1), st.sampled_from([8_000, 22_050, 44_100]), st.floats(0.001, 4.0))
def test_times_rise_and_lie_inside_the_sound_whatever_it_is(
    words: list[str], seed: int, rate: int, seconds: float
) -> None:
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.choice([0.0, 1e-4, 0.3], 40), max(1, round(seconds * rate / 40)))
    samples = level * rng.standard_normal(len(level))
    times = align(samples, rate, words)
    assert len(times) == len(words)
    assert_in_order(times, len(samples) / rate)


def test_sound_without_a_pause_is_heard_in_parts() -> None:
    words = ["steadily"] * 90
    samples = 0.1 * np.random.default_rng(1).standard_normal(60 * 8_000)
    times = align(samples, 8_000, words)
    assert_in_order(times, 60)
    assert times[45][0] == pytest.approx(30, abs=3)


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ("a", "away"),
        ("cat", "category"),
        ("2", "1,969"),
        ("10", "10.75"),
        ("to", "NASA"),
        ("字", "字字"),
        ("5", "5%"),
    ],
)
def test_longer_words_are_expected_to_last_longer(shorter: str, longer: str) -> None:
    assert 0 < expected_seconds(shorter) < expected_seconds(longer)


@given(st.text(max_size=12))
def test_every_word_that_is_said_has_a_sound(word: str) -> None:
    assert bool(phones_of(word)) == is_said(word)


@pytest.mark.parametrize(
    ("word", "pause"),
    [
        ("end.", "strong"),
        ("“Why?”", "strong"),
        ("so,", "weak"),
        ("(then)", ""),
        ("x", ""),
        ("", ""),
        ("。", "strong"),
    ],
)
def test_punctuation_tells_which_pause_follows(word: str, pause: str) -> None:
    assert pause_behind(word) == pause
