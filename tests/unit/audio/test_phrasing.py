"""Sentences into phrases, with a dictionary that spells every letter."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from reelwright.audio.engine.phrasing import Phrase, phrases_of
from reelwright.audio.engine.text.normalise import normalise


class Spelling:
    """Says every word by its own letters, and those of one letter not at all."""

    def phonemes(self, words: Sequence[str]) -> list[str]:
        return ["".join(c for c in word.lower() if c.isalpha()) if len(word) > 1 else "" for word in words]


def phrases(*passages: str) -> tuple[Phrase, ...]:
    return phrases_of([normalise(passage) for passage in passages], Spelling(), lambda symbol: symbol != "q")


def text_of(phrase: Phrase) -> str:
    return phrase.symbols()[0]


def test_each_sentence_is_a_phrase_and_the_pauses_tell_what_follows() -> None:
    found = phrases("Here one. Here two!", "Here three?")
    assert [text_of(phrase) for phrase in found] == ["here one.", "here two!", "here three?"]
    assert [phrase.pause for phrase in found] == ["sentence", "passage", "end"]


def test_a_long_sentence_is_cut_at_a_comma_near_its_middle() -> None:
    clause = "the tide comes in and the tide goes out again and again"
    found = phrases(f"{', '.join([clause] * 6)}.")
    assert len(found) > 1
    assert all(len(text_of(phrase)) <= 220 for phrase in found)
    assert all(text_of(phrase).endswith(",") for phrase in found[:-1])
    assert [phrase.pause for phrase in found] == ["clause"] * (len(found) - 1) + ["end"]


def test_a_long_sentence_without_marks_is_cut_between_words() -> None:
    found = phrases(" ".join(["words"] * 120))
    assert all(len(text_of(phrase)) <= 301 for phrase in found)
    assert sum(len(phrase.words) for phrase in found) == 120


def test_symbols_the_voice_does_not_know_are_left_out() -> None:
    assert text_of(phrases("quick quiz")[0]) == "uick uiz."


def test_a_passage_without_sound_gives_no_phrase() -> None:
    assert phrases("...") == ()


@given(st.lists(st.text(alphabet="ab cd,.;!?-", max_size=400), min_size=1, max_size=4))
def test_words_keep_their_order_and_their_places_in_the_symbols(passages: list[str]) -> None:
    found = phrases(*passages)
    places = [(word.passage, word.written) for phrase in found for word in phrase.words]
    assert places == sorted(places)
    for phrase in found:
        text, spans = phrase.symbols()
        assert [text[first:last] for first, last in spans] == [word.symbols for word in phrase.words]
