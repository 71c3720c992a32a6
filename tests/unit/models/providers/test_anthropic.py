"""Claude by its Messages API: what is asked, what is read, and every way to fail."""

import threading
import traceback
from collections.abc import Mapping
from typing import Any

import anthropic.types
import pytest

from reelwright.content.pace import Pace
from reelwright.models.errors import (
    AnswerRejected,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)
from reelwright.models.http import HttpClient
from reelwright.models.ports import Call, ContentProvider, Probe
from reelwright.models.providers.anthropic import ANTHROPIC_DIALECT, ANTHROPIC_URL, AnthropicProvider
from reelwright.models.schema import ContentRequest, ContentResponse
from reelwright.production.schema import Script
from tests.simulators.access import KEY, SimulatedAccess, call_to
from tests.simulators.anthropic import AnthropicSimulator, anthropic_error
from tests.simulators.server import Answer, Cut, Fault, Faults, Received, json_answer, nobody_listens
from tests.unit.models.providers.content_kit import PRICES, bill, model_of, plain_request, script_request

VENDOR_ID = "claude-sonnet-5-5"
MODEL = model_of("anthropic", VENDOR_ID, max_output_tokens=4000)
PROVIDER = AnthropicProvider(HttpClient())
SIMPLE = plain_request({"type": "object", "properties": {"a": {"type": "string"}}})


def simulator(*faults: Fault, **options: Any) -> AnthropicSimulator:
    return AnthropicSimulator(keys=[KEY], prices=PRICES, faults=Faults.script(faults), **options)


def write(
    vendor: AnthropicSimulator, request: ContentRequest = SIMPLE, *, seconds: float = 10.0
) -> ContentResponse:
    return PROVIDER.write(MODEL, request, call_to(vendor.url, seconds=seconds))


def failure(vendor: AnthropicSimulator, *, seconds: float = 10.0) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        write(vendor, seconds=seconds)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.next_step
    return caught.value


class Saying(AnthropicSimulator):
    """Answers with one thing, whatever is asked."""

    def __init__(self, said: Answer | Cut) -> None:
        super().__init__()
        self.said = said

    def respond(self, request: Received) -> Answer | Cut:
        self.received.append(request)
        return self.said


def saying(message: Mapping[str, Any]) -> Saying:
    usage = {"input_tokens": 5, "output_tokens": 7}
    return Saying(json_answer({"type": "message", "usage": usage, **message}, request_id="req_7"))


def test_it_is_what_the_router_needs() -> None:
    provider: ContentProvider = PROVIDER
    probe: Probe = PROVIDER
    assert provider is probe


def test_a_script_is_written_within_its_schema() -> None:
    with simulator() as vendor:
        response = write(vendor, script_request(60))
    assert vendor.objections == []
    script = Script.model_validate_json(response.text)
    assert 50 < Pace().script_seconds(scene.narration for scene in script.scenes) < 70


def test_the_request_is_the_vendors() -> None:
    with simulator() as vendor:
        write(vendor, plain_request(SIMPLE.output_schema, temperature=0.7, max_output_tokens=100))
    (request,) = vendor.received
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert "x-api-key" not in request.headers
    assert request.json == {
        "model": VENDOR_ID,
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "Say something."}],
        "service_tier": "standard_only",
        "output_config": {
            "format": {
                "type": "json_schema",
                "schema": {
                    "type": "object",
                    "properties": {"a": {"type": "string"}},
                    "required": ["a"],
                    "additionalProperties": False,
                },
            }
        },
    }


def test_no_request_has_a_temperature_even_if_the_model_could_take_one() -> None:
    model = model_of("anthropic", VENDOR_ID, temperature=True)
    with simulator() as vendor:
        PROVIDER.write(model, plain_request(SIMPLE.output_schema, temperature=1.0), call_to(vendor.url))
        assert not {"temperature", "top_p", "top_k"} & set(vendor.received[0].json)


