"""The words of a rule: as much of Amazon Ion's text as AppConfig's rules use.

Every expression here is tried once at each place and reads each character a bounded number of times, so
the time for a text is proportional to its length. Where Ion is stricter than it needs to be, so is this:
what is accepted here, Ion accepts (but for months and years without the T, which AppConfig documents).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from reelwright.flags.rules.errors import rule_error

__all__ = ["Token", "TokenKind", "words"]

TokenKind = Literal["mark", "text", "long text", "number", "symbol", "quoted symbol", "end"]

_WORDS = re.compile(
    r"""
      (?P<space> [ \t\n\r\v\f]++ | //[^\n\r]*+ | /\*(?s:.*?)\*/ )
    | (?P<mark> :: | [()\[\],] )
    | (?P<long> '''(?: [^'\\] | \\(?s:.) | '(?!'') )*+''' )
    | (?P<text> "(?: [^"\\\x00-\x08\x0a-\x1f\x7f] | \\(?:\r\n|(?s:.)) )*+" )
    | (?P<quoted> '(?!'') (?: [^'\\\x00-\x1f\x7f] | \\(?:\r\n|(?s:.)) )*+' )
    | (?P<number> -?[0-9] [0-9A-Za-z_.:+-]*+ )
    | (?P<symbol> [A-Za-z_$][A-Za-z0-9_$]*+ )
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?: x([0-9A-Fa-f]{2}) | u([0-9A-Fa-f]{4}) | U([0-9A-Fa-f]{8}) | (\r\n | (?s:.)) )", re.VERBOSE
)
_SHORT = dict(zip("abtnfrv0\"'?\\/\n", "\a\b\t\n\f\r\v\0\"'?\\/", strict=False)) | dict.fromkeys(
    ("\n", "\r", "\r\n"), ""
)
_KINDS: dict[str, TokenKind] = {
    "mark": "mark",
    "long": "long text",
    "text": "text",
    "quoted": "quoted symbol",
    "number": "number",
    "symbol": "symbol",
}
_QUOTES = {"long text": 3, "text": 1, "quoted symbol": 1}
_AFTER_NUMBER = frozenset(" \t\n\r\v\f)],")
_OPENERS = {
    "'''": "an end ''' for the text that begins here",
    '"': 'an end " for the text that begins here, on the same line',
    "'": "an end ' for the name that begins here, on the same line",
    "/*": "an end */ for the comment that begins here",
    "-": "a number, or a name with - in quotes: '$user-id'",
    "{": "no { … }: rules know neither structures nor blobs",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word: what it says, escapes resolved, and where it begins."""

    kind: TokenKind
    value: str
    at: int


def words(text: str) -> Iterator[Token]:
    """Yield a text's words and, last, its end; RuleError where no word can begin."""
    at = 0
    while at < len(text):
        found = _WORDS.match(text, at)
        if found is None:
            raise rule_error(text, at, _missing(text, at))
        if found.lastgroup != "space":
            yield _token(text, str(found.lastgroup), found)
        at = found.end()
    yield Token("end", "", at)


def _missing(text: str, at: int) -> str:
    openers = (told for opener, told in _OPENERS.items() if text.startswith(opener, at))
    return next(openers, "an operator, a value, a $key, a bracket or a comment")


def _token(text: str, group: str, found: re.Match[str]) -> Token:
    kind = _KINDS[group]
    said, at = found.group(), found.start()
    if kind == "number" and text[found.end() : found.end() + 1] not in _AFTER_NUMBER | {""}:
        raise rule_error(text, found.end(), "a space or a closing bracket after the number")
    quotes = _QUOTES.get(kind, 0)
    return Token(kind, _unescaped(text, said[quotes:-quotes], at + quotes) if quotes else said, at)


def _unescaped(text: str, inner: str, begins: int) -> str:
    def resolve(found: re.Match[str]) -> str:
        digits = found[1] or found[2] or found[3]
        code = int(digits, 16) if digits else 0
        if digits and (code > 0x10FFFF or 0xD800 <= code < 0xE000):
            raise rule_error(text, begins + found.start(), "the number of a character")
        if not digits and found[4] not in _SHORT:
            raise rule_error(
                text, begins + found.start(), r"an escape that Ion knows, such as \" \\ \n \u00e9"
            )
        return chr(code) if digits else _SHORT[found[4]]

    return _ESCAPE.sub(resolve, inner)
