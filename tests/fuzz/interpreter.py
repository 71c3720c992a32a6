"""A second, slow reading of the rule language, made without looking at the first.

It knows nothing of the package's trees: a rule is a nested tuple that the generator makes, a value a plain
Python value, a timestamp ``("at", datetime)``, a key ``("key", name)``.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

__all__ = ["holds"]

ORDER = {"gt": (1,), "gte": (0, 1), "lt": (-1,), "lte": (-1, 0), "eq": (0,)}


def holds(rule: Any, context: Mapping[str, Any], flag: str) -> bool:  # noqa: PLR0911 (one return an operator)
    """Return whether a rule holds: written to be obviously right, not to be fast."""
    if isinstance(rule, bool):
        return rule
    name, *parts = rule
    if name == "key":
        return truth(context.get(parts[0])) is True
    if name in ("and", "or"):
        results = [holds(part, context, flag) for part in parts]
        return all(results) if name == "and" else any(results)
    if name == "not":
        return not holds(parts[0], context, flag)
    if name == "exists":
        return context.get(parts[0]) is not None
    if name == "split":
        return chosen(parts, context, flag)
    if name == "in":
        return any(
            compared(valued(parts[0], context, flag), valued(m, context, flag), (0,), m) for m in parts[1]
        )
    left, right = (valued(part, context, flag) for part in parts)
    if name in ORDER:
        constants = [p for p in parts if constant(p)]
        return compared(left, right, ORDER[name], constants[0] if len(constants) == 1 else None)
    return textual(name, left, right)


def textual(name: str, left: Any, right: Any) -> bool:
    needle = words(right)
    if name == "contains" and isinstance(left, list):
        return needle is not None and needle in [words(one) for one in left]
    hay = words(left)
    if hay is None or needle is None:
        return False
    if name == "matches":
        return re.search(needle, hay, re.ASCII) is not None
    return {
        "begins_with": hay[: len(needle)] == needle,
        "ends_with": needle == "" or hay[-len(needle) :] == needle,
        "contains": hay.find(needle) >= 0,
    }[name]


def constant(part: Any) -> bool:
    return not isinstance(part, tuple) or part[0] == "at"


def valued(part: Any, context: Mapping[str, Any], flag: str) -> Any:
    if not isinstance(part, tuple):
        return part
    if part[0] == "at":
        return part[1]
    return context.get(part[1]) if part[0] == "key" else holds(part, context, flag)


def compared(left: Any, right: Any, wanted: tuple[int, ...], against: Any) -> bool:
    kinds = (
        [sort(left), sort(right)]
        if against is None
        else [sort(against[1] if isinstance(against, tuple) else against)]
    )
    if None in kinds:
        return False
    kind = next(kind for kind in ("number", "boolean", "time", "text") if kind in kinds)
    if kind == "boolean" and wanted != (0,):
        return False
    as_kind = {"number": number, "boolean": truth, "time": moment, "text": words}[kind]
    one, other = as_kind(left), as_kind(right)
    if one is None or other is None or one != one or other != other:  # noqa: PLR0124 (NaN is not itself)
        return False
    return (0 if one == other else 1 if one > other else -1) in wanted


def sort(value: Any) -> str | None:
    kinds = {bool: "boolean", int: "number", float: "number", str: "text", datetime: "time"}
    return kinds.get(type(value))


def number(value: Any) -> Any:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        plain = re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value, re.ASCII)
        real = re.search(r"[.eE]", value) is not None
        return (float(Decimal(value)) if real else int(value)) if plain else None
    return value if isinstance(value, int | float) else None


def truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d(-\d\dT\d\d:\d\d:\d\dZ)?", value, re.ASCII):
        return None
    return datetime.fromisoformat(value if len(value) > 7 else f"{value}-01T00:00:00Z")


def words(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | str):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else None


def chosen(parts: list[Any], context: Mapping[str, Any], flag: str) -> bool:
    percent, key, seed = parts
    value = words(context.get(key))
    if value is None:
        return False
    kind, name = ("f", flag) if seed is None else ("s", seed)
    hashed = hashlib.sha256(f"{kind}:{len(name.encode())}:{name}:{value}".encode()).hexdigest()
    return Decimal(int(hashed[:16], 16)) * 100 < Decimal(repr(percent)) * 2**64
