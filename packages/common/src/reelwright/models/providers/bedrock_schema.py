"""JSON schemas, narrowed to what structured output takes, and named for it."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["narrowed", "schema_name"]

_KEPT: Final = {"$ref", "type", "enum", "const", "description", "title"}
_FORMATS: Final = {
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "uri",
    "ipv4",
    "ipv6",
    "uuid",
}
_IMPLIED: Final = {"default", "discriminator", "additionalProperties", "required"}
"""Neither kept nor told: they do not restrict what a model may say."""
_NAME_CHARS: Final = 64


def narrowed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with nothing in it that makes Bedrock answer 400.

    Structured output takes a subset of JSON Schema 2020-12 (Bedrock's guide, "Structured outputs"): no
    limits on numbers or lengths, ``additionalProperties`` false, at most one item asked for. What is left
    out is told in the description, where the model may heed it; the caller validates the answer anyway.
    A constant is always required: it says which of several shapes is meant.
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"], **_definitions(schema)}
    kept = {key: value for key, value in schema.items() if key in _KEPT}
    kept |= _definitions(schema) | _variants(schema) | _parts(schema)
    told = {key: value for key, value in schema.items() if _is_lost(key, value, kept)}
    if told:
        limits = ", ".join(f"{key}: {json.dumps(value)}" for key, value in told.items())
        kept["description"] = f"{kept.get('description', '')} {{{limits}}}".strip()
    return kept


def schema_name(task: str) -> str:
    """Return a task as the name of a schema: letters, digits, ``_`` and ``-``, at most 64."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", task)[:_NAME_CHARS] or "answer"


def _is_lost(key: str, value: Any, kept: Mapping[str, Any]) -> bool:
    return key not in kept and key not in _IMPLIED and not (key == "oneOf" and value)


def _definitions(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "$defs" not in schema:
        return {}
    return {"$defs": {name: narrowed(each) for name, each in schema["$defs"].items()}}


def _variants(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return alternatives; there is no ``oneOf``, and of exclusive ones any is one."""
    for key, renamed in (("anyOf", "anyOf"), ("oneOf", "anyOf"), ("allOf", "allOf")):
        if key in schema:
            return {renamed: [narrowed(each) for each in schema[key]]}
    return {}


def _parts(schema: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        kept["properties"] = {name: narrowed(each) for name, each in properties.items()}
        kept["additionalProperties"] = False
        kept["required"] = _required(schema, properties)
    if "items" in schema:
        kept["items"] = narrowed(schema["items"])
    if schema.get("minItems") in (0, 1):
        kept["minItems"] = schema["minItems"]
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    return kept


def _required(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> list[str]:
    required = set(schema.get("required", ()))
    return [name for name, each in properties.items() if name in required or "const" in each]
