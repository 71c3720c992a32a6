"""What every adapter of a video platform promises the engine, over its simulated wire."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from reelwright.models.http import HttpClient
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import PlatformAnswerLost, PlatformUnavailable
from reelwright.upload.ports import PlatformCall, RemotePlatform
from reelwright.upload.schema import (
    MediaFiles,
    PublicationPlan,
    RemoteVideo,
    UploadProgress,
    UploadSession,
)
from tests.chaos.publishing_venues import VENUES, Found, SharedClock, Venue, opened
from tests.simulators.platform_access import call_to
from tests.simulators.server import Faults

MARKER = "rw0123456789abcdef"
CONTENT = Random(1).randbytes(600_000)


@dataclass
class Desk:
    """An adapter at work."""

    venue: Venue
    platform: RemotePlatform
    call: PlatformCall
    plan: PublicationPlan
    media: MediaFiles

    def begin(self) -> UploadSession:
        return self.platform.begin(self.plan, self.media, self.call)

    def finish(self, session: UploadSession) -> UploadProgress:
        progress = self.platform.status(session, self.call)
        for _ in range(20):
            if progress.state != "sending":
                break
            progress = self.send(session, progress.received_bytes)
        return progress

    def send(self, session: UploadSession, start: int = 0) -> UploadProgress:
        size = session.chunk_bytes
        takes_rest = session.joins_rest and len(CONTENT) - start < 2 * size
        piece = CONTENT[start:] if takes_rest else CONTENT[start : start + size]
        return self.platform.send(session, start, piece, self.call)

    def shown(self) -> RemoteVideo:
        """Upload a video and make it public."""
        return self.platform.make_public(self.finish(self.begin()).remote_id, self.plan, None, self.call)

    def there(self) -> list[Found]:
        return self.venue.found(MARKER)


@pytest.fixture(params=sorted(VENUES))
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    for name, content in (("v.mp4", CONTENT), ("t.png", b"png"), ("c.srt", b"1\n")):
        (tmp_path / name).write_bytes(content)
    media = MediaFiles(
        video=tmp_path / "v.mp4",
        video_bytes=len(CONTENT),
        video_sha256=hashlib.sha256(CONTENT).hexdigest(),
        thumbnail=tmp_path / "t.png",
        captions=tmp_path / "c.srt",
    )
    plan = PublicationPlan(
        platform=request.param,
        marker=MARKER,
        title="Why tides turn",
        description=f"Twice a day.\n\n#{MARKER}",
        tags=("tides", MARKER),
        privacy="public",
        duration_seconds=30.0,
        width=1080,
        height=1920,
        fps=30.0,
    )
    with opened([request.param]) as (venue,):
        venue.begin(SharedClock(), Random(1), 0.0, 0)
        venue.calm()
        platform = venue.platform(HttpClient())
        yield Desk(venue, platform, call_to(platform, venue.simulator.url), plan, media)
        assert not venue.simulator.objections


def test_an_upload_that_is_begun_and_forgotten_is_no_video(desk: Desk) -> None:
    desk.begin()
    assert desk.there() == []
    assert desk.platform.find_by_marker(MARKER, desk.call) is None


def test_what_is_uploaded_is_whole_and_nobody_sees_it_before_it_is_made_public(desk: Desk) -> None:
    session = desk.begin()
    assert desk.platform.status(session, desk.call).received_bytes == 0
    progress = desk.finish(session)
    assert progress.state == "uploaded"
    seen = [each for each in desk.there() if each.public_since]
    assert bool(seen) == load_platforms()[desk.venue.name].public_on_upload
    made = desk.platform.make_public(progress.remote_id, desk.plan, None, desk.call)
    assert made.state == "public"
    (video,) = desk.there()
    assert video.sha256 == desk.media.video_sha256
    assert video.public_since


def test_another_process_goes_on_with_nothing_but_the_session(desk: Desk) -> None:
    session = desk.begin()
    desk.send(session)
    again = UploadSession.model_validate_json(session.model_dump_json())
    desk.platform = desk.venue.platform(HttpClient())
    uploaded = desk.finish(again)
    assert uploaded.state == "uploaded"
    desk.platform.make_public(uploaded.remote_id, desk.plan, None, desk.call)
    assert len(desk.there()) == 1


def test_making_public_twice_is_once(desk: Desk) -> None:
    made = desk.shown()
    again = desk.platform.make_public(made.remote_id, desk.plan, None, desk.call)
    assert (again.remote_id, again.state) == (made.remote_id, "public")
    assert len(desk.there()) == 1


def test_what_became_of_a_video_is_told_and_nothing_of_what_is_not_there(desk: Desk) -> None:
    remote_id = desk.shown().remote_id
    told = desk.platform.outcomes([remote_id], desk.call)
    assert set(told) == {remote_id}
    assert told[remote_id].views in {0, None}
    nobodys = remote_id[:-1] + ("7" if remote_id[-1] != "7" else "8")
    assert desk.platform.outcomes([nobodys], desk.call) == {}


@pytest.mark.parametrize("fault", ["server_error", "throttled", "malformed", "lost_answer"])
def test_outcomes_that_were_not_told_may_be_asked_for_again(desk: Desk, fault: str) -> None:
    remote_id = desk.shown().remote_id
    desk.venue.simulator.faults = Faults.script([fault])
    with pytest.raises(PlatformUnavailable):
        desk.platform.outcomes([remote_id], desk.call)
    assert set(desk.platform.outcomes([remote_id], desk.call)) == {remote_id}


def test_a_lost_answer_is_called_lost(desk: Desk) -> None:
    session = desk.begin()
    desk.venue.simulator.faults = Faults.script(["lost_answer"])
    with pytest.raises(PlatformAnswerLost):
        desk.send(session)
    uploaded = desk.finish(session)
    assert uploaded.state == "uploaded"
    desk.platform.make_public(uploaded.remote_id, desk.plan, None, desk.call)
    assert len(desk.there()) == 1


def test_a_platform_that_is_not_reached_did_nothing(desk: Desk) -> None:
    session = desk.begin()
    with desk.venue.simulator.away(), pytest.raises(PlatformUnavailable):
        desk.send(session)


def test_a_video_that_is_not_there_is_failed(desk: Desk) -> None:
    assert desk.platform.look("9999999999", desk.call).state == "failed"


def test_a_session_says_how_much_it_takes_at_a_time(desk: Desk) -> None:
    session = desk.begin()
    assert session.total_bytes == len(CONTENT)
    assert session.expires_at is None or session.expires_at > datetime(2026, 11, 25, tzinfo=UTC)
