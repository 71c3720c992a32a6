"""The reading of SDKs' types, and the simulated vendors' strictness that rests on it."""

from collections.abc import Iterable
from typing import Any, Literal, Required, TypedDict

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming

from reelwright.content.accepting import _check
from reelwright.content.errors import ScriptRejected
from reelwright.content.pace import Pace
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.production.schema import Brief, Script
from tests.simulators.access import KEY, call_to
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.openai import OpenAISimulator
from tests.simulators.server import Simulator
from tests.simulators.validation import mismatches
from tests.simulators.writing import script_for
from tests.unit.models.providers.content_kit import script_request


class Part(TypedDict, total=False):
    kind: Required[Literal["a", "b"]]
    size: float


class Whole(TypedDict, total=False):
    name: Required[str]
    parts: Iterable[Part]
    notes: dict[str, int]
    either: str | Part | None
    anything: object


@pytest.mark.parametrize(
    "value",
    [
        {"name": "x"},
        {"name": "x", "parts": [{"kind": "a"}, {"kind": "b", "size": 1}]},
        {"name": "x", "notes": {"a": 1}, "either": None, "anything": [1, {"b": 2}]},
        {"name": "x", "either": {"kind": "a"}},
        {"name": "x", "either": "y"},
    ],
)
def test_what_the_type_allows_is_fine(value: Any) -> None:
    assert mismatches(value, Whole) == []


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "body.name: missing"),
        ({"name": "x", "extra": 1}, "body.extra: unknown"),
        ({"name": 1}, "body.name: 1 is no str"),
        ({"name": "x", "parts": {"kind": "a"}}, "body.parts: {'kind': 'a'} is no list"),
        ({"name": "x", "parts": [{"kind": "c"}]}, "body.parts[0].kind: 'c' is none of ('a', 'b')"),
        ({"name": "x", "parts": [{"kind": "a", "size": True}]}, "body.parts[0].size: True is no float"),
        ({"name": "x", "parts": [{"kind": "a", "sise": 1}]}, "body.parts[0].sise: unknown"),
        ({"name": "x", "notes": {"a": "b"}}, "body.notes[a]: 'b' is no int"),
        ({"name": "x", "either": {"kind": "a", "z": 1}}, "body.either.z: unknown"),
    ],
)
def test_what_it_does_not_allow_is_named(value: Any, problem: str) -> None:
    assert problem in mismatches(value, Whole)


CLAUDE = {"model": "claude-opus-5", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}
GPT = {"model": "gpt-6-sol", "input": "x", "store": False}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (CLAUDE, MessageCreateParamsNonStreaming),
        (CLAUDE | {"system": [{"type": "text", "text": "x"}]}, MessageCreateParamsNonStreaming),
        (GPT, ResponseCreateParamsNonStreaming),
        (GPT | {"input": [{"role": "user", "content": "x"}]}, ResponseCreateParamsNonStreaming),
    ],
)
def test_the_sdks_own_types_can_be_read(body: Any, kind: Any) -> None:
    assert mismatches(body, kind) == []


@pytest.mark.parametrize(
    ("body", "kind", "problem"),
    [
        ({"model": "x", "max_tokens": 5}, MessageCreateParamsNonStreaming, "body.messages: missing"),
        (CLAUDE | {"messages": [{"role": "user"}]}, MessageCreateParamsNonStreaming, "content: missing"),
        (GPT | {"reasoning": {"effort": "some"}}, ResponseCreateParamsNonStreaming, "body.reasoning.effort"),
    ],
)
def test_the_sdks_own_types_are_kept_to(body: Any, kind: Any, problem: str) -> None:
    assert problem in mismatches(body, kind)[0]


def post(vendor: Simulator, path: str, body: Any) -> HttpAnswer:
    headers = {"Authorization": f"Bearer {KEY}", "anthropic-version": "2023-06-01"}
    return HttpClient().send(
        "POST", vendor.url + path, headers=headers, json=body, deadline=call_to().deadline
    )


OPEN = {"type": "object", "properties": {}, "required": []}


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"temperature": 1.0}, "temperature"),
        ({"top_k": 5}, "top_k"),
        ({"max_tokens": "5"}, "max_tokens"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages"),
        ({"output_config": {"format": {"type": "json_schema", "schema": OPEN}}}, "additionalProperties"),
        ({"output_config": {"format": {"type": "json", "schema": OPEN}}}, "type"),
        ({"service_tier": "cheap"}, "service_tier"),
    ],
)
def test_claude_takes_nothing_that_its_types_do_not_have(change: Any, objection: str) -> None:
    with AnthropicSimulator(keys=[KEY]) as vendor:
        assert post(vendor, "/v1/messages", CLAUDE | change).status == 400
    assert any(objection in problem for problem in vendor.objections)
    assert vendor.accepted == []


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"seed": 1}, "seed"),
        ({"store": True}, "kept"),
        ({"max_output_tokens": "5"}, "max_output_tokens"),
        ({"text": {"format": {"type": "json_schema", "name": "x", "schema": OPEN}}}, "additionalProperties"),
        ({"text": {"format": {"type": "json_schema", "schema": OPEN}}}, "name"),
    ],
)
def test_openai_takes_nothing_that_its_types_do_not_have(change: Any, objection: str) -> None:
    with OpenAISimulator(keys=[KEY]) as vendor:
        assert post(vendor, "/v1/responses", GPT | change).status == 400
    assert any(objection in problem for problem in vendor.objections)
    assert vendor.accepted == []


@pytest.mark.parametrize("seconds", [6, 15, 30, 60, 180, 600])
def test_a_script_that_is_written_can_be_produced(seconds: int) -> None:
    request = script_request(seconds)
    script = Script.model_validate(script_for(request.messages[-1].text))
    estimate = Pace().script_seconds(scene.narration for scene in script.scenes)
    brief = Brief(topic="Tea", duration_seconds=seconds)
    _check(script, brief, estimate, "a simulated model")
    assert estimate == pytest.approx(seconds, rel=0.2)
    with pytest.raises(ScriptRejected):
        _check(script, brief.model_copy(update={"duration_seconds": seconds * 4}), estimate, "x")
