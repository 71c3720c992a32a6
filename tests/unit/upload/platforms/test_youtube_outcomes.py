"""What YouTube tells of our videos: counts, and watch time only where it may be asked for."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.upload.errors import PlatformUnavailable, QuotaExceeded
from reelwright.upload.platforms.youtube import YouTubePlatform
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import PublicationOutcome
from tests.simulators.platform_access import FIRST_TOKEN, call_to
from tests.simulators.server import Answer, Faults, Received, json_answer
from tests.simulators.youtube import Video, YouTubeSimulator

YOUTUBE = YouTubePlatform()


@pytest.fixture
def channel() -> Iterator[YouTubeSimulator]:
    with YouTubeSimulator() as simulator:
        yield simulator
    assert not simulator.objections


@pytest.fixture
def call(channel: YouTubeSimulator) -> PlatformCall:
    return call_to(YOUTUBE, channel.url, token=FIRST_TOKEN)


def shown(channel: YouTubeSimulator, video_id: str, **statistics: str) -> str:
    now = datetime.now(UTC)
    channel.videos[video_id] = Video(video_id, {}, {"privacyStatus": "public"}, "", 1, now)
    channel.videos[video_id].statistics = {"viewCount": "0"} | statistics
    return video_id


def test_counts_watch_time_and_shares_are_told_of_each_video(
    channel: YouTubeSimulator, call: PlatformCall
) -> None:
    shown(channel, "a", viewCount="12", likeCount="3", commentCount="1")
    shown(channel, "b", viewCount="0", likeCount="0", commentCount="0")
    channel.watched["a"] = (7, 35, 2)
    assert YOUTUBE.outcomes(["a", "b"], call) == {
        "a": PublicationOutcome(
            views=12, likes=3, comments=1, shares=2, watched_seconds=420.0, average_watched_seconds=35.0
        ),
        "b": PublicationOutcome(views=0, likes=0, comments=0),
    }
    assert channel.used.total() == 1


def test_what_an_owner_hides_is_missing_and_not_0(channel: YouTubeSimulator, call: PlatformCall) -> None:
    shown(channel, "a", viewCount="9")
    assert YOUTUBE.outcomes(["a"], call)["a"] == PublicationOutcome(views=9)


def test_a_video_that_is_gone_is_left_out(channel: YouTubeSimulator, call: PlatformCall) -> None:
    shown(channel, "a")
    assert set(YOUTUBE.outcomes(["gone", "a"], call)) == {"a"}
    assert YOUTUBE.outcomes(["gone"], call) == {}


def test_without_the_scope_watch_time_is_unknown_and_says_why(
    channel: YouTubeSimulator, call: PlatformCall
) -> None:
    channel.may_analyse = False
    shown(channel, "a", viewCount="5", likeCount="2")
    found = YOUTUBE.outcomes(["a"], call)["a"]
    assert (found.views, found.likes, found.watched_seconds, found.shares) == (5, 2, None, None)
    assert "insufficientPermissions" in found.untold


@pytest.mark.parametrize("fault", ["server_error", "throttled", "malformed", "lost_answer", "quota"])
def test_trouble_with_watch_time_does_not_spoil_counts(
    channel: YouTubeSimulator, call: PlatformCall, fault: str
) -> None:
    shown(channel, "a", viewCount="5")
    channel.watched["a"] = (1, 1, 1)
    channel.faults = Faults.script([None, fault])
    found = YOUTUBE.outcomes(["a"], call)["a"]
    assert (found.views, found.watched_seconds) == (5, None)
    assert found.untold.startswith("YouTube does not tell watch time and shares: ")


@pytest.mark.parametrize(("fault", "kind"), [("quota", QuotaExceeded), ("malformed", PlatformUnavailable)])
def test_without_counts_there_is_nothing(
    channel: YouTubeSimulator, call: PlatformCall, fault: str, kind: type[Exception]
) -> None:
    shown(channel, "a")
    channel.faults = Faults.script([fault])
    with pytest.raises(kind):
        YOUTUBE.outcomes(["a"], call)


def test_50_are_asked_for_at_once(channel: YouTubeSimulator, call: PlatformCall) -> None:
    names = [shown(channel, f"v{number}", viewCount=str(number)) for number in range(50)]
    told = YOUTUBE.outcomes(names, call)
    assert [told[name].views for name in names] == list(range(50))
    assert channel.used.total() == 1


@pytest.mark.parametrize("row", [["a"], ["a", 1, None, -3, "x"], ["a", True, True, True, True], "a", [["a"]]])
def test_odd_rows_tell_nothing(channel: YouTubeSimulator, call: PlatformCall, row: Any) -> None:
    shown(channel, "a", viewCount="4")

    def odd(request: Received) -> Answer:
        told = json.loads(honest(request).body)
        return json_answer({**told, "rows": [row]})

    honest, channel._reported = channel._reported, odd
    assert YOUTUBE.outcomes(["a"], call)["a"] == PublicationOutcome(views=4)
