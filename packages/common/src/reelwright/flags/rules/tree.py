"""A rule as a tree, and a tree as text.

Named operands stand where their operator expects them: ``matches`` has (in, pattern), ``exists`` (key),
``split`` (pct, by) or (pct, by, seed). Where a part stood in the text is no part of its identity.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

__all__ = ["Call", "Constant", "Constants", "Key", "Kind", "Node", "named_operands", "print_rule"]

Kind = Literal["text", "number", "boolean", "timestamp"]

_NAMES: dict[str, tuple[str, ...]] = {
    "matches": ("in", "pattern"),
    "exists": ("key",),
    "split": ("pct", "by", "seed"),
}
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that stands in the rule. A timestamp is aware, in UTC; ``written`` is how it stood there."""

    kind: Kind
    value: str | float | bool | datetime
    written: str = field(default="", compare=False)
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constants:
    """The list on the right of ``in``."""

    members: tuple[Constant, ...]
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Key:
    """``$name``: what the context has under that name."""

    name: str
    at: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """An operator with its operands."""

    operator: str
    operands: tuple["Node", ...]
    at: int = field(default=0, compare=False, repr=False)


Node = Constant | Constants | Key | Call
"""Any part of a rule."""


def named_operands(operator: str) -> tuple[str, ...]:
    """Return the names that an operator's operands have, in order; none if it goes by place."""
    return _NAMES.get(operator, ())


def print_rule(node: Node) -> str:
    """Return a rule's text on one line, the way that AppConfig's own documentation writes rules."""
    match node:
        case Constant():
            return _constant(node)
        case Constants():
            return f"[{', '.join(map(_constant, node.members))}]"
        case Key():
            return _key(node.name)
        case Call():
            return f"({' '.join([node.operator, *_operands(node)])})"


def _operands(call: Call) -> list[str]:
    printed = [print_rule(operand) for operand in call.operands]
    names = named_operands(call.operator)
    return [f"{name}::{text}" for name, text in zip(names, printed, strict=False)] if names else printed


def _constant(constant: Constant) -> str:
    match constant.value:
        case bool(value):
            return "true" if value else "false"
        case str(value):
            return f'"{"".join(map(_escaped, value))}"'
        case datetime():
            return constant.written or constant.value.isoformat()
        case value:
            return repr(value)


def _key(name: str) -> str:
    plain = name.isascii() and name.isidentifier()
    return f"${name}" if plain else "'$" + "".join(map(_escaped, name)).replace("'", "\\'") + "'"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
