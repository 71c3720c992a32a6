"""Nouns and verbs that are written alike."""

import pytest

from reelwright.audio.engine.homographs import role_of


@pytest.mark.parametrize(
    ("sentence", "word", "role"),
    [
        ("people use tools", "use", "VERB"),
        ("the use of tools", "use", "NOUN"),
        ("plants produce oxygen", "produce", "VERB"),
        ("we record a song", "record", "VERB"),
        ("a new record fell", "record", "NOUN"),
        ("she lives here", "lives", "VERB"),
        ("their lives changed", "lives", "NOUN"),
        ("each one lives long", "lives", "VERB"),
        ("close to the sea", "close", "ADJ"),
        ("farmers close the gate", "close", "VERB"),
        ("they live alone", "live", "VERB"),
        ("watch live music", "live", "ADJ"),
        ("it was read aloud", "read", "VBD"),
        ("I read books", "read", None),
        ("ancient records show", "records", None),
    ],
)
def test_roles(sentence: str, word: str, role: str | None) -> None:
    words = sentence.split()
    assert role_of(words, words.index(word)) == role


def test_a_word_alone_tells_nothing() -> None:
    assert role_of(["record"], 0) is None
