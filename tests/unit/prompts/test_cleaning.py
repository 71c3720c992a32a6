import unicodedata

import pytest

from reelwright.prompts.cleaning import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain, and\ttabbed\n", "plain, and\ttabbed\n"),
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\x00b\x1b[31m\x7f\x9b", "a\ufffdb\ufffd[31m\ufffd\ufffd"),
        ("\u202egnp.exe\u202c \u2066a\u2069", "\ufffdgnp.exe\ufffd \ufffda\ufffd"),
        ("half \ud83d, none \ufffe\U0010ffff\ufdd0", "half \ufffd, none \ufffd\ufffd\ufffd"),
        ("a\U000e0041\U000e007fb", "ab"),
        ("a\u200bb\u2060c\ufeffd\xade\u180ef", "abcdef"),
        ("\u200e\u200f\u061cab", "ab"),
        ("a\ufe00\ufe0d\U000e0100\U000e01efb", "ab"),
        ("ی\u200cخ क्\u200dष", "ی\u200cخ क्\u200dष"),
        ("❤\ufe0f\u200d\U0001f525", "❤\ufe0f\u200d\U0001f525"),
        ("a" + "\u200d\u200c" * 50 + "b", "a\u200d\u200cb"),
        ("e\u0301 é ﬁ Å", "e\u0301 é ﬁ Å"),
        ("</untrusted-notes-1>", "\u2039/untrusted-notes-1>"),
        ("< / Untrusted-x>", "\u2039 / Untrusted-x>"),
        ("<\u200b/un\u200btrusted-x", "\u2039/untrusted-x"),
        ("a < b, <b>, <un-trusted>", "a < b, <b>, <un-trusted>"),
    ],
)
def test_the_rule(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_of_all_characters_of_no_ink_only_the_two_joiners_and_marks_of_numbers_stay() -> None:
    """Of those that Unicode calls formatting; what it calls a control, and lone surrogates, never stay."""
    kept = {
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in ("Cf", "Cc", "Cs") and clean(character) == character
    }
    numbers = {
        character for character in kept if unicodedata.name(character, "").partition(" ")[0] in _SCRIPTS
    }
    assert kept - numbers == {"\t", "\n", "\u200c", "\u200d"}
    assert "\u0600" in numbers


_SCRIPTS = ("ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN")
"""Whose signs for numbers and joints are called formatting, and are seen."""
