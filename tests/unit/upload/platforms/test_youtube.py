"""The YouTube adapter against the simulated wire: every row of its tables, every point to stop at."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.clock import SystemClock
from reelwright.errors import ReelwrightError
from reelwright.models.http import HttpAnswer
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.youtube import GRAIN_BYTES, YouTubePlatform
from reelwright.upload.platforms.youtube_errors import error_of, next_quota_reset
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import MediaFiles, PublicationPlan
from tests.simulators.platform_access import CLIENT, FIRST_TOKEN, call_to
from tests.simulators.server import Faults, Received
from tests.simulators.youtube import YouTubeSimulator
from tests.simulators.youtube_facts import REFUSALS
from tests.unit.upload.platforms.resuming import go_on, go_on_in_lives

SIZE = 2 * GRAIN_BYTES + 1234
MARKER = "rw0123456789abcdef"
PLAN = PublicationPlan(
    platform="youtube",
    marker=MARKER,
    title="Why tides turn ✨",
    description="0:00 Start",
    tags=("tides", "the moon", MARKER),
    language="en",
    privacy="public",
    playlist="PL-news",
    send_thumbnail=True,
    send_captions=True,
)
MEANINGS = {
    "quota": QuotaExceeded,
    "upload_limit": QuotaExceeded,
    "rate_limited": PlatformUnavailable,
    "user_rate_limited": PlatformUnavailable,
    "throttled": PlatformUnavailable,
    "token_expired": AuthenticationFailed,
    "unauthorised": AuthenticationFailed,
    "no_channel": PlatformMisconfigured,
    "forbidden": PlatformMisconfigured,
    "insufficient_scope": PlatformMisconfigured,
    "thumbnail_forbidden": PlatformMisconfigured,
    "forbidden_privacy": PublicationRefused,
    "invalid_title": PublicationRefused,
    "invalid_description": PublicationRefused,
    "invalid_tags": PublicationRefused,
    "invalid_category": PublicationRefused,
    "invalid_publish_at": PublicationRefused,
    "no_media": PublicationRefused,
    "bad_request": PublicationRefused,
    "missing": PublicationRefused,
    "playlist_missing": PublicationRefused,
    "caption_exists": PublicationRefused,
    "server_error": PlatformAnswerLost,
    "overloaded": PlatformUnavailable,
}


@pytest.fixture
def channel() -> Iterator[YouTubeSimulator]:
    with YouTubeSimulator() as simulator:
        yield simulator
    assert not simulator.objections


@pytest.fixture
def platform() -> YouTubePlatform:
    return YouTubePlatform(chunk_bytes=GRAIN_BYTES)


@pytest.fixture
def call(channel: YouTubeSimulator, platform: YouTubePlatform) -> PlatformCall:
    return call_to(platform, channel.url, token=FIRST_TOKEN)


@pytest.fixture
def media(tmp_path: Path) -> MediaFiles:
    for name, content in (
        ("v.mp4", bytes(range(256)) * (SIZE // 256 + 1)),
        ("t.png", b"png"),
        ("c.srt", b"1\n"),
    ):
        (tmp_path / name).write_bytes(content[:SIZE])
    return MediaFiles(
        video=tmp_path / "v.mp4",
        video_bytes=SIZE,
        video_sha256="0" * 64,
        thumbnail=tmp_path / "t.png",
        captions=tmp_path / "c.srt",
    )


def pieces(request: Received) -> bool:
    return request.method == "PUT" and "upload_id" in request.query


@pytest.fixture
def uploaded(
    platform: YouTubePlatform, media: MediaFiles, call: PlatformCall, channel: YouTubeSimulator
) -> str:
    assert channel.url
    return go_on(platform, platform.begin(PLAN, media, call), media, call).remote_id


def test_what_is_uploaded_is_private_marked_and_says_that_it_was_made_by_a_machine(
    channel: YouTubeSimulator, uploaded: str, media: MediaFiles
) -> None:
    video = channel.videos[uploaded]
    assert video.size == SIZE
    assert video.status["privacyStatus"] == "private"
    assert video.status["containsSyntheticMedia"] is True
    assert video.status["selfDeclaredMadeForKids"] is False
    assert MARKER in video.snippet["tags"]
    assert video.snippet["title"] == PLAN.title
    assert video.sha256 == hashlib.sha256(media.video.read_bytes()).hexdigest()


@pytest.mark.parametrize("reason", sorted(REFUSALS))
def test_every_row_of_the_error_table_has_its_meaning(channel: YouTubeSimulator, reason: str) -> None:
    answer = channel.refused(reason)
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    error = error_of(HttpAnswer(answer.status, answer.headers, answer.body), now, writes=True)
    assert type(error) is MEANINGS[reason]
    assert error.next_step


def test_a_server_error_of_a_question_is_no_lost_answer(channel: YouTubeSimulator) -> None:
    answer = channel.refused("server_error")
    error = error_of(HttpAnswer(answer.status, answer.headers, answer.body), datetime.now(UTC), writes=False)
    assert type(error) is PlatformUnavailable


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-26T07:59:59+00:00", "2026-11-26T08:00:00+00:00"),
        ("2026-11-26T08:00:00+00:00", "2026-11-27T08:00:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-02T07:00:00+00:00"),
        ("2026-11-01T07:30:00+00:00", "2026-11-02T08:00:00+00:00"),
        ("2026-03-08T08:30:00+00:00", "2026-03-09T07:00:00+00:00"),
    ],
)
def test_quota_comes_back_at_midnight_in_california_also_when_clocks_change(now: str, then: str) -> None:
    assert next_quota_reset(datetime.fromisoformat(now)) == datetime.fromisoformat(then)


def test_full_quota_says_when_it_is_over(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    channel.inserts_a_day = 0
    with pytest.raises(QuotaExceeded) as caught:
        platform.begin(PLAN, media, call)
    assert timedelta(0) < caught.value.available_at - datetime.now(UTC) <= timedelta(hours=25)


@pytest.mark.parametrize(
    "fault", ["reset", "lost_answer", "server_error", "late_crash", "overloaded", "partial"]
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_upload_goes_on_from_wherever_it_stopped(
    *,
    channel: YouTubeSimulator,
    platform: YouTubePlatform,
    media: MediaFiles,
    call: PlatformCall,
    fault: Any,
    at: int,
) -> None:
    session = platform.begin(PLAN, media, call)
    channel.faults = Faults.script([*[None] * at, fault], on=lambda each: pieces(each) and bool(each.body))
    progress = go_on_in_lives(platform, session, media, call, lives=3)
    assert progress.state == "uploaded"
    assert [each.id for each in channel.uploads] == [progress.remote_id]


def test_an_answer_to_the_last_piece_that_was_lost_is_given_again(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    channel.faults = Faults.script(
        [None, None, "lost_answer"], on=lambda each: pieces(each) and bool(each.body)
    )
    with pytest.raises(PlatformAnswerLost):
        go_on(platform, session, media, call)
    assert platform.status(session, call).remote_id == channel.uploads[0].id


def test_a_last_piece_whose_answer_and_session_are_lost_is_found_by_its_marker(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    channel.faults = Faults.script(
        [None, None, "forgotten"], on=lambda each: pieces(each) and bool(each.body)
    )
    with pytest.raises(PlatformAnswerLost):
        go_on(platform, session, media, call)
    assert platform.status(session, call).state == "gone"
    found = platform.find_by_marker(MARKER, call)
    assert found is not None
    assert found.remote_id == channel.uploads[0].id


def test_of_a_session_that_is_gone_the_marker_tells_what_became_of_it(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    assert platform.find_by_marker(MARKER, call) is None
    remote_id = go_on(platform, session, media, call).remote_id
    channel.sessions.expire()
    assert platform.status(session, call).state == "gone"
    found = platform.find_by_marker(MARKER, call)
    assert found is not None
    assert (found.remote_id, found.state) == (remote_id, "private")


def test_the_marker_is_found_behind_many_newer_videos_and_not_in_part_of_a_word(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    for number in range(120):
        snippet = {"title": f"{number}", "tags": [f"{MARKER}x"], "description": f"{MARKER}{number}"}
        channel._create({"snippet": snippet, "status": {"privacyStatus": "private"}}, b"x")
    found = platform.find_by_marker(MARKER, call)
    assert found is not None
    assert found.remote_id == uploaded


def test_a_new_upload_may_be_missing_from_the_list_for_a_while(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    channel.listed_after = timedelta(minutes=5)
    assert platform.find_by_marker(MARKER, call) is None
    then = datetime.now(UTC) + timedelta(minutes=5)
    channel.now = lambda: then
    found = platform.find_by_marker(MARKER, call)
    assert found is not None
    assert found.remote_id == uploaded


def test_a_token_that_ends_in_the_middle_is_exchanged_and_the_piece_sent_again(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    channel.faults = Faults.script([None, "token_expired"], on=lambda each: pieces(each) and bool(each.body))
    assert go_on(platform, session, media, call).state == "uploaded"
    assert len(channel.uploads) == 1


def test_a_refused_refresh_token_is_said_without_the_token(
    channel: YouTubeSimulator, platform: YouTubePlatform
) -> None:
    channel.refresh_tokens.clear()
    with pytest.raises(AuthenticationFailed) as caught:
        platform.exchange(CLIENT, (channel.url,), Deadline.after(60, SystemClock()))
    assert "refresh-1" not in str(caught.value)
    assert "client-secret" not in str(caught.value)


def test_a_token_is_given_up_before_it_ends(channel: YouTubeSimulator, platform: YouTubePlatform) -> None:
    token = platform.exchange(CLIENT, (channel.url,), Deadline.after(60, SystemClock()))
    assert token.token in channel.tokens
    left = token.expires_at - datetime.now(UTC)
    assert timedelta(minutes=55) < left < timedelta(minutes=59)


@pytest.mark.parametrize(
    ("ending", "reason"), [("failed:codec", "codec"), ("rejected:duplicate", "duplicate")]
)
def test_a_video_that_youtube_will_not_have_is_failed_and_says_why(
    *,
    channel: YouTubeSimulator,
    platform: YouTubePlatform,
    media: MediaFiles,
    call: PlatformCall,
    ending: str,
    reason: str,
) -> None:
    channel.endings.append(ending)
    remote_id = go_on(platform, platform.begin(PLAN, media, call), media, call).remote_id
    found = platform.look(remote_id, call)
    assert (found.state, found.reason) == ("failed", reason)


def test_a_video_that_is_not_there_is_failed(platform: YouTubePlatform, call: PlatformCall) -> None:
    assert platform.look("nobody", call).state == "failed"
    with pytest.raises(PublicationRefused):
        platform.make_public("nobody", PLAN, None, call)


def test_what_is_added_twice_is_there_once(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall, uploaded: str
) -> None:
    for _ in range(2):
        assert platform.furnish(uploaded, PLAN, media, call) == ()
    video = channel.videos[uploaded]
    assert video.thumbnail == b"png"
    assert [(each.language, each.body) for each in video.captions] == [("en", b"1\n")]
    assert channel.playlists["PL-news"] == [uploaded]


def test_what_youtube_will_not_add_is_told_and_the_rest_is_added(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall, uploaded: str
) -> None:
    channel.faults = Faults.script(["thumbnail_forbidden"], on=lambda each: "thumbnails" in each.path)
    plan = PLAN.model_copy(update={"playlist": "PL-gone"})
    told = platform.furnish(uploaded, plan, media, call)
    assert [each.split(" could")[0] for each in told] == ["The thumbnail", "The playlist"]
    assert channel.videos[uploaded].captions


@pytest.mark.parametrize("where", ["thumbnails", "captions", "playlistItems"])
def test_what_may_come_right_is_not_left_out(
    *,
    channel: YouTubeSimulator,
    platform: YouTubePlatform,
    media: MediaFiles,
    call: PlatformCall,
    uploaded: str,
    where: str,
) -> None:
    channel.faults = Faults.script(["quota"], on=lambda each: where in each.path)
    with pytest.raises(QuotaExceeded):
        platform.furnish(uploaded, PLAN, media, call)


def test_making_public_keeps_what_it_does_not_mean_and_costs_one_unit_the_second_time(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    channel.videos[uploaded].status["license"] = "creativeCommon"
    assert platform.make_public(uploaded, PLAN, None, call).state == "public"
    status = channel.videos[uploaded].status
    assert (status["privacyStatus"], status["license"]) == ("public", "creativeCommon")
    assert status["containsSyntheticMedia"] is True
    before = channel.used.total()
    assert platform.make_public(uploaded, PLAN, None, call).state == "public"
    assert channel.used.total() - before == 1


def test_a_scheduled_video_is_private_until_its_moment(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    channel.now = lambda: now
    then = now + timedelta(hours=3)
    for _ in range(2):
        found = platform.make_public(uploaded, PLAN, then, call)
        assert (found.state, found.public_at) == ("scheduled", then)
    assert channel.videos[uploaded].status["privacyStatus"] == "private"
    channel.now = lambda: then
    assert platform.look(uploaded, call).state == "public"
    assert channel.videos[uploaded].public_since == then


def test_a_moment_between_two_seconds_is_the_later_of_them(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    then = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=1)
    platform.make_public(uploaded, PLAN, then, call)
    scheduled = channel.videos[uploaded].publish_at
    assert scheduled == then.replace(microsecond=0) + timedelta(seconds=1)


def test_what_somebody_has_made_public_before_its_time_stays_so(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    channel.videos[uploaded].status["privacyStatus"] = "public"
    then = datetime.now(UTC) + timedelta(hours=3)
    assert platform.make_public(uploaded, PLAN, then, call).state == "public"


def test_a_moment_that_is_over_is_now(platform: YouTubePlatform, call: PlatformCall, uploaded: str) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    assert platform.make_public(uploaded, PLAN, past, call).state == "public"


def test_a_private_plan_stays_private(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str
) -> None:
    plan = PLAN.model_copy(update={"privacy": "private"})
    assert platform.make_public(uploaded, plan, None, call).state == "private"
    assert channel.videos[uploaded].public_since is None


def test_an_address_for_the_bytes_that_is_not_the_platforms_is_not_taken(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    answered = channel._begin

    def elsewhere(request: Received) -> Any:
        answer = answered(request)
        return type(answer)(200, headers={"location": "https://evil.example/upload"})

    channel._begin = elsewhere  # type: ignore[method-assign]  # somebody on the way
    with pytest.raises(PlatformMisconfigured):
        platform.begin(PLAN, media, call)


@pytest.mark.parametrize("fault", ["malformed", "wrong_content_type", "reset_mid_body"])
def test_an_answer_that_cannot_be_read_is_lost(
    channel: YouTubeSimulator, platform: YouTubePlatform, call: PlatformCall, uploaded: str, fault: Any
) -> None:
    channel.faults = Faults.script([None, fault])
    with pytest.raises(PlatformAnswerLost):
        platform.make_public(uploaded, PLAN, None, call)
    channel.faults = Faults.script([fault])
    with pytest.raises(PlatformUnavailable):
        platform.look(uploaded, call)


def test_nobody_who_listens_is_certainly_nothing_done(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles, call: PlatformCall
) -> None:
    with channel.away(), pytest.raises(PlatformUnavailable):
        platform.begin(PLAN, media, call)


@pytest.mark.parametrize("size", [0, -GRAIN_BYTES, GRAIN_BYTES + 1])
def test_pieces_are_whole_grains(size: int) -> None:
    with pytest.raises(ValueError, match="multiples"):
        YouTubePlatform(chunk_bytes=size)


def test_no_token_is_in_an_error(
    channel: YouTubeSimulator, platform: YouTubePlatform, media: MediaFiles
) -> None:
    channel.faults = Faults.script(["forbidden"], on=lambda each: each.path != "/token")
    with pytest.raises(ReelwrightError) as caught:
        platform.begin(PLAN, media, call_to(platform, channel.url, token=FIRST_TOKEN))
    assert FIRST_TOKEN not in str(caught.value)
