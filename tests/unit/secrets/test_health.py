"""What a look at all secrets finds."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.observability.memory import MemoryMetrics
from reelwright.observability.metrics import Metric
from reelwright.secrets.manager import SecretsManager
from reelwright.secrets.memory import MemorySecrets
from reelwright.secrets.schema import SecretHealth
from tests.unit.secrets.stores import CountingStore

NAME, RING = "providers/runway", "signing/audit"
DAY = 86_400.0


class World:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.inner = MemorySecrets(self.clock, Random(1))
        self.store = CountingStore(self.inner)
        self.metrics = MemoryMetrics()
        self.manager = SecretsManager(self.store, clock=self.clock, metrics=self.metrics, rng=Random(1))

    def found(self, name: str, **expected: Any) -> list[str]:
        return [finding.code for finding in self.health(name, **expected).findings]

    def health(self, name: str, **expected: Any) -> SecretHealth:
        return next(each for each in self.manager.check(**expected) if each.name == name)


@pytest.fixture
def world() -> World:
    return World()


def test_a_young_whole_secret_is_healthy(world: World) -> None:
    world.inner.put(NAME, SecretStr("key-00000001"))
    world.clock.advance(10 * DAY)

    health = world.health(NAME)
    assert (health.kind, health.age_days, health.findings) == ("ApiKey", 10.0, ())


def test_what_is_expected_and_not_there_is_missing(world: World) -> None:
    assert world.found("providers/luma", expected=["providers/luma"]) == ["missing"]


def test_an_empty_secret_has_no_value(world: World) -> None:
    world.inner.declare(NAME)

    assert world.found(NAME) == ["no_value"]
    assert "reelwright secrets set" in world.health(NAME).findings[0].next_step


@pytest.mark.parametrize("name", ["providers/runway", "platforms/youtube", "strange/name"])
def test_what_cannot_be_understood_is_malformed(world: World, name: str) -> None:
    world.inner.put(name, SecretStr("cnry 77ab45cd"))

    (finding,) = world.health(name).findings
    assert finding.code == "malformed"
    assert "77ab45cd" not in repr(finding)


def test_a_store_that_does_not_answer_is_unreadable(world: World) -> None:
    world.inner.put(NAME, SecretStr("key-00000001"))
    world.store.is_away = True

    assert world.found(NAME) == ["unreadable"]


@pytest.mark.parametrize(("days", "found"), [(364, []), (366, ["too_old"])])
def test_an_issued_key_grows_old_in_a_year(world: World, days: int, found: list[str]) -> None:
    world.inner.put(NAME, SecretStr("key-00000001"))
    world.clock.advance(days * DAY)

    assert world.found(NAME) == found


@pytest.mark.parametrize(("days", "found"), [(89, []), (91, ["too_old"])])
def test_a_ring_without_a_schedule_grows_old_in_a_quarter(world: World, days: int, found: list[str]) -> None:
    world.inner.declare(RING, rotates=True)
    world.manager.rotate(RING)
    world.inner._rotating.clear()
    world.clock.advance(days * DAY)

    assert world.found(RING) == found


@pytest.mark.parametrize(("days", "found"), [(30.9, []), (31.1, ["rotation_overdue"])])
def test_a_rotation_may_be_a_day_late(world: World, days: float, found: list[str]) -> None:
    world.inner.declare(RING, rotates=True, next_rotation_at=world.clock.now() + timedelta(days=30))
    world.manager.rotate(RING)
    world.clock.advance(days * DAY)

    assert world.found(RING) == found


@pytest.mark.parametrize(("minutes", "found"), [(59, []), (61, ["pending_stuck"])])
def test_a_rotation_may_take_an_hour(world: World, minutes: int, found: list[str]) -> None:
    world.inner.declare(RING, rotates=True)
    world.manager.rotate(RING)
    world.inner.begin_rotation(RING)
    world.clock.advance(minutes * 60)

    assert world.found(RING) == found


def test_the_age_of_the_oldest_rotating_secret_is_measured(world: World) -> None:
    world.inner.put(NAME, SecretStr("key-00000001"))
    world.clock.advance(5 * DAY)
    world.inner.declare(RING, rotates=True)
    world.manager.check()
    world.manager.rotate(RING)
    world.clock.advance(DAY)
    world.manager.check()

    assert world.metrics.of(Metric.SECRET_AGE) == [0.0, DAY]


def test_all_are_listed_by_name(world: World) -> None:
    world.inner.put(RING, SecretStr("x"))
    world.inner.put(NAME, SecretStr("key-00000001"))

    assert [each.name for each in world.manager.check(["platforms/youtube", NAME])] == [
        "platforms/youtube",
        NAME,
        RING,
    ]