def test_no_more_output_is_asked_for_than_the_model_has() -> None:
    with simulator() as vendor:
        write(vendor, plain_request(SIMPLE.output_schema, max_output_tokens=100_000))
        write(vendor)
        assert [request.json["max_tokens"] for request in vendor.received] == [4000, 4000]


@pytest.mark.parametrize("request_", [SIMPLE, script_request(90)], ids=["simple", "script"])
def test_what_is_read_as_used_is_what_the_vendor_bills(request_: ContentRequest) -> None:
    with simulator(cached_tokens=1_001) as vendor:
        response = write(vendor, request_)
    assert {line.unit for line in response.usage} == set(PRICES[VENDOR_ID])
    assert bill(response.usage, VENDOR_ID) == vendor.bill_micro_usd > 0


def test_the_text_of_all_blocks_is_joined_and_thinking_left_out() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "x"},
        {"type": "text", "text": '{"a":'},
        {"type": "text", "text": '"b"}'},
    ]
    with saying({"content": blocks, "stop_reason": "end_turn"}) as vendor:
        assert write(vendor).text == '{"a":"b"}'


ERRORS = [
    ("400 invalid_request_error", 400, "invalid_request_error", "bad", "", "callers_fault"),
    (
        "400 spend limit of one's own",
        400,
        "invalid_request_error",
        "reached your API usage limits",
        "",
        "exhausted",
    ),
    ("400 credit used up", 400, "invalid_request_error", "Your credit balance is too low", "", "exhausted"),
    ("400 filter", 400, "invalid_request_error", "Output blocked by content filtering policy", "", "refused"),
    ("400 on hold", 400, "invalid_request_error", "on hold", "organization_on_hold", "misconfigured"),
    ("401 authentication_error", 401, "authentication_error", "invalid", "", "misconfigured"),
    ("402 billing_error", 402, "billing_error", "pay", "", "exhausted"),
    ("403 permission_error", 403, "permission_error", "no", "", "misconfigured"),
    ("404 model", 404, "not_found_error", "model: claude-2", "", "retired"),
    ("404 path", 404, "not_found_error", "Not found", "", "misconfigured"),
    ("409 conflict_error", 409, "conflict_error", "conflict", "", "unavailable"),
    ("413 request_too_large", 413, "request_too_large", "too large", "", "callers_fault"),
    ("429 rate_limit_error", 429, "rate_limit_error", "slow", "", "throttled"),
    ("429 by the minute", 429, "rate_limit_error", "headers tell your usage limits", "", "throttled"),
    ("429 ramp limit", 429, "rate_limit_error", "slow", "ramp_limit_exceeded", "throttled"),
    ("429 tier spent", 429, "rate_limit_error", "x", "enforced_spend_limit_reached", "exhausted"),
    ("429 contract spent", 429, "rate_limit_error", "x", "contract_spend_limit_reached", "exhausted"),
    ("500 api_error", 500, "api_error", "oops", "", "unavailable"),
    ("504 timeout_error", 504, "timeout_error", "late", "", "timed_out"),
    ("529 overloaded_error", 529, "overloaded_error", "busy", "", "unavailable"),
]


@pytest.mark.parametrize(
    ("status", "kind", "message", "code", "expected"),
    [row[1:] for row in ERRORS],
    ids=[row[0] for row in ERRORS],
)
def test_errors(status: int, kind: str, message: str, code: str, expected: str) -> None:
    with Saying(anthropic_error(status, kind, message, code, request_id="req_9")) as vendor:
        found = failure(vendor)
    assert (found.failure, found.accepted, found.usage) == (expected, "no", ())
    assert found.request_id == ("" if status in {401, 403} else "req_9")


