"""Definitions of all settings, for operators who edit overrides by hand: type, default, meaning, limits."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, JsonValue

from reelwright.config.documents import Definition
from reelwright.environment.schema import Settings

__all__ = ["setting_definitions", "settings_document"]

_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "maxLength": "at most {} characters",
}


def setting_definitions(settings: Settings) -> dict[str, dict[str, JsonValue]]:
    """Return what each setting is, by dotted key, with its value in ``settings`` as the default.

    The description ends with what is allowed, where the type does not say it all. What a definition
    would say by default is left out, as in documents that people edited.
    """
    return dict(_leaves(settings, ""))


def settings_document(settings: Settings) -> dict[str, Any]:
    """Return the runtime document that code defines: definitions, and no override."""
    return {"schema_version": 1, "settings": {}, "definitions": setting_definitions(settings)}


def _leaves(model: BaseModel, above: str) -> Iterator[tuple[str, dict[str, JsonValue]]]:
    plain = model.model_dump(mode="json")
    for name in type(model).model_fields:
        value = getattr(model, name)
        tables = _tables(name, value)
        if tables is None:
            yield f"{above}{name}", _definition(type(model), name, plain[name])
            continue
        for path, table in tables.items():
            yield from _leaves(table, f"{above}{path}.")


def _tables(name: str, value: object) -> dict[str, BaseModel] | None:
    """Return the tables below a field by their paths, or None for a setting."""
    if isinstance(value, BaseModel):
        return {name: value}
    if isinstance(value, Mapping) and all(isinstance(part, BaseModel) for part in value.values()):
        return {f"{name}.{key}": part for key, part in value.items()}
    return None


def _definition(model: type[BaseModel], name: str, default: JsonValue) -> dict[str, JsonValue]:
    schema = _written_as(_properties(model)[name])
    allowed = _allowed(schema)
    said = [_descriptions(model).get(name, ""), f"Allowed: {allowed}." if allowed else ""]
    definition = Definition(
        type=schema.get("type", "string"), default=default, description=" ".join(filter(None, said))
    )
    return definition.model_dump(mode="json", exclude_defaults=True)


def _written_as(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the form that people write: money, which could be a number, is text."""
    forms = [form for form in schema.get("anyOf", [schema]) if form.get("type") != "null"]
    texts = [form for form in forms if form.get("type") == "string"]
    return dict((texts or forms)[0])


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    return ", ".join(words.format(schema[key]) for key, words in _BOUNDS.items() if key in schema)


@cache
def _properties(model: type[BaseModel]) -> Mapping[str, dict[str, Any]]:
    properties: dict[str, dict[str, Any]] = model.model_json_schema()["properties"]
    return properties


@cache
def _descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the text under each field, inherited ones too, as the class that is nearest says it."""
    classes = [each for each in reversed(model.__mro__) if issubclass(each, BaseModel)]
    return {name: said for each in classes for name, said in _written_in(each).items()}


@cache
def _written_in(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the text under each field in the source; nothing where the source does not travel along."""
    try:
        source = textwrap.dedent(inspect.getsource(model))
    except (OSError, TypeError):
        return {}
    (definition,) = ast.parse(source).body
    return dict(_documented(definition.body)) if isinstance(definition, ast.ClassDef) else {}


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, text in pairwise(body):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as said)),
            ):
                yield name, " ".join(said.split())
