"""Settings that come as text, such as parameters: read by the type of the field that they are for."""

import json
import math
import tomllib
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from pydantic import JsonValue

from reelwright.environment.fields import bare, is_secret

__all__ = ["parse_value"]


def parse_value(text: str, annotation: Any) -> JsonValue:
    """Return what the text says for a field of this type: text as it is, anything else as JSON or TOML.

    Text that is neither stays text, so that validation can name the key and what it may be.
    """
    if _is_text(annotation):
        return text
    value = _read(text)
    return value if _is_json(value) else text


def _is_text(annotation: Any) -> bool:
    kind = bare(annotation)
    if get_origin(kind) is Literal:
        return all(isinstance(choice, str) for choice in get_args(kind))
    return kind in (str, Decimal) or is_secret(annotation)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        (value,) = tomllib.loads(f"value = {text.strip()}").values()
    except ValueError:
        return text
    return value


def _is_json(value: Any) -> bool:
    match value:
        case dict():
            return all(map(_is_json, value.values()))
        case list():
            return all(map(_is_json, value))
        case float():
            return math.isfinite(value)
        case _:
            return value is None or isinstance(value, str | int)
