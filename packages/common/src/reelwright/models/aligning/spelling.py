"""Which sounds a written word stands for, roughly, and how long they last: a guess from its letters."""

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["KINDS", "Kind", "Pause", "Phone", "expected_seconds", "is_said", "pause_behind", "phones_of"]

Kind = Literal["vowel", "hiss", "stop", "breath", "hum", "any"]
Pause = Literal["strong", "weak", ""]
"""What punctuation lets expect: a breath, a little rest, or nothing."""
KINDS: tuple[Kind, ...] = ("vowel", "hiss", "stop", "breath", "hum")
"""Kinds of sound that a spectrum tells apart without training; ``any`` may be each of them."""

_VOWELS = "aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûüýÿ"
_TOKEN = re.compile(rf"tch|sch|sh|ch|th|ph|ck|gh|ng|wh|qu|([a-zß])\1|[{_VOWELS}]+|.")
_SPELLINGS: dict[Kind, str] = {
    "hiss": "s z x j ß sh ch tch sch ss zz",
    "stop": "p t k b d g q c ck pp tt bb dd gg cc qu",
    "breath": "f v h th ph ff gh",
    "hum": "m n l r w ng wh mm nn ll rr",
}
_KIND_OF: dict[str, Kind] = {text: kind for kind, texts in _SPELLINGS.items() for text in texts.split()}
_SECONDS: dict[Kind, float] = {"vowel": 0.067, "hiss": 0.085, "stop": 0.06, "breath": 0.06, "hum": 0.055}
"""Fitted to 350 words of American English whose times are known exactly; only the ratios matter."""
_VOWEL_LETTER_SECONDS = 0.035
_SMALL_WORD, _SMALL_WORD_SECONDS = 3, -0.048
"""Words of so few letters are mostly said in passing."""
_SHORTEST_SECONDS = 0.03
_NUMERAL_SECONDS, _SIGN_SECONDS, _SPELT_SECONDS = 0.23, 0.4, 0.22
"""Of each word of a number, of a sign, of a letter of an abbreviation, as they are read out."""
_IDEOGRAPH_SECONDS, _OTHER_SECONDS = 0.17, 0.06
"""Of a letter of other scripts than Latin."""
_FIRST_IDEOGRAPH = 0x2E80
_LONGEST_ACRONYM = 5
_SIGN = re.compile(r"[%$€£°&+=@]")
_NUMBER = re.compile(r"(\d[\d,]*)(?:\.(\d+))?")
_STRONG, _WEAK = ".!?…:;。！？", ",—–，、"  # noqa: RUF001 (punctuation of other scripts)
_CLOSING = "\"'”’»)]"


@dataclass(frozen=True, slots=True)
class Phone:
    """One sound of a word."""

    kind: Kind
    seconds: float
    """How long it is expected to last inside a sentence."""


def is_said(word: str) -> bool:
    """Tell whether a word holds anything that is spoken; a dash or an emoji does not."""
    return bool(re.search(r"[^\W_]", word) or _SIGN.search(word))


def expected_seconds(word: str) -> float:
    """Return about how long a word lasts inside a sentence."""
    return sum(phone.seconds for phone in phones_of(word))


def pause_behind(word: str) -> Pause:
    """Return which pause the word's punctuation lets expect."""
    mark = word.rstrip(_CLOSING)[-1:]
    if not mark:
        return ""
    return "strong" if mark in _STRONG else "weak" if mark in _WEAK else ""


def phones_of(word: str) -> tuple[Phone, ...]:
    """Return the sounds of a word, at least one if it is said at all.

    Numbers, signs and abbreviations are read out in words that are not there: their sounds are of any kind.
    """
    letters = "".join(filter(str.isalpha, word))
    unknown = _unknown(_NUMERAL_SECONDS, _numerals(word), 2) + _unknown(
        _SIGN_SECONDS, len(_SIGN.findall(word)), 2
    )
    if 1 < len(letters) <= _LONGEST_ACRONYM and (letters.isupper() or _is_abbreviation(letters)):
        return (*unknown, *_unknown(_SPELT_SECONDS, len(letters), 2))
    return (*unknown, *_spelt(letters.casefold()))


def _is_abbreviation(letters: str) -> bool:
    """Tell whether letters cannot be said as they stand, such as ``kg``."""
    return letters.isascii() and not re.search(f"[{_VOWELS}]", letters.casefold())


def _unknown(seconds: float, count: float, parts: int) -> tuple[Phone, ...]:
    pieces = round(count * parts)
    return (Phone("any", seconds / parts),) * pieces


def _spelt(letters: str) -> tuple[Phone, ...]:
    tokens = [match.group() for match in _TOKEN.finditer(letters)]
    if len(tokens) > 2 and tokens[-1] == "e" and tokens[-2] != "l":  # a silent e
        tokens.pop()
    less = _SMALL_WORD_SECONDS / len(tokens) if 0 < len(letters) <= _SMALL_WORD else 0.0
    return tuple(_phone(token, less) for token in tokens)


def _phone(token: str, less: float) -> Phone:
    if token[0] in _VOWELS:
        seconds = _SECONDS["vowel"] + _VOWEL_LETTER_SECONDS * len(token)
        return Phone("vowel", max(_SHORTEST_SECONDS, seconds + less))
    if kind := _KIND_OF.get(token):
        return Phone(kind, max(_SHORTEST_SECONDS, _SECONDS[kind] + less))
    return Phone("any", _IDEOGRAPH_SECONDS if ord(token[0]) >= _FIRST_IDEOGRAPH else _OTHER_SECONDS)


def _numerals(word: str) -> float:
    """Count the words in which the numbers of a word are said, in English: other languages are alike."""
    odd = sum(sign.isalnum() and not sign.isalpha() and not sign.isdecimal() for sign in word)  # such as ½
    return odd + sum(
        _whole(whole) + (1 + len(decimals) if decimals else 0) for whole, decimals in _NUMBER.findall(word)
    )


def _whole(written: str) -> float:
    if re.fullmatch(r"1[1-9]\d\d", written):
        return 4.0  # a year
    digits = written.replace(",", "")
    if not digits.strip("0"):
        return 1.0
    said = sum(
        (2.0 if place % 3 == 2 else 1.2) for place, digit in enumerate(reversed(digits)) if digit != "0"
    )
    return said + (len(digits) - 1) // 3
