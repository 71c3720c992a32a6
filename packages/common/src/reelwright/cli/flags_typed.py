"""What people type about flags: attributes, contexts, moments, values in a file; each read or refused."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from reelwright.cli.configuring import read_input
from reelwright.errors import InvalidInput
from reelwright.flags.rules.timestamps import parse_timestamp

__all__ = ["BadAttribute", "attributes_of", "moment_of", "pairs_of", "value_in"]

_SHOWN_CHARS = 60
_KINDS = {"number": "a number, such as 3 or 0.5", "boolean": "true or false", "array": "a list, such as a,b"}


class BadAttribute(InvalidInput):
    """The text of an attribute is no value of its type."""

    code = "bad_attribute"


def pairs_of(option: str, texts: Sequence[str]) -> dict[str, str]:
    """Return ``key=value`` texts as a table, the last of a key counting; InvalidInput for other texts."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InvalidInput(
                f"{option} {text[:_SHOWN_CHARS]!r} has no name and value.",
                next_step=f"Write {option} name=value",
                context={"value": text},
            )
        found[key.strip()] = value
    return found


def attributes_of(definition: Mapping[str, Any], texts: Sequence[str]) -> dict[str, JsonValue]:
    """Return attributes, each read by the type that its definition gives it; BadAttribute.

    Keys that are not defined are passed on as text: who knows the flag says what is wrong with them.
    """
    known = definition.get("attributes", {})
    return {
        key: _read(key, text, known.get(key, {}).get("constraints", {}))
        for key, text in pairs_of("--attribute", texts).items()
    }


def moment_of(option: str, text: str | None) -> datetime | None:
    """Return a moment; InvalidInput for all but a day (its beginning, in UTC) or a time with its zone."""
    if text is None:
        return None
    moment = parse_timestamp(text.strip().replace(" ", "T"))
    if moment is None:
        raise InvalidInput(
            f"{option} {text[:_SHOWN_CHARS]!r} is no moment.",
            next_step="Write a day, 2026-12-01 (it begins at 00:00 UTC), or a time with its zone: "
            "2026-12-01T18:00Z, 2026-12-01T18:00:30+01:00",
            context={"value": text},
        )
    return moment.astimezone(UTC)


def value_in(file: Path) -> dict[str, Any]:
    """Return the JSON object in a file, or on standard input for ``-``; InvalidInput if there is none."""
    try:
        found = json.loads(read_input(file).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise _no_object(file, f"it is not JSON ({type(error).__name__})") from None
    if not isinstance(found, dict):
        raise _no_object(file, "it is no JSON object")
    return found


def _no_object(file: Path, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{file} holds no flag's value: {reason}.",
        next_step='Write it as AppConfig does: {"enabled": true}, or {"_variants": [{"name": "half", '
        '"enabled": true, "rule": "(split pct::50 by::$id)"}, {"name": "default", "enabled": false}]}',
        context={"file": file},
    )


def _read(key: str, text: str, limits: Mapping[str, Any]) -> JsonValue:
    kind = limits.get("type", "")
    try:
        return _of_kind(kind, text, limits)
    except (ValueError, RecursionError):
        raise BadAttribute(
            f"{key} = {text[:_SHOWN_CHARS]!r} is refused: it must be {_KINDS[kind]}.",
            next_step=f"Write --attribute {key}=…",
            context={"attribute": key, "value": text},
        ) from None


def _of_kind(kind: str, text: str, limits: Mapping[str, Any]) -> JsonValue:
    match kind:
        case "number":
            return _number(text)
        case "boolean":
            return (
                {"true": True, "false": False}[text.lower()] if text.lower() in ("true", "false") else _no()
            )
        case "array":
            return _list(text, limits.get("elements", {}))
        case _:
            return text


def _no() -> JsonValue:
    raise ValueError


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _list(text: str, elements: Mapping[str, Any]) -> JsonValue:
    if text.lstrip().startswith("["):
        found: JsonValue = json.loads(text)
        return found
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    return [_number(part) for part in parts] if elements.get("type") == "number" else list(parts)
