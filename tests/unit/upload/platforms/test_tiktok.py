"""The TikTok adapter against the simulated wire: every row of its tables, every point to stop at."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from reelwright.clock import SystemClock
from reelwright.environment.schema import PlatformSettings
from reelwright.environment.secret import OAuthClient
from reelwright.models.http import HttpAnswer
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.secrets.kinds import parse
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.tiktok import TikTokPlatform
from reelwright.upload.platforms.tiktok_errors import CODES, MAY_BE_REPEATED, error_of
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import MediaFiles, PublicationPlan
from reelwright.upload.tokens import OAuthAccess
from tests.simulators.platform_access import CLIENT, FIRST_TOKEN, call_to
from tests.simulators.server import Faults, Received
from tests.simulators.tiktok import TikTokSimulator
from tests.simulators.tiktok_facts import FAIL_REASONS, REFUSALS
from tests.unit.upload.platforms.resuming import go_on, go_on_in_lives

CHUNK = 1000
SIZE = 3 * CHUNK + 123
MARKER = "rw0123456789abcdef"
PLAN = PublicationPlan(
    platform="tiktok",
    account="main",
    marker=MARKER,
    title="Why tides turn",
    description=f"Why tides turn 🌊\n\n#tides #{MARKER}",
    privacy="public",
    duration_seconds=30.0,
)
PRIVATE = PLAN.model_copy(update={"privacy": "private"})
NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
MEANINGS = {
    "busy": PlatformUnavailable,
    "broken": PlatformAnswerLost,
    "day": QuotaExceeded,
    "tomorrow": QuotaExceeded,
    "token": AuthenticationFailed,
    "misconfigured": PlatformMisconfigured,
    "unaudited": PlatformMisconfigured,
    "refused": PublicationRefused,
}


@pytest.fixture
def account() -> Iterator[TikTokSimulator]:
    with TikTokSimulator(least_chunk=CHUNK // 2, most_chunk=CHUNK) as simulator:
        yield simulator
    assert not simulator.objections


@pytest.fixture
def platform() -> TikTokPlatform:
    return TikTokPlatform(chunk_bytes=CHUNK, least_bytes=CHUNK // 2)


@pytest.fixture
def call(account: TikTokSimulator, platform: TikTokPlatform) -> PlatformCall:
    return call_to(platform, account.url, token=FIRST_TOKEN)


@pytest.fixture
def media(tmp_path: Path) -> MediaFiles:
    return media_of(tmp_path, SIZE)


def media_of(folder: Path, size: int) -> MediaFiles:
    video = folder / "v.mp4"
    video.write_bytes((bytes(range(256)) * (size // 256 + 1))[:size])
    return MediaFiles(video=video, video_bytes=size, video_sha256="0" * 64)


def posted(
    platform: TikTokPlatform, media: MediaFiles, call: PlatformCall, plan: PublicationPlan = PLAN
) -> str:
    return go_on(platform, platform.begin(plan, media, call), media, call).remote_id


def pieces(request: Received) -> bool:
    return request.method == "PUT"


def answered(account: TikTokSimulator, reason: str) -> HttpAnswer:
    answer = account.refused(reason)
    return HttpAnswer(answer.status, answer.headers, answer.body)


def test_a_post_says_what_it_is_and_its_pieces_are_as_announced(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    remote_id = go_on(platform, session, media, call).remote_id
    [post] = account.posts
    assert remote_id == post.publish_id == session.reference
    assert post.sha256 == hashlib.sha256(media.video.read_bytes()).hexdigest()
    assert post.post_info == {
        "title": PLAN.description,
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_comment": False,
        "disable_duet": False,
        "disable_stitch": False,
        "is_aigc": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    }
    sent = [each.headers["content-range"] for each in account.received if pieces(each)]
    assert sent == ["bytes 0-999/3123", "bytes 1000-1999/3123", "bytes 2000-3122/3123"]


@pytest.mark.parametrize("size", [1, 499, 500, 999, 1000, 1001, 1999, 2000, 2001])
def test_videos_of_every_size_are_cut_as_tiktok_asks(
    *, account: TikTokSimulator, platform: TikTokPlatform, call: PlatformCall, tmp_path: Path, size: int
) -> None:
    posted(platform, media_of(tmp_path, size), call)
    assert [post.size for post in account.posts] == [size]


def test_pieces_are_not_smaller_or_larger_than_tiktok_takes() -> None:
    for size in (5 * 1024 * 1024 - 1, 64 * 1024 * 1024 + 1):
        with pytest.raises(ValueError, match="pieces have"):
            TikTokPlatform(chunk_bytes=size)


@pytest.mark.parametrize("reason", sorted(REFUSALS))
def test_every_row_of_the_error_table_has_its_meaning(account: TikTokSimulator, reason: str) -> None:
    answer = answered(account, reason)
    error = error_of(answer, NOW, writes=True)
    assert type(error) is MEANINGS[CODES[REFUSALS[reason][1]]]
    assert error.next_step


def test_every_code_is_one_that_the_simulator_speaks() -> None:
    older = {"internal", "access_token_expired", "scope_permission_missed", "invalid_params"}
    assert set(CODES) - older == {code for _, code, _ in REFUSALS.values()}


def test_codes_that_nobody_knows_are_judged_by_the_status_and_success_only_by_the_code() -> None:
    def judged(status: int, code: str) -> object:
        body = b'{"data": {}, "error": {"code": "%s"}}' % code.encode()
        answer = HttpAnswer(status, {"content-type": "application/json"}, body)
        return type(error_of(answer, NOW, writes=False))

    assert judged(200, "ok") is type(None)
    assert judged(200, "rate_limit_exceeded") is PlatformUnavailable
    assert judged(200, "new") is PlatformUnavailable
    assert judged(400, "new") is PublicationRefused
    assert judged(401, "new") is AuthenticationFailed
    assert judged(403, "new") is PlatformMisconfigured
    assert judged(500, "new") is PlatformUnavailable


def test_caps_say_when_they_are_over(account: TikTokSimulator) -> None:
    posts = error_of(answered(account, "too_many_posts"), NOW, writes=True)
    users = error_of(answered(account, "user_cap"), NOW, writes=True)
    assert isinstance(posts, QuotaExceeded)
    assert isinstance(users, QuotaExceeded)
    assert posts.available_at == NOW + timedelta(hours=24)
    assert users.available_at == datetime(2026, 11, 27, tzinfo=UTC)


def test_a_full_day_is_told_before_a_byte_is_sent(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.posts_a_day = 1
    posted(platform, media, call)
    with pytest.raises(QuotaExceeded):
        platform.begin(PLAN, media, call)


def test_before_its_audit_the_client_posts_privately_or_is_told_what_to_do(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.audited = False
    with pytest.raises(PlatformMisconfigured, match="unaudited_client") as caught:
        platform.begin(PLAN, media, call)
    assert "platforms.tiktok.privacy private" in caught.value.next_step
    posted(platform, media, call, PRIVATE)
    assert [post.is_public for post in account.posts] == [False]


def test_a_privacy_that_the_account_does_not_offer_is_not_tried(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.levels = ("FOLLOWER_OF_CREATOR", "SELF_ONLY")
    with pytest.raises(PlatformMisconfigured, match="offers no public posts") as caught:
        platform.begin(PLAN, media, call)
    assert "privacy private" in caught.value.next_step
    assert not account.uploads


def test_what_the_account_has_switched_off_and_may_not_post_counts(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.switched_off = {"duet"}
    posted(platform, media, call)
    post = account.posts[0].post_info
    assert (post["disable_comment"], post["disable_duet"], post["disable_stitch"]) == (False, True, False)
    wanted = PLAN.model_copy(update={"interactions": ("duets",), "cover_seconds": 1.25})
    posted(platform, media, call, wanted)
    post = account.posts[1].post_info
    assert (post["disable_comment"], post["disable_duet"], post["disable_stitch"]) == (True, True, True)
    assert post["video_cover_timestamp_ms"] == 1250
    account.most_seconds = 29
    with pytest.raises(PublicationRefused, match="29 s"):
        platform.begin(PLAN, media, call)


@pytest.mark.parametrize(
    "fault", ["reset", "lost_answer", "server_error", "late_crash", "overloaded", "throttled", "partial"]
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_upload_goes_on_from_wherever_it_stopped(
    *,
    account: TikTokSimulator,
    platform: TikTokPlatform,
    media: MediaFiles,
    call: PlatformCall,
    fault: Any,
    at: int,
) -> None:
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script([*[None] * at, fault], on=pieces)
    progress = go_on_in_lives(platform, session, media, call, lives=3)
    assert progress.state == "uploaded"
    assert [each.publish_id for each in account.posts] == [progress.remote_id]


@pytest.mark.parametrize("kept", [1, 999, 1000, 1122])
def test_a_last_piece_of_which_a_part_is_there_is_sent_again_as_a_whole(
    *, account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall, kept: int
) -> None:
    session = platform.begin(PLAN, media, call)
    account.keep = [CHUNK, CHUNK, kept]
    assert go_on(platform, session, media, call).state == "uploaded"
    assert [post.size for post in account.posts] == [SIZE]


def test_a_post_that_is_complete_is_uploaded_whatever_is_said_of_its_bytes(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    go_on(platform, session, media, call)
    account.tells_bytes = False
    assert platform.status(session, call).state == "uploaded"


def test_only_a_publish_id_that_is_forgotten_is_gone(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script(["invalid_param", "wrong_publish_id"])  # type: ignore[list-item]  # TikTok's own
    with pytest.raises(PublicationRefused):
        platform.status(session, call)
    with pytest.raises(PlatformMisconfigured):
        platform.status(session, call)


def test_an_answer_to_the_last_piece_that_was_lost_is_told_by_the_publish_id(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.processed_after = timedelta(minutes=1)
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script([None, None, "lost_answer"], on=pieces)
    with pytest.raises(PlatformAnswerLost):
        go_on(platform, session, media, call)
    assert platform.status(session, call).remote_id == account.posts[0].publish_id


def test_of_an_address_that_expired_before_the_end_nothing_came(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script([None, "expired_url"], on=pieces)
    progress = go_on(platform, session, media, call)
    assert (progress.state, progress.nothing_came) == ("gone", True)


def test_a_piece_to_an_address_that_expired_after_the_end_finds_the_post(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    posted_id = go_on(platform, session, media, call).remote_id
    then = datetime.now(UTC) + timedelta(hours=2)
    account.now = lambda: then
    progress = platform.send(session, 2 * CHUNK, media.video.read_bytes()[2 * CHUNK :], call)
    assert (progress.state, progress.remote_id) == ("uploaded", posted_id)


def test_of_a_publish_id_that_is_forgotten_nothing_is_claimed_and_a_public_post_is_found_by_its_marker(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    session = platform.begin(PLAN, media, call)
    account.faults = Faults.script([None, None, "forgotten"], on=pieces)
    with pytest.raises(PlatformAnswerLost):
        go_on(platform, session, media, call)
    progress = platform.status(session, call)
    assert (progress.state, progress.nothing_came) == ("gone", False)
    looked = platform.look(session.reference, call)
    assert (looked.state, looked.nothing_came) == ("gone", False)
    found = platform.find_by_marker(MARKER, call)
    assert found
    assert (found.state, found.remote_id) == ("public", account.posts[0].post_id)
    assert platform.look(found.remote_id, call) == found


def test_the_marker_is_found_behind_many_newer_posts_and_private_ones_are_not_listed(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.posts_a_day, account.limits_requests = 100, False
    posted(platform, media, call)
    for number in range(45):
        text = f"#{MARKER}x {number}"
        posted(platform, media, call, PLAN.model_copy(update={"description": text}))
    posted(platform, media, call, PRIVATE.model_copy(update={"description": "#rwprivate"}))
    found = platform.find_by_marker(MARKER, call)
    assert found
    assert found.remote_id == account.posts[0].post_id
    assert platform.find_by_marker("rwprivate", call) is None


def test_a_public_post_gets_its_number_when_it_is_moderated_and_a_private_one_never(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.processed_after, account.moderated_after = timedelta(minutes=1), timedelta(hours=1)
    public, private = posted(platform, media, call), posted(platform, media, call, PRIVATE)
    start = datetime.now(UTC)

    def after(minutes: int, remote_id: str) -> tuple[str, str]:
        account.now = lambda: start + timedelta(minutes=minutes)
        looked = platform.look(remote_id, call)
        return looked.state, platform.make_public(looked.remote_id, PLAN, None, call).state

    assert after(0, public) == ("processing", "processing")
    assert after(2, public) == ("private", "processing")
    assert after(70, public) == ("public", "public")
    assert after(70, private) == ("private", "processing")
    post = account.posts[0].post_id
    assert platform.look(public, call).remote_id == post
    assert platform.look(public, call).url.endswith(f"/video/{post}")


def test_without_the_scope_of_lists_a_public_post_has_no_address_and_all_else_is_well(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.scopes = {"video.publish"}
    looked = platform.look(posted(platform, media, call), call)
    assert (looked.state, looked.remote_id, looked.url) == ("public", account.posts[0].post_id, "")


@pytest.mark.parametrize("reason", FAIL_REASONS)
def test_every_reason_of_a_failed_post_is_told_and_says_whether_another_may_succeed(
    *,
    account: TikTokSimulator,
    platform: TikTokPlatform,
    media: MediaFiles,
    call: PlatformCall,
    reason: str,
) -> None:
    account.endings.append(reason)
    account.processed_after = timedelta(minutes=1)
    session = platform.begin(PLAN, media, call)
    go_on(platform, session, media, call)
    then = datetime.now(UTC) + timedelta(minutes=2)
    account.now = lambda: then
    state = "gone" if reason in MAY_BE_REPEATED else "failed"
    for told in (platform.status(session, call), platform.look(session.reference, call)):
        assert (told.state, told.reason, told.nothing_came) == (state, reason, state == "gone")


def test_a_post_that_is_not_there_any_more_is_failed(platform: TikTokPlatform, call: PlatformCall) -> None:
    assert platform.look("7100000000000000009", call).state == "failed"


def test_nothing_is_added_to_a_post(platform: TikTokPlatform, media: MediaFiles, call: PlatformCall) -> None:
    assert platform.furnish("v_pub", PLAN, media, call) == ()


def test_a_token_that_ends_in_the_middle_is_exchanged(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    account.faults = Faults.script([None, "token_expired"], on=lambda each: "oauth" not in each.path)
    assert posted(platform, media, call)
    assert len(account.posts) == 1


def test_the_token_goes_to_no_upload_address_and_an_address_elsewhere_is_refused(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    posted(platform, media, call)
    assert all("authorization" not in each.headers for each in account.received if pieces(each))
    account.url = "http://localhost:1"
    with pytest.raises(PlatformMisconfigured, match="localhost"):
        platform.begin(PLAN, media, call)


class _Stored:
    """Secrets with one client, which may be renewed."""

    def __init__(self) -> None:
        self.client = CLIENT

    def with_secret(self, _: Any, __: Any, call: Callable[[OAuthClient], Any]) -> Any:
        """Return what the call makes of the client."""
        return call(self.client)

    def set(self, name: str, text: SecretStr) -> str:
        """Renew it."""
        self.client = parse(name, OAuthClient, text)
        return "v2"


def test_refresh_tokens_that_are_good_once_are_kept_from_process_to_process(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles
) -> None:
    account.rotates = True
    stored, settings = _Stored(), PlatformSettings(enabled=True, endpoints=(account.url,))
    for _ in range(3):
        access = OAuthAccess("tiktok", settings, stored, platform.exchange, SystemClock())
        posted(platform, media, PlatformCall(access, Deadline.after(60, SystemClock())))
    assert stored.client.refresh_token.get_secret_value() in account.refresh_tokens
    assert len(account.posts) == 3


def test_a_refused_refresh_token_is_said_without_the_token_and_a_token_lasts_a_day(
    account: TikTokSimulator, platform: TikTokPlatform
) -> None:
    token = platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))
    left = token.expires_at - datetime.now(UTC)
    assert timedelta(hours=23, minutes=55) < left < timedelta(hours=23, minutes=59, seconds=30)
    account.refresh_tokens.clear()
    with pytest.raises(AuthenticationFailed) as caught:
        platform.exchange(CLIENT, (account.url,), Deadline.after(60, SystemClock()))
    assert "refresh-1" not in str(caught.value)
    assert "client-secret" not in str(caught.value)


def test_what_became_of_posts_is_told_for_public_ones_and_never_made_up(
    account: TikTokSimulator, platform: TikTokPlatform, media: MediaFiles, call: PlatformCall
) -> None:
    public, private = posted(platform, media, call), posted(platform, media, call, PRIVATE)
    number = account.posts[0].post_id
    account.posts[0].counts |= {"view_count": 7, "like_count": 2, "comment_count": 1}
    told = platform.outcomes([number, public, private, "7100000000000000999"], call)
    assert set(told) == {number}
    outcome = told[number]
    assert (outcome.views, outcome.likes, outcome.comments, outcome.shares) == (7, 2, 1, 0)
    assert (outcome.watched_seconds, outcome.average_watched_seconds) == (None, None)
    del account.posts[0].counts["share_count"]
    assert platform.outcomes([number], call)[number].shares is None
    assert platform.outcomes([private], call) == {}


@pytest.mark.parametrize("fault", ["malformed", "wrong_content_type", "reset_mid_body"])
def test_an_answer_that_cannot_be_read_is_lost_where_something_was_begun(
    *,
    account: TikTokSimulator,
    platform: TikTokPlatform,
    media: MediaFiles,
    call: PlatformCall,
    fault: Any,
) -> None:
    account.faults = Faults.script([fault], on=lambda each: each.path.endswith("/init/"))
    with pytest.raises(PlatformAnswerLost):
        platform.begin(PLAN, media, call)
