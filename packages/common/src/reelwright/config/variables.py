"""Settings from environment variables: ``REELWRIGHT__VIDEO__FPS=30``.

Two underscores stand between the parts of a key. Text is read by the field's type, so that ``30`` is a number
where one is wanted and text where text is: as it is written, as TOML (``true``, ``[1, 2]``), as JSON
(``null``, ``{"fps": 30}``), the first that fits.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from reelwright.config.tree import placed
from reelwright.environment.fields import field_type, is_table
from reelwright.environment.schema import Settings

__all__ = ["MARK", "read_setting", "settings_from_variables"]

MARK = "REELWRIGHT__"
"""What the names of variables begin with that are settings."""

_UNREADABLE = (ValueError, RecursionError)
"""What readers of TOML and JSON raise for what is neither, for numbers without end, and for deep nesting."""
_STRICT = ConfigDict(strict=True)


def settings_from_variables(
    variables: Mapping[str, str], schema: type[BaseModel] = Settings
) -> dict[str, JsonValue]:
    """Return the tree that the variables write; a longer name lies over a shorter one.

    A name that is no setting is in it too: checking the whole refuses it and says what is near.
    """
    tree: dict[str, JsonValue] = {}
    named = {name.removeprefix(MARK): name for name in variables if name.startswith(MARK)}
    for short in sorted(named, key=lambda name: (name.count("__"), name)):
        key = short.lower().replace("__", ".")
        tree = placed(tree, key, read_setting(key, variables[named[short]], schema))
    return tree


def read_setting(key: str, text: str, schema: type[BaseModel] = Settings) -> JsonValue:
    """Return the value that a text writes for a setting; what fits no type is left to be refused."""
    annotation = field_type(schema, key.split("."))
    readings = list(_readings(text))
    if annotation is None:
        return text
    if is_table(annotation):
        return next((reading for reading in readings if isinstance(reading, dict)), text)
    fitting = (reading for reading in readings if _fits(annotation, reading))
    return next(fitting, readings[-1])


def _readings(text: str) -> Iterator[JsonValue]:
    yield text
    with suppress(*_UNREADABLE):
        yield _as_toml(text)
    with suppress(*_UNREADABLE):
        yield json.loads(text)


def _as_toml(text: str) -> Any:
    document = tomllib.loads(f"value = {text}")
    return document["value"] if len(document) == 1 else text


def _fits(annotation: Any, value: JsonValue) -> bool:
    try:
        TypeAdapter(annotation, config=_STRICT).validate_python(value)
    except ValidationError:
        return False
    return True
