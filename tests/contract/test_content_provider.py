"""The port of writing models, over every vendor: what is billed is what is said to be."""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from reelwright.content.pace import Pace
from reelwright.cost.schema import Usage
from reelwright.models.errors import ProviderFailed
from reelwright.models.http import HttpClient
from reelwright.models.ports import ContentProvider
from reelwright.models.providers.anthropic import AnthropicProvider
from reelwright.models.providers.bedrock import BedrockProvider
from reelwright.models.providers.openai import OpenAIProvider
from reelwright.models.schema import Model
from reelwright.production.schema import Script
from tests.simulators.access import KEY, call_to
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.openai import OpenAISimulator
from tests.simulators.server import Fault, Faults, Simulator
from tests.unit.models.providers.bedrock_samples import SONNET
from tests.unit.models.providers.content_kit import PRICES, model_of, plain_request, script_request

REQUEST = plain_request({"type": "object", "properties": {"a": {"type": "string"}}})
CHAOS: tuple[Fault, ...] = (
    "throttled",
    "server_error",
    "overloaded",
    "reset",
    "reset_mid_body",
    "malformed",
    "refusal",
    "truncated",
    "lost_answer",
    "wrong_content_type",
    "exhausted",
    "invalid_request",
)

Vendor = tuple[ContentProvider, Model, Simulator]


@contextmanager
def anthropic(faults: Faults) -> Iterator[Vendor]:
    with AnthropicSimulator(keys=[KEY], prices=PRICES, faults=faults, cached_tokens=7) as vendor:
        yield AnthropicProvider(HttpClient()), model_of("anthropic", "claude-sonnet-5-5"), vendor


@contextmanager
def openai(faults: Faults) -> Iterator[Vendor]:
    with OpenAISimulator(keys=[KEY], prices=PRICES, faults=faults, cached_tokens=7) as vendor:
        yield OpenAIProvider(HttpClient()), model_of("openai", "gpt-6.1-sol"), vendor


@contextmanager
def bedrock(faults: Faults) -> Iterator[Vendor]:
    with BedrockSimulator() as vendor:
        vendor.faults = faults
        yield BedrockProvider(aws_calls_to(vendor)), SONNET, vendor


Maker = Callable[[Faults], Any]
vendors = pytest.mark.parametrize("make", [anthropic, openai, bedrock], ids=lambda make: make.__name__)


def units(usage: tuple[Usage, ...]) -> dict[str, int]:
    return {line.unit: line.quantity for line in usage}


@vendors
def test_a_script_is_written_that_can_be_produced(make: Maker) -> None:
    with make(Faults()) as (provider, model, vendor):
        response = provider.write(model, script_request(60), call_to(vendor.url))
    script = Script.model_validate_json(response.text)
    assert Pace().script_seconds(scene.narration for scene in script.scenes) == pytest.approx(60, rel=0.2)
    assert vendor.objections == []


@vendors
def test_whatever_happens_what_is_said_of_the_bill_is_true(make: Maker) -> None:
    """One call is one request; "no" is never billed, "yes" is what is said, "maybe" is one work at most."""
    seen: Counter[str] = Counter()
    told: list[str] = []
    with make(Faults.random(20261125, 0.6, CHAOS)) as (provider, model, vendor):
        for number in range(120):
            before = len(vendor.accepted)
            outcome, usage = "done", ()
            try:
                usage = provider.write(model, REQUEST, call_to(vendor.url)).usage
            except ProviderFailed as error:
                outcome, usage = error.accepted, error.usage
                told.append("".join(traceback.format_exception(error)))
            billed = [work.units for work in vendor.accepted[before:]]
            seen[outcome] += 1
            assert len(vendor.received) == number + 1
            if outcome == "maybe":
                assert len(billed) <= 1
            else:
                used = {unit: count for work in billed for unit, count in work.items() if count}
                assert (len(billed), used) == (outcome != "no", units(usage))
    assert KEY not in "".join(told)
    assert set(seen) == {"done", "no", "maybe", "yes"}
    assert vendor.objections == []
