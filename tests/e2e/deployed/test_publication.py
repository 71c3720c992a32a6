"""A brief becomes a publication on a video platform by the state machine: once, private first, waited for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from reelwright.cost.schema import format_usd
from reelwright.pipeline.report.outcomes import outcome_line
from reelwright.upload.aws_publications import DynamoPublications
from reelwright.upload.outcomes_aws import DynamoOutcomes
from reelwright.upload.schema import PublicationOutcome
from tests.e2e.deployed.channels import SlowYouTube, channel_of, is_a_piece
from tests.e2e.deployed.stack import BRIEF, Stack
from tests.e2e.deployed.tracing import states_of, trace
from tests.simulators.server import Simulator
from tests.telling import tell

TOPIC = "How the tide comes twice a day"
"""Another than that of other tests: what was answered to them is not bought again."""
Channel = tuple[SlowYouTube, list[Simulator]]


@pytest.fixture(scope="module")
def channel(stack: Stack) -> Iterator[Channel]:
    """A channel that may be published on, as long as the tests of this file run."""
    with channel_of(stack) as channel:
        yield channel


@pytest.fixture(scope="module")
def output(stack: Stack, channel: Channel, pytestconfig: pytest.Config) -> dict[str, Any]:
    """What the execution of a brief that names the platform answers; its trace is told when all is over."""
    assert channel[0].videos == {}
    with stack.timed("brief to publication"):
        execution = stack.start(brief={**BRIEF, "topic": TOPIC, "platforms": ["youtube"]})
        stack.finished(execution)
    described = stack.client("stepfunctions").describe_execution(executionArn=execution)
    answered: dict[str, Any] = json.loads(described["output"])
    record = stack.record(answered["production_id"])
    told = {"output": answered, "trace": trace(stack, execution), "production": record["production"]}
    text = json.dumps(told, indent=1)
    (stack.emulator.folder / "publication.json").write_text(text, encoding="utf-8")
    lines = {f"{number:03}": line for number, line in enumerate(told["trace"], start=1)}
    tell(pytestconfig, "brief to publication, state by state", lambda: {**lines, "output": answered})
    return {**answered, "execution": execution}


def test_there_is_exactly_one_video_though_an_answer_was_lost(
    channel: Channel, output: dict[str, Any]
) -> None:
    youtube, _ = channel
    assert output
    (video,) = youtube.videos.values()
    pieces = [it for it in youtube.received if is_a_piece(it) and it.body]
    asked = [it for it in youtube.received if is_a_piece(it) and not it.body]
    assert (len(pieces), len(asked)) == (1, 2), (
        "the upload was asked at first, and for the answer that was lost"
    )
    assert (len(video.captions), bool(video.thumbnail)) == (1, True)
    assert youtube.objections == []


def test_it_was_private_until_it_was_ready_and_public_as_asked(
    channel: Channel, output: dict[str, Any]
) -> None:
    youtube, _ = channel
    assert output
    (video,) = youtube.videos.values()
    assert youtube.histories[video.id] == ["private", "public"]
    assert video.status["containsSyntheticMedia"] is True
    shown = [it for it in youtube.received if (it.method, it.path) == ("PUT", "/youtube/v3/videos")]
    looked = [it for it in youtube.received if (it.method, it.path) == ("GET", "/youtube/v3/videos")]
    assert len(shown) == 1
    assert youtube.received.index(shown[0]) > youtube.received.index(looked[2]), "it was processed by then"


def test_the_state_machine_waits_while_the_platform_is_at_it(stack: Stack, output: dict[str, Any]) -> None:
    names = [name for _, _, name in states_of(stack, output["execution"])]
    publishing = names[names.index("Each_publish") : names.index("Finish")]
    loop = ["Run_publish", "Check_publish", "Wait_publish"]
    assert publishing.count("Wait_publish") == 2, "one wait for each look that found it at work"
    assert publishing == ["Each_publish", *loop, *loop, *loop[:2]]
    assert names[:3] == ["Begin", "Open_write_script", "Each_write_script"]
    assert names[-2:] == ["Finish", "Finished"]


def test_what_the_execution_says_it_cost_is_what_the_vendors_ask_for(
    stack: Stack, channel: Channel, output: dict[str, Any]
) -> None:
    bill = sum(vendor.bill_micro_usd for vendor in channel[1])
    assert bill > 0
    assert output["generation_cost_usd"] == format_usd(bill)
    assert stack.record(output["production_id"])["cost"]["generation_cost_usd"] == format_usd(bill)


def test_the_record_tells_where_the_video_is(stack: Stack, channel: Channel, output: dict[str, Any]) -> None:
    (video,) = channel[0].videos.values()
    (told,) = stack.record(output["production_id"])["publications"]
    assert (told["platform"], told["remote_id"]) == ("youtube", video.id)
    assert told["location"].endswith(video.id)


def test_what_became_of_it_is_collected_afterwards(
    stack: Stack, channel: Channel, output: dict[str, Any], pytestconfig: pytest.Config
) -> None:
    youtube, _ = channel
    (video,) = youtube.videos.values()
    video.statistics = {"viewCount": "1234", "likeCount": "56"}
    youtube.watched[video.id] = (90, 4, 7)
    stack.restart("collect-outcomes")
    told = stack.ask("collect-outcomes", production_id=output["production_id"])["platforms"]["youtube"]
    assert (told["collected"], told["problem"]) == (1, "")
    assert stack.call("collect-outcomes")["platforms"]["youtube"]["due"] == 0
    table = stack.client("dynamodb"), stack.names.models_table
    (record,) = DynamoPublications(*table).of_production("youtube", output["production_id"])
    (point,) = DynamoOutcomes(*table).series(record.key)
    assert point.remote_id == video.id
    assert point.outcome == PublicationOutcome(
        views=1234, likes=56, shares=7, watched_seconds=5400.0, average_watched_seconds=4.0
    ), "comments are not told, and are not 0"
    tell(pytestconfig, "outcomes", lambda: {"youtube": outcome_line(point)})


def test_an_execution_that_goes_on_with_it_publishes_nothing_more(
    stack: Stack, channel: Channel, output: dict[str, Any]
) -> None:
    before = len(channel[0].received)
    stack.finished(stack.resume(output["production_id"]))
    assert len(channel[0].received) == before


def test_no_role_was_too_small_and_no_key_is_told(stack: Stack, output: dict[str, Any]) -> None:
    assert stack.emulator.denials() == []
    said = [json.dumps(stack.record(output["production_id"])), *stack.watch.function_log("publish")]
    for secret in ("client-secret", "refresh-1", "access-"):
        assert secret not in "\n".join(said)
