"""Orders of footage from Bedrock, and how they are found again: the simulator, and real boto3 clients."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.errors import (
    ModelRetired,
    OutcomeUnknown,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderUnavailable,
    RequestInvalid,
)
from reelwright.models.providers.bedrock_orders import footage_order
from reelwright.models.providers.bedrock_video import BedrockFootage
from reelwright.models.schema import Model, ShotRequest
from tests.simulators.access import call_to
from tests.simulators.bedrock import BedrockSimulator, bedrock_error
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.bedrock_jobs import clip_of
from tests.simulators.server import Answer, Fault, Faults, json_answer, nobody_listens
from tests.unit.models.providers.bedrock_samples import LUMA, REEL, named, shot_request

BUCKETS = {"us-west-2": "clips-west", "us-east-1": "clips-east"}


@pytest.fixture
def bedrock() -> Iterator[BedrockSimulator]:
    with BedrockSimulator(buckets={name: region for region, name in BUCKETS.items()}) as simulator:
        yield simulator
        assert simulator.objections == []


@pytest.fixture
def footage(bedrock: BedrockSimulator) -> BedrockFootage:
    return BedrockFootage(aws_calls_to(bedrock), BUCKETS)


@pytest.fixture
def request_(tmp_path: Path) -> ShotRequest:
    return shot_request(tmp_path)


@pytest.mark.parametrize(
    ("width", "height", "frames", "sent"),
    [
        (1920, 1080, 150, ("16:9", "5s", "720p")),
        (1920, 1080, 151, ("16:9", "9s", "720p")),
        (540, 960, 270, ("9:16", "9s", "540p")),
        (1080, 1080, 30, ("1:1", "5s", "720p")),
        (1280, 960, 30, ("4:3", "5s", "720p")),
        (1280, 720, 30, ("16:9", "5s", "720p")),
    ],
)
def test_an_order_fits_shape_length_and_size(
    tmp_path: Path, width: int, height: int, frames: int, sent: Any
) -> None:
    order = footage_order(LUMA, shot_request(tmp_path, width=width, height=height, frames=frames))
    body = order.model_input
    assert (body["aspect_ratio"], body["duration"], body["resolution"]) == sent
    assert (order.seconds, order.unit) == (int(sent[1][0]), f"video_seconds_{sent[2]}")


@given(
    width=st.integers(16, 4096),
    height=st.integers(16, 4096),
    frames=st.integers(1, 270),
    prompt=st.text(min_size=1, max_size=6000).filter(str.strip),
    model=st.sampled_from([LUMA, REEL]),
)
def test_any_order_is_one_that_the_vendor_takes(
    width: int, height: int, frames: int, prompt: str, model: Model
) -> None:
    request = shot_request(Path(), width=width, height=height, frames=frames, prompt=prompt)
    try:
        order = footage_order(model, request)
    except RequestInvalid:
        assert model is REEL
        assert request.seconds > 6
        return
    clip, problems = clip_of("luma" if model is LUMA else "nova-reel", order.model_input)
    assert problems == []
    assert (clip.seconds, clip.unit) == (order.seconds, order.unit)
    assert clip.seconds >= request.seconds


@pytest.mark.parametrize("changes", [{"frames": 271}, {"prompt": " \n"}])
def test_what_luma_cannot_make_is_not_ordered(
    bedrock: BedrockSimulator, footage: BedrockFootage, tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(RequestInvalid):
        footage.submit(LUMA, shot_request(tmp_path, **changes), call_to())
    assert bedrock.received == []


def test_nor_what_nobody_knows_how_to_order(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    with pytest.raises(ProviderMisconfigured, match=r"acme\.video"):
        footage.submit(LUMA.model_copy(update={"vendor_id": "acme.video-1"}), request_, call_to())
    assert bedrock.received == []


def test_it_is_delivered_to_the_bucket_of_the_models_region(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    footage.submit(LUMA, request_, named("tok-7"))
    sent = bedrock.received[-1].json
    assert sent["outputDataConfig"]["s3OutputDataConfig"] == {"s3Uri": "s3://clips-west/footage/tok-7"}
    assert sent["clientRequestToken"] == "tok-7"
    assert "/us-west-2/bedrock/" in bedrock.received[-1].headers["authorization"]


@pytest.mark.parametrize("region", ["us-west-2", ""])
def test_without_a_bucket_there_it_says_what_to_deploy(
    bedrock: BedrockSimulator, request_: ShotRequest, region: str
) -> None:
    footage = BedrockFootage(aws_calls_to(bedrock), {"eu-west-1": "far"})
    model = LUMA.model_copy(update={"region": region})
    with pytest.raises(ProviderMisconfigured, match=f"bucket in {region or 'us-east-1'}"):
        footage.submit(model, request_, call_to())
    assert bedrock.received == []


def test_a_bucket_of_another_region_is_the_operators_to_mend(
    bedrock: BedrockSimulator, request_: ShotRequest
) -> None:
    footage = BedrockFootage(aws_calls_to(bedrock), {"us-west-2": "clips-east"})
    with pytest.raises(ProviderMisconfigured, match="must be in us-west-2"):
        footage.submit(LUMA, request_, call_to())
    assert bedrock.accepted == []


def test_the_same_order_twice_is_one_job(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    first = footage.submit(LUMA, request_, call_to())
    assert footage.submit(LUMA, request_, call_to()) == first
    assert (len(bedrock.accepted), len(bedrock.jobs)) == (1, 1)
    assert footage.submit(LUMA, request_, named("call-2")) != first


def test_another_order_under_the_same_token_is_not_carried_out(
    bedrock: BedrockSimulator, footage: BedrockFootage, tmp_path: Path
) -> None:
    footage.submit(LUMA, shot_request(tmp_path), call_to())
    with pytest.raises(OutcomeUnknown) as failed:
        footage.submit(LUMA, shot_request(tmp_path, prompt="another"), call_to())
    assert (failed.value.accepted, len(bedrock.accepted)) == ("maybe", 1)


@pytest.mark.parametrize("fault", ["lost_answer", "reset_mid_body", "malformed", "wrong_content_type"])
def test_an_order_whose_answer_is_lost_is_found_and_not_repeated(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, fault: Fault
) -> None:
    bedrock.faults = Faults.script([fault])
    with pytest.raises(OutcomeUnknown) as failed:
        footage.submit(LUMA, request_, call_to())
    assert failed.value.accepted == "maybe"
    (reference,) = bedrock.jobs
    assert footage.find(LUMA, request_, call_to()) == reference
    assert [len(bedrock.accepted), len(bedrock.received)] == [1, 2]


@pytest.mark.parametrize("fault", ["reset", "server_error"])
def test_an_order_that_may_have_arrived_and_did_not_is_not_found(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, fault: Fault
) -> None:
    bedrock.faults = Faults.script([fault])
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to())
    assert footage.find(LUMA, request_, call_to()) is None
    assert bedrock.accepted == []


def test_an_order_too_young_to_be_listed_is_the_same_when_sent_again(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    bedrock.faults, bedrock.unlisted = Faults.script(["lost_answer"]), 1
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to())
    assert footage.find(LUMA, request_, call_to()) is None
    reference = footage.submit(LUMA, request_, call_to())
    assert footage.find(LUMA, request_, call_to()) == reference
    assert len(bedrock.accepted) == 1


@pytest.mark.parametrize("fault", ["timeout", "slow_body"])
def test_an_order_that_is_not_answered_in_time_may_have_arrived(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, fault: Fault
) -> None:
    bedrock.faults = Faults.script([fault])
    call = call_to(seconds=1.0)
    with pytest.raises(OutcomeUnknown) as failed:
        footage.submit(LUMA, request_, call)
    assert failed.value.accepted == "maybe"
    assert call.deadline.clock.monotonic() - call.deadline.at < 5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttled", ProviderThrottled),
        ("overloaded", ProviderUnavailable),
        ("retired", ModelRetired),
        ("unauthorised", ProviderMisconfigured),
    ],
)
def test_an_order_that_is_refused_is_none(
    bedrock: BedrockSimulator,
    footage: BedrockFootage,
    request_: ShotRequest,
    fault: Fault,
    kind: type[ProviderFailed],
) -> None:
    bedrock.faults = Faults.script([fault])
    with pytest.raises(kind) as failed:
        footage.submit(LUMA, request_, call_to())
    assert (failed.value.accepted, bedrock.accepted) == ("no", [])


def test_an_order_is_sent_to_the_next_address_only_if_the_first_cannot_be_reached(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    with nobody_listens() as nowhere:
        footage.submit(LUMA, request_, call_to(nowhere, bedrock.url))
    bedrock.faults = Faults.script(["lost_answer"])
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, named("call-2", bedrock.url, bedrock.url))
    assert [len(bedrock.received), len(bedrock.accepted)] == [2, 2]


def test_who_cannot_be_reached_took_no_order(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    with bedrock.away(), pytest.raises(ProviderUnavailable) as failed:
        footage.submit(LUMA, request_, call_to())
    assert failed.value.accepted == "no"


def test_an_order_without_a_name_is_unknown(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    bedrock.next_answers = [json_answer({})]
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to())


def test_it_is_found_among_many_over_pages(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    bedrock.page = 3
    references = [footage.submit(LUMA, request_, named(f"t-{number}")) for number in range(10)]
    assert footage.find(LUMA, request_, named("t-0")) == references[0]
    assert footage.find(LUMA, request_, named("t-10")) is None
    assert len(bedrock.accepted) == 10


def test_it_is_found_by_its_folder_too_and_not_by_one_that_begins_alike(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    reference = footage.submit(LUMA, request_, named("tok-1"))
    bedrock.jobs[reference].token = bedrock.jobs[reference].order
    assert footage.find(LUMA, request_, named("tok-1")) == reference
    assert footage.find(LUMA, request_, named("tok")) is None


@pytest.mark.parametrize("answer", [json_answer({}), Answer(200, b"<html>"), bedrock_error("X", "y")])
def test_a_list_that_cannot_be_read_says_nothing_about_an_order(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, answer: Answer
) -> None:
    bedrock.next_answers = [answer]
    with pytest.raises(ProviderFailed) as failed:
        footage.find(LUMA, request_, call_to())
    assert failed.value.accepted == "maybe"
