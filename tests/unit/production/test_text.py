import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.production.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("  a \t b  ", "a b"),
        ("a\r\nb\rc\x0bd\u2028e\x85f", "a\nb\nc\nd\ne\nf"),
        ("e\u0301", "é"),
        ("a\x00\x07\x1bb", "ab"),
        ("a\u202eb\u2066c\u200bd\ufeff", "abcd"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\ue000x\ud800", "x"),
        ("\u200d \u3164\u2800 \u0301", ""),
        ("", ""),
    ],
)
def test_text_is_normalised_and_what_cannot_be_seen_goes(written: str, clean: str) -> None:
    assert clean_text(written) == clean


def test_a_line_is_one_line() -> None:
    assert clean_line(" a\n\n b\u2029c ") == "a b c"


@pytest.mark.parametrize("value", [None, 5, ["a"], b"a"])
def test_what_is_no_text_is_left_for_the_schema_to_refuse(value: object) -> None:
    assert clean_text(value) is value
    assert clean_line(value) is value


def test_marks_beyond_thirty_in_a_row_are_dropped_so_that_normalising_stays_quick() -> None:
    cleaned = clean_text("a" + "\u0323\u0301" * 100_000 + "b" + "\u0301" * 3)
    assert isinstance(cleaned, str)
    assert len(cleaned) < 40
    assert cleaned.endswith("b\u0301\u0301\u0301"[-3:])


@given(st.text(max_size=500))
def test_cleaning_twice_changes_nothing_and_leaves_nothing_hidden(text: str) -> None:
    cleaned = clean_text(text)
    assert isinstance(cleaned, str)
    assert clean_text(cleaned) == cleaned
    hidden = {unicodedata.category(character) for character in cleaned if character not in "\n\u200c\u200d"}
    assert not hidden & {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_comes_out_as_it_does_with_a_control_character_in_it(text: str) -> None:
    assert clean_text(text) == clean_text(f"{text}\0")
    assert clean_line(text) == clean_line(f"{text}\0")
