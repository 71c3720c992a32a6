"""A rule's text, read into a tree, or refused with the place and what belongs there."""

import re
from datetime import datetime

from reelwright.flags.rules.errors import RuleError, rule_error
from reelwright.flags.rules.timestamps import parse_timestamp
from reelwright.flags.rules.tokens import Token, words
from reelwright.flags.rules.tree import Call, Constant, Constants, Key, Node, named_operands

__all__ = ["MAX_DEPTH", "MAX_RULE_CHARS", "OPERATORS", "number_in", "parse_rule"]

MAX_RULE_CHARS = 16_384
"""AppConfig's own limit for a rule."""
MAX_DEPTH = 64
"""How deep expressions may lie in each other: nobody can read such a rule, and no stack ends before it."""

_ORDERS = ("gt", "gte", "lt", "lte")
_BY_PLACE = ("eq", *_ORDERS, "begins_with", "ends_with", "contains", "in")
OPERATORS = (*_BY_PLACE, "and", "or", "not", "matches", "exists", "split")
"""Every operator that AppConfig documents. There is no ``ne``: it is ``(not (eq …))``."""

_INTEGER = re.compile(
    r"-?(?:0|[1-9](?:_?[0-9])*)|-?0[xX][0-9A-Fa-f](?:_?[0-9A-Fa-f])*|-?0[bB][01](?:_?[01])*"
)
_REAL = re.compile(r"-?(?:0|[1-9](?:_?[0-9])*)(?:\.(?:[0-9](?:_?[0-9])*)?)?(?:[eEdD][+-]?[0-9]+)?")
_MAX_DIGITS = 256
_INT64 = range(-(2**63), 2**63)
_MEANT = {
    "ne": "(not (eq …)), for there is no ne",
    "neq": "(not (eq …)), for there is no neq",
    "ge": "gte",
    "le": "lte",
    "==": "eq",
    "starts_with": "begins_with",
}


