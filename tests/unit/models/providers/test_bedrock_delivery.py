"""Footage that Bedrock delivers, or does not, against the simulator with real boto3 clients."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    AnswerRejected,
    ModelRetired,
    OutcomeUnknown,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestRefused,
)
from reelwright.models.providers import bedrock_video
from reelwright.models.providers.bedrock_video import BedrockFootage
from reelwright.models.schema import ShotRequest, ShotResponse, Underway
from tests.simulators.access import call_to
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.bedrock_offers import OFFERS
from tests.simulators.bedrock_s3 import s3_error
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.server import Answer, Fault, Faults, Received
from tests.unit.models.providers.bedrock_samples import LUMA, REEL, named, shot_request

BUCKETS = {"us-west-2": "clips-west", "us-east-1": "clips-east"}
STILL_HERE = {**OFFERS, REEL.vendor_id: replace(OFFERS[REEL.vendor_id], legacy=None, ends=None)}


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


def test_what_is_ordered_is_delivered_for_the_prompt_and_billed_by_the_second(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    reference = footage.submit(LUMA, request_, call_to())
    waiting = footage.collect(LUMA, request_, reference, call_to())
    assert waiting == Underway(check_after_seconds=10.0, state="InProgress")
    shot = footage.collect(LUMA, request_, reference, call_to())
    assert shot.usage == (Usage(unit="video_seconds_540p", quantity=5),)
    assert (shot.frames, shot.media.parent) == (120, request_.work_dir)
    assert read_burned(shot.media) == prompt_hash(request_.prompt)
    with av.open(str(shot.media)) as media:
        assert (media.streams.video[0].width, media.streams.video[0].height) == (960, 540)
        assert media.streams.video[0].frames == shot.frames
    assert [path.name for path in request_.work_dir.iterdir()] == [shot.media.name]
    (work,) = bedrock.accepted
    assert (work.token, work.units, bedrock.bill_micro_usd) == (
        "call-1",
        {"video_seconds_540p": 5},
        3_750_000,
    )


def test_another_process_may_collect_and_collect_again(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    reference = footage.submit(LUMA, request_, call_to())
    bedrock.jobs[reference].polls = 0
    first = footage.collect(LUMA, request_, reference, call_to())
    other = BedrockFootage(aws_calls_to(bedrock), BUCKETS)
    assert other.collect(LUMA, request_, reference, call_to()) == first
    assert len(bedrock.accepted) == 1


@pytest.mark.parametrize(
    "fault", ["throttled", "server_error", "overloaded", "reset", "reset_mid_body", "malformed"]
)
@pytest.mark.parametrize("at", [0, 1], ids=["asking", "copying"])
def test_a_question_that_fails_leaves_the_job_as_it_is(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, fault: Fault, at: int
) -> None:
    reference = footage.submit(LUMA, request_, call_to())
    bedrock.jobs[reference].polls = 0
    bedrock.faults = Faults.script([None] * at + [fault])
    shot = _collected(footage, request_, reference)
    assert read_burned(shot.media) == prompt_hash(request_.prompt)
    assert len(bedrock.accepted) == 1
    assert [path.name for path in request_.work_dir.iterdir()] == [shot.media.name]


@pytest.mark.parametrize(
    ("fault", "at"), [("slow_body", 0), ("timeout", 0), ("slow_body", 1), ("timeout", 1)]
)
def test_collecting_keeps_to_the_deadline(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, fault: Fault, at: int
) -> None:
    reference = footage.submit(LUMA, request_, call_to())
    bedrock.jobs[reference].polls = 0
    bedrock.faults = Faults.script([None] * at + [fault])
    call = call_to(seconds=1.0)
    with pytest.raises(ProviderTimedOut) as failed:
        footage.collect(LUMA, request_, reference, call)
    assert failed.value.accepted == "maybe"
    assert call.deadline.clock.monotonic() - call.deadline.at < 5
    assert list(request_.work_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("The generated video has been blocked by our content filters.", RequestRefused),
        ("Something broke", ProviderUnavailable),
        ("Access Denied when writing to S3", ProviderMisconfigured),
    ],
)
def test_a_job_that_fails_is_over_and_costs_nothing(
    bedrock: BedrockSimulator,
    footage: BedrockFootage,
    request_: ShotRequest,
    message: str,
    kind: type[ProviderFailed],
) -> None:
    bedrock.job_failures = [message]
    reference = footage.submit(LUMA, request_, call_to())
    assert isinstance(footage.collect(LUMA, request_, reference, call_to()), Underway)
    with pytest.raises(kind, match=message) as failed:
        footage.collect(LUMA, request_, reference, call_to())
    assert (failed.value.accepted, failed.value.usage, bedrock.bill_micro_usd) == ("yes", (), 0)


@pytest.mark.parametrize("spoil", ["missing", "empty", "page"])
def test_a_delivery_that_is_none_is_over_and_paid_for(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, spoil: str
) -> None:
    reference = _completed(bedrock, footage, request_)
    (place,) = bedrock.s3.objects
    bedrock.s3.objects[place] = b"<html>no film</html>" if spoil == "page" else b""
    if spoil == "missing":
        del bedrock.s3.objects[place]
    with pytest.raises(AnswerRejected) as failed:
        footage.collect(LUMA, request_, reference, call_to())
    assert failed.value.accepted == "yes"
    assert failed.value.usage == (Usage(unit="video_seconds_540p", quantity=5),)
    assert list(request_.work_dir.iterdir()) == []


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket"])
def test_a_delivery_that_may_not_be_read_waits_for_the_operator(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, code: str
) -> None:
    reference = _completed(bedrock, footage, request_)
    good = bedrock.s3.answer
    bedrock.s3.answer = lambda _: s3_error(code)
    with pytest.raises(ProviderMisconfigured) as failed:
        footage.collect(LUMA, request_, reference, call_to())
    assert failed.value.accepted == "maybe"
    bedrock.s3.answer = good
    assert isinstance(footage.collect(LUMA, request_, reference, call_to()), ShotResponse)


@pytest.mark.parametrize("own", ["", "{job}/"], ids=["asked folder", "own folder"])
def test_the_footage_is_looked_for_where_bedrock_may_put_it(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, own: str
) -> None:
    reference = _completed(bedrock, footage, request_)
    (place,) = bedrock.s3.objects
    content = bedrock.s3.objects.pop(place)
    bedrock.jobs[reference].names_own_folder = False
    folder = own.format(job=reference.rpartition("/")[2])
    bedrock.s3.objects["clips-west", f"footage/call-1/{folder}output.mp4"] = content
    shot = footage.collect(LUMA, request_, reference, call_to())
    assert shot.media.read_bytes() == content


def test_large_footage_comes_in_pieces_and_whole(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bedrock_video, "_PIECE_BYTES", 1000)
    reference = _completed(bedrock, footage, request_)
    (content,) = bedrock.s3.objects.values()
    shot = footage.collect(LUMA, request_, reference, call_to())
    assert shot.media.read_bytes() == content
    assert len([one for one in bedrock.received if "range" in one.headers]) == -(-len(content) // 1000)


def test_pieces_of_two_states_are_never_put_together(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bedrock_video, "_PIECE_BYTES", 1000)
    reference = _completed(bedrock, footage, request_)
    (place,) = bedrock.s3.objects
    whole = bedrock.s3.answer

    def changing(request: Received) -> Answer:
        answer = whole(request)
        bedrock.s3.objects[place] = bedrock.s3.objects[place][:-1] + b"!"
        bedrock.s3.answer = whole
        return answer

    bedrock.s3.answer = changing
    with pytest.raises(ProviderUnavailable) as failed:
        footage.collect(LUMA, request_, reference, call_to())
    assert failed.value.accepted == "maybe"
    assert isinstance(footage.collect(LUMA, request_, reference, call_to()), ShotResponse)


def test_an_order_that_was_given_the_name_of_another_is_told_by_its_token(
    bedrock: BedrockSimulator, footage: BedrockFootage, tmp_path: Path
) -> None:
    first = shot_request(tmp_path, prompt="the first")
    second = shot_request(tmp_path, prompt="the second")
    footage.submit(LUMA, first, named("t-1"))
    bedrock.faults = Faults.script(["duplicate_id"])
    misnamed = footage.submit(LUMA, second, named("t-2"))
    for job in bedrock.jobs.values():
        job.polls = 0
    shot = footage.collect(LUMA, second, misnamed, named("t-2"))
    assert read_burned(shot.media) == prompt_hash("the second")


def test_and_is_unknown_if_there_is_none_of_its_token(footage: BedrockFootage, request_: ShotRequest) -> None:
    reference = footage.submit(LUMA, request_, named("t-1"))
    with pytest.raises(OutcomeUnknown) as failed:
        footage.collect(LUMA, request_, reference, named("t-2"))
    assert failed.value.accepted == "maybe"


def test_cancelling_asks_nothing_and_the_job_goes_on(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    reference = footage.submit(LUMA, request_, call_to())
    footage.cancel(LUMA, reference, call_to())
    assert [len(bedrock.received), bedrock.bill_micro_usd] == [1, 3_750_000]
    assert isinstance(_collected(footage, request_, reference), ShotResponse)


def test_nova_reel_is_ended(
    bedrock: BedrockSimulator, footage: BedrockFootage, request_: ShotRequest
) -> None:
    with pytest.raises(ModelRetired) as failed:
        footage.submit(REEL, request_, call_to())
    assert (failed.value.accepted, bedrock.accepted) == ("no", [])


def test_where_it_still_runs_it_is_ordered_as_ever(tmp_path: Path) -> None:
    request = shot_request(tmp_path, prompt="a kettle, " * 100, width=1280, height=720, seed=2**40)
    with BedrockSimulator(buckets={"clips-east": "us-east-1"}, offers=STILL_HERE, polls=0) as bedrock:
        footage = BedrockFootage(aws_calls_to(bedrock), BUCKETS)
        reference = footage.submit(REEL, request, call_to())
        shot = footage.collect(REEL, request, reference, call_to())
        assert (bedrock.objections, bedrock.bill_micro_usd) == ([], 480_000)
    assert (shot.usage, shot.frames) == ((Usage(unit="video_seconds", quantity=6),), 144)


def _completed(bedrock: BedrockSimulator, footage: BedrockFootage, request: ShotRequest) -> str:
    """Order, and have it made and delivered into the bucket, and not yet collected."""
    reference = footage.submit(LUMA, request, call_to())
    bedrock.jobs[reference].polls = 0
    shot = footage.collect(LUMA, request, reference, call_to())
    shot.media.unlink()
    bedrock.received.clear()
    return reference


def _collected(footage: BedrockFootage, request: ShotRequest, reference: str) -> ShotResponse:
    """Collect as often as is worth while, as a caller does."""
    for _ in range(5):
        found = _asked(footage, request, reference)
        if isinstance(found, ShotResponse):
            return found
        assert isinstance(found, Underway) or found.accepted == "maybe"
    raise AssertionError("it never came")


def _asked(
    footage: BedrockFootage, request: ShotRequest, reference: str
) -> ShotResponse | Underway | ProviderFailed:
    try:
        return footage.collect(LUMA, request, reference, call_to())
    except ProviderFailed as error:
        return error