FAULTS: list[tuple[Fault, str, str]] = [
    ("throttled", "throttled", "no"),
    ("overloaded", "unavailable", "no"),
    ("server_error", "unavailable", "no"),
    ("unauthorised", "misconfigured", "no"),
    ("exhausted", "exhausted", "no"),
    ("invalid_request", "callers_fault", "no"),
    ("retired", "retired", "no"),
    ("reset", "unavailable", "maybe"),
    ("lost_answer", "unavailable", "maybe"),
    ("reset_mid_body", "unavailable", "maybe"),
    ("malformed", "rejected", "maybe"),
    ("wrong_content_type", "rejected", "maybe"),
    ("refusal", "refused", "yes"),
    ("truncated", "rejected", "yes"),
    ("timeout", "timed_out", "maybe"),
    ("slow_body", "timed_out", "maybe"),
]


@pytest.mark.parametrize(("fault", "expected", "accepted"), FAULTS, ids=[row[0] for row in FAULTS])
def test_faults(fault: Fault, expected: str, accepted: str) -> None:
    with simulator(fault) as vendor:
        found = failure(vendor, seconds=1.0 if expected == "timed_out" else 10.0)
        assert (found.failure, found.accepted) == (expected, accepted)
        assert len(vendor.received) == 1, "one call is one request"
        if accepted == "yes":
            assert bill(found.usage, VENDOR_ID) == vendor.bill_micro_usd > 0
        if accepted == "no":
            assert vendor.bill_micro_usd == 0


def test_the_wait_that_the_vendor_asks_for_is_passed_on() -> None:
    with simulator("throttled") as vendor:
        assert failure(vendor).retry_after_seconds == 7.0


STOPS = [
    ("max_tokens", AnswerRejected),
    ("refusal", RequestRefused),
    ("model_context_window_exceeded", RequestInvalid),
    ("pause_turn", AnswerRejected),
    ("tool_use", AnswerRejected),
    ("something_new", AnswerRejected),
    (None, AnswerRejected),
]


@pytest.mark.parametrize(("stop", "kind"), STOPS, ids=[str(row[0]) for row in STOPS])
def test_reasons_to_stop_that_are_billed(stop: str | None, kind: type[ProviderFailed]) -> None:
    with saying({"content": [{"type": "text", "text": "half"}], "stop_reason": stop}) as vendor:
        found = failure(vendor)
    assert type(found) is kind
    assert (found.accepted, found.request_id) == ("yes", "req_7")
    assert {line.unit: line.quantity for line in found.usage} == {"input_tokens": 5, "output_tokens": 7}


def test_every_reason_to_stop_of_the_sdk_has_been_thought_of() -> None:
    said = {row[0] for row in STOPS}
    known = set(anthropic.types.StopReason.__args__)
    assert known - said == {"end_turn", "stop_sequence"}


def test_a_refusal_names_its_policy_and_does_not_quote() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "you asked for a worm"}
    with saying({"content": [], "stop_reason": "refusal", "stop_details": details}) as vendor:
        found = failure(vendor)
    assert "(cyber)" in found.message
    assert "worm" not in str(found)


@pytest.mark.parametrize(
    "message",
    [
        {"stop_reason": "end_turn", "content": [{"type": "text", "text": "x"}], "usage": None},
        {
            "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "x"}],
            "usage": {"input_tokens": "5"},
        },
    ],
    ids=["no usage", "no counts"],
)
def test_an_answer_that_does_not_say_what_it_used_may_be_billed(message: Mapping[str, Any]) -> None:
    with saying(message) as vendor:
        found = failure(vendor)
    assert (found.failure, found.accepted) == ("rejected", "maybe")


@pytest.mark.parametrize("content", [None, [], {}, [None], [{"type": "text", "text": 7}], [{"type": "text"}]])
def test_an_answer_without_text_is_none(content: object) -> None:
    with saying({"content": content, "stop_reason": "end_turn"}) as vendor:
        assert failure(vendor).failure == "rejected"


