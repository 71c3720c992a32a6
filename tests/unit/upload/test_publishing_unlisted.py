"""Exactly once where lists show public videos only: what is not listed may be there all the same."""

from pathlib import Path
from typing import Any

import pytest

from reelwright.production.schema import Publication
from reelwright.upload.errors import PublicationUncertain
from reelwright.upload.schema import UploadProgress
from tests.unit.upload.packages import PRODUCTION_ID
from tests.unit.upload.pretending import PretendPlatform, Upload
from tests.unit.upload.test_publishing import CONTENT, World, once

LAST = 3
"""Pieces before the last one."""


class Telling(PretendPlatform):
    """A platform that says of uploads that are gone that nothing came of them."""

    def _progress(self, upload: Upload) -> UploadProgress:
        found = super()._progress(upload)
        return found.model_copy(update={"nothing_came": found.state == "gone"})


@pytest.fixture
def world(tmp_path: Path) -> World:
    one = World(tmp_path, limits_of="tiktok")
    one.platform.name, one.platform.public_on_upload, one.platform.lag_seconds = "tiktok", True, 10_000.0
    return one


def publish(world: World) -> Any:
    return world.publisher().publish(PRODUCTION_ID, world.plan(), world.media())


def test_after_the_last_piece_an_upload_that_is_forgotten_is_never_begun_again(world: World) -> None:
    world.platform.fault = once("send", "gone after", at=LAST)
    with pytest.raises(PublicationUncertain, match="forgotten") as caught:
        world.until_over()
    assert "rw0" in caught.value.next_step
    assert world.platform.calls.count("begin") == 1
    with pytest.raises(PublicationUncertain):
        publish(world)
    world.clock.advance(10_000)
    found = publish(world)
    assert isinstance(found, Publication)
    assert found.remote_id == "video-0"
    assert [video.content for video in world.platform.videos] == [CONTENT]


@pytest.mark.parametrize("fault", ["gone", "gone after"])
def test_before_the_last_piece_an_upload_that_is_forgotten_was_no_video(world: World, fault: str) -> None:
    world.platform.fault = once("send", fault, at=LAST - 1)
    world.until_over()
    assert world.platform.calls.count("begin") == 2
    assert [video.content for video in world.platform.videos] == [CONTENT]
    assert world.record.sessions == 2


def test_the_last_piece_is_on_record_before_it_is_sent(world: World) -> None:
    sent: list[bool] = []

    def note(name: str) -> str:
        if name == "send":
            sent.append(world.record.last_piece_begun)
        return ""

    world.platform.fault = note
    world.until_over()
    assert sent == [*[False] * LAST, True]


def test_a_platform_that_says_that_nothing_came_is_believed(tmp_path: Path) -> None:
    world = World(tmp_path, limits_of="tiktok")
    world.platform = Telling(world.clock, name="tiktok", public_on_upload=True)
    world.platform.fault = once("send", "gone", at=LAST)
    world.until_over()
    assert world.platform.calls.count("begin") == 2
    assert [video.content for video in world.platform.videos] == [CONTENT]
