"""OpenAI's models by the Responses API: what is asked, what is read, and every way to fail."""

import traceback
from collections.abc import Mapping
from typing import Any, get_args

import openai
import pytest
from openai.types.responses import ResponseError

from reelwright.content.pace import Pace
from reelwright.models.errors import ProviderFailed, ProviderMisconfigured, ProviderUnavailable
from reelwright.models.http import HttpClient
from reelwright.models.ports import Call, ContentProvider, Probe
from reelwright.models.providers.openai import OPENAI_URL, OpenAIProvider
from reelwright.models.schema import ContentRequest, ContentResponse
from reelwright.production.schema import Script
from tests.simulators.access import KEY, SimulatedAccess, call_to
from tests.simulators.openai import OpenAISimulator, openai_error
from tests.simulators.server import Answer, Cut, Fault, Faults, Received, json_answer, nobody_listens
from tests.unit.models.providers.content_kit import PRICES, bill, model_of, plain_request, script_request

VENDOR_ID = "gpt-6.1-sol"
MODEL = model_of("openai", VENDOR_ID, max_output_tokens=4000)
PROVIDER = OpenAIProvider(HttpClient())
SIMPLE = plain_request({"type": "object", "properties": {"a": {"type": "string"}}})


def simulator(*faults: Fault, **options: Any) -> OpenAISimulator:
    return OpenAISimulator(keys=[KEY], prices=PRICES, faults=Faults.script(faults), **options)


def write(
    vendor: OpenAISimulator, request: ContentRequest = SIMPLE, *, seconds: float = 10.0
) -> ContentResponse:
    return PROVIDER.write(MODEL, request, call_to(vendor.url, seconds=seconds))


def failure(vendor: OpenAISimulator, *, seconds: float = 10.0) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        write(vendor, seconds=seconds)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.next_step
    return caught.value


class Saying(OpenAISimulator):
    """Answers with one thing, whatever is asked."""

    def __init__(self, said: Answer | Cut) -> None:
        super().__init__()
        self.said = said

    def respond(self, request: Received) -> Answer | Cut:
        self.received.append(request)
        return self.said


def saying(**response: Any) -> Saying:
    usage = {"input_tokens": 5, "output_tokens": 7}
    return Saying(json_answer({"object": "response", "usage": usage, **response}, x_request_id="req_7"))


def message(*parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "reasoning", "summary": []}, {"type": "message", "content": list(parts)}]


def text(said: str) -> dict[str, Any]:
    return {"type": "output_text", "text": said, "annotations": []}


def test_it_is_what_the_router_needs() -> None:
    provider: ContentProvider = PROVIDER
    probe_: Probe = PROVIDER
    assert provider is probe_


def test_a_script_is_written_within_its_schema() -> None:
    with simulator() as vendor:
        response = write(vendor, script_request(60))
    assert vendor.objections == []
    script = Script.model_validate_json(response.text)
    assert 50 < Pace().script_seconds(scene.narration for scene in script.scenes) < 70


def test_the_request_is_the_vendors() -> None:
    with simulator() as vendor:
        write(vendor, plain_request(SIMPLE.output_schema, max_output_tokens=100, task="say it!"))
    (request,) = vendor.received
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json == {
        "model": VENDOR_ID,
        "max_output_tokens": 100,
        "instructions": "Be brief.",
        "input": "Say something.",
        "store": False,
        "service_tier": "default",
        "text": {
            "format": {
                "type": "json_schema",
                "name": "say_it_",
                "strict": True,
                "schema": {
                    "type": "object",
                    "properties": {"a": {"type": "string"}},
                    "required": ["a"],
                    "additionalProperties": False,
                },
            }
        },
    }


@pytest.mark.parametrize(
    ("takes", "asked", "sent"), [(True, 0.7, 0.7), (True, 0.0, 0.0), (True, None, None), (False, 0.7, None)]
)
def test_a_temperature_is_for_models_that_take_one(
    *, takes: bool, asked: float | None, sent: float | None
) -> None:
    model = model_of("openai", VENDOR_ID, temperature=takes)
    with simulator() as vendor:
        PROVIDER.write(model, plain_request(SIMPLE.output_schema, temperature=asked), call_to(vendor.url))
        assert vendor.received[0].json.get("temperature") == sent


