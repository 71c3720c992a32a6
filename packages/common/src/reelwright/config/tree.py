"""Trees of settings and their dotted keys: finding, setting, dropping, and an index of everything."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType, NoneType
from typing import Any, Final, cast

from pydantic import BaseModel, JsonValue

from reelwright.environment.secret import Secret

__all__ = [
    "MISSING",
    "Missing",
    "dropped",
    "find",
    "index",
    "laid_over",
    "leaves",
    "nested",
    "placed",
    "plain",
]


class Missing(Enum):
    """Says that there is nothing, where None is something."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
_SCALARS = frozenset({str, int, float, bool, NoneType})


def find(tree: object, key: str) -> Any:
    """Return what stands at the dotted key of a tree, or MISSING."""
    for part in key.split("."):
        if not isinstance(tree, Mapping) or part not in tree:
            return MISSING
        tree = tree[part]
    return tree


def nested(key: str, value: JsonValue) -> dict[str, JsonValue]:
    """Return the tree that says this one thing."""
    for part in reversed(key.split(".")):
        value = {part: value}
    assert isinstance(value, dict)  # noqa: S101 (a dotted key has at least one part)
    return value


def placed(tree: Mapping[str, JsonValue], key: str, value: JsonValue) -> dict[str, JsonValue]:
    """Return a tree that says ``value`` at the key in place of whatever it said there."""
    head, _, rest = key.partition(".")
    if rest:
        below = tree.get(head)
        value = placed(below if isinstance(below, Mapping) else {}, rest, value)
    return {**tree, head: value}


def dropped(tree: Mapping[str, JsonValue], key: str) -> dict[str, JsonValue]:
    """Return a tree that says nothing at the key, nor keeps a table that this leaves empty."""
    head, _, rest = key.partition(".")
    below = tree.get(head)
    others = {name: value for name, value in tree.items() if name != head}
    if not rest or head not in tree:
        return others
    if not isinstance(below, Mapping):
        return dict(tree)
    kept = dropped(below, rest)
    return {**tree, head: kept} if kept or not below else others


def laid_over(below: Mapping[str, JsonValue], above: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a tree that says what ``above`` says, and what only ``below`` says; tables are merged."""
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[name] = laid_over(under, value)
        else:
            merged[name] = value
    return merged


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value that is not a table, with its dotted key."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def index(settings: BaseModel) -> dict[str, Any]:
    """Return every setting by dotted key: leaves as they are, tables as read-only mappings of them.

    A table holds the very objects that its children's keys lead to, so that the two always agree.
    """
    values: dict[str, Any] = {}
    _enter(_children(settings), "", values)
    return values


def plain(value: Any) -> JsonValue:
    """Return a value as JSON can write it: money and references to secrets as text."""
    if type(value) in _SCALARS:
        return cast("JsonValue", value)
    if isinstance(value, BaseModel):
        return {name: plain(child) for name, child in _children(value).items()}
    if isinstance(value, Mapping):
        return {str(name): plain(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [plain(child) for child in value]
    return str(value) if isinstance(value, Decimal | Secret) else value


def _enter(children: Mapping[str, Any], prefix: str, values: dict[str, Any]) -> Mapping[str, Any]:
    table: dict[str, Any] = {}
    for name, child in children.items():
        key = f"{prefix}{name}"
        if isinstance(child, BaseModel | Mapping):
            values[key] = None  # a table comes before what is in it
            table[name] = values[key] = _enter(_children(child), f"{key}.", values)
        else:
            table[name] = values[key] = tuple(child) if isinstance(child, list) else child
    return MappingProxyType(table)


def _children(table: BaseModel | Mapping[str, Any]) -> Mapping[str, Any]:
    return table if isinstance(table, Mapping) else table.__dict__
