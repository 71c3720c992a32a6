import random

from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.models.speech.markup import (
    Emphasis,
    Passage,
    Prosody,
    Sentence,
    Substitution,
    Text,
    markup_of,
    written,
)
from reelwright.models.speech.splitting import pieces_of
from reelwright.models.speech.ssml import render, weight

from .samples import passages

LIMIT = 6_000


def weigh(sentence: Sentence) -> int:
    billed, size = weight(sentence, "neural")
    return max(2 * billed, size)


def words_of(*passages: Passage) -> list[str]:
    return [word for it in passages for sentence in it.sentences for word in written(sentence.parts).split()]


def long_text(seed: int, *, marks: str) -> str:
    rng = random.Random(seed)
    text = ""
    while len(text) < 20_000:
        letters = "".join(rng.choice("aeiou&<é漢xyz") for _ in range(rng.randint(1, 14)))
        text += letters + rng.choice(marks) + " "
    return text


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([". ", "  ,", " ", "    ;.!"]))
def test_a_long_text_loses_no_character_and_no_word_is_split(seed: int, marks: str) -> None:
    text = long_text(seed, marks=marks)
    pieces = pieces_of(markup_of(text, {"xyz": "x y z"}), weigh, LIMIT)
    assert words_of(*pieces) == text.split()
    for piece in pieces:
        rendered = render(piece, "neural")
        assert rendered.billed_characters <= 3_000
        assert len(rendered.text) <= LIMIT + len("<speak></speak>")


@given(passages, st.integers(1, 60))
def test_whatever_is_split_is_said_whole(passage: Passage, limit: int) -> None:
    pieces = pieces_of(passage, weigh, limit)
    assert words_of(*pieces) == words_of(passage)


@given(passages)
def test_what_fits_is_not_split(passage: Passage) -> None:
    pieces = pieces_of(passage, weigh, 10**6)
    assert pieces == ((passage,) if passage.sentences else ())


def test_sentences_stay_whole_where_they_can() -> None:
    passage = markup_of("One two three. Four five six. Seven.", {})
    texts = [
        [written(s.parts) for s in it.sentences]
        for it in pieces_of(passage, lambda s: len(written(s.parts)), 30)
    ]
    assert texts == [["One two three.", "Four five six."], ["Seven."]]


def test_a_sentence_that_is_too_long_is_split_behind_a_clause() -> None:
    passage = markup_of("a b c d e f g h, i j k l m", {})
    texts = [written(it.sentences[0].parts) for it in pieces_of(passage, lambda s: len(written(s.parts)), 20)]
    assert texts == ["a b c d e f g h, ", "i j k l m"]


def test_what_encloses_words_encloses_each_piece() -> None:
    inside = (Text("one two "), Emphasis((Text("three four "),)), Text("five six"))
    passage = Passage((Sentence((Prosody(inside, rate=0.9),)),))
    pieces = pieces_of(passage, lambda s: len(written(s.parts)), 15)
    assert pieces[0].sentences[0].parts == (
        Prosody((Text("one two "), Emphasis((Text("three "),))), rate=0.9),
    )
    assert words_of(*pieces) == ["one", "two", "three", "four", "five", "six"]


def test_a_word_over_the_limit_stands_alone() -> None:
    passage = Passage((Sentence((Text("a "), Substitution("x" * 50, "y"), Text(" b"))),))
    pieces = pieces_of(passage, lambda s: len(written(s.parts)), 10)
    assert [words_of(piece) for piece in pieces] == [["a"], ["x" * 50], ["b"]]
