"""Whole numbers that English writes in words, up to ninety-nine."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

__all__ = ["NUMERAL", "numerals_in", "value_of"]

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES: Final = {
    **{word: value for value, word in enumerate((*_ONES, *_TEENS), 1)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    **{
        f"{ten}-{one}": 10 * tens + ones
        for (tens, ten), (ones, one) in product(enumerate(_TENS, 2), enumerate(_ONES, 1))
    },
}

NUMERAL: Final = rf"(?:{'|'.join(sorted(_VALUES.keys() - {'one'}, key=lambda word: (-len(word), word)))})\b"
"""The pattern of such a number from two on, in lower case: ``one`` is oftener a pronoun."""
_ANY = re.compile(rf"\b(?:{NUMERAL}|one\b)", re.IGNORECASE)


def value_of(text: str) -> int | None:
    """Return the number that a word such as ``twenty-two`` names, or None."""
    return _VALUES.get(text.lower())


def numerals_in(text: str) -> Iterator[int]:
    """Yield the numbers that a text writes in words, in its order."""
    return (_VALUES[match[0].lower()] for match in _ANY.finditer(text))
