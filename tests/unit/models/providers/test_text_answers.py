"""Answers that no vendor should give: whatever is in them, what comes out is a text or a failure."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.errors import ProviderFailed
from reelwright.models.http import HttpAnswer
from reelwright.models.outcomes import Dialect, Rule, failure_of
from reelwright.models.providers import anthropic, openai
from reelwright.models.providers.text_answers import listed, standing_of, token_usage
from reelwright.models.schema import ContentResponse
from tests.unit.models.providers.content_kit import model_of

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(
    LEAVES
    | st.sampled_from(["text", "message", "output_text", "refusal", "end_turn", "completed", "failed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PART = st.fixed_dictionaries({}, optional={"type": JSON, "text": JSON, "refusal": JSON, "content": JSON})
COUNTS = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "input_tokens_details", "cache_read_input_tokens"]),
    JSON,
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "status": JSON,
        "stop_reason": JSON,
        "stop_details": JSON,
        "content": JSON | st.lists(PART, max_size=3),
        "output": JSON | st.lists(PART, max_size=3),
        "incomplete_details": JSON,
        "error": JSON,
        "usage": JSON | COUNTS,
    },
)


@pytest.mark.parametrize("read", [anthropic._response, openai._response])
@given(answer=ANSWERS)
def test_any_json_is_a_text_with_usage_or_a_failure(
    read: Callable[[dict[str, Any], str], ContentResponse], answer: dict[str, Any]
) -> None:
    try:
        response = read(answer, "req_1")
    except ProviderFailed as failure:
        truth = {"yes": bool(failure.usage), "maybe": not failure.usage, "no": not failure.usage}
        found = truth[failure.accepted]
    else:
        found = bool(response.text) and bool(response.usage)
    assert found


@pytest.mark.parametrize("dialect", [anthropic.ANTHROPIC_DIALECT, openai.OPENAI_DIALECT])
@given(
    status=st.integers(300, 599),
    body=st.binary(max_size=50),
    kind=st.sampled_from(["text/html", "application/json"]),
)
def test_any_answer_of_failure_is_one_of_ours(dialect: Dialect, status: int, body: bytes, kind: str) -> None:
    assert isinstance(failure_of(HttpAnswer(status, {"content-type": kind}, body), dialect), ProviderFailed)


@pytest.mark.parametrize("dialect", [anthropic.ANTHROPIC_DIALECT, openai.OPENAI_DIALECT])
def test_every_rule_can_fit(dialect: Dialect) -> None:
    assert all(rule.statuses or rule.codes or rule.message for rule in dialect.rules)
    assert Rule("refused") not in dialect.rules


def test_counts_of_nothing_and_of_no_number_are_left_out() -> None:
    counts = {"a": 3, "b": 0, "c": None, "d": True, "e": -1, "f": "7", "g": 1.5}
    assert [(line.unit, line.quantity) for line in token_usage(counts)] == [("a", 3)]


def test_an_id_stands_for_its_dated_versions_and_for_no_other_model() -> None:
    offered = {"claude-opus-4-5-20251101": {"n": 1}, "claude-opus-4-55": {"n": 2}}
    found: list[Any] = []

    def note(entry: Any) -> str:
        found.append(entry)
        return ""

    assert standing_of(model_of("x", "claude-opus-4-5"), offered, note) == ""
    assert found == [{"n": 1}]
    assert "not offered" in standing_of(model_of("x", "claude-opus-4"), offered, note)


def test_a_list_of_models_is_by_id_and_drops_what_is_none() -> None:
    body = b'{"data": [{"id": "a"}, 7, {"no": "id"}]}'
    answer = HttpAnswer(200, {"content-type": "application/json"}, body)
    assert listed(answer, openai.OPENAI_DIALECT) == {"a": {"id": "a"}}
