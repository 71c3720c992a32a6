from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.production.schema import Word
from reelwright.video.engine import timing
from reelwright.video.engine.captions_overlay import chunks
from tests.unit.video.engine.scenes import spoken

SAID = spoken("Every day the Moon pulls the ocean into two bulges")
texts = st.lists(st.text("abcde '.,-", max_size=8), max_size=14)
speech = st.lists(st.text("abcde.,", min_size=1, max_size=8), max_size=30).map(
    lambda words: spoken(" ".join(words))
)


def starts(*words: str) -> list[float]:
    return [word.start_seconds for word in SAID if word.text in words]


def test_words_enter_a_little_before_they_are_heard() -> None:
    cues = timing.cues(["Moon", "pulls", "ocean"], SAID, start=0.25, duration=8)
    assert cues == pytest.approx([start - 0.15 for start in starts("Moon", "pulls", "ocean")])


def test_unspoken_words_follow_their_neighbours() -> None:
    cues = timing.cues(["The", "huge", "Moon", "pulls", "the", "ocean"], SAID, start=0.25, duration=8)
    assert cues == sorted(cues)
    assert cues[1] - cues[0] == pytest.approx(0.09, abs=0.01) or cues[1] <= cues[2]
    assert cues[2] == pytest.approx(starts("Moon")[0] - 0.15)


def test_a_text_that_is_not_spoken_enters_word_by_word_at_the_start() -> None:
    cues = timing.cues(["Nothing", "of", "this"], SAID, start=0.25, duration=8)
    assert cues == pytest.approx([0.25, 0.34, 0.43])


def test_words_scattered_over_the_speech_do_not_count_as_spoken() -> None:
    far = spoken(
        "Tides rise here. " + "Something else is said for a while now. " * 4 + "They fall twice daily."
    )
    cues = timing.cues(["Tides", "fall", "daily", "twice"], far, start=0.25, duration=20)
    assert cues[-1] < 2


def test_inflections_match() -> None:
    assert timing.align(["Volcano", "erupts"], spoken("The volcanoes erupt")) == [1, 2]


@given(texts, speech, st.floats(0.2, 30))
def test_cues_never_fall_and_matched_ones_are_never_early(
    words: list[str], said: tuple[Word, ...], duration: float
) -> None:
    cues = timing.cues(words, said, start=0.25, duration=duration)
    assert len(cues) == len(words)
    assert cues == sorted(cues)
    places = timing.align(words, said)
    assert len(places) == len(words)
    if cues and cues != timing.staggered(len(words), 0.25, duration):
        for cue, place in zip(cues, places, strict=True):
            assert place is None or cue >= min(said[place].start_seconds - 0.3, 10**9) - 1e-9


@given(texts, speech)
def test_alignment_keeps_the_order_and_matches_words_that_are_alike(
    words: list[str], said: tuple[Word, ...]
) -> None:
    places = [place for place in timing.align(words, said) if place is not None]
    assert places == sorted(set(places))


@given(st.lists(st.one_of(st.none(), st.floats(0, 20)), max_size=8), st.floats(0.5, 30))
def test_spreading_fills_every_gap_and_never_falls(moments: list[float | None], duration: float) -> None:
    spread = timing.spread(moments, duration)
    assert len(spread) == len(moments)
    assert spread == sorted(spread)
    known = [moment for moment in moments if moment is not None]
    if known == sorted(known):
        for wished, found in zip(moments, spread, strict=True):
            assert wished is None or found == pytest.approx(wished)


def test_a_figure_is_found_as_it_is_written() -> None:
    said = spoken("About 1,500 volcanoes and 15 geysers")
    assert timing.spoken_number("1500", said) == (said[1].start_seconds, said[2].end_seconds)
    assert timing.spoken_number("15", said) == (said[4].start_seconds, said[5].end_seconds)
    assert timing.spoken_number("7", said) is None


@given(speech, st.integers(1, 7))
def test_captions_hold_every_word_once_in_order_and_never_overlap(said: tuple[Word, ...], most: int) -> None:
    groups = chunks(said, most)
    assert [word for group in groups for word in group.words] == list(said)
    assert all(1 <= len(group.words) <= most for group in groups)
    assert all(before.end <= after.start + 1e-9 for before, after in pairwise(groups))
    assert all(group.start <= group.words[0].start_seconds for group in groups)


def test_captions_break_at_the_end_of_a_sentence_and_at_commas() -> None:
    said = spoken("The Moon pulls hard, so the sea rises. Then it falls.")
    assert [" ".join(word.text for word in group.words) for group in chunks(said, 7)] == [
        "The Moon pulls hard,",
        "so the sea rises.",
        "Then it falls.",
    ]


def test_long_clauses_are_cut_evenly() -> None:
    sizes = [len(group.words) for group in chunks(spoken("one two three four five six seven eight"), 7)]
    assert sizes == [4, 4]


def test_captions_too_wide_for_a_line_are_cut_further() -> None:
    groups = chunks(spoken("a bb ccc dddd"), 7, lambda words: len(words) <= 2)
    assert [len(group.words) for group in groups] == [2, 2]


def test_the_pill_leaves_when_nobody_speaks() -> None:
    said = (*spoken("One two."), *spoken("Three four.", start=6))
    first, second = chunks(said, 7)
    assert first.end < 2
    assert second.start > 5.5
