"""Footage from Bedrock's asynchronous invocations, against the simulator with real boto3 clients."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    AnswerRejected,
    ModelRetired,
    OutcomeUnknown,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)
from reelwright.models.providers import bedrock_video
from reelwright.models.providers.bedrock_orders import footage_order
from reelwright.models.providers.bedrock_video import BedrockFootage
from reelwright.models.schema import ShotRequest, ShotResponse, Underway
from tests.simulators.access import call_to
from tests.simulators.bedrock import BedrockSimulator, bedrock_error
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.bedrock_jobs import clip_of
from tests.simulators.bedrock_offers import OFFERS
from tests.simulators.bedrock_s3 import s3_error
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.server import Answer, Faults, Received, json_answer, nobody_listens
from tests.unit.models.providers.bedrock_samples import LUMA, REEL, shot_request

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


def test_what_is_ordered_is_delivered_for_the_prompt_and_billed_by_the_second(bedrock, footage, request_):
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


def test_another_process_may_collect_and_collect_again(bedrock, footage, request_):
    reference = footage.submit(LUMA, request_, call_to())
    bedrock.jobs[reference].polls = 0
    first = footage.collect(LUMA, request_, reference, call_to())
    other = BedrockFootage(aws_calls_to(bedrock), BUCKETS)
    assert other.collect(LUMA, request_, reference, call_to()) == first
    assert len(bedrock.accepted) == 1


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
def test_an_order_fits_shape_length_and_size(tmp_path, width, height, frames, sent):
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
def test_any_order_is_one_that_the_vendor_takes(width, height, frames, prompt, model):
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
def test_what_luma_cannot_make_is_not_ordered(bedrock, footage, tmp_path, changes):
    with pytest.raises(RequestInvalid):
        footage.submit(LUMA, shot_request(tmp_path, **changes), call_to())
    assert bedrock.received == []


def test_nor_what_nobody_knows_how_to_order(bedrock, footage, request_):
    with pytest.raises(ProviderMisconfigured, match=r"acme\.video"):
        footage.submit(LUMA.model_copy(update={"vendor_id": "acme.video-1"}), request_, call_to())
    assert bedrock.received == []


def test_it_is_delivered_to_the_bucket_of_the_models_region(bedrock, footage, request_):
    footage.submit(LUMA, request_, call_to(token="tok-7"))
    sent = bedrock.received[-1].json
    assert sent["outputDataConfig"]["s3OutputDataConfig"] == {"s3Uri": "s3://clips-west/footage/tok-7"}
    assert sent["clientRequestToken"] == "tok-7"
    assert "/us-west-2/bedrock/" in bedrock.received[-1].headers["authorization"]


@pytest.mark.parametrize("region", ["us-west-2", ""])
def test_without_a_bucket_there_it_says_what_to_deploy(bedrock, request_, region):
    footage = BedrockFootage(aws_calls_to(bedrock), {"eu-west-1": "far"})
    model = LUMA.model_copy(update={"region": region})
    with pytest.raises(ProviderMisconfigured, match=f"bucket in {region or 'us-east-1'}"):
        footage.submit(model, request_, call_to())
    assert bedrock.received == []


def test_a_bucket_of_another_region_is_the_operators_to_mend(bedrock, request_):
    footage = BedrockFootage(aws_calls_to(bedrock), {"us-west-2": "clips-east"})
    with pytest.raises(ProviderMisconfigured, match="must be in us-west-2"):
        footage.submit(LUMA, request_, call_to())
    assert bedrock.accepted == []


def test_the_same_order_twice_is_one_job(bedrock, footage, request_):
    first = footage.submit(LUMA, request_, call_to())
    assert footage.submit(LUMA, request_, call_to()) == first
    assert (len(bedrock.accepted), len(bedrock.jobs)) == (1, 1)
    assert footage.submit(LUMA, request_, call_to(token="call-2")) != first


def test_another_order_under_the_same_token_is_not_carried_out(bedrock, footage, tmp_path):
    footage.submit(LUMA, shot_request(tmp_path), call_to())
    with pytest.raises(OutcomeUnknown) as failed:
        footage.submit(LUMA, shot_request(tmp_path, prompt="another"), call_to())
    assert (failed.value.accepted, len(bedrock.accepted)) == ("maybe", 1)


@pytest.mark.parametrize("fault", ["lost_answer", "reset_mid_body", "malformed", "wrong_content_type"])
def test_an_order_whose_answer_is_lost_is_found_and_not_repeated(bedrock, footage, request_, fault):
    bedrock.faults = Faults.script([fault])
    with pytest.raises(OutcomeUnknown) as failed:
        footage.submit(LUMA, request_, call_to())
    assert failed.value.accepted == "maybe"
    (reference,) = bedrock.jobs
    assert footage.find(LUMA, request_, call_to()) == reference
    assert [len(bedrock.accepted), len(bedrock.received)] == [1, 2]


@pytest.mark.parametrize("fault", ["reset", "server_error"])
def test_an_order_that_may_have_arrived_and_did_not_is_not_found(bedrock, footage, request_, fault):
    bedrock.faults = Faults.script([fault])
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to())
    assert footage.find(LUMA, request_, call_to()) is None
    assert bedrock.accepted == []


def test_an_order_too_young_to_be_listed_is_the_same_when_sent_again(bedrock, footage, request_):
    bedrock.faults, bedrock.unlisted = Faults.script(["lost_answer"]), 1
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to())
    assert footage.find(LUMA, request_, call_to()) is None
    reference = footage.submit(LUMA, request_, call_to())
    assert footage.find(LUMA, request_, call_to()) == reference
    assert len(bedrock.accepted) == 1


@pytest.mark.parametrize("fault", ["timeout", "slow_body"])
def test_an_order_that_is_not_answered_in_time_may_have_arrived(bedrock, footage, request_, fault):
    bedrock.faults = Faults.script([fault])
    call = call_to(seconds=0.3)
    with pytest.raises(OutcomeUnknown) as failed:
        footage.submit(LUMA, request_, call)
    assert failed.value.accepted == "maybe"
    assert call.deadline.clock.monotonic() - call.deadline.at < 1.0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttled", ProviderThrottled),
        ("overloaded", ProviderUnavailable),
        ("retired", ModelRetired),
        ("unauthorised", ProviderMisconfigured),
    ],
)
def test_an_order_that_is_refused_is_none(bedrock, footage, request_, fault, kind):
    bedrock.faults = Faults.script([fault])
    with pytest.raises(kind) as failed:
        footage.submit(LUMA, request_, call_to())
    assert (failed.value.accepted, bedrock.accepted) == ("no", [])


def test_an_order_is_sent_to_the_next_address_only_if_the_first_cannot_be_reached(bedrock, footage, request_):
    with nobody_listens() as nowhere:
        footage.submit(LUMA, request_, call_to(nowhere, bedrock.url))
    bedrock.faults = Faults.script(["lost_answer"])
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to(bedrock.url, bedrock.url, token="call-2"))
    assert [len(bedrock.received), len(bedrock.accepted)] == [2, 2]


def test_who_cannot_be_reached_took_no_order(bedrock, footage, request_):
    with bedrock.away(), pytest.raises(ProviderUnavailable) as failed:
        footage.submit(LUMA, request_, call_to())
    assert failed.value.accepted == "no"


def test_an_order_without_a_name_is_unknown(bedrock, footage, request_):
    bedrock.next_answers = [json_answer({})]
    with pytest.raises(OutcomeUnknown):
        footage.submit(LUMA, request_, call_to())


def test_it_is_found_among_many_over_pages(bedrock, footage, request_):
    bedrock.page = 3
    references = [footage.submit(LUMA, request_, call_to(token=f"t-{number}")) for number in range(10)]
    assert footage.find(LUMA, request_, call_to(token="t-0")) == references[0]
    assert footage.find(LUMA, request_, call_to(token="t-10")) is None
    assert len(bedrock.accepted) == 10


def test_it_is_found_by_its_folder_too_and_not_by_one_that_begins_alike(bedrock, footage, request_):
    reference = footage.submit(LUMA, request_, call_to(token="tok-1"))
    bedrock.jobs[reference].token = "unnamed"
    assert footage.find(LUMA, request_, call_to(token="tok-1")) == reference
    assert footage.find(LUMA, request_, call_to(token="tok")) is None


@pytest.mark.parametrize("answer", [json_answer({}), Answer(200, b"<html>"), bedrock_error("X", "y")])
def test_a_list_that_cannot_be_read_says_nothing_about_an_order(bedrock, footage, request_, answer):
    bedrock.next_answers = [answer]
    with pytest.raises(ProviderFailed) as failed:
        footage.find(LUMA, request_, call_to())
    assert failed.value.accepted == "maybe"


@pytest.mark.parametrize(
    "fault", ["throttled", "server_error", "overloaded", "reset", "reset_mid_body", "malformed"]
)
@pytest.mark.parametrize("at", [0, 1], ids=["asking", "copying"])
def test_a_question_that_fails_leaves_the_job_as_it_is(bedrock, footage, request_, fault, at):
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
def test_collecting_keeps_to_the_deadline(bedrock, footage, request_, fault, at):
    reference = footage.submit(LUMA, request_, call_to())
    bedrock.jobs[reference].polls = 0
    bedrock.faults = Faults.script([None] * at + [fault])
    call = call_to(seconds=0.5)
    with pytest.raises(ProviderTimedOut) as failed:
        footage.collect(LUMA, request_, reference, call)
    assert failed.value.accepted == "maybe"
    assert call.deadline.clock.monotonic() - call.deadline.at < 1.0
    assert list(request_.work_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("The generated video has been blocked by our content filters.", RequestRefused),
        ("Something broke", ProviderUnavailable),
        ("Access Denied when writing to S3", ProviderMisconfigured),
    ],
)
def test_a_job_that_fails_is_over_and_costs_nothing(bedrock, footage, request_, message, kind):
    bedrock.job_failures = [message]
    reference = footage.submit(LUMA, request_, call_to())
    assert isinstance(footage.collect(LUMA, request_, reference, call_to()), Underway)
    with pytest.raises(kind, match=message) as failed:
        footage.collect(LUMA, request_, reference, call_to())
    assert (failed.value.accepted, failed.value.usage, bedrock.bill_micro_usd) == ("yes", (), 0)


@pytest.mark.parametrize("spoil", ["missing", "empty", "page"])
def test_a_delivery_that_is_none_is_over_and_paid_for(bedrock, footage, request_, spoil):
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
def test_a_delivery_that_may_not_be_read_waits_for_the_operator(bedrock, footage, request_, code):
    reference = _completed(bedrock, footage, request_)
    good = bedrock.s3.answer
    bedrock.s3.answer = lambda _: s3_error(code)
    with pytest.raises(ProviderMisconfigured) as failed:
        footage.collect(LUMA, request_, reference, call_to())
    assert failed.value.accepted == "maybe"
    bedrock.s3.answer = good
    assert isinstance(footage.collect(LUMA, request_, reference, call_to()), ShotResponse)


@pytest.mark.parametrize("below", [True, False], ids=["own folder", "asked folder"])
def test_the_footage_is_looked_for_where_bedrock_may_put_it(bedrock, footage, request_, below):
    reference = _completed(bedrock, footage, request_)
    (place,) = bedrock.s3.objects
    content = bedrock.s3.objects.pop(place)
    bedrock.jobs[reference].names_own_folder = False
    folder = "footage/call-1/" + (f"{reference.rpartition('/')[2]}/" if below else "")
    bedrock.s3.objects["clips-west", f"{folder}output.mp4"] = content
    shot = footage.collect(LUMA, request_, reference, call_to())
    assert shot.media.read_bytes() == content


def test_large_footage_comes_in_pieces_and_whole(bedrock, footage, request_, monkeypatch):
    monkeypatch.setattr(bedrock_video, "_PIECE_BYTES", 1000)
    reference = _completed(bedrock, footage, request_)
    (content,) = bedrock.s3.objects.values()
    shot = footage.collect(LUMA, request_, reference, call_to())
    assert shot.media.read_bytes() == content
    assert len([one for one in bedrock.received if "range" in one.headers]) == -(-len(content) // 1000)


def test_pieces_of_two_states_are_never_put_together(bedrock, footage, request_, monkeypatch):
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


def test_an_order_that_was_given_the_name_of_another_is_told_by_its_token(bedrock, footage, tmp_path):
    first = shot_request(tmp_path, prompt="the first")
    second = shot_request(tmp_path, prompt="the second")
    footage.submit(LUMA, first, call_to(token="t-1"))
    bedrock.faults = Faults.script(["duplicate_id"])
    misnamed = footage.submit(LUMA, second, call_to(token="t-2"))
    for job in bedrock.jobs.values():
        job.polls = 0
    shot = footage.collect(LUMA, second, misnamed, call_to(token="t-2"))
    assert read_burned(shot.media) == prompt_hash("the second")


def test_and_is_unknown_if_there_is_none_of_its_token(bedrock, footage, request_):
    reference = footage.submit(LUMA, request_, call_to(token="t-1"))
    with pytest.raises(OutcomeUnknown) as failed:
        footage.collect(LUMA, request_, reference, call_to(token="t-2"))
    assert failed.value.accepted == "maybe"


def test_cancelling_asks_nothing_and_the_job_goes_on(bedrock, footage, request_):
    reference = footage.submit(LUMA, request_, call_to())
    footage.cancel(LUMA, reference, call_to())
    assert [len(bedrock.received), bedrock.bill_micro_usd] == [1, 3_750_000]
    assert isinstance(_collected(footage, request_, reference), ShotResponse)


def test_nova_reel_is_ended(bedrock, footage, request_):
    with pytest.raises(ModelRetired) as failed:
        footage.submit(REEL, request_, call_to())
    assert (failed.value.accepted, bedrock.accepted) == ("no", [])


def test_where_it_still_runs_it_is_ordered_as_ever(tmp_path):
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
        try:
            found = footage.collect(LUMA, request, reference, call_to())
        except ProviderFailed as error:
            assert error.accepted == "maybe"
            continue
        if isinstance(found, ShotResponse):
            return found
    raise AssertionError("it never came")
