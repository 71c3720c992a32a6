import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.providers.polly_marks import Mark, place_words, read_marks
from reelwright.models.speech.ssml import WordSpan
from tests.simulators.speech_audio import speechlike

RATE = 16_000


def line(**facts: object) -> bytes:
    return json.dumps({"time": 6, "type": "word", "start": 0, "end": 4, "value": "Mary"} | facts).encode()


def spans(text: str) -> list[WordSpan]:
    found, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        found.append(WordSpan(at, at + len(word)))
        at += len(word)
    return found


def test_marks_of_words_are_read_and_others_passed_over() -> None:
    data = line() + b"\n\n" + line(type="sentence") + b"\n" + line(time=9, start=5, end=8)
    assert read_marks(data) == (Mark(6, 0, 4), Mark(9, 5, 8))


@pytest.mark.parametrize(
    "data", [b"<html>", b"\xff", b"[]", b"1", b'{"type": "word"}', line(time=None), line(start="x")]
)
def test_what_is_no_mark_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_marks(data)


@given(st.binary(max_size=60))
def test_no_answer_breaks_the_reader(data: bytes) -> None:
    with suppress(ValueError):
        read_marks(data)


def spoken(*words: str) -> tuple[bytes, list[int]]:
    pcm, times = speechlike(words, RATE)
    return pcm, [round(start * 1000) for start, _ in times]


def test_two_marks_in_one_word_and_a_mark_around_tags() -> None:
    text = "twenty-one <sub>SQL</sub> ok"
    words = [WordSpan(0, 10), WordSpan(16, 19), WordSpan(27, 29)]
    assert text[16:19] == "SQL"
    pcm, at = spoken("twenty", "one", "sequel", "ok")
    marks = [Mark(at[0], 0, 6), Mark(at[1], 7, 10), Mark(at[2], 11, 25), Mark(at[3], 27, 29)]
    placed = place_words(marks, words, [9, 3, 2], pcm, RATE)
    assert placed is not None
    assert [start * 1000 // RATE for start, _ in placed] == [at[0], at[2], at[3]]


def test_a_dash_takes_no_time_and_an_alias_of_two_words_is_shared() -> None:
    pcm, at = spoken("So", "newyork", "won")
    marks = [Mark(at[0], 0, 2), Mark(at[1], 5, 13), Mark(at[2], 14, 17)]
    placed = place_words(marks, spans("So — New York won"), [2, 0, 3, 4, 3], pcm, RATE)
    assert placed is not None
    assert placed[1][0] == placed[1][1] == placed[0][1]
    assert placed[2][1] == placed[3][0]
    assert placed[2][0] * 1000 // RATE == at[1]
    assert (placed[2][1] - placed[2][0]) * 4 == pytest.approx((placed[3][1] - placed[3][0]) * 3, abs=8)


def test_marks_that_do_not_fit_are_no_times() -> None:
    pcm, _ = spoken("one", "two", "three")
    words, letters = spans("one two three"), [3, 3, 5]
    assert place_words([], words, letters, pcm, RATE) is None
    assert place_words([Mark(0, 0, 3)], words, letters, pcm, RATE) is None
    assert place_words([Mark(9, 0, 3), Mark(5, 4, 7)], words, letters, pcm, RATE) is None
    assert place_words([Mark(9, 0, 3), Mark(99_999, 4, 7)], words, letters, pcm, RATE) is None
    assert place_words([Mark(9, 50, 53), Mark(10, 90, 95)], words, letters, pcm, RATE) is None


marks = st.builds(Mark, st.integers(0, 1500), st.integers(0, 25), st.integers(0, 25))


@given(st.lists(marks, max_size=8))
def test_whatever_the_marks_times_rise_within_the_sound(given_marks: list[Mark]) -> None:
    pcm, _ = spoken("one", "two", "three")
    placed = place_words(given_marks, spans("one — two three"), [3, 0, 3, 5], pcm, RATE)
    if placed is not None:
        edges = [edge for word in placed for edge in word]
        assert len(placed) == 4
        assert edges == sorted(edges)
        assert 0 <= edges[0] <= edges[-1] <= len(pcm) // 2
