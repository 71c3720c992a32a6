"""Video platforms as schedules see them: one shape for faults, and for the truth of what is there."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, Protocol

from reelwright.clock import VirtualClock
from reelwright.models.http import HttpClient
from reelwright.upload.platforms.instagram import InstagramPlatform
from reelwright.upload.platforms.tiktok import TikTokPlatform
from reelwright.upload.platforms.youtube import GRAIN_BYTES, YouTubePlatform
from reelwright.upload.ports import RemotePlatform
from tests.chaos.process import CLEAN
from tests.simulators.instagram import InstagramSimulator
from tests.simulators.platform_access import FIRST_TOKEN
from tests.simulators.server import Faults, Received, Simulator
from tests.simulators.tiktok import TikTokSimulator
from tests.simulators.tiktok_uploads import Upload
from tests.simulators.youtube import Video, YouTubeSimulator

__all__ = ["VENUES", "Found", "LastPiece", "SharedClock", "Venue", "YouTubeVenue", "drawn_faults", "opened"]

TIKTOK_CHUNK: Final = 128 * 1024
"""Of TikTok's pieces here: so that files are small, and some still have several."""
_START: Final = datetime.fromisoformat("2026-11-25T12:00:00+00:00")


class SharedClock(VirtualClock):
    """Virtual time that a process and all that it begins have in common."""

    def __init__(self) -> None:
        super().__init__(_START)
        self._shared = CLEAN.Value("d", 0.0)

    def now(self) -> datetime:
        """Return the start plus all that any process slept."""
        self._elapsed_seconds = self._shared.value
        return super().now()

    def monotonic(self) -> float:
        """Return the seconds that were slept by any process."""
        return float(self._shared.value)

    def advance(self, seconds: float) -> None:
        """Move on, for everybody."""
        with self._shared.get_lock():
            self._shared.value += seconds


@dataclass(frozen=True, slots=True)
class Found:
    """A video on the platform that bears a marker."""

    remote_id: str
    privacy: str
    public_since: datetime | None
    sha256: str
    is_refused: bool
    """It was rejected or failed after the upload."""
    publish_at: datetime | None = None


class Venue(Protocol):
    """A simulated platform and our adapter for it."""

    @property
    def name(self) -> str:
        """Return what the platform is called."""
        ...

    @property
    def kinds(self) -> Sequence[str]:
        """Return the faults that may befall a request."""
        ...

    @property
    def simulator(self) -> Simulator:
        """Return the platform."""
        ...

    def begin(self, clock: VirtualClock, rng: Random, rate: float, most: int) -> None:
        """Forget all that was, and draw the faults of a schedule: ``most`` of them."""
        ...

    def calm(self) -> None:
        """Let nothing befall anybody."""
        ...

    def platform(self, http: HttpClient) -> RemotePlatform:
        """Return our adapter."""
        ...

    def found(self, marker: str) -> list[Found]:
        """Return everything that bears the marker."""
        ...


class YouTubeVenue:
    """YouTube."""

    name = "youtube"
    kinds = (
        *("reset", "lost_answer", "reset_mid_body", "malformed", "wrong_content_type", "late_crash"),
        *("server_error", "overloaded", "throttled", "rate_limited", "user_rate_limited", "token_expired"),
        *("expired_session", "partial", "quota", "upload_limit", "forgotten", "forgotten"),
    )

    def __init__(self) -> None:
        self.simulator = YouTubeSimulator()

    def begin(self, clock: VirtualClock, rng: Random, rate: float, most: int) -> None:
        channel = self.simulator
        with channel.lock:
            for kept in (channel.received, channel.objections, channel.used, channel.videos):
                kept.clear()
            for items in channel.playlists.values():
                items.clear()
            channel.sessions.known.clear()
            channel.sessions.keep.clear()
            channel.tokens = {FIRST_TOKEN}
            channel._numbers = itertools.count(1)
            channel.now = clock.now
            channel.listed_after = timedelta(seconds=rng.choice((0, 60, 500)))
            channel.endings = (
                [rng.choice(("failed:codec", "rejected:duplicate"))] if rng.random() < 0.05 else []
            )
            drawn = drawn_faults(rng, rate, most, self.kinds)
            worst = rng.choice((None, None, None, "forgotten", "lost_answer"))
            channel.faults = LastPiece(drawn, worst if rate else None, _is_last_piece)

    def calm(self) -> None:
        self.simulator.faults, self.simulator.endings = Faults(), []
        self.simulator.listed_after = timedelta()

    def platform(self, http: HttpClient) -> RemotePlatform:
        return YouTubePlatform(http, chunk_bytes=GRAIN_BYTES)

    def found(self, marker: str) -> list[Found]:
        with self.simulator.lock:
            return [_found(each) for each in self.simulator.videos.values() if marker in each.snippet["tags"]]


