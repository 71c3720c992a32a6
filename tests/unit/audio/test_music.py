"""The bed: composed from the seed, in key, without seams, over at the end."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.audio.engine.music.bed import MusicBed
from reelwright.audio.engine.music.instruments import RATE
from reelwright.audio.engine.music.score import compose

SEEDS = st.integers(0, 2**32 - 1)
MAJOR = {0, 2, 4, 5, 7, 9, 11}


def played(seed: int, seconds: float) -> np.ndarray:
    return MusicBed(compose(seed, seconds), seed).block(0, round(seconds * RATE))


@given(SEEDS, st.floats(1.0, 1200.0))
def test_bars_fill_the_length_and_end_on_the_tonic(seed: int, seconds: float) -> None:
    score = compose(seed, seconds)
    assert len(score.chords) == len(score.basses)
    assert score.bar_seconds <= 7
    assert score.ending_seconds < seconds
    tonic = score.basses[-1] % 12
    assert {0, 4, 7} <= {(tone - tonic) % 12 for tone in score.chords[-1].tones}


@given(SEEDS)
def test_every_note_belongs_to_the_key(seed: int) -> None:
    score = compose(seed, 60.0)
    tonic = score.basses[-1]
    notes = [
        *score.basses,
        *(note.pitch for note in score.plucks),
        *(t for chord in score.chords for t in chord.tones),
    ]
    assert all((note - tonic) % 12 in MAJOR for note in notes)


@given(SEEDS)
def test_no_chord_rubs(seed: int) -> None:
    for chord in compose(seed, 60.0).chords:
        assert all(high - low > 1 for low, high in pairwise(chord.tones))


def test_the_same_seed_is_the_same_piece_and_another_seed_another() -> None:
    assert compose(5, 40.0) == compose(5, 40.0)
    assert len({compose(seed, 40.0) for seed in range(20)}) == 20


@settings(max_examples=5)
@given(st.integers(0, 1000), st.lists(st.integers(1, 200_000), min_size=1, max_size=4))
def test_blocks_join_without_a_seam(seed: int, cuts: list[int]) -> None:
    seconds, edges = 8.0, sorted({0, *(cut % (8 * RATE) for cut in cuts), 8 * RATE})
    bed = MusicBed(compose(seed, seconds), seed)
    parts = [bed.block(low, high - low) for low, high in pairwise(edges)]
    assert np.allclose(np.concatenate(parts, axis=1), played(seed, seconds), atol=1e-6)


@pytest.mark.parametrize("seconds", [1.0, 6.0, 20.0])
def test_it_begins_and_ends_in_silence_and_never_jumps(seconds: float) -> None:
    sound = played(3, seconds)
    assert np.abs(sound[:, :20]).max() < 0.001
    assert np.abs(sound[:, -20:]).max() < 0.001
    assert np.abs(np.diff(sound)).max() < 0.1
    assert np.sqrt((sound**2).mean()) > 0.02


def test_both_sides_differ_but_belong_together() -> None:
    left, right = played(3, 20.0)
    assert 0.05 < np.corrcoef(left, right)[0, 1] < 0.9
