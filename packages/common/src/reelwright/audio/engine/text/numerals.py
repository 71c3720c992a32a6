"""Numbers as an American narrator says them. Every function returns the words in order."""

__all__ = ["Words", "cardinal", "decimal", "digits", "fraction", "ordinal", "plural", "year"]

_SMALL = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_LARGEST_NAMED = 1000 ** len(_SCALES)

Words = tuple[str, ...]


def cardinal(value: int) -> Words:
    """Say a whole number; one too large for the named scales is said digit by digit."""
    if value < 0:
        return ("minus", *cardinal(-value))
    if value >= _LARGEST_NAMED:
        return digits(str(value))
    if value < 1000:
        return _below_thousand(value)
    words: Words = ()
    for power in range(len(_SCALES) - 1, -1, -1):
        group = value // 1000**power % 1000
        if group:
            words += (*_below_thousand(group), *((_SCALES[power],) if power else ()))
    return words


def digits(text: str) -> Words:
    """Say each digit by its name; anything else in ``text`` is passed over."""
    return tuple(_SMALL[int(character)] for character in text if character in "0123456789")


def decimal(whole: str, decimals: str) -> Words:
    """Say a decimal number: the whole part, ``point``, then digit by digit."""
    return (*cardinal(int(whole or "0")), "point", *digits(decimals))


def ordinal(value: int) -> Words:
    """Say a position: 21 is ``twenty first``."""
    *head, last = cardinal(value)
    return (*head, _ordinal_word(last))


def year(value: int) -> Words:
    """Say a year: 1969 is ``nineteen sixty nine``, 2007 ``two thousand seven``, 1905 ``nineteen oh five``."""
    century, rest = divmod(value, 100)
    if not 10 <= century <= 99 or (century % 10 == 0 and rest < 10):
        return cardinal(value)
    if rest == 0:
        return (*cardinal(century), "hundred")
    return (*cardinal(century), *(("oh",) if rest < 10 else ()), *cardinal(rest))


def fraction(numerator: int, denominator: int) -> Words:
    """Say a fraction: 3/4 is ``three quarters``, 1/2 ``one half``."""
    if denominator == 2:
        part = "half" if numerator == 1 else "halves"
        return (*cardinal(numerator), part)
    *head, last = ("quarter",) if denominator == 4 else ordinal(denominator)
    return (*cardinal(numerator), *head, last if numerator == 1 else plural(last))


def plural(word: str) -> str:
    """Return a number word in the plural: ``sixty`` gives ``sixties``."""
    if word.endswith("y"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch")) else "s")


def _below_thousand(value: int) -> Words:
    hundreds, rest = divmod(value, 100)
    head = (_SMALL[hundreds], "hundred") if hundreds else ()
    return head + _below_hundred(rest) if rest or not head else head


def _below_hundred(value: int) -> Words:
    if value < len(_SMALL):
        return (_SMALL[value],)
    tens, ones = divmod(value, 10)
    return (_TENS[tens], _SMALL[ones]) if ones else (_TENS[tens],)


def _ordinal_word(word: str) -> str:
    if word in _IRREGULAR_ORDINALS:
        return _IRREGULAR_ORDINALS[word]
    return word[:-1] + "ieth" if word.endswith("y") else word + "th"
