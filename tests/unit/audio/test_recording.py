"""Phrases joined into a recording: whatever the durations are, the words stay in order and apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelwright.audio.engine.acoustic import FRAME_SAMPLES, SAMPLE_RATE, Utterance
from reelwright.audio.engine.phrasing import Phrase, SoundingWord
from reelwright.audio.engine.recording import join_takes, trim

WORDS = st.lists(
    st.tuples(st.text(alphabet="stæn", min_size=1, max_size=6), st.sampled_from(["", ",", "."])),
    min_size=1,
    max_size=8,
)
RANDOM = st.randoms(use_true_random=False)


def spoken(words: list[tuple[str, str]], rng: object, passage: int = 0) -> tuple[Phrase, Utterance]:
    """Return a phrase and sound for it in which every symbol and blank has some duration."""
    phrase = Phrase(
        tuple(SoundingWord(passage, n, symbols, mark) for n, (symbols, mark) in enumerate(words)), "end"
    )
    ids = 2 * len(phrase.symbols()[0]) + 3
    durations = [rng.randrange(1, 9) for _ in range(ids)]  # type: ignore[attr-defined]
    edges = np.concatenate([[0], np.cumsum(durations)])
    count = len(phrase.symbols()[0])
    rises, starts, ends = (tuple(edges[first::2][:count].tolist()) for first in (1, 2, 4))
    return phrase, Utterance(np.full(int(edges[-1]) * FRAME_SAMPLES, 0.5, np.float32), rises, starts, ends)


@given(WORDS, RANDOM)
def test_words_of_a_take_are_in_order_apart_and_inside_it(words: list[tuple[str, str]], rng: object) -> None:
    take = trim(*spoken(words, rng))
    edges = [edge for word in take.words for edge in (word.start, word.end)]
    assert len(take.words) == len(words)
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= len(take.samples)
    assert all(word.end > word.start for word in take.words)


@given(WORDS, RANDOM)
def test_a_take_fades_in_and_out(words: list[tuple[str, str]], rng: object) -> None:
    samples = trim(*spoken(words, rng)).samples
    assert samples[0] == samples[-1] == 0
    assert samples[len(samples) // 2] == 0.5


@given(st.lists(WORDS, min_size=1, max_size=4), RANDOM)
def test_takes_are_joined_with_exact_pauses(phrases: list[list[tuple[str, str]]], rng: object) -> None:
    takes = [trim(*spoken(words, rng, passage)) for passage, words in enumerate(phrases)]
    pauses = [0.3] * len(takes)
    whole = join_takes(takes, pauses)
    expected = 0.2 + sum(take.seconds for take in takes) + 0.3 * len(takes)
    assert abs(whole.seconds - expected) < len(takes) * 2 / SAMPLE_RATE
    edges = [edge for word in whole.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert not whole.samples[: round(0.2 * SAMPLE_RATE)].any()
    assert not whole.samples[-round(0.3 * SAMPLE_RATE) :].any()
