"""Numbers in words, against figures a narrator would agree with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.audio.engine.text.numerals import cardinal, decimal, digits, fraction, ordinal, year


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "zero"),
        (7, "seven"),
        (13, "thirteen"),
        (40, "forty"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (101, "one hundred one"),
        (1_500, "one thousand five hundred"),
        (10_000, "ten thousand"),
        (1_000_001, "one million one"),
        (2_000_000_000, "two billion"),
        (-3, "minus three"),
    ],
)
def test_cardinals(value: int, said: str) -> None:
    assert " ".join(cardinal(value)) == said


def test_a_number_beyond_the_named_scales_is_read_by_its_digits() -> None:
    assert cardinal(10**18) == ("one", *["zero"] * 18)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1066, "ten sixty six"),
        (1492, "fourteen ninety two"),
        (1800, "eighteen hundred"),
        (1905, "nineteen oh five"),
        (1969, "nineteen sixty nine"),
        (2000, "two thousand"),
        (2007, "two thousand seven"),
        (2024, "twenty twenty four"),
        (476, "four hundred seventy six"),
    ],
)
def test_years(value: int, said: str) -> None:
    assert " ".join(year(value)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1, "first"),
        (2, "second"),
        (12, "twelfth"),
        (20, "twentieth"),
        (21, "twenty first"),
        (100, "one hundredth"),
    ],
)
def test_ordinals(value: int, said: str) -> None:
    assert " ".join(ordinal(value)) == said


@pytest.mark.parametrize(
    ("top", "bottom", "said"),
    [
        (1, 2, "one half"),
        (3, 4, "three quarters"),
        (2, 3, "two thirds"),
        (1, 21, "one twenty first"),
        (5, 8, "five eighths"),
    ],
)
def test_fractions(top: int, bottom: int, said: str) -> None:
    assert " ".join(fraction(top, bottom)) == said


def test_decimals_are_read_figure_by_figure() -> None:
    assert " ".join(decimal("3", "14")) == "three point one four"
    assert " ".join(decimal("", "05")) == "zero point zero five"


@given(st.integers(min_value=0, max_value=10**17))
def test_different_numbers_sound_different(value: int) -> None:
    assert cardinal(value) != cardinal(value + 1)
    assert all(word.isalpha() for word in cardinal(value))


@given(st.text(alphabet="0123456789-. ", max_size=20))
def test_every_digit_is_said_once(text: str) -> None:
    assert len(digits(text)) == sum(character.isdigit() for character in text)