@pytest.mark.parametrize("request_", [SIMPLE, script_request(90)], ids=["simple", "script"])
def test_what_is_read_as_used_is_what_the_vendor_bills(request_: ContentRequest) -> None:
    with simulator(cached_tokens=1_001) as vendor:
        response = write(vendor, request_)
    assert {line.unit for line in response.usage} == set(PRICES[VENDOR_ID])
    assert bill(response.usage, VENDOR_ID) == vendor.bill_micro_usd > 0


def test_the_text_of_all_parts_is_joined() -> None:
    with saying(status="completed", output=message(text('{"a":'), text('"b"}'))) as vendor:
        assert write(vendor).text == '{"a":"b"}'


ERRORS: list[tuple[str, int, str, str | None, str, str]] = [
    ("400 invalid_request_error", 400, "invalid_request_error", None, "bad", "callers_fault"),
    (
        "400 context_length_exceeded",
        400,
        "invalid_request_error",
        "context_length_exceeded",
        "",
        "callers_fault",
    ),
    ("400 invalid_prompt", 400, "invalid_request_error", "invalid_prompt", "unsafe", "refused"),
    ("400 content_policy", 400, "invalid_request_error", "content_policy_violation", "no", "refused"),
    ("401 invalid_api_key", 401, "invalid_request_error", "invalid_api_key", f"bad: {KEY}", "misconfigured"),
    ("403 country", 403, "request_forbidden", "unsupported_country_region_territory", "", "misconfigured"),
    ("404 model_not_found", 404, "invalid_request_error", "model_not_found", "gone", "retired"),
    ("404 path", 404, "invalid_request_error", None, "Invalid URL", "misconfigured"),
    ("409 conflict", 409, "invalid_request_error", None, "", "unavailable"),
    ("422 unprocessable", 422, "invalid_request_error", None, "", "callers_fault"),
    ("429 rate_limit_exceeded", 429, "requests", "rate_limit_exceeded", "slow", "throttled"),
    ("429 tokens", 429, "tokens", "rate_limit_exceeded", "slow", "throttled"),
    (
        "429 too large",
        429,
        "tokens",
        "rate_limit_exceeded",
        "Request too large for gpt on tokens",
        "callers_fault",
    ),
    ("429 slow_down", 429, "rate_limit_error", "slow_down", "slow", "throttled"),
    ("429 insufficient_quota", 429, "insufficient_quota", "insufficient_quota", "pay", "exhausted"),
    ("429 credit", 429, "insufficient_quota", "credit_balance_exhausted", "pay", "exhausted"),
    ("429 billing", 429, "invalid_request_error", "billing_hard_limit_reached", "pay", "exhausted"),
    ("500 server_error", 500, "server_error", None, "oops", "unavailable"),
    ("503 slow_down", 503, "service_unavailable_error", "slow_down", "slow", "throttled"),
    ("503 overloaded", 503, "service_unavailable_error", "server_is_overloaded", "busy", "unavailable"),
]


@pytest.mark.parametrize(
    ("status", "kind", "code", "said", "expected"),
    [row[1:] for row in ERRORS],
    ids=[row[0] for row in ERRORS],
)
def test_errors(status: int, kind: str, code: str | None, said: str, expected: str) -> None:
    with Saying(openai_error(status, kind, code, said, x_request_id="req_9")) as vendor:
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
        assert failure(vendor).retry_after_seconds == 1.5


