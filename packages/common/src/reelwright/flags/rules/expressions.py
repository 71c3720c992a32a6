r"""The regular expressions of ``matches``: RE2's syntax, as much of it as rules use, read into a tree.

    text  .  [a-z]  [^a-z]  [[:alpha:]]  \d \D \s \S \w \W  \t \n \r \f \v \a \x41 \x{1F600}  \. and the like
    ^ $ \A \z \b \B   a|b   (a)  (?:a)  (?P<name>a)  (?<name>a)   (?i) (?s) (?m)  (?i:a)  (?-i)
    * + ? {2} {2,} {2,5}   and each of these with ? behind it

Like RE2, it refuses what needs backtracking: references, looking ahead or behind, possessive repeats. Unlike
RE2, it also refuses ``\p``, ``\Q``, ``\C`` and ``(?U)``. Classes by letter are ASCII, as in RE2; ``$`` is the
very end of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "MAX_STEPS",
    "Alternatives",
    "Assertion",
    "Characters",
    "Expression",
    "PatternError",
    "Repeat",
    "Sequence",
    "parse_expression",
    "size",
]

MAX_STEPS = 1024
"""How many steps an expression may have once its repeats are written out."""
_MAX_REPEAT = 1000
_MAX_DEPTH = 64
_LAST = 0x10FFFF

_Ranges = tuple[tuple[int, int], ...]

_DIGIT: _Ranges = ((48, 57),)
_SPACE: _Ranges = ((9, 10), (12, 13), (32, 32))
_WORD: _Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_LETTERS = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
_POSIX: dict[str, _Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_CONTROLS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_ASSERTIONS = {"A": "begin", "z": "end", "b": "edge", "B": "no edge"}
_COUNT = re.compile(r"\{([0-9]{1,9})(,([0-9]{1,9})?)?\}", re.ASCII)
_GROUP = re.compile(
    r"\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|(?P<on>[ims]*)(?:-(?P<off>[ims]+))?(?P<end>[:)]))", re.ASCII
)
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")


class PatternError(ValueError):
    """A pattern cannot be read; the message says what is expected, and where in the pattern."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character: of the ranges, or, ``negated``, of none; ``folded`` ranges know no case."""

    ranges: _Ranges
    negated: bool = False
    folded: bool = False

    def hold(self, char: str) -> bool:
        """Return whether a character is one of these."""
        if not self.folded:
            return self._among(ord(char)) != self.negated
        return any(self._among(code) for code in _cases(char)) != self.negated

    def _among(self, code: int) -> bool:
        return any(low <= code <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place: begin, end, line begin, line end, edge (of a word), no edge."""

    place: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; none is the empty text."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of several."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part, at least ``least`` times, at most ``most`` (None: any number)."""

    part: "Expression"
    least: int
    most: int | None


Expression = Characters | Assertion | Sequence | Alternatives | Repeat
"""Any part of a regular expression."""


def parse_expression(text: str) -> Expression:
    """Return a regular expression's tree; PatternError says what is not known in it, or too much."""
    return _Reader(text).whole()


def size(node: Expression) -> int:
    """Return the most steps that a part can have once its repeats are written out."""
    match node:
        case Sequence(parts):
            return max(1, sum(size(part) for part in parts))
        case Alternatives(parts):
            return 1 + sum(size(part) for part in parts)
        case Repeat(part, least, most):
            more = 1 if most is None else most - least
            return max(1, size(part) * least + (size(part) + 1) * more)
        case _:
            return 1


def _cases(char: str) -> Iterator[int]:
    lower, upper = char.lower(), char.upper()
    return (ord(case) for case in {char, lower, upper, lower.upper(), upper.lower()} if len(case) == 1)


@dataclass(frozen=True, slots=True)
class _Flags:
    i: bool = False
    m: bool = False
    s: bool = False

    def changed(self, on: str, off: str) -> "_Flags":
        return _Flags(*((getattr(self, flag) or flag in on) and flag not in off for flag in "ims"))


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._flags = _Flags()

    def whole(self) -> Expression:
        node = self._alternatives()
        if self._at < len(self._text):
            raise self._wrong("no ) without its (")
        return node

    def _wrong(self, expected: str, at: int | None = None) -> PatternError:
        return PatternError(f"{expected} at character {(self._at if at is None else at) + 1} of the pattern")

    def _ahead(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _skip(self, text: str) -> bool:
        found = self._ahead(text)
        self._at += len(text) if found else 0
        return found

    def _alternatives(self) -> Expression:
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternatives(tuple(parts))

    def _sequence(self) -> Expression:
        parts: list[Expression] = []
        while self._at < len(self._text) and not self._ahead("|") and not self._ahead(")"):
            part = self._part()
            if part is not None:
                parts.append(self._repeated(part))
        return Sequence(tuple(parts))

    def _part(self) -> Expression | None:
        char = self._text[self._at]
        if char in "*+?" or (char == "{" and _COUNT.match(self._text, self._at)):
            raise self._wrong(f"something to repeat before {char}")
        self._at += 1
        match char:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case _:
                return self._plain(char)

    def _plain(self, char: str) -> Expression:
        match char:
            case ".":
                return Characters(() if self._flags.s else ((10, 10),), negated=True)
            case "^":
                return Assertion("line begin" if self._flags.m else "begin")
            case "$":
                return Assertion("line end" if self._flags.m else "end")
            case _:
                return self._one(ord(char))

    def _one(self, code: int) -> Characters:
        return Characters(((code, code),), folded=self._flags.i)

    def _repeated(self, part: Expression) -> Expression:
        bounds = self._bounds()
        if bounds is None:
            return part
        self._skip("?")
        at = self._at
        if self._bounds() is not None:
            raise self._wrong("no second repeat behind a repeat", at)
        return Repeat(part, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._skip(mark):
                return bounds
        count = _COUNT.match(self._text, self._at)
        return self._counted(count) if count else None

    def _counted(self, count: re.Match[str]) -> tuple[int, int | None]:
        least = int(count[1])
        most = int(count[3]) if count[3] else None if count[2] else least
        if max(least, most or 0) > _MAX_REPEAT or (most is not None and most < least):
            raise self._wrong(f"a repeat of at most {_MAX_REPEAT}, the smaller number first")
        self._at = count.end()
        return least, most

    def _group(self) -> Expression | None:
        at, outer = self._at - 1, self._flags
        if self._ahead("?") and self._opened():
            return None
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._wrong(f"at most {_MAX_DEPTH} groups in each other", at)
        node = self._alternatives()
        if not self._skip(")"):
            raise self._wrong("a ) for the group that begins", at)
        self._depth -= 1
        self._flags = outer
        return node

    def _opened(self) -> bool:
        found = _GROUP.match(self._text, self._at)
        if found is None or found.group() == "?)":
            raise self._wrong(
                "a group as RE2 knows it, so no looking ahead or behind, and no flags but i, m, s"
            )
        self._at = found.end()
        self._flags = self._flags.changed(found["on"] or "", found["off"] or "")
        return found["end"] == ")"

    def _escape(self) -> Expression:
        char = self._text[self._at : self._at + 1]
        if char in _ASSERTIONS and char:
            self._at += 1
            return Assertion(_ASSERTIONS[char])
        if char.lower() in _LETTERS:
            self._at += 1
            return Characters(_LETTERS[char.lower()], negated=char.isupper(), folded=self._flags.i)
        return self._one(self._escaped_code())

    def _escaped_code(self) -> int:
        char = self._text[self._at : self._at + 1]
        if char in _CONTROLS:
            self._at += 1
            return _CONTROLS[char]
        if char and char.isascii() and not char.isalnum():
            self._at += 1
            return ord(char)
        found = _HEX.match(self._text, self._at)
        code = int(found[1] or found[2], 16) if found else _LAST + 1
        if found is None or code > _LAST:
            raise self._wrong("an escape that is known (no references, \\p, \\Q, \\C)", self._at - 1)
        self._at = found.end()
        return code

    def _class(self) -> Characters:
        begins, negated = self._at - 1, self._skip("^")
        ranges: list[tuple[int, int]] = []
        first = True
        while first or not self._ahead("]"):
            if self._at >= len(self._text):
                raise self._wrong("a ] for the class that begins", begins)
            ranges += self._class_part()
            first = False
        self._at += 1
        return Characters(tuple(ranges), negated, self._flags.i)

    def _class_part(self) -> _Ranges:
        posix = _POSIX_CLASS.match(self._text, self._at)
        if posix:
            return self._posix(posix)
        following = self._text[self._at + 1 : self._at + 2]
        if self._ahead("\\") and following.lower() in _LETTERS and following:
            self._at += 2
            return _outside(_LETTERS[following.lower()]) if following.isupper() else _LETTERS[following]
        return (self._range(),)

    def _posix(self, found: re.Match[str]) -> _Ranges:
        ranges = _POSIX.get(found[2])
        if ranges is None:
            raise self._wrong(f"one of [:{':] [:'.join(_POSIX)}:]")
        self._at = found.end()
        return _outside(ranges) if found[1] else ranges

    def _range(self) -> tuple[int, int]:
        at, low = self._at, self._class_code()
        if not self._ahead("-") or self._ahead("-]") or self._at + 1 >= len(self._text):
            return low, low
        self._at += 1
        high = self._class_code()
        if high < low:
            raise self._wrong("a range with the smaller end first", at)
        return low, high

    def _class_code(self) -> int:
        char = self._text[self._at : self._at + 1]
        self._at += 1
        if not char:
            raise self._wrong("a ] for the class", self._at - 1)
        return self._escaped_code() if char == "\\" else ord(char)


def _outside(ranges: _Ranges) -> _Ranges:
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    return tuple(
        (edges[i] + 1, edges[i + 1] - 1) for i in range(0, len(edges), 2) if edges[i] + 1 < edges[i + 1]
    )
