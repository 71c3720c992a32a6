"""Random faults on the wire between a caller that keeps to the rules of orders and Bedrock: nothing is lost
or bought twice."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest

from reelwright.models.errors import OutcomeUnknown, ProviderFailed
from reelwright.models.providers.bedrock_video import BedrockFootage
from reelwright.models.schema import ShotRequest, ShotResponse, Underway
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.server import Fault, Faults
from tests.unit.models.providers.bedrock_samples import LUMA, named, shot_request

KINDS: tuple[Fault, ...] = (
    "throttled",
    "server_error",
    "overloaded",
    "reset",
    "reset_mid_body",
    "malformed",
    "lost_answer",
    "duplicate_id",
    "wrong_content_type",
)
Result = TypeVar("Result")
SEEDS = range(40)
SHOTS = 3


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_is_one_job_and_every_job_its_own_footage(tmp_path: Path, seed: int) -> None:
    rng = Random(seed)
    with BedrockSimulator(buckets={"clips": "us-west-2"}, polls=rng.randrange(3), shrink=3) as bedrock:
        bedrock.faults = Faults.random(seed, 0.3, KINDS)
        bedrock.unlisted = rng.randrange(3)
        for number in range(SHOTS):
            request = shot_request(tmp_path, prompt=f"shot {number}", width=320, height=180)
            # Each time another process, which knows the token and perhaps the name of the job.
            reference = _ordered(bedrock, request, f"t-{number}")
            shot = _collected(bedrock, request, f"t-{number}", reference)
            assert read_burned(shot.media) == prompt_hash(request.prompt)
        assert sorted(work.token for work in bedrock.accepted) == [f"t-{number}" for number in range(SHOTS)]
        assert bedrock.bill_micro_usd == SHOTS * 5 * 750_000
        assert bedrock.objections == []


def _ordered(bedrock: BedrockSimulator, request: ShotRequest, token: str) -> str:
    """Order as a caller does: again only after a refusal, or with the same token after a look at the list."""
    for _ in range(50):
        footage, before = _process(bedrock), _count(bedrock, token)
        made = _tried(footage.submit, LUMA, request, named(token))
        if isinstance(made, str):
            return made
        assert made.accepted == "maybe" or _count(bedrock, token) == before
        if isinstance(made, OutcomeUnknown) and (found := _found(footage, request, token)):
            return found
    raise AssertionError("it was never ordered")


def _found(footage: BedrockFootage, request: ShotRequest, token: str) -> str | None:
    for _ in range(50):
        found = _tried(footage.find, LUMA, request, named(token))
        if not isinstance(found, ProviderFailed):
            return found
        assert found.accepted == "maybe"
    raise AssertionError("it was never told")


def _collected(bedrock: BedrockSimulator, request: ShotRequest, token: str, reference: str) -> ShotResponse:
    for _ in range(80):
        footage = _process(bedrock)
        found = _tried(footage.collect, LUMA, request, reference, named(token))
        if isinstance(found, ShotResponse):
            return found
        assert isinstance(found, Underway) or found.accepted == "maybe"
    raise AssertionError("it was never delivered")


def _process(bedrock: BedrockSimulator) -> BedrockFootage:
    return BedrockFootage(aws_calls_to(bedrock), {"us-west-2": "clips"})


def _count(bedrock: BedrockSimulator, token: str) -> int:
    return len([work for work in bedrock.accepted if work.token == token])


def _tried(call: Callable[..., Result], *args: object) -> Result | ProviderFailed:
    try:
        return call(*args)
    except ProviderFailed as error:
        return error
