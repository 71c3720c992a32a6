"""The part of JSON Schema that vendors hold answers to."""

import json
from typing import Any, Literal

import jsonschema
import pytest
from openai.lib._pydantic import _ensure_strict_json_schema
from pydantic import BaseModel

from reelwright.models.providers.json_schema import instructions_for, strict_schema
from reelwright.production.schema import Script
from tests.simulators.anthropic import _schema_problems as problems_of_anthropic
from tests.simulators.openai import _schema_problems as problems_of_openai
from tests.simulators.writing import sample_of
from tests.unit.models.providers.content_kit import model_of, plain_request, script_request


class Leaf(BaseModel):
    kind: Literal["leaf"] = "leaf"
    size: int = 3


class Branch(BaseModel):
    kind: Literal["branch"] = "branch"
    leaves: tuple[Leaf, ...] = ()
    note: str | None = None


class Tree(BaseModel):
    """A tree."""

    top: Leaf | Branch
    same: Leaf


def test_a_script_can_be_asked_for_of_both_vendors() -> None:
    schema = strict_schema(Script.model_json_schema())
    assert schema is not None
    assert list(problems_of_anthropic(schema)) == []
    assert list(problems_of_openai(schema)) == []
    jsonschema.Draft202012Validator.check_schema(schema)


def test_the_vendors_own_code_has_nothing_to_add() -> None:
    schema = strict_schema(Tree.model_json_schema())
    again = json.loads(json.dumps(schema))
    assert _ensure_strict_json_schema(again, path=(), root=again) == schema


def test_what_conforms_to_the_strict_schema_conforms_to_ours() -> None:
    for kind in (Tree, Branch, Leaf):
        ours = kind.model_json_schema()
        strict = strict_schema(ours)
        assert strict is not None
        kind.model_validate(sample_of(strict, strict))
        jsonschema.validate(sample_of(strict, strict), ours)


def test_every_property_has_to_be_written_and_no_other() -> None:
    schema = strict_schema(Branch.model_json_schema())
    assert schema is not None
    assert schema["required"] == ["kind", "leaves", "note"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["kind"] == {"type": "string", "enum": ["branch"]}
    assert schema["properties"]["note"]["anyOf"] == [{"type": "string"}, {"type": "null"}]


def test_limits_and_defaults_are_said_in_words() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 6},
            "b": {"type": "string", "pattern": "^x", "description": "Begins with x.", "default": "x"},
        },
    }
    strict = strict_schema(schema)
    assert strict is not None
    assert strict["properties"]["a"]["description"] == "{minItems: 2, maxItems: 6}"
    assert strict["properties"]["b"]["description"] == 'Begins with x. {pattern: "^x", default: "x"}'
    assert not {"minItems", "pattern", "default"} & {*strict["properties"]["a"], *strict["properties"]["b"]}


def with_property(schema: dict[str, Any], **definitions: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"it": schema}, "$defs": definitions}


def nested(levels: int) -> dict[str, Any]:
    inner = nested(levels - 1) if levels > 1 else {"type": "string"}
    return {"type": "object", "properties": {"it": inner}}


def test_ten_levels_are_not_too_deep() -> None:
    assert strict_schema(nested(10)) is not None


@pytest.mark.parametrize(
    "schema",
    [
        nested(11),
        {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(1001)}},
        {},
        {"type": "string"},
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True},
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "additionalProperties": {"type": "string"},
        },
        with_property({}),
        with_property({"type": "array"}),
        with_property({"type": ["string", "null"]}),
        with_property({"not": {"type": "string"}}),
        with_property({"allOf": [{"type": "string"}, {"type": "string"}]}),
        with_property({"type": "array", "prefixItems": [{"type": "string"}]}),
        with_property({"$ref": "#/elsewhere"}),
        with_property({"$ref": "#/$defs/A"}, A=with_property({"$ref": "#/$defs/A"})),
        with_property({"$ref": "#/$defs/A"}, A={"$ref": "#/$defs/A"}),
        {"anyOf": [{"type": "object", "properties": {"a": {"type": "string"}}}]},
    ],
    ids=lambda schema: str(schema)[:60],
)
def test_what_cannot_be_said_is_left_to_the_prompt(schema: dict[str, Any]) -> None:
    assert strict_schema(schema) is None
    system, user, held = instructions_for(model_of("x", "x"), plain_request(schema))
    assert held is None
    assert system.endswith(json.dumps(schema, separators=(",", ":")))
    assert user == "Say something."


def test_a_model_without_structured_output_is_told_in_words() -> None:
    system, _, schema = instructions_for(model_of("x", "x", structured_output=False), script_request())
    assert schema is None
    assert '"call_to_action"' in system


def test_notes_stay_in_the_users_turn() -> None:
    system, user, _ = instructions_for(model_of("x", "x"), script_request())
    assert "Tea is hot." in user
    assert "Tea" not in system