class InstagramVenue:
    """Instagram."""

    name = "instagram"
    kinds = (
        *("reset", "lost_answer", "reset_mid_body", "malformed", "wrong_content_type", "late_crash"),
        *("server_error", "overloaded", "throttled", "user_limit", "instagram_error", "token_expired"),
        *("expired_containers", "partial", "post_limit", "blocked_late", "ProcessingFailedError"),
    )

    def __init__(self) -> None:
        self.simulator = InstagramSimulator()

    def begin(self, clock: VirtualClock, rng: Random, rate: float, most: int) -> None:
        account = self.simulator
        with account.lock:
            for kept in (account.received, account.objections, account.containers, account.posts):
                kept.clear()
            account.tokens = {FIRST_TOKEN}
            account._numbers = itertools.count(1)
            account.now = clock.now
            account.listed_after = timedelta(seconds=rng.choice((0, 30, 100)))
            account.processed_after = timedelta(seconds=rng.choice((0, 45, 400)))
            trouble = rng.random()
            account.troubles = ["2207026"] if trouble < 0.03 else ["2207053"] if trouble < 0.1 else []
            drawn = drawn_faults(rng, rate, most, self.kinds)
            worst = rng.choice((None, None, "lost_answer", "blocked_late", "late_crash"))
            account.faults = LastPiece(drawn, worst if rate else None, _publishes)

    def calm(self) -> None:
        self.simulator.faults, self.simulator.troubles = Faults(), []
        self.simulator.listed_after = self.simulator.processed_after = timedelta()

    def platform(self, http: HttpClient) -> RemotePlatform:
        return InstagramPlatform(http)

    def found(self, marker: str) -> list[Found]:
        with self.simulator.lock:
            return [
                Found(each.id, "public", each.published_at, each.sha256, is_refused=False)
                for each in self.simulator.posts.values()
                if f"#{marker}" in each.caption
            ]


class TikTokVenue:
    """TikTok."""

    name = "tiktok"
    kinds = (
        *("reset", "lost_answer", "reset_mid_body", "malformed", "wrong_content_type", "late_crash"),
        *("server_error", "overloaded", "throttled", "token_expired", "expired_url", "partial"),
        *("too_many_posts", "user_cap", "internal", "lost_answer", "late_crash"),
    )

    def __init__(self) -> None:
        self.simulator = TikTokSimulator(least_chunk=TIKTOK_CHUNK // 2, most_chunk=TIKTOK_CHUNK)

    def begin(self, clock: VirtualClock, rng: Random, rate: float, most: int) -> None:
        account = self.simulator
        with account.lock:
            account.reset()
            account.now = clock.now
            account.processed_after = timedelta(seconds=rng.choice((0, 20, 200)))
            account.moderated_after = timedelta(seconds=rng.choice((0, 60, 7200)))
            failing = ("frame_rate_check_failed", "spam_risk", "internal", "spam_risk_too_many_posts")
            account.endings = [rng.choice(failing)] if rng.random() < 0.08 else []
            drawn = drawn_faults(rng, rate, most, self.kinds)
            worst = rng.choice((None, None, "lost_answer", "late_crash", "lost_answer", "forgotten"))
            account.faults = LastPiece(drawn, worst if rate else None, _is_last_piece)

    def calm(self) -> None:
        self.simulator.faults, self.simulator.endings = Faults(), []
        self.simulator.processed_after = self.simulator.moderated_after = timedelta()

    def platform(self, http: HttpClient) -> RemotePlatform:
        return TikTokPlatform(http, chunk_bytes=TIKTOK_CHUNK, least_bytes=TIKTOK_CHUNK // 2)

    def found(self, marker: str) -> list[Found]:
        with self.simulator.lock:
            return [
                _posted(each)
                for each in self.simulator.uploads.values()
                if each.completed_at and f"#{marker}" in each.post_info["title"]
            ]


class LastPiece(Faults):
    """Faults as they were drawn, and one more, once: for the piece that completes an upload."""

    def __init__(self, drawn: Faults, fault: str | None, is_last: Callable[[Received], bool]) -> None:
        super().__init__()
        self._drawn, self._fault, self._is_last = drawn, fault, is_last

    def next(self, request: Received) -> Any:
        """Return the fault of this request."""
        if self._fault and self._is_last(request):
            fault, self._fault = self._fault, None
            return fault
        return self._drawn.next(request)


def _is_last_piece(request: Received) -> bool:
    sent = re.fullmatch(r"bytes \d+-(\d+)/(\d+)", request.headers.get("content-range", ""))
    return sent is not None and int(sent[1]) + 1 == int(sent[2])


def _publishes(request: Received) -> bool:
    return request.path.endswith("/media_publish")


def drawn_faults(rng: Random, rate: float, most: int, kinds: Sequence[str]) -> Faults:
    """Return faults for a share of the requests, but no more than ``most``: every storm ends."""
    own = Random(rng.getrandbits(64))

    def drawn() -> Iterator[Any]:
        left = most
        while left:
            fault = own.choice(kinds) if own.random() < rate else None
            left -= fault is not None
            yield fault

    return Faults(drawn(), on=_is_about_videos)


def _is_about_videos(request: Received) -> bool:
    return not request.path.endswith(("/token", "/token/", "/access_token", "/debug_token"))


def _posted(post: Upload) -> Found:
    """Return a post as it is: a public one can be seen, for all we know, from its last byte on."""
    failed = bool(post.fail_reason)
    return Found(
        post.post_id if post.is_public else post.publish_id,
        "public" if post.is_public else "private",
        post.completed_at if post.is_public and not failed else None,
        post.sha256,
        failed,
    )


def _found(video: Video) -> Found:
    return Found(
        video.id,
        video.status["privacyStatus"],
        video.public_since,
        video.sha256,
        video.status["uploadStatus"] in {"failed", "rejected"},
        video.publish_at,
    )


VENUES: Final[dict[str, Callable[[], Venue]]] = {
    "instagram": InstagramVenue,
    "tiktok": TikTokVenue,
    "youtube": YouTubeVenue,
}


@contextmanager
def opened(names: Sequence[str]) -> Iterator[list[Venue]]:
    """Open the platforms of these names."""
    with ExitStack() as stack:
        venues = [VENUES[name]() for name in names]
        for venue in venues:
            stack.enter_context(venue.simulator)
        yield venues
