"""JSON schemas as vendors hold answers to them, and prompts for answers that nobody holds to anything.

Anthropic and OpenAI both take a part of JSON Schema only. What both take is little, and is all that is sent:

* objects with named properties, all of them required, and no others; a property that our schema leaves out
  at will has to be written all the same (its default will do);
* ``type``, ``enum``, ``items``, ``anyOf`` and references to definitions; ``oneOf`` becomes ``anyOf`` and
  ``const`` an ``enum`` of one;
* descriptions. Titles and discriminators are dropped. Defaults and limits such as ``minItems``,
  ``maxLength``, ``pattern`` or ``minimum`` are said in the description only; our own check of the answer
  holds to them.

A schema that this cannot say (open objects, anything at all, recursion, deeper than ten, ``allOf`` of
several, ``not``, conditions) is put into the prompt instead.
Sources: platform.claude.com build-with-claude/structured-outputs, and ``transform_schema`` of Anthropic's
SDK 2.12; developers.openai.com guides/structured-outputs (supported schemas), and ``to_strict_json_schema``
of OpenAI's SDK 3.54.
"""

import json
from collections.abc import Mapping
from typing import Any

from reelwright.models.schema import ContentRequest, Model

__all__ = ["instructions_for", "strict_schema"]

_MAX_DEPTH = 10
_MAX_PROPERTIES = 1_000
_KEPT = ("description", "enum")
_DROPPED = frozenset({"title", "discriminator", "examples", "deprecated", "readOnly", "$schema"})
_SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})
_LIMITS = frozenset(
    {
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)
_SAID_IN_WORDS = _LIMITS | {"default"}
_STRUCTURE = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "anyOf", "oneOf", "allOf", "const"}
)
_REFERENCE = "#/$defs/"


class _Inexpressible(Exception):  # noqa: N818 (never leaves this module)
    """The schema says more than vendors take."""


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the schema in the part of JSON Schema that both vendors take; None if it cannot be said so."""
    definitions = schema.get("$defs", {})
    try:
        _check_size(schema, definitions)
        root = _strict({key: value for key, value in schema.items() if key != "$defs"})
        if root.get("type") != "object":
            return None
        return root | (
            {"$defs": {name: _strict(one) for name, one in definitions.items()}} if definitions else {}
        )
    except (_Inexpressible, RecursionError):
        return None


def instructions_for(model: Model, request: ContentRequest) -> tuple[str, str, dict[str, Any] | None]:
    """Return the system's and the user's text, and the schema that the vendor is to hold the answer to.

    Without such a schema (the model takes none, or ours cannot be said in one) the system's text has it.
    """
    holds = model.content is None or model.content.structured_output
    schema = strict_schema(request.output_schema) if holds else None
    system = [message.text for message in request.messages if message.role == "system"]
    if schema is None:
        system.append(_in_words(request.output_schema))
    user = [message.text for message in request.messages if message.role == "user"]
    return "\n\n".join(system), "\n\n".join(user), schema


def _in_words(schema: Mapping[str, Any]) -> str:
    said = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object that conforms to this JSON schema, and with nothing else:\n{said}"


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(schema) - _DROPPED - _SAID_IN_WORDS - _STRUCTURE - {"$ref", *_KEPT}:
        raise _Inexpressible(f"{sorted(unknown)}")
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    if variants := schema.get("anyOf") or schema.get("oneOf"):
        return _described(schema, {"anyOf": [_strict(one) for one in variants]})
    if "allOf" in schema:
        return _strict(_merged(schema))
    return _described(schema, _typed(schema))


def _merged(schema: Mapping[str, Any]) -> dict[str, Any]:
    if len(schema["allOf"]) != 1:
        raise _Inexpressible("allOf")
    return {**schema["allOf"][0], **{key: value for key, value in schema.items() if key != "allOf"}}


def _typed(schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if kind == "object":
        return _object(schema)
    if kind == "array" and "items" in schema:
        return {"type": "array", "items": _strict(schema["items"])}
    if not isinstance(kind, str) or kind not in _SCALARS:
        raise _Inexpressible(f"type {kind}")
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return {"type": kind} | ({"enum": list(values)} if values else {})


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    if not properties or schema.get("additionalProperties", False) is not False:
        raise _Inexpressible("an open object")
    return {
        "type": "object",
        "properties": {name: _strict(one) for name, one in properties.items()},
        "required": list(properties),
        "additionalProperties": False,
    }


def _described(schema: Mapping[str, Any], strict: dict[str, Any]) -> dict[str, Any]:
    said = {key: schema[key] for key in schema if key in _SAID_IN_WORDS and schema[key] is not None}
    limits = ", ".join(f"{key}: {json.dumps(value)}" for key, value in said.items() if "const" not in schema)
    parts = [schema.get("description", ""), f"{{{limits}}}" if limits else ""]
    text = " ".join(part for part in parts if part)
    return strict | ({"description": text} if text else {})


def _check_size(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
    """Refuse what is too deep, recursion among it, or too large."""
    if _count(schema, definitions, 0) > _MAX_PROPERTIES:
        raise _Inexpressible("too many properties")


def _count(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> int:
    if depth > _MAX_DEPTH:
        raise _Inexpressible("too deep")
    if "$ref" in schema:
        return _count(_resolved(schema["$ref"], definitions), definitions, depth)
    properties = schema.get("properties", {})
    deeper = sum(_count(one, definitions, depth + 1) for one in properties.values())
    beside = [schema["items"]] if isinstance(schema.get("items"), Mapping) else []
    beside += [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, ())]
    return len(properties) + deeper + sum(_count(one, definitions, depth) for one in beside)


def _resolved(reference: str, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    found = definitions.get(reference.removeprefix(_REFERENCE))
    if found is None:
        raise _Inexpressible(reference)
    return dict(found)
