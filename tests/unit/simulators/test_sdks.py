"""The vendors' own SDKs, talking to the simulated vendors: they are taken for the real ones."""

import anthropic
import openai
import pytest

from tests.simulators.access import KEY
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.openai import OpenAISimulator
from tests.simulators.server import Fault, Faults

PATIENCE_SECONDS = 60.0
IMPATIENCE_SECONDS = 0.5
"""Where no answer comes."""


def claude(vendor: AnthropicSimulator, timeout_seconds: float = PATIENCE_SECONDS) -> anthropic.types.Message:
    with anthropic.Anthropic(
        api_key=KEY, base_url=vendor.url, max_retries=0, timeout=timeout_seconds
    ) as client:
        return client.messages.create(
            model="claude-sonnet-5-5",
            max_tokens=100,
            messages=[{"role": "user", "content": "Say something."}],
        )


def gpt(
    vendor: OpenAISimulator, timeout_seconds: float = PATIENCE_SECONDS
) -> openai.types.responses.Response:
    with openai.OpenAI(
        api_key=KEY, base_url=f"{vendor.url}/v1", max_retries=0, timeout=timeout_seconds
    ) as client:
        return client.responses.create(model="gpt-6.1-sol", input="Say something.", store=False)


@pytest.mark.parametrize("fault", [None, "refusal", "truncated"])
def test_anthropics_sdk_reads_the_answers(fault: Fault | None) -> None:
    with AnthropicSimulator(keys=[KEY], faults=Faults([fault]), cached_tokens=3) as vendor:
        message = claude(vendor)
    assert vendor.objections == []
    anthropic.types.Message.model_validate(message.model_dump(), strict=True)
    assert message.stop_reason == {None: "end_turn", "refusal": "refusal", "truncated": "max_tokens"}[fault]
    assert message._request_id == f"req_{message.id}"
    assert {"input_tokens": message.usage.input_tokens, "cache_read_tokens": 3}.items() <= dict(
        vendor.accepted[0].units
    ).items()


@pytest.mark.parametrize("fault", [None, "refusal", "truncated"])
def test_openais_sdk_reads_the_answers(fault: Fault | None) -> None:
    with OpenAISimulator(keys=[KEY], faults=Faults([fault]), cached_tokens=3) as vendor:
        response = gpt(vendor)
    assert vendor.objections == []
    assert response.status == ("incomplete" if fault == "truncated" else "completed")
    assert bool(response.output_text) is (fault != "refusal")
    assert response._request_id == f"req_{response.id}"
    assert response.usage is not None
    openai.types.responses.ResponseUsage.model_validate(response.usage.model_dump(), strict=True)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("throttled", anthropic.RateLimitError),
        ("exhausted", anthropic.RateLimitError),
        ("overloaded", anthropic.APIStatusError),
        ("server_error", anthropic.InternalServerError),
        ("unauthorised", anthropic.AuthenticationError),
        ("retired", anthropic.NotFoundError),
        ("invalid_request", anthropic.BadRequestError),
        ("reset", anthropic.APIConnectionError),
        ("lost_answer", anthropic.APIConnectionError),
        ("reset_mid_body", anthropic.APIConnectionError),
    ],
)
def test_anthropics_sdk_knows_the_faults(fault: Fault, error: type[Exception]) -> None:
    with AnthropicSimulator(keys=[KEY], faults=Faults([fault])) as vendor, pytest.raises(error):
        claude(vendor)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("throttled", openai.RateLimitError),
        ("exhausted", openai.RateLimitError),
        ("overloaded", openai.InternalServerError),
        ("server_error", openai.InternalServerError),
        ("unauthorised", openai.AuthenticationError),
        ("retired", openai.NotFoundError),
        ("invalid_request", openai.BadRequestError),
        ("reset", openai.APIConnectionError),
        ("lost_answer", openai.APIConnectionError),
        ("reset_mid_body", openai.APIConnectionError),
    ],
)
def test_openais_sdk_knows_the_faults(fault: Fault, error: type[Exception]) -> None:
    with OpenAISimulator(keys=[KEY], faults=Faults([fault])) as vendor, pytest.raises(error):
        gpt(vendor)


def test_the_sdks_wait_for_an_answer_no_longer_than_they_are_told() -> None:
    with (
        AnthropicSimulator(keys=[KEY], faults=Faults(["timeout"])) as vendor,
        pytest.raises(anthropic.APITimeoutError),
    ):
        claude(vendor, IMPATIENCE_SECONDS)
    with (
        OpenAISimulator(keys=[KEY], faults=Faults(["timeout"])) as other,
        pytest.raises(openai.APITimeoutError),
    ):
        gpt(other, IMPATIENCE_SECONDS)


def test_the_lists_of_models_are_the_sdks() -> None:
    with (
        AnthropicSimulator(models=["claude-a"], lifecycles={"claude-a": "deprecated"}) as vendor,
        anthropic.Anthropic(api_key=KEY, base_url=vendor.url) as client,
    ):
        (entry,) = client.models.list(limit=1000).data
        assert (entry.id, entry.lifecycle) == ("claude-a", "deprecated")
        assert entry.retires_at is not None
    with (
        OpenAISimulator(models=["gpt-a"], shutdown_dates={"gpt-a": "2027-01-06"}) as other,
        openai.OpenAI(api_key=KEY, base_url=f"{other.url}/v1") as peer,
    ):
        (model,) = peer.models.list().data
        assert (model.id, model.shutdown_date) == ("gpt-a", "2027-01-06")
