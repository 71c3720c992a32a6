"""Writing through Bedrock's Converse, against the simulator with real boto3 clients."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError, NoRegionError
from botocore.session import get_session

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    Accepted,
    AnswerRejected,
    ModelRetired,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)
from reelwright.models.http import HttpClient
from reelwright.models.providers.bedrock import FAILED_STOPS, BedrockProvider, converse_request
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.schema import Message, Model
from reelwright.production.schema import Script
from tests.simulators.access import call_to
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.server import Answer, Fault, Faults, json_answer, nobody_listens
from tests.unit.models.providers.bedrock_samples import LITE, SONNET, script_request


@pytest.fixture
def bedrock() -> Iterator[BedrockSimulator]:
    with BedrockSimulator() as simulator:
        yield simulator
        assert simulator.objections == []


@pytest.fixture
def provider(bedrock: BedrockSimulator) -> BedrockProvider:
    return BedrockProvider(aws_calls_to(bedrock))


def _sent(bedrock: BedrockSimulator) -> dict:
    return bedrock.received[-1].json


@pytest.mark.parametrize("model", [SONNET, LITE], ids=lambda model: model.name)
def test_an_answer_is_a_script_and_what_it_used(
    bedrock: BedrockSimulator, provider: BedrockProvider, model: Model
) -> None:
    response = provider.write(model, script_request(), call_to())
    assert Script.model_validate_json(response.text).title == "How tea is made"
    (work,) = bedrock.accepted
    assert {usage.unit: usage.quantity for usage in response.usage} == work.units
    assert work.model == model.vendor_id


def test_ids_with_colons_and_dots_reach_the_model_they_name(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    provider.write(LITE, script_request(), call_to())
    assert bedrock.received[0].path == "/model/amazon.nova-lite-v1:0/converse"


def test_system_and_user_go_where_converse_wants_them(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    messages = (
        Message(role="system", text="One."),
        Message(role="user", text="Two."),
        Message(role="system", text="Three."),
        Message(role="user", text="Four."),
    )
    provider.write(SONNET, script_request(messages=messages), call_to())
    assert [block["text"] for block in _sent(bedrock)["system"]] == ["One.\n\nThree."]
    (turn,) = _sent(bedrock)["messages"]
    assert (turn["role"], [block["text"] for block in turn["content"]]) == ("user", ["Two.\n\nFour."])


def test_a_request_without_a_users_turn_sends_its_variables(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    provider.write(SONNET, script_request(messages=()), call_to())
    assert json.loads(_sent(bedrock)["messages"][0]["content"][0]["text"]) == {"topic": "How tea is made"}
    assert "system" not in _sent(bedrock)


@pytest.mark.parametrize(
    ("model", "asked", "sent"), [(SONNET, 0.3, None), (LITE, 0.3, 0.3), (LITE, 1.7, 1.0), (LITE, None, None)]
)
def test_a_temperature_goes_only_where_it_is_taken(
    bedrock: BedrockSimulator, provider: BedrockProvider, model: Model, asked: Any, sent: Any
) -> None:
    provider.write(model, script_request(temperature=asked), call_to())
    assert _sent(bedrock)["inferenceConfig"].get("temperature") == sent


@pytest.mark.parametrize(("asked", "sent"), [(None, 5000), (2000, 2000), (90_000, 5000)])
def test_the_limit_of_output_is_the_lower_one(
    bedrock: BedrockSimulator, provider: BedrockProvider, asked: Any, sent: Any
) -> None:
    provider.write(LITE, script_request(max_output_tokens=asked), call_to())
    assert _sent(bedrock)["inferenceConfig"]["maxTokens"] == sent


def test_the_schema_goes_as_structured_output_where_the_model_has_it(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    provider.write(SONNET, script_request(), call_to())
    sent = _sent(bedrock)["outputConfig"]["textFormat"]
    schema = json.loads(sent["structure"]["jsonSchema"]["schema"])
    assert (sent["type"], sent["structure"]["jsonSchema"]["name"]) == ("json_schema", "script_write")
    assert "scenes" in schema["required"]
    assert "kind" in schema["$defs"]["TitleVisual"]["required"]


def test_and_into_the_prompt_where_it_has_not(bedrock: BedrockSimulator, provider: BedrockProvider) -> None:
    provider.write(LITE, script_request(), call_to())
    assert "outputConfig" not in _sent(bedrock)
    assert '"call_to_action"' in _sent(bedrock)["system"][-1]["text"]


@pytest.mark.parametrize(
    ("key", "production"), [("01JX/write", "01JX"), ("a(b)c/x", "abc"), ("!/x", None), ("x" * 300, "x" * 256)]
)
def test_the_production_is_named_in_the_metadata_as_far_as_it_may_be(
    key: str, production: str | None
) -> None:
    metadata = converse_request(SONNET, script_request(idempotency_key=key)).get("requestMetadata", {})
    assert metadata.get("production") == production


@pytest.mark.parametrize("stop", [*FAILED_STOPS, "something_new"])
def test_stopping_for_any_other_reason_is_a_failure_that_is_billed(
    bedrock: BedrockSimulator, provider: BedrockProvider, stop: str
) -> None:
    bedrock.next_stop = stop
    kind, _ = FAILED_STOPS.get(stop, (AnswerRejected, ""))
    with pytest.raises(kind) as failed:
        provider.write(SONNET, script_request(), call_to())
    (work,) = bedrock.accepted
    assert failed.value.accepted == "yes"
    assert {usage.unit: usage.quantity for usage in failed.value.usage} == work.units
    assert failed.value.request_id == "bedrock-1"


def test_the_reasons_to_stop_are_all_that_botocore_knows_but_one() -> None:
    model = get_session().get_service_model("bedrock-runtime").shape_for("StopReason")
    assert set(model.enum) ^ set(FAILED_STOPS) == {"end_turn", "refusal"}


def test_moderation_and_a_full_context_are_told_apart_from_bad_answers() -> None:
    kinds = {stop: kind for stop, (kind, _) in FAILED_STOPS.items()}
    assert kinds["content_filtered"] is kinds["guardrail_intervened"] is RequestRefused
    assert kinds["model_context_window_exceeded"] is RequestInvalid
    assert kinds["max_tokens"] is kinds["malformed_model_output"] is AnswerRejected


def test_tokens_of_the_cache_are_counted_beside_the_others(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    bedrock.next_answers = [_answer("{}", cacheReadInputTokens=7, cacheWriteInputTokens=0)]
    assert provider.write(SONNET, script_request(), call_to()).usage == (
        Usage(unit="input_tokens", quantity=10),
        Usage(unit="output_tokens", quantity=5),
        Usage(unit="cache_read_tokens", quantity=7),
        Usage(unit="cache_write_tokens", quantity=0),
    )


def test_only_text_is_read_and_all_of_it(bedrock: BedrockSimulator, provider: BedrockProvider) -> None:
    blocks = [{"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": '{"a"'}, {"text": ": 1}"}]
    bedrock.next_answers = [_answer(blocks)]
    assert provider.write(SONNET, script_request(), call_to()).text == '{"a": 1}'


@pytest.mark.parametrize("content", ["", "  \n", []])
def test_an_empty_answer_is_rejected_and_billed(
    bedrock: BedrockSimulator, provider: BedrockProvider, content: object
) -> None:
    bedrock.next_answers = [_answer(content)]
    with pytest.raises(AnswerRejected, match="empty") as failed:
        provider.write(SONNET, script_request(), call_to())
    assert (failed.value.accepted, len(failed.value.usage)) == ("yes", 2)


@pytest.mark.parametrize("body", [b"<html>a proxy</html>", b"{}", b'{"output": ', b"[]", b""])
def test_an_answer_that_cannot_be_read_may_have_been_billed(
    bedrock: BedrockSimulator, provider: BedrockProvider, body: bytes
) -> None:
    bedrock.next_answers = [Answer(200, body, {"content-type": "application/json"})]
    with pytest.raises(ProviderFailed) as failed:
        provider.write(SONNET, script_request(), call_to())
    assert isinstance(failed.value, AnswerRejected)
    assert (failed.value.accepted, failed.value.usage) == ("maybe", ())


@pytest.mark.parametrize(
    ("fault", "outcome", "billed"),
    [
        ("throttled", (ProviderThrottled, "no"), 0),
        ("server_error", (ProviderUnavailable, "no"), 0),
        ("overloaded", (ProviderUnavailable, "no"), 0),
        ("retired", (ModelRetired, "no"), 0),
        ("reset", (ProviderUnavailable, "maybe"), 0),
        ("lost_answer", (ProviderUnavailable, "maybe"), 1),
        ("reset_mid_body", (ProviderUnavailable, "maybe"), 1),
        ("malformed", (AnswerRejected, "maybe"), 1),
        ("wrong_content_type", (AnswerRejected, "maybe"), 1),
        ("refusal", (RequestRefused, "yes"), 1),
        ("truncated", (AnswerRejected, "yes"), 1),
    ],
)
def test_each_fault_is_one_attempt_and_says_whether_it_may_be_billed(
    bedrock: BedrockSimulator,
    provider: BedrockProvider,
    fault: Fault,
    outcome: tuple[type[ProviderFailed], Accepted],
    billed: int,
) -> None:
    bedrock.faults = Faults.script([fault])
    with pytest.raises(ProviderFailed) as failed:
        provider.write(SONNET, script_request(), call_to())
    assert (type(failed.value), failed.value.accepted) == outcome
    assert (len(bedrock.received), len(bedrock.accepted)) == (1, billed)


@pytest.mark.parametrize("fault", ["timeout", "slow_body"])
def test_nothing_outlasts_the_deadline(
    bedrock: BedrockSimulator, provider: BedrockProvider, fault: Fault
) -> None:
    bedrock.faults = Faults.script([fault])
    call = call_to(seconds=1.0)
    with pytest.raises(ProviderTimedOut) as failed:
        provider.write(SONNET, script_request(), call)
    assert failed.value.accepted == "maybe"
    assert call.deadline.clock.monotonic() - call.deadline.at < 5


def test_without_time_nothing_is_sent(bedrock: BedrockSimulator, provider: BedrockProvider) -> None:
    with pytest.raises(ProviderTimedOut) as failed:
        provider.write(SONNET, script_request(), call_to(seconds=0.0))
    assert (failed.value.accepted, bedrock.received) == ("no", [])


def test_the_next_address_is_asked_when_the_first_cannot_be_reached(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    with nobody_listens() as nowhere:
        provider.write(SONNET, script_request(), call_to(nowhere, bedrock.url))
    assert len(bedrock.accepted) == 1


def test_but_not_when_it_may_be_at_work(bedrock: BedrockSimulator, provider: BedrockProvider) -> None:
    bedrock.faults = Faults.script(["lost_answer"])
    with pytest.raises(ProviderUnavailable):
        provider.write(SONNET, script_request(), call_to(bedrock.url, bedrock.url))
    assert len(bedrock.received) == 1


def test_who_cannot_be_reached_took_nothing_on(bedrock: BedrockSimulator, provider: BedrockProvider) -> None:
    with bedrock.away(), pytest.raises(ProviderUnavailable) as failed:
        provider.write(SONNET, script_request(), call_to())
    assert failed.value.accepted == "no"


def test_no_region_is_the_environments_own(bedrock: BedrockSimulator, provider: BedrockProvider) -> None:
    provider.write(LITE, script_request(), call_to())
    provider.write(SONNET, script_request(), call_to())
    regions = [request.headers["authorization"].split("/")[2] for request in bedrock.received]
    assert regions == ["us-east-1", "us-west-2"]


def _answer(content: object, **tokens: int) -> Answer:
    blocks = [{"text": content}] if isinstance(content, str) else content
    return json_answer(
        {
            "output": {"message": {"role": "assistant", "content": blocks}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15, **tokens},
            "metrics": {"latencyMs": 1},
        }
    )


def test_threads_share_clients_and_not_their_deadlines(
    bedrock: BedrockSimulator, provider: BedrockProvider
) -> None:
    provider.write(LITE, script_request(), call_to())
    bedrock.faults = Faults.script(["timeout"], on=lambda request: b"Number three" in request.body)

    def write(number: int) -> str:
        late = number == 3
        messages = (Message(role="user", text="Number three" if late else f"Topic: {number}"),)
        call = call_to(seconds=1.0 if late else 10.0)
        try:
            text = provider.write(LITE, script_request(messages=messages), call).text
        except ProviderTimedOut:
            return "late"
        return str(Script.model_validate_json(text).title)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(write, range(8))) == ["0", "1", "2", "late", "4", "5", "6", "7"]


@pytest.mark.parametrize("error", [NoRegionError(), NoCredentialsError()])
def test_without_region_or_credentials_it_is_the_operators_to_mend(error: Exception) -> None:
    def no_client(*_: str) -> Any:
        raise error

    aws = AwsCalls(HttpClient(), no_client)
    with pytest.raises(ProviderMisconfigured) as failed:
        BedrockProvider(aws).write(LITE, script_request(), call_to())
    assert failed.value.accepted == "no"
    with pytest.raises(ProviderMisconfigured):
        aws.region_of("bedrock-runtime", "")