def parse_rule(text: str) -> Node:
    """Return a rule's tree; RuleError says where the text stops being a rule and what belongs there."""
    if len(text) > MAX_RULE_CHARS:
        found = f"{len(text)}"
        raise RuleError(1, 1, f"at most {MAX_RULE_CHARS} characters", found)
    return _Reader(text).rule()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._words = list(words(text))
        self._next = 0
        self._depth = 0

    def rule(self) -> Node:
        node = self._condition()
        self._expect("end", "", "nothing after the rule")
        return node

    def _wrong(self, at: int, expected: str) -> RuleError:
        return rule_error(self._text, at, expected)

    def _peek(self, ahead: int = 0) -> Token:
        return self._words[min(self._next + ahead, len(self._words) - 1)]

    def _is(self, mark: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token.kind == "mark" and token.value == mark

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _expect(self, kind: str, value: str, expected: str) -> Token:
        token = self._peek()
        if token.kind != kind or token.value != value:
            raise self._wrong(token.at, expected)
        return self._take()

    def _condition(self) -> Node:
        at = self._peek().at
        node = self._operand("an expression, a $key, true or false")
        if isinstance(node, Constant) and node.kind != "boolean":
            raise self._wrong(at, "an expression, a $key, true or false")
        return node

    def _operand(self, expected: str) -> Node:
        if self._is("("):
            return self._call()
        token = self._peek()
        if token.kind in ("symbol", "quoted symbol") and token.value.startswith("$"):
            return self._key()
        return self._constant(expected)

    def _key(self) -> Key:
        token = self._take()
        name = token.value[1:]
        if not name or (token.kind == "symbol" and name[0].isdigit()):
            raise self._wrong(token.at, "a name after $; one that begins with a digit in quotes: '$1st'")
        self._refuse_hyphen(token)
        return Key(name, token.at)

    def _refuse_hyphen(self, token: Token) -> None:
        after = token.at + len(token.value)
        if token.kind == "symbol" and self._text[after : after + 1] == "-":
            raise self._wrong(token.at, "a name with - in quotes: '$user-id'")

    def _constant(self, expected: str) -> Constant:
        token = self._peek()
        match token.kind, token.value:
            case "text", value:
                self._next += 1
                return Constant("text", value, at=token.at)
            case "long text", _:
                return self._long_text()
            case "number", _:
                self._next += 1
                return self._number(token)
            case "symbol", ("true" | "false") as value:
                self._next += 1
                return Constant("boolean", value == "true", at=token.at)
            case _:
                raise self._wrong(token.at, expected)

    def _long_text(self) -> Constant:
        at, parts = self._peek().at, []
        while self._peek().kind == "long text":
            parts.append(self._take().value.replace("\r\n", "\n").replace("\r", "\n"))
        return Constant("text", "".join(parts), at=at)

    def _number(self, token: Token) -> Constant:
        value = number_in(token.value)
        if value is not None:
            return Constant("number", value, at=token.at)
        moment = parse_timestamp(token.value)
        if moment is not None:
            return Constant("timestamp", moment, token.value, token.at)
        raise self._wrong(token.at, "a 64-bit whole number, a finite number or a timestamp")

    def _call(self) -> Call:
        at = self._take().at
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(at, f"at most {MAX_DEPTH} expressions in each other")
        operator = self._operator()
        call = Call(operator, self._operands(operator), at)
        self._expect("mark", ")", "a closing bracket")
        self._depth -= 1
        return call

    def _operator(self) -> str:
        token = self._peek()
        if token.kind not in ("symbol", "quoted symbol") or token.value not in OPERATORS:
            meant = _MEANT.get(token.value)
            raise self._wrong(token.at, meant or f"an operator, one of {' '.join(OPERATORS)}")
        return self._take().value

    def _operands(self, operator: str) -> tuple[Node, ...]:
        if operator in ("and", "or", "not"):
            return self._conditions(operator)
        if named_operands(operator):
            return self._named(operator)
        return self._pair(operator)

    def _conditions(self, operator: str) -> tuple[Node, ...]:
        first = self._condition()
        if operator == "not":
            return (first,)
        parts = [first, self._condition()]
        while not self._is(")"):
            parts.append(self._condition())
        return tuple(parts)

    def _pair(self, operator: str) -> tuple[Node, Node]:
        left = self._ordered(operator, f"what {operator} looks at: a $key, a value or an expression")
        if operator == "in":
            return left, self._list()
        return left, self._ordered(
            operator, f"what {operator} holds it against: a value, a $key, an expression"
        )

    def _ordered(self, operator: str, expected: str) -> Node:
        at = self._peek().at
        node = self._operand(expected)
        unordered = isinstance(node, Call) or (isinstance(node, Constant) and node.kind == "boolean")
        if operator in _ORDERS and unordered:
            raise self._wrong(
                at, f"text, a number, a timestamp or a $key: {operator} has no order for booleans"
            )
        return node

    def _list(self) -> Constants:
        at = self._expect("mark", "[", "a list of constants: [1, 2]").at
        members: list[Constant] = []
        while not self._is("]"):
            members.append(self._constant("a constant or ]"))
            if not self._is("]"):
                self._expect("mark", ",", "a comma or ]")
        self._take()
        return Constants(tuple(members), at)

    def _named(self, operator: str) -> tuple[Node, ...]:
        names = named_operands(operator)
        given: dict[str, Node] = {}
        while not self._is(")"):
            name = self._name(operator, [name for name in names if name not in given])
            given[name] = self._named_operand(name)
        missing = [name for name in names if name not in given and name != "seed"]
        if missing:
            raise self._wrong(self._peek().at, " and ".join(f"{name}::" for name in missing))
        return tuple(given[name] for name in names if name in given)

    def _name(self, operator: str, free: list[str]) -> str:
        token = self._peek()
        if token.kind not in ("symbol", "quoted symbol") or token.value not in free or not self._is("::", 1):
            wanted = " or ".join(f"{name}::" for name in free) or "a closing bracket"
            raise self._wrong(token.at, f"{wanted} of {operator}" if free else wanted)
        self._next += 2
        return token.value

    def _named_operand(self, name: str) -> Node:
        at = self._peek().at
        if name == "in":
            return self._operand("what matches looks at: a $key or a value")
        if name == "by":
            return self._by(at)
        constant = self._constant("a constant")
        if name == "pct":
            return self._percent(constant)
        if constant.kind != "text":
            raise self._wrong(at, f"text for {name}::")
        return constant

    def _by(self, at: int) -> Key:
        node = self._operand("a $key to split by")
        if not isinstance(node, Key):
            raise self._wrong(at, "a $key to split by")
        return node

    def _percent(self, constant: Constant) -> Constant:
        value = constant.value
        if constant.kind == "number" and not isinstance(value, str | datetime) and 0 <= value <= 100:
            return constant
        raise self._wrong(constant.at, "a percentage from 0 to 100")


def number_in(text: str) -> float | None:
    """Return the number that a word writes the way that Ion does; None if none, or too large to keep."""
    if _INTEGER.fullmatch(text):
        digits = text.lower().lstrip("-")[:2]
        whole = int(text, {"0x": 16, "0b": 2}.get(digits, 10)) if len(text) <= _MAX_DIGITS else 2**64
        return whole if whole in _INT64 else None
    if _REAL.fullmatch(text):
        real = float(text.lower().replace("d", "e").replace("_", ""))
        return real if abs(real) != float("inf") else None
    return None