ENDINGS: list[tuple[str, dict[str, Any], str]] = [
    ("filter", {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "refused"),
    ("tokens", {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "rejected"),
    ("messages", {"status": "incomplete", "incomplete_details": {"reason": "max_messages"}}, "rejected"),
    ("steered", {"status": "incomplete", "incomplete_details": {"reason": "steered"}}, "rejected"),
    ("no details", {"status": "incomplete", "incomplete_details": None}, "rejected"),
    ("cancelled", {"status": "cancelled"}, "rejected"),
    ("queued", {"status": "queued"}, "rejected"),
    ("in progress", {"status": "in_progress"}, "rejected"),
    ("no status", {}, "rejected"),
    ("no text", {"status": "completed", "output": []}, "rejected"),
    ("output of no kind", {"status": "completed", "output": {"a": 1}}, "rejected"),
    (
        "parts of no kind",
        {"status": "completed", "output": [None, {"type": "message", "content": [7]}]},
        "rejected",
    ),
    (
        "refused",
        {"status": "completed", "output": message({"type": "refusal", "refusal": "I will not"})},
        "refused",
    ),
    (
        "half written, then refused",
        {"status": "completed", "output": message(text("x"), {"type": "refusal", "refusal": "I will not"})},
        "refused",
    ),
]


@pytest.mark.parametrize(
    ("response", "expected"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS]
)
def test_endings_that_are_billed(response: dict[str, Any], expected: str) -> None:
    with saying(**{"output": message(text("half")), **response}) as vendor:
        found = failure(vendor)
    assert (found.failure, found.accepted, found.request_id) == (expected, "yes", "req_7")
    assert {line.unit: line.quantity for line in found.usage} == {"input_tokens": 5, "output_tokens": 7}
    assert "I will not" not in str(found)


def test_an_answer_that_does_not_say_what_it_used_may_be_billed() -> None:
    with saying(status="completed", output=message(text("x")), usage=None) as vendor:
        found = failure(vendor)
    assert (found.failure, found.accepted) == ("rejected", "maybe")


OWN = {
    "server_error": "unavailable",
    "rate_limit_exceeded": "throttled",
    "invalid_prompt": "refused",
    "bio_policy": "refused",
    "misalignment_policy_violation": "refused",
    "image_content_policy_violation": "refused",
    "data_residency_mismatch": "misconfigured",
}


@pytest.mark.parametrize("code", get_args(ResponseError.model_fields["code"].annotation))
def test_failures_that_a_response_reports_of_itself(code: str) -> None:
    with saying(status="failed", error={"code": code, "message": "it went wrong"}, usage=None) as vendor:
        found = failure(vendor)
    assert (found.failure, found.accepted) == (OWN.get(code, "callers_fault"), "no")


def test_a_failed_response_that_used_something_is_billed() -> None:
    with saying(status="failed", error={"code": "server_error", "message": "x"}) as vendor:
        found = failure(vendor)
    assert (found.failure, found.accepted, len(found.usage)) == ("unavailable", "yes", 2)


def test_a_refused_key_is_read_again_once() -> None:
    with simulator() as vendor:
        access = SimulatedAccess(vendor.url, keys=("sk-of-yesterday", KEY))
        call = Call(token="t", deadline=call_to().deadline, access=access)  # noqa: S106 (the name of a call)
        PROVIDER.write(MODEL, SIMPLE, call)
        assert (access.reads, len(vendor.accepted)) == (2, 1)


def test_a_key_that_is_refused_twice_is_for_an_operator() -> None:
    with OpenAISimulator(keys=["another"]) as vendor:
        assert isinstance(failure(vendor), ProviderMisconfigured)


def test_the_second_address_is_for_when_the_first_refuses_connections() -> None:
    with nobody_listens() as dead, simulator() as vendor:
        PROVIDER.write(MODEL, SIMPLE, call_to(dead, vendor.url))
        assert len(vendor.accepted) == 1


def test_the_second_address_is_not_for_when_the_first_fails() -> None:
    with simulator("server_error") as first, simulator() as second:
        with pytest.raises(ProviderUnavailable):
            PROVIDER.write(MODEL, SIMPLE, call_to(first.url, second.url))
        assert second.received == []


def test_the_vendors_own_address_is_the_sdks() -> None:
    assert openai.OpenAI(api_key="x").base_url.host in OPENAI_URL


# The probe


def probe(vendor: OpenAISimulator, *vendor_ids: str) -> dict[str, str]:
    models = [
        model_of("openai", name).model_copy(update={"name": name.replace(".", "-")}) for name in vendor_ids
    ]
    return dict(PROVIDER.probe(models, call_to(vendor.url)))


def test_the_probe_tells_how_models_are_and_buys_nothing() -> None:
    names = ["gpt-6.1-sol", "gpt-4.1-mini-2025-04-14", "gpt-5-mini"]
    with simulator(models=names, shutdown_dates={"gpt-5-mini": "2027-01-06"}) as vendor:
        found = probe(vendor, "gpt-6.1-sol", "gpt-4.1-mini", "gpt-5-mini", "gpt-9")
        assert vendor.accepted == []
    assert found == {
        "gpt-6-1-sol": "",
        "gpt-4-1-mini": "",
        "gpt-5-mini": "its provider shuts it down on 2027-01-06",
        "gpt-9": "gpt-9 is not offered to this account",
    }


@pytest.mark.parametrize("fault", ["overloaded", "unauthorised", "malformed", "reset"])
def test_a_probe_that_nobody_answers_fails(fault: Fault) -> None:
    with simulator(fault) as vendor, pytest.raises(ProviderFailed):
        probe(vendor, "gpt-6.1-sol")
