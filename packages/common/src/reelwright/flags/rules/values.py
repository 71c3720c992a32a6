"""What a context's value is, seen as text, number, boolean or timestamp.

AppConfig's agent receives a context as text, one header a key, and reads it as the type of what it is held
against (inferred: its documentation does not say). In process a context may hold real values. So ``"42"``
and ``42`` are the same here, against ``"42"`` as against ``42``. A value that cannot be seen as that type is
None, and None is like nothing: no comparison with it is true.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from reelwright.flags.rules.timestamps import parse_timestamp
from reelwright.flags.rules.tree import Kind

__all__ = ["SEEN_AS", "boolean_of", "kind_of", "number_of", "text_of", "timestamp_of"]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MAX_NUMBER_CHARS = 400
_MAX_DIGITS_BITS = 1024
_TRUTHS = {"true": True, "false": False}


def text_of(value: object) -> str | None:
    """Return text as it is, true and false in words, numbers in digits, moments in ISO 8601."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value) if value.bit_length() <= _MAX_DIGITS_BITS else None
    if isinstance(value, float):
        return float.__repr__(value)
    return value.isoformat() if type(value) is datetime else None


def number_of(value: object) -> float | None:
    """Return a number as it is, text as the number it writes; never true or false, never infinity."""
    if isinstance(value, str):
        return _parsed(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def boolean_of(value: object) -> bool | None:
    """Return true and false, also those written in words (in any case)."""
    if isinstance(value, str):
        return _TRUTHS.get(value) if value in _TRUTHS else _TRUTHS.get(value[:6].lower())
    return value if isinstance(value, bool) else None


def timestamp_of(value: object) -> datetime | None:
    """Return a moment in UTC; one without an offset is in UTC already."""
    if isinstance(value, str):
        return parse_timestamp(value)
    if type(value) is not datetime:
        return None
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def kind_of(value: object) -> Kind | None:
    """Return what a value is by itself; None if a rule can do nothing with it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if type(value) is datetime:
        return "timestamp"
    return "text" if isinstance(value, str) else None


def _parsed(text: str) -> float | None:
    shape = _NUMBER.fullmatch(text) if len(text) <= _MAX_NUMBER_CHARS else None
    if shape is None:
        return None
    number = float(text) if shape[1] or shape[2] else int(text)
    return None if number in (float("inf"), float("-inf")) else number


SEEN_AS: Mapping[Kind, Callable[[object], object | None]] = MappingProxyType(
    {"text": text_of, "number": number_of, "boolean": boolean_of, "timestamp": timestamp_of}
)
"""How a value is seen as each type."""