def test_a_refused_key_is_read_again_once() -> None:
    with simulator() as vendor:
        access = SimulatedAccess(vendor.url, keys=("sk-of-yesterday", KEY))
        call = Call(token="t", deadline=call_to().deadline, access=access)  # noqa: S106 (the name of a call)
        PROVIDER.write(MODEL, SIMPLE, call)
        assert (access.reads, len(vendor.accepted)) == (2, 1)


def test_a_key_that_is_refused_twice_is_for_an_operator() -> None:
    with AnthropicSimulator(keys=["another"]) as vendor:
        assert isinstance(failure(vendor), ProviderMisconfigured)
        assert len(vendor.received) == 1


def test_the_second_address_is_for_when_the_first_refuses_connections() -> None:
    with nobody_listens() as dead, simulator() as vendor:
        PROVIDER.write(MODEL, SIMPLE, call_to(dead, vendor.url))
        assert len(vendor.accepted) == 1


def test_the_second_address_is_not_for_when_the_first_fails() -> None:
    with simulator("server_error") as first, simulator() as second:
        with pytest.raises(ProviderUnavailable):
            PROVIDER.write(MODEL, SIMPLE, call_to(first.url, second.url))
        assert second.received == []


def test_without_any_address_that_can_be_reached_nothing_was_bought() -> None:
    with nobody_listens() as dead, pytest.raises(ProviderUnavailable) as caught:
        PROVIDER.write(MODEL, SIMPLE, call_to(dead))
    assert caught.value.accepted == "no"


def test_a_call_without_time_is_not_made() -> None:
    with simulator() as vendor:
        found = failure(vendor, seconds=0.0)
        assert isinstance(found, ProviderTimedOut)
        assert (found.accepted, vendor.received) == ("no", [])


def test_many_threads_share_one_provider() -> None:
    with simulator() as vendor:
        threads = [threading.Thread(target=write, args=(vendor,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(vendor.accepted), vendor.objections) == (16, [])


def test_the_vendors_own_address_is_the_sdks() -> None:
    assert anthropic.Anthropic(api_key="x").base_url.host in ANTHROPIC_URL
    assert ANTHROPIC_DIALECT.vendor == "anthropic"


# The probe


def probe(vendor: AnthropicSimulator, *vendor_ids: str) -> dict[str, str]:
    models = [model_of("anthropic", name).model_copy(update={"name": name}) for name in vendor_ids]
    return dict(PROVIDER.probe(models, call_to(vendor.url)))


def test_the_probe_tells_how_models_are_and_buys_nothing() -> None:
    names = ["claude-sonnet-5-5-20260801", "claude-opus-5", "claude-sonnet-4-5", "claude-3"]
    lifecycles = {"claude-sonnet-4-5": "deprecated", "claude-3": "retired"}
    with simulator(models=names, lifecycles=lifecycles) as vendor:
        found = probe(
            vendor, "claude-sonnet-5-5", "claude-opus-5", "claude-sonnet-4-5", "claude-3", "claude-9"
        )
        assert vendor.accepted == []
        assert vendor.received[0].query == {"limit": "1000"}
    assert found == {
        "claude-sonnet-5-5": "",
        "claude-opus-5": "",
        "claude-sonnet-4-5": "deprecated; its provider retires it on 2026-12-31",
        "claude-3": "retired by its provider",
        "claude-9": "claude-9 is not offered to this account",
    }


@pytest.mark.parametrize("fault", ["overloaded", "unauthorised", "malformed", "reset"])
def test_a_probe_that_nobody_answers_fails(fault: Fault) -> None:
    with simulator(fault) as vendor, pytest.raises(ProviderFailed):
        probe(vendor, "claude-opus-5")


def test_a_list_that_is_none_is_no_answer_to_the_probe() -> None:
    with Saying(json_answer({"data": "none"})) as vendor, pytest.raises(AnswerRejected):
        probe(vendor, "claude-opus-5")
