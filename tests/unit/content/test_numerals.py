import re

from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.numerals import NUMERAL, numerals_in, value_of

ONES = "zero one two three four five six seven eight nine".split()  # noqa: SIM905 (a row of words)
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905 (a row of words)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905 (a row of words)


def in_words(number: int) -> str:
    if number < 20:
        return [*ONES, *TEENS][number]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens - 2]}-{ONES[ones]}" if ones else TENS[tens - 2]


@given(st.integers(1, 99))
def test_every_number_is_read_as_it_is_written(number: int) -> None:
    word = in_words(number)
    assert value_of(word) == value_of(word.upper()) == number
    assert list(numerals_in(f"They saw {word}, no more.")) == [number]
    assert bool(re.fullmatch(NUMERAL, word)) is (number > 1)


def test_a_part_of_a_word_is_no_number() -> None:
    assert list(numerals_in("Someone often weighs a stone tenfold.")) == []
    assert value_of("hundred") is None
