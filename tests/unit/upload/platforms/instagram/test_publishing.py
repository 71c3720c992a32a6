"""The Instagram adapter against the simulated wire: containers, bytes, publishing once, outcomes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reelwright.errors import ReelwrightError
from reelwright.models.http import HttpClient
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.instagram import InstagramPlatform
from reelwright.upload.platforms.instagram_wire import InstagramWire
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import MediaFiles, RemoteVideo
from tests.simulators.instagram import VERSION, InstagramSimulator
from tests.simulators.instagram_facts import RUPLOAD_REFUSALS
from tests.simulators.platform_access import FIRST_TOKEN, call_to
from tests.simulators.server import Faults, Received
from tests.unit.upload.platforms.instagram.reel import MARKER, PLAN, SIZE
from tests.unit.upload.platforms.resuming import go_on, go_on_in_lives


def bytes_of(request: Received) -> bool:
    return request.path.startswith("/ig-api-upload")


def publishing(request: Received) -> bool:
    return request.path.endswith("/media_publish")


@pytest.fixture
def container(
    platform: InstagramPlatform, media: MediaFiles, call: PlatformCall, account: InstagramSimulator
) -> str:
    assert account.url
    return go_on(platform, platform.begin(PLAN, media, call), media, call).remote_id


def test_a_container_says_what_it_holds_and_is_seen_by_nobody(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    (held,) = account.containers.values()
    assert held.resource == {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": PLAN.description,
        "share_to_feed": True,
        "thumb_offset": 1250,
        "is_ai_generated": True,
    }
    assert len(held.content) == SIZE
    assert platform.look(container, call).state == "private"
    assert not account.posts


def test_without_a_moment_instagram_chooses_the_cover(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    plan = PLAN.model_copy(update={"cover_seconds": None, "synthetic_media": False})
    platform.begin(plan, media, call)
    told = next(iter(account.containers.values())).resource
    assert "thumb_offset" not in told
    assert told["is_ai_generated"] is False


def test_an_upload_is_one_request_and_is_kept_for_a_day(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    assert session.expires_at is not None
    assert timedelta(hours=23) < session.expires_at - datetime.now(UTC) <= timedelta(hours=24)
    go_on(platform, session, media, call)
    sent = [each for each in account.received if bytes_of(each)]
    assert [(each.headers["offset"], each.headers["file_size"]) for each in sent] == [("0", str(SIZE))]
    assert sent[0].headers["authorization"] == f"OAuth {FIRST_TOKEN}"


@pytest.mark.parametrize(
    "fault",
    [
        *("reset", "lost_answer", "server_error", "late_crash", "overloaded", "partial", "malformed"),
        *("token_expired", *RUPLOAD_REFUSALS),
    ],
)
def test_an_upload_goes_on_from_wherever_it_stopped(
    *,
    account: InstagramSimulator,
    platform: InstagramPlatform,
    media: MediaFiles,
    call: PlatformCall,
    fault: Any,
) -> None:
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script([fault], on=bytes_of)
    progress = go_on_in_lives(platform, session, media, call, lives=2)
    assert progress.state == "uploaded"
    (held,) = account.containers.values()
    assert bytes(held.content) == media.video.read_bytes()


def test_after_a_break_only_what_is_missing_is_sent(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script(["partial"], on=bytes_of)  # type: ignore[list-item]  # of this platform
    with pytest.raises(PlatformAnswerLost):
        go_on(platform, session, media, call)
    assert platform.status(session, call).received_bytes == SIZE // 2
    assert go_on(platform, session, media, call).state == "uploaded"
    assert [each.headers["offset"] for each in account.received if bytes_of(each)] == ["0", str(SIZE // 2)]


def test_bytes_that_do_not_fit_are_answered_with_how_far_it_is(
    platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    progress = platform.send(session, 7, media.video.read_bytes()[7:], call)
    assert (progress.state, progress.received_bytes) == ("sending", 0)


def test_an_upload_that_is_there_is_not_sent_again(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    go_on(platform, session, media, call)
    assert platform.send(session, 0, media.video.read_bytes(), call).state == "uploaded"
    assert len(next(iter(account.containers.values())).content) == SIZE


def test_a_container_that_has_expired_is_gone_wherever_it_is_asked_for(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    container = go_on(platform, session, media, call).remote_id
    tomorrow = datetime.now(UTC) + timedelta(hours=24, seconds=5)
    account.now = lambda: tomorrow
    assert platform.status(session, call).state == "gone"
    assert platform.look(container, call).state == "gone"
    assert platform.make_public(container, PLAN, None, call).state == "gone"
    assert platform.send(session, 0, media.video.read_bytes(), call).state == "gone"
    account.containers.clear()
    assert platform.look(container, call).state == "gone"


@pytest.mark.parametrize(
    ("subcode", "upload", "video"),
    [("2207026", "failed", "failed"), ("2207053", "gone", "gone"), ("2207001", "gone", "gone")],
)
def test_a_video_that_is_not_taken_is_failed_and_one_that_hiccups_leaves_room_for_another(
    *,
    account: InstagramSimulator,
    platform: InstagramPlatform,
    media: MediaFiles,
    call: PlatformCall,
    subcode: str,
    upload: str,
    video: str,
) -> None:
    account.troubles.append(subcode)
    session = platform.begin(PLAN, media, call)
    container = go_on(platform, session, media, call).remote_id
    assert platform.status(session, call).state == upload
    found = platform.look(container, call)
    assert (found.state, found.reason) == (video, subcode)


def test_a_container_is_waited_for_while_it_is_processed(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.processed_after = timedelta(minutes=3)
    container = go_on(platform, platform.begin(PLAN, media, call), media, call).remote_id
    assert platform.look(container, call).state == "processing"
    assert platform.make_public(container, PLAN, None, call).state == "processing"
    assert not [each for each in account.received if publishing(each)]


def test_publishing_makes_one_post_and_tells_where_it_is(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    found = platform.make_public(container, PLAN, None, call)
    (post,) = account.posts.values()
    assert found == RemoteVideo(
        remote_id=post.id, state="public", url=f"https://www.instagram.com/reel/{post.id}/"
    )
    for remote_id in (container, found.remote_id):
        assert platform.make_public(remote_id, PLAN, None, call).remote_id == post.id
    assert platform.look(post.id, call).state == "public"
    assert len(account.posts) == 1


@pytest.mark.parametrize(
    "fault", ["lost_answer", "reset_mid_body", "malformed", "late_crash", "blocked_late"]
)
def test_a_post_whose_answer_is_lost_or_is_a_lie_is_found_by_its_marker(
    *,
    account: InstagramSimulator,
    platform: InstagramPlatform,
    call: PlatformCall,
    container: str,
    fault: Any,
) -> None:
    account.faults = Faults.script([fault], on=publishing)
    for _ in range(2):
        try:
            found = platform.make_public(container, PLAN, None, call)
        except PlatformAnswerLost:
            continue
        break
    assert [found.remote_id] == list(account.posts)
    assert found.state == "public"
    assert found.url


def test_a_post_that_is_not_listed_yet_is_waited_for_and_never_made_again(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    account.faults = Faults.script(["lost_answer"], on=publishing)
    account.listed_after = timedelta(minutes=2)
    with pytest.raises(PlatformAnswerLost):
        platform.make_public(container, PLAN, None, call)
    assert platform.make_public(container, PLAN, None, call).state == "processing"
    later = datetime.now(UTC) + timedelta(minutes=3)
    account.now = lambda: later
    assert platform.make_public(container, PLAN, None, call).remote_id == next(iter(account.posts))
    assert len(account.posts) == 1


def test_a_refusal_of_publishing_that_is_true_is_said(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    account.faults = Faults.script(["spam"], on=publishing)  # type: ignore[list-item]  # of this platform
    with pytest.raises(QuotaExceeded) as caught:
        platform.make_public(container, PLAN, None, call)
    left = caught.value.available_at - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(hours=24)
    assert not account.posts


def test_that_the_address_of_a_post_does_not_come_is_no_reason_to_look_for_it(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    account.faults = Faults.script(
        ["server_error"], on=lambda each: "permalink" in each.query.get("fields", "")
    )
    found = platform.make_public(container, PLAN, None, call)
    assert (found.state, found.url, len(account.posts)) == ("public", "", 1)


def test_the_accounts_limit_is_asked_for_before_a_post_is_tried(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    account.posts_a_day = 0
    with pytest.raises(QuotaExceeded) as caught:
        platform.make_public(container, PLAN, None, call)
    assert caught.value.available_at > datetime.now(UTC)
    assert not [each for each in account.received if publishing(each)]


def test_the_marker_is_found_behind_many_newer_posts_and_not_in_part_of_a_word(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    found = platform.make_public(container, PLAN, None, call)
    post = account.posts[found.remote_id]
    for number in range(60):
        name = f"19{number:04d}"
        account.posts[name] = type(post)(name, f"#{MARKER}x {MARKER}", post.published_at, "", {})
    assert platform.find_by_marker(MARKER, call) == found
    assert platform.find_by_marker("rwffffffffffffffff", call) is None


def test_a_post_that_is_not_there_is_failed(platform: InstagramPlatform, call: PlatformCall) -> None:
    found = platform.look("18000000000000001", call)
    assert (found.state, found.reason) == ("failed", "missing")


def test_nothing_is_added_to_a_reel(
    platform: InstagramPlatform, media: MediaFiles, call: PlatformCall, container: str
) -> None:
    assert platform.furnish(container, PLAN, media, call) == ()


def test_the_version_in_addresses_is_that_of_the_catalogue_unless_the_endpoint_names_one(
    account: InstagramSimulator, platform: InstagramPlatform
) -> None:
    with_version = call_to(platform, f"{account.url}/{VERSION}", token=FIRST_TOKEN)
    assert platform.find_by_marker(MARKER, with_version) is None
    assert {each.path.split("/")[1] for each in account.received} == {VERSION}


def test_an_address_for_the_bytes_that_is_not_the_platforms_is_not_taken(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.upload_host = "https://evil.example"
    with pytest.raises(PlatformMisconfigured):
        platform.begin(PLAN, media, call)


def test_an_expired_token_is_exchanged_and_the_request_sent_again(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    account.faults = Faults.script(["token_expired"], on=publishing)  # type: ignore[list-item]  # of this platform
    assert platform.make_public(container, PLAN, None, call).state == "public"
    assert len(account.posts) == 1


@pytest.mark.parametrize("fault", ["malformed", "wrong_content_type", "reset_mid_body"])
def test_an_answer_that_cannot_be_read_is_lost(
    account: InstagramSimulator,
    platform: InstagramPlatform,
    media: MediaFiles,
    call: PlatformCall,
    fault: Any,
) -> None:
    account.faults = Faults.script([None, fault])
    with pytest.raises(PlatformAnswerLost):
        platform.begin(PLAN, media, call)
    account.faults = Faults.script([fault])
    with pytest.raises(PlatformUnavailable):
        platform.find_by_marker(MARKER, call)


def test_nobody_who_listens_is_certainly_nothing_done(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    with account.away(), pytest.raises(PlatformUnavailable):
        platform.begin(PLAN, media, call)


def test_no_token_is_in_an_address_or_an_error(
    account: InstagramSimulator, platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.faults = Faults.script(["scope"])  # type: ignore[list-item]  # of this platform
    with pytest.raises(ReelwrightError) as caught:
        platform.begin(PLAN, media, call)
    assert FIRST_TOKEN not in str(caught.value)
    assert not any(FIRST_TOKEN in str(each.query) for each in account.received)


def test_what_became_of_a_post_is_told_with_times_in_seconds(
    account: InstagramSimulator, platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    remote_id = platform.make_public(container, PLAN, None, call).remote_id
    post = account.posts[remote_id]
    post.metrics = {
        "views": 1200,
        "likes": 31,
        "shares": 4,
        "ig_reels_video_view_total_time": 5_400_500,
        "ig_reels_avg_watch_time": 4_500,
    }
    post.like_count, post.comments_count = 30, 7
    told = platform.outcomes([remote_id, "18000000000000001"], call)
    assert list(told) == [remote_id]
    assert told[remote_id].model_dump() == {
        "views": 1200,
        "likes": 31,
        "comments": 7,
        "shares": 4,
        "watched_seconds": 5400.5,
        "average_watched_seconds": 4.5,
        "untold": "",
    }


@pytest.mark.parametrize(
    "fault", ["insights_scope", "few_viewers", "parameter", "server_error", "user_limit"]
)
def test_what_insights_do_not_tell_is_missing_and_never_nought(
    *,
    account: InstagramSimulator,
    platform: InstagramPlatform,
    call: PlatformCall,
    container: str,
    fault: Any,
) -> None:
    remote_id = platform.make_public(container, PLAN, None, call).remote_id
    account.posts[remote_id].like_count = None
    account.faults = Faults.script([fault], on=lambda each: each.path.endswith("/insights"))
    told = platform.outcomes([remote_id], call)[remote_id]
    assert (told.views, told.likes, told.comments, told.watched_seconds) == (None, None, 0, None)
    assert told.untold.startswith("Instagram does not tell views")


def test_a_post_without_figures_yet_has_none(
    platform: InstagramPlatform, call: PlatformCall, container: str
) -> None:
    remote_id = platform.make_public(container, PLAN, None, call).remote_id
    told = platform.outcomes([remote_id], call)[remote_id]
    assert (told.views, told.shares, told.average_watched_seconds, told.untold) == (None, None, None, "")


def test_a_refused_begin_is_refused(
    platform: InstagramPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    with pytest.raises(PublicationRefused) as caught:
        platform.begin(PLAN.model_copy(update={"description": "x" * 2201}), media, call)
    assert caught.value.reason == "36004/2207010"


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        (f"https://rupload.facebook.com/ig-api-upload/{VERSION}/1", True),
        ("https://graph.facebook.com/1", True),
        ("https://rupload.facebook.com.evil.example/1", False),
        ("https://evilfacebook.com/1", False),
        ("https://127.0.0.1/1", False),
    ],
)
@pytest.mark.parametrize("endpoints", [(), ("https://graph.facebook.com/v27.0",)])
def test_bytes_and_token_go_to_meta_only(address: str, taken: bool, endpoints: tuple[str, ...]) -> None:  # noqa: FBT001 (a case)
    wire, call = (
        InstagramWire(HttpClient(), VERSION),
        call_to(InstagramPlatform(), "https://graph.facebook.com"),
    )
    call.access.endpoints = endpoints
    if taken:
        assert wire.upload_address(address, call) == address
        return
    with pytest.raises(PlatformMisconfigured):
        wire.upload_address(address, call)


def test_the_api_is_that_of_the_catalogue_where_nobody_says_otherwise() -> None:
    wire = InstagramWire(HttpClient(), VERSION)
    assert wire.base(()) == f"https://graph.facebook.com/{VERSION}"
    assert wire.base(("https://graph.facebook.com/v27.0/",)) == "https://graph.facebook.com/v27.0"
    assert load_platforms()["instagram"].api_version == VERSION
