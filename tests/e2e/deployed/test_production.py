"""A brief becomes a video on the deployed stack, made by what is in the zips and nothing else."""

import io
from typing import Any

import av
import numpy as np
import pytest

from tests.e2e.deployed.stack import VENDORS, Stack

FILES = {"video.mp4", "thumbnail.png", "captions.srt", "captions.vtt", "script.json", "production.json"}


@pytest.fixture(scope="session")
def made(stack: Stack) -> str:
    """One production with the configuration as deployed."""
    with stack.timed("first production"):
        return stack.make()


def test_the_bare_command_deploys_one_stack_with_everything_in_it(stack: Stack) -> None:
    states = {resource["LogicalResourceId"]: resource["ResourceStatus"] for resource in stack.resources()}
    assert set(states.values()) == {"CREATE_COMPLETE"}
    assert len(states) < 400
    empty = [name for name, value in stack.names.model_dump().items() if not value]
    assert not empty, f"the stack has no output for {empty}"


def test_a_brief_becomes_a_narrated_video_in_s3(stack: Stack, made: str) -> None:
    package = stack.package(made)
    assert package.keys() >= FILES
    with av.open(io.BytesIO(stack.fetch(made, "video.mp4"))) as video:
        (picture,), (sound,) = video.streams.video, video.streams.audio
        assert (picture.codec_context.name, picture.height, float(picture.average_rate)) == (
            "h264",
            480,
            24.0,
        )
        assert float(video.duration / av.time_base) == pytest.approx(12, abs=3)
        loudness = [float(np.abs(frame.to_ndarray()).max()) for frame in video.decode(sound)]
    assert max(loudness) > 0.1, "nobody speaks"
    assert b"bulge" in stack.fetch(made, "captions.srt")


def test_the_video_passed_review(stack: Stack, made: str) -> None:
    checks = reviewed(stack.record(made))
    assert len(checks) > 10
    assert [check["name"] for check in checks if not check["passed"]] == []


def test_the_record_tells_the_configuration_that_it_was_made_with(stack: Stack, made: str) -> None:
    configuration = stack.record(made)["production"]["configuration"]
    assert {source["layer"] for source in configuration["sources"]} >= {
        "runtime",
        "ssm",
        "secrets",
        "s3",
        "defaults",
    }
    assert {source["state"] for source in configuration["sources"]} <= {"fresh", "absent"}
    assert {value["key"]: value["value"] for value in configuration["overridden"]} == {
        "video.resolution": "480p",
    } | {f"providers.{vendor}.enabled": False for vendor in VENDORS}


def test_engines_of_ours_cost_nothing_and_are_on_the_record(stack: Stack, made: str) -> None:
    told = stack.record(made)
    assert told["cost"]["generation_cost_usd"] == "0.000000"
    assert stack.ledger.charges() == ()


def test_a_finished_production_started_again_runs_nothing(stack: Stack, made: str) -> None:
    before = stack.package(made)
    assert stack.finished(stack.resume(made)) == made
    assert stack.package(made) == before


def reviewed(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the checks of the review that a record tells of."""
    checks: list[dict[str, Any]] = record["review"]["checks"]
    return checks
