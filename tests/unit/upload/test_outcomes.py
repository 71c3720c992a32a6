"""Collecting outcomes: when it is due, within quota, and none for another platform's trouble."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.environment.publishing import OutcomeSettings
from reelwright.environment.schema import PlatformSettings
from reelwright.observability.metrics import Metric
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.errors import (
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.memory import MemoryPublications
from reelwright.upload.outcomes import OutcomePoint, due_at
from reelwright.upload.outcomes_collecting import OutcomeCollector, PlatformCollection
from reelwright.upload.ports import PlatformCall
from reelwright.upload.record import PublicationRecord
from reelwright.upload.remotes import RemotePlatforms
from reelwright.upload.schema import PublicationOutcome, PublicationPlan
from tests.unit.upload.test_remotes import Secrets

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Teller:
    """A platform that tells how often it was asked as views, and fails as it is told to."""

    clock: VirtualClock
    asked: list[list[str]] = field(default_factory=list)
    error: Exception | None = None
    seconds: float = 0.0
    gone: set[str] = field(default_factory=set)

    def exchange(self, *_: Any) -> Any:
        raise AssertionError("nothing asked for a token")

    def outcomes(self, remote_ids: Sequence[str], call: PlatformCall) -> Mapping[str, PublicationOutcome]:
        self.asked.append(list(remote_ids))
        self.clock.sleep(self.seconds)
        if self.error:
            raise self.error
        views = len(self.asked)
        return {each: PublicationOutcome(views=views) for each in remote_ids if each not in self.gone}


@dataclass
class Counted:
    """Metrics that are kept."""

    values: list[tuple[Metric, float, str]] = field(default_factory=list)

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        self.values.append((metric, value, details.get("platform", "")))


class World:
    """Three platforms with publications, and a collector that is called regularly."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.tellers = {name: Teller(self.clock) for name in ("youtube", "tiktok", "instagram")}
        self.settings = {name: PlatformSettings(enabled=True) for name in self.tellers}
        self.schedule = OutcomeSettings()
        self.store = MemoryPublications()
        self.remotes = RemotePlatforms(
            adapters=self.tellers,  # type: ignore[arg-type]
            store=self.store,
            secrets=Secrets(),
            clock=self.clock,
            environment="dev",
        )
        self.metrics = Counted()
        self.stopped: Callable[[str], str] = lambda _: ""

    def publish(self, platform: str, number: int = 1, **told: object) -> PublicationRecord:
        now = self.clock.now()
        record = PublicationRecord.model_validate(
            {
                "version": 1,
                "production_id": f"prod_{number:026d}",
                "platform": platform,
                "account": "main",
                "state": "public",
                "remote_id": f"{platform}-{number}",
                "plan": PublicationPlan(platform=platform, marker="rw0", title="Tides", privacy="public"),
                "video_sha256": "00",
                "begun_at": now,
                "changed_at": now,
                "published_at": now,
            }
            | told
        )
        assert self.store.put(record)
        return record

    @property
    def collector(self) -> OutcomeCollector:
        return OutcomeCollector(
            self.remotes,
            self.settings,
            self.schedule,
            stopped=self.stopped,
            metrics=self.metrics,
            seconds=90.0,
        )

    def collect(self) -> Mapping[str, PlatformCollection]:
        return self.collector.collect().platforms

    def rounds(self, every: timedelta, until: timedelta) -> list[timedelta]:
        """Collect regularly, and return after what times the first publication got a point."""
        began = self.clock.now()
        while self.clock.now() - began < until:
            self.clock.sleep(every.total_seconds())
            self.collect()
        return [each.collected_at - began for each in self.series("youtube")]

    def series(self, platform: str, number: int = 1) -> tuple[OutcomePoint, ...]:
        key = self.store.recent(platform, 100)[-number].key
        return self.remotes.series.series(key)

    def late(self) -> float:
        return next(value for metric, value, _ in reversed(self.metrics.values) if "OVERDUE" in metric.name)

    def failed(self) -> list[str]:
        return [platform for metric, _, platform in self.metrics.values if metric is Metric.OUTCOMES_FAILED]


@pytest.fixture
def world() -> World:
    return World()


def test_it_is_asked_every_hour_then_every_day_then_every_week_then_no_more(world: World) -> None:
    world.schedule = OutcomeSettings(hourly_for_hours=24, daily_for_days=7, weekly_for_days=28)
    world.publish("youtube")
    points = world.rounds(HOUR, 40 * DAY)
    assert points[:24] == [number * HOUR for number in range(1, 25)]
    gaps = [after - before for before, after in pairwise(points[23:])]
    assert [each for each in gaps if each <= DAY] == gaps[:7]
    assert all(each >= 0.9 * DAY for each in gaps[:7])
    assert all(6.3 * DAY <= each <= 7 * DAY for each in gaps[7:])
    assert 21 * DAY < points[-1] < 28 * DAY
    assert world.failed() == []


def test_a_caller_that_comes_a_little_early_skips_no_hour(world: World) -> None:
    world.publish("youtube")
    assert len(world.rounds(HOUR - timedelta(seconds=20), timedelta(hours=10))) == 11


@pytest.mark.parametrize(
    "told",
    [
        {"state": "uploaded"},
        {"state": "refused"},
        {"remote_id": ""},
        {"account": "attic"},
    ],
)
def test_what_is_not_there_or_not_ours_is_not_asked_for(world: World, told: dict[str, object]) -> None:
    world.publish("youtube", **told)
    world.clock.sleep(HOUR.total_seconds())
    assert world.collect()["youtube"] == PlatformCollection()
    assert world.tellers["youtube"].asked == []


