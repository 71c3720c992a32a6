"""Exactly once: at every call a fault or a death, any process goes on, and there is one video."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.production.schema import Publication
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import (
    PackageIncomplete,
    PublicationConflict,
    PublicationRefused,
    PublicationUncertain,
    QuotaExceeded,
)
from reelwright.upload.memory import MemoryPublications
from reelwright.upload.ports import PublicationStore
from reelwright.upload.publishing import Publisher, Reach
from reelwright.upload.quota import QuotaBook
from reelwright.upload.record import PublicationRecord
from reelwright.upload.schema import MediaFiles, PublicationPlan, Underway
from tests.unit.upload.packages import PRODUCTION_ID
from tests.unit.upload.pretending import CHUNK, Killed, PretendPlatform

CONTENT = b"moving picture"
CALLS = ("begin", "status", "send", "look", "furnish", "make_public", "find_by_marker")
FAULTS = ("unavailable", "lost", "killed before", "killed after", "gone", "gone after")


class NoToken:
    """Access that needs none."""

    endpoints: tuple[str, ...] = ()

    def with_token(self, call: Callable[[str], Any]) -> Any:
        return call("token")


@dataclass
class World:
    """One platform, one store, one clock, and a process that may die."""

    folder: Path
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(datetime(2026, 11, 26, 20, tzinfo=UTC)))
    platform: PretendPlatform = None  # type: ignore[assignment]
    store: PublicationStore = field(default_factory=MemoryPublications)
    limits_of: str = "youtube"
    own_limits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.platform = self.platform or PretendPlatform(self.clock)

    def publisher(self) -> Publisher:
        limits = load_platforms()[self.limits_of]
        quota = QuotaBook(
            self.store, self.limits_of, "main", limits.quota, self.clock, own_limits=self.own_limits
        )
        return Publisher(Reach(self.platform, NoToken(), limits, quota), self.store, self.clock)

    def plan(self, **told: Any) -> PublicationPlan:
        facts = {"privacy": "public", "title": "Tides", "marker": "rw0", "account": "main"} | told
        return PublicationPlan(platform=self.limits_of, **facts)

    def media(self, content: bytes = CONTENT) -> MediaFiles:
        path = self.folder / f"{len(content)}.mp4"
        path.write_bytes(content)
        return MediaFiles(video=path, video_bytes=len(content), video_sha256=content.hex())

    def until_over(self, plan: PublicationPlan | None = None, rounds: int = 200) -> Publication:
        plan, media = plan or self.plan(), self.media()
        for _ in range(rounds):
            try:
                outcome = self.publisher().publish(PRODUCTION_ID, plan, media)
            except (Killed, StorageUnavailable):
                self.clock.advance(1)
                continue
            if isinstance(outcome, Publication):
                return outcome
            self.clock.advance(outcome.check_after_seconds)
        raise AssertionError("it never ends")

    @property
    def record(self) -> PublicationRecord:
        found = self.publisher().record(PRODUCTION_ID, "main")
        assert found
        return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def once(name: str, fault: str, at: int = 0) -> Callable[[str], str]:
    """Return faults for the call of a name that comes after so many of it."""
    seen = {"count": 0}

    def of(called: str) -> str:
        if called != name:
            return ""
        seen["count"] += 1
        return fault if seen["count"] == at + 1 else ""

    return of


def assert_one_video(world: World) -> None:
    assert [video.content for video in world.platform.videos] == [CONTENT]
    assert world.platform.videos[0].state == "public"


def test_a_video_is_uploaded_in_pieces_made_public_and_found_again(world: World) -> None:
    published = world.until_over()
    assert (published.remote_id, published.location) == ("video-0", "https://video.example/video-0")
    assert_one_video(world)
    assert world.platform.calls.count("send") == -(-len(CONTENT) // CHUNK)
    calls = len(world.platform.calls)
    assert world.until_over() == published
    assert len(world.platform.calls) == calls


@pytest.mark.parametrize("name", CALLS[:6])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", [0, 1, 3])
def test_whatever_goes_wrong_once_at_a_call_there_is_one_video(
    world: World, name: str, fault: str, at: int
) -> None:
    world.platform.fault = once(name, fault, at)
    world.until_over()
    assert_one_video(world)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_whatever_goes_wrong_wherever_there_is_one_video(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = random.Random(seed)
    world = World(tmp_path_factory.mktemp("world"))
    rate = rng.choice([0.05, 0.2, 0.4])
    gone = rng.randint(0, 3)

    def fault(_: str) -> str:
        nonlocal gone
        chosen = rng.choice(FAULTS) if rng.random() < rate else ""
        if chosen.startswith("gone"):
            gone -= 1
            return chosen if gone >= 0 else ""
        return chosen

    world.platform.fault = fault
    world.until_over(rounds=2000)
    assert_one_video(world)


class Faulty:
    """A store that fails at a write, before or after it."""

    def __init__(self, store: PublicationStore, at: int, *, after: bool) -> None:
        self._store, self._at, self._after = store, at, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, record: PublicationRecord) -> bool:
        self._at -= 1
        if self._at == 0 and not self._after:
            raise StorageUnavailable("away")
        done = self._store.put(record)
        if self._at == 0:
            raise StorageUnavailable("lost")
        return done


@pytest.mark.parametrize("at", range(1, 6))
@pytest.mark.parametrize("after", [False, True])
def test_a_write_of_the_record_that_fails_makes_no_second_video(world: World, at: int, after: bool) -> None:  # noqa: FBT001 (a case)
    world.store = Faulty(world.store, at, after=after)  # type: ignore[assignment]
    world.until_over()
    assert_one_video(world)
    assert world.record.state == "public"


def test_no_byte_is_sent_before_the_upload_is_on_record(world: World) -> None:
    def fault(name: str) -> str:
        if name in {"send", "status"}:
            assert world.record.session is not None
        return ""

    world.platform.fault = fault
    world.until_over()


def test_an_upload_that_is_gone_is_looked_for_until_the_lists_have_settled(world: World) -> None:
    world.platform.lag_seconds = 300
    world.platform.fault = once("send", "gone after", at=3)
    waiting = world.publisher().publish(PRODUCTION_ID, world.plan(), world.media())
    assert isinstance(waiting, Underway)
    world.until_over()
    assert_one_video(world)
    assert world.platform.calls.count("begin") == 1


def test_uploads_that_are_always_gone_end_in_doubt_and_no_video(world: World) -> None:
    world.platform.fault = lambda name: "gone" if name == "send" else ""
    with pytest.raises(PublicationUncertain, match="rw0"):
        world.until_over()
    assert world.platform.videos == []


@pytest.mark.parametrize("name", CALLS[:6])
@pytest.mark.parametrize("at", [0, 1])
def test_another_worker_that_finishes_meanwhile_is_believed(world: World, name: str, at: int) -> None:
    others: list[Publication | Underway] = []
    reached = once(name, "another", at)

    def another_finishes(called: str) -> str:
        if reached(called) and not others:
            others.append(world.publisher().publish(PRODUCTION_ID, world.plan(), world.media()))
        return ""

    world.platform.fault = another_finishes
    assert world.until_over() == world.until_over()
    assert_one_video(world)


def test_many_at_once_make_one_video(world: World) -> None:
    media, plan = world.media(), world.plan()
    barrier, outcomes = Barrier(8), []

    def work() -> None:
        barrier.wait()
        outcomes.append(world.publisher().publish(PRODUCTION_ID, plan, media))

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.until_over()
    assert len(outcomes) == 8
    assert_one_video(world)


def test_nothing_is_public_before_its_time(world: World) -> None:
    when = world.clock.now() + timedelta(hours=5)
    for limits, remote in (("youtube", "youtube"), ("instagram", "instagram"), ("tiktok", "tiktok")):
        one = World(world.folder, limits_of=limits)
        one.platform.name, one.platform.public_on_upload = remote, limits == "tiktok"
        one.until_over(one.plan(publish_at=when))
        video = one.platform.videos[0]
        assert video.state == ("scheduled" if limits == "youtube" else "public")
        assert video.public_since is None or video.public_since >= when


@pytest.mark.parametrize("name", ["look", "make_public"])
def test_what_was_given_up_before_anybody_saw_it_is_uploaded_anew(world: World, name: str) -> None:
    """As of a container that nobody published for a day."""

    def give_up(called: str) -> str:
        if called == name and len(world.platform.videos) == 1:
            world.platform.videos[0].state = "gone"
        return ""

    world.platform.fault = give_up
    assert world.until_over().remote_id == "video-1"
    assert [video.state for video in world.platform.videos] == ["gone", "public"]
    assert world.record.sessions == 2


def test_an_upload_that_is_kept_for_a_day_only_begins_shortly_before_its_time(tmp_path: Path) -> None:
    world = World(tmp_path, limits_of="instagram")
    kept = load_platforms()["instagram"].kept_seconds
    assert kept == 86_400
    when, begun = world.clock.now() + timedelta(days=3), []

    def note(called: str) -> str:
        if called == "begin":
            begun.append(world.clock.now())
        return ""

    world.platform.fault = note
    world.until_over(world.plan(publish_at=when))
    assert timedelta(hours=11) < when - begun[0] <= timedelta(seconds=kept / 2)
    assert len(begun) == 1
    assert world.platform.videos[0].public_since == when


def test_a_private_plan_stays_private(world: World) -> None:
    world.until_over(world.plan(privacy="private"))
    assert world.platform.videos[0].state == "private"
    assert "make_public" not in world.platform.calls
    assert world.record.state == "private"


def test_what_the_platform_rejects_is_refused_in_its_word_until_another_cut_is_there(world: World) -> None:
    world.platform.rejects = "duplicate"
    for _ in range(2):
        with pytest.raises(PublicationRefused, match="duplicate"):
            world.until_over()
    assert len(world.platform.videos) == 1
    world.platform.rejects = ""
    outcome = world.publisher().publish(PRODUCTION_ID, world.plan(), world.media(b"another cut"))
    assert isinstance(outcome, Publication)


def test_another_cut_is_a_conflict_once_something_was_sent(world: World) -> None:
    world.until_over()
    with pytest.raises(PublicationConflict, match="Another cut"):
        world.publisher().publish(PRODUCTION_ID, world.plan(), world.media(b"another cut"))


def test_a_later_plan_counts_only_until_something_was_sent(world: World) -> None:
    world.platform.fault = once("begin", "unavailable")
    world.publisher().publish(PRODUCTION_ID, world.plan(), world.media())
    world.until_over(world.plan(title="High tides"))
    assert world.record.plan.title == "High tides"
    world.until_over(world.plan(title="Low tides"))
    assert world.record.plan.title == "High tides"


def test_a_file_that_changes_meanwhile_is_not_mixed_into_the_upload(world: World) -> None:
    media = world.media()

    def fault(name: str) -> str:
        if name == "send":
            media.video.write_bytes(b"short")
        return ""

    world.platform.fault = fault
    with pytest.raises(PackageIncomplete, match="changed while it was sent"):
        world.publisher().publish(PRODUCTION_ID, world.plan(), media)
    assert world.platform.videos == []


def test_a_publication_begins_only_if_the_quota_holds_all_of_it(world: World) -> None:
    world.own_limits = {"units": 500}
    with pytest.raises(QuotaExceeded, match="youtube takes no more") as refused:
        world.until_over(world.plan(send_thumbnail=True, send_captions=True))
    assert world.platform.calls == []
    assert refused.value.available_at == datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert "2026-11-27 08:00 UTC" in refused.value.next_step


def test_the_day_begins_again_at_midnight_where_the_platform_counts(world: World) -> None:
    world.own_limits = {"uploads": 1}
    world.until_over()
    book = QuotaBook(
        world.store,
        "youtube",
        "main",
        load_platforms()["youtube"].quota,
        world.clock,
        own_limits={"uploads": 1},
    )
    with pytest.raises(QuotaExceeded) as refused:
        book.take("begin")
    world.clock.advance((refused.value.available_at - world.clock.now()).total_seconds() - 1)
    with pytest.raises(QuotaExceeded):
        book.take("begin")
    world.clock.advance(1)
    book.take("begin")
    assert book.used()["uploads"] == (1, 1)


def test_a_rolling_day_gives_back_what_is_a_day_old(world: World) -> None:
    quota = load_platforms()["tiktok"].quota
    book = QuotaBook(world.store, "tiktok", "main", quota, world.clock, own_limits={"posts": 2})
    book.take("begin")
    world.clock.advance(7200)
    book.take("begin")
    with pytest.raises(QuotaExceeded) as refused:
        book.take("begin")
    assert refused.value.available_at == datetime(2026, 11, 27, 21, tzinfo=UTC)
    world.clock.advance((refused.value.available_at - world.clock.now()).total_seconds())
    book.take("begin")
    with pytest.raises(QuotaExceeded):
        book.take("begin")


def test_a_bucket_that_the_platform_calls_empty_is_believed(world: World) -> None:
    until = world.clock.now() + timedelta(hours=3)

    def empty(name: str) -> str:
        if name == "begin":
            raise QuotaExceeded("no more today", available_at=until)
        return ""

    world.platform.fault = empty
    for _ in range(2):
        with pytest.raises(QuotaExceeded) as refused:
            world.until_over()
        assert refused.value.available_at == until
    assert world.platform.calls == ["begin"]


def test_many_at_once_never_take_more_than_there_is(world: World) -> None:
    quota, barrier, refused = load_platforms()["tiktok"].quota, Barrier(10), []

    def work() -> None:
        book = QuotaBook(world.store, "tiktok", "main", quota, world.clock, own_limits={"posts": 6})
        barrier.wait()
        try:
            book.take("begin")
        except QuotaExceeded as error:
            refused.append(error)

    threads = [Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4