def test_a_scheduled_video_is_asked_for_once_it_is_to_be_seen(world: World) -> None:
    world.publish("youtube", state="scheduled", public_at=world.clock.now() + 2 * DAY)
    assert world.rounds(HOUR, 2 * DAY + 2 * HOUR) == [2 * DAY + HOUR, 2 * DAY + 2 * HOUR]


def test_many_are_asked_for_at_once_and_what_waits_longest_comes_first(world: World) -> None:
    for number in range(120):
        world.publish("youtube", number)
        world.clock.sleep(1)
    world.clock.sleep(HOUR.total_seconds())
    told = world.collect()["youtube"]
    assert (told.due, told.collected, told.problem) == (120, 120, "")
    asked = world.tellers["youtube"].asked
    assert [len(each) for each in asked] == [50, 50, 20]
    assert asked[0][0] == "youtube-0"


@pytest.mark.parametrize(
    "error",
    [PlatformUnavailable("away"), PlatformMisconfigured("no client"), KeyError("odd answer"), TypeError()],
)
def test_a_platform_that_fails_stops_no_other(world: World, error: Exception) -> None:
    for platform in world.tellers:
        world.publish(platform)
    world.tellers["youtube"].error = error
    world.clock.sleep(HOUR.total_seconds())
    told = world.collect()
    assert {name: each.collected for name, each in told.items()} == {
        "youtube": 0,
        "tiktok": 1,
        "instagram": 1,
    }
    assert told["youtube"].problem
    assert world.failed() == ["youtube"]


def test_a_slow_platform_takes_no_others_time(world: World) -> None:
    for number in range(20):
        world.publish("instagram", number)
    world.publish("youtube")
    world.tellers["instagram"].seconds = 10.0
    world.clock.sleep(HOUR.total_seconds())
    told = world.collect()
    assert told["youtube"].collected == 1
    assert told["instagram"].collected == 3
    assert "no time left" in told["instagram"].problem
    world.tellers["instagram"].seconds = 0.0
    assert world.collect()["instagram"].collected == 17


def test_a_video_that_the_platform_refuses_to_speak_of_stops_no_other(world: World) -> None:
    for number in range(2):
        world.publish("instagram", number)
    world.clock.sleep(HOUR.total_seconds())
    teller = world.tellers["instagram"]
    teller.error = PublicationRefused("No insights.")
    told = world.collect()["instagram"]
    assert (len(teller.asked), told.collected, told.problem) == (2, 0, "No insights.")


def test_quota_is_kept_and_an_empty_one_is_believed(world: World) -> None:
    world.publish("youtube")
    world.settings["youtube"] = PlatformSettings(enabled=True, daily_limits={"units": 2})
    for _ in range(3):
        world.clock.sleep(HOUR.total_seconds())
        told = world.collect()["youtube"]
    assert len(world.tellers["youtube"].asked) == 2
    assert "used up" in told.problem
    world.clock.sleep(DAY.total_seconds())
    later = world.clock.now() + 5 * HOUR
    world.tellers["youtube"].error = QuotaExceeded("used up", available_at=later)
    world.collect()
    world.tellers["youtube"].error = None
    world.clock.sleep(HOUR.total_seconds())
    asked = len(world.tellers["youtube"].asked)
    assert world.collect()["youtube"].collected == 0
    assert len(world.tellers["youtube"].asked) == asked


def test_what_is_gone_is_kept_as_not_found(world: World) -> None:
    world.publish("youtube")
    world.tellers["youtube"].gone.add("youtube-1")
    world.clock.sleep(HOUR.total_seconds())
    assert world.collect()["youtube"].not_found == 1
    (point,) = world.series("youtube")
    assert (point.found, point.outcome) == (False, PublicationOutcome())


def test_lateness_grows_while_a_platform_fails_and_ends_with_it(world: World) -> None:
    world.publish("youtube")
    world.tellers["youtube"].error = PlatformUnavailable("away")
    world.rounds(HOUR, 26 * HOUR)
    assert world.late() > DAY.total_seconds()
    world.tellers["youtube"].error = None
    world.clock.sleep(DAY.total_seconds())
    world.collect()
    assert world.late() == 0.0


def test_what_is_disabled_or_stopped_is_left_alone(world: World) -> None:
    for platform in world.tellers:
        world.publish(platform)
    world.clock.sleep(HOUR.total_seconds())
    world.settings["tiktok"] = PlatformSettings()
    world.stopped = lambda name: "stopped by an operator" if name == "instagram" else ""
    assert set(world.collect()) == {"youtube"}
    world.schedule = OutcomeSettings(enabled=False)
    assert world.collect() == {}


def test_one_production_is_asked_for_at_once_and_as_often_as_wanted(world: World) -> None:
    record = world.publish("youtube")
    world.publish("youtube", 2)
    world.publish("tiktok", account="attic")
    for _ in range(2):
        told = world.collector.collect_of(record.production_id)
        assert {name: each.collected for name, each in told.platforms.items()} == {"youtube": 1}
        world.clock.sleep(1)
    assert [point.outcome.views for point in world.series("youtube")] == [1, 2]
    assert world.collector.collect_of("prod_none").platforms == {}


def test_records_of_ours_that_cannot_be_read_are_no_platforms_trouble(world: World) -> None:
    def broken(*_: Any) -> Any:
        raise StorageUnavailable("away")

    world.store.recent = broken  # type: ignore[method-assign]
    with pytest.raises(StorageUnavailable):
        world.collect()


def test_a_point_of_the_future_is_due_after_it(world: World) -> None:
    record = world.publish("youtube")
    now: datetime = world.clock.now()
    assert due_at(record, None, world.schedule, now - HOUR) is None
    assert due_at(record, None, world.schedule, now) == now + 0.9 * HOUR
