"""Round trips, caching, batches, and a store that is away."""

import logging
import threading
from collections import Counter
from random import Random

import pytest

from reelwright.clock import VirtualClock
from reelwright.environment.schema import HealthSettings
from reelwright.resilience.breaker import Phase, phase_of
from reelwright.resilience.fleet import FLUSH_CALLS, FLUSH_SECONDS, Fleet, Known, Watched
from reelwright.resilience.memory import MemoryHealth
from reelwright.resilience.ports import HealthStoreUnavailable, KeyState

WATCHED = Watched("vendor/model", timeout_seconds=240.0, lease_seconds=60.0)
SETTINGS = HealthSettings()
LONG_AGO = 1_000_000


class Counted:
    """A store that counts round trips, and can be away."""

    def __init__(self) -> None:
        self.inner = MemoryHealth()
        self.trips: Counter[str] = Counter()
        self.error: Exception | None = None

    def __getattr__(self, name: str) -> object:
        act = getattr(self.inner, name)

        def counted(*arguments: object, **named: object) -> object:
            self.trips[name] += 1
            if self.error:
                raise self.error
            return act(*arguments, **named)

        return counted


class World:
    def __init__(self, settings: HealthSettings = SETTINGS) -> None:
        self.clock = VirtualClock()
        self.store = Counted()
        self.settings = settings
        self.opened: list[str] = []
        self.fleet = self.another(1)

    def another(self, seed: int) -> Fleet:
        return Fleet(self.store, self.settings, self.clock, Random(seed), on_open=self.opened.append)

    def phase(self, fleet: Fleet | None = None) -> Phase:
        return phase_of((fleet or self.fleet).known(WATCHED).state, self.clock.now().timestamp())

    def fail(self, times: int = SETTINGS.open_failures_in_a_row) -> None:
        for _ in range(times):
            self.fleet.note(WATCHED, "ill", "timed_out", 240.0)


def test_the_usual_call_takes_no_round_trip() -> None:
    world = World()
    assert world.fleet.may_try(WATCHED)
    world.store.trips.clear()

    for _ in range(FLUSH_CALLS - 1):
        assert world.fleet.may_try(WATCHED)
        world.fleet.note(WATCHED, "well", None, 2.0)
    assert world.store.trips == {}
    world.fleet.note(WATCHED, "well", None, 2.0)

    assert world.store.trips == {"add": 1}


def test_a_failure_takes_three_round_trips_and_three_more_to_open_and_demote() -> None:
    world = World()
    world.fleet.known(WATCHED)
    world.store.trips.clear()

    world.fail(1)
    assert world.store.trips == {"add": 1, "count_failure": 1, "read": 1}
    world.fail(SETTINGS.open_failures_in_a_row - 2)
    world.store.trips.clear()
    world.fail(1)

    assert world.store.trips == {"add": 1, "count_failure": 1, "read": 1, "state": 1, "swap": 2}


def test_a_batch_is_delivered_when_it_is_old() -> None:
    world = World()
    world.fleet.note(WATCHED, "well", None, 2.0)
    world.clock.advance(FLUSH_SECONDS)
    assert world.store.trips["add"] == 0
    world.fleet.note(WATCHED, "well", None, 2.0)

    assert world.store.trips["add"] == 1


def test_what_was_counted_is_delivered_at_the_end() -> None:
    world = World()
    world.fleet.note(WATCHED, "unclear", "throttled", 0.1)

    world.fleet.close()

    (tally,) = world.store.inner.read(WATCHED.key, 0).buckets.values()
    assert tally == {"unclear": 1, "k_throttled": 1}


def test_what_was_read_is_believed_for_a_while() -> None:
    world = World()
    reader = world.another(2)
    assert world.phase(reader) == "closed"
    world.fail()

    world.clock.advance(SETTINGS.cache_seconds - 0.01)
    assert (world.phase(), world.phase(reader)) == ("open", "closed")
    world.clock.advance(0.01)
    assert world.phase(reader) == "open"


def test_who_sees_it_open_is_told_once() -> None:
    world = World()

    world.fail(9)

    assert world.opened == [WATCHED.key]


def test_a_success_breaks_a_row() -> None:
    world = World(SETTINGS.model_copy(update={"min_calls": 1000}))
    for _ in range(10):
        world.fail(SETTINGS.open_failures_in_a_row - 1)
        world.fleet.note(WATCHED, "well", None, 1.0)

    assert world.phase() == "closed"


def test_a_success_of_another_breaks_a_row_when_it_is_delivered() -> None:
    world = World(SETTINGS.model_copy(update={"min_calls": 1000}))
    other = world.another(2)
    world.fail(SETTINGS.open_failures_in_a_row - 1)
    other.known(WATCHED)
    other.note(WATCHED, "well", None, 1.0)
    other.flush()

    world.fail(1)

    assert world.phase() == "closed"
    assert world.store.inner.state(WATCHED.key).failures_in_a_row == 1


def test_a_call_from_before_it_opened_changes_nothing() -> None:
    world = World()
    late = world.another(2)
    late.known(WATCHED)
    world.fail()
    world.clock.advance(SETTINGS.open_seconds + 5)

    late.note(WATCHED, "well", None, SETTINGS.open_seconds)
    assert world.phase(late) == "half_open"
    late.note(WATCHED, "well", None, 5.0)
    assert world.phase(late) == "closed"


@pytest.mark.parametrize("verdict", ["well", "unclear"])
def test_only_what_is_ill_opens(verdict: str) -> None:
    world = World()
    for _ in range(200):
        world.fleet.note(WATCHED, verdict, "callers_fault", 1.0)

    assert world.phase() == "closed"
    assert world.fleet.statistics(WATCHED).calls == 200


def test_failures_from_before_it_closed_do_not_open_it_again() -> None:
    world = World()
    world.fail()
    world.clock.advance(90)
    assert world.fleet.may_try(WATCHED)
    world.fleet.note(WATCHED, "well", None, 1.0)
    world.clock.advance(60)

    world.fail(1)

    assert world.fleet.statistics(WATCHED).failure_share > SETTINGS.open_failure_share
    assert world.phase() == "closed"


def test_the_prober_may_try_again_and_others_after_it_gave_back() -> None:
    world = World()
    other = world.another(2)
    world.fail()
    world.clock.advance(SETTINGS.open_seconds)

    assert [world.fleet.may_try(WATCHED), world.fleet.may_try(WATCHED), other.may_try(WATCHED)] == [
        True,
        True,
        False,
    ]
    world.fleet.give_back(WATCHED.key)
    world.clock.advance(SETTINGS.cache_seconds)
    assert other.may_try(WATCHED)
    assert not world.fleet.may_try(WATCHED)


def test_a_failure_after_the_right_has_lapsed_is_one_like_any_other() -> None:
    world = World()
    other = world.another(2)
    world.fail()
    world.clock.advance(SETTINGS.open_seconds)
    assert world.fleet.may_try(WATCHED)
    world.clock.advance(WATCHED.lease_seconds)
    assert other.may_try(WATCHED)
    other.note(WATCHED, "well", None, 1.0)

    world.fail(1)

    assert world.phase() == "closed"
    assert world.store.inner.state(WATCHED.key).failures_in_a_row == 1


def test_the_right_belongs_to_a_thread() -> None:
    world = World()
    world.fail()
    world.clock.advance(SETTINGS.open_seconds)
    assert world.fleet.may_try(WATCHED)
    answers: list[bool] = []

    def late() -> None:
        answers.append(world.fleet.may_try(WATCHED))
        world.fleet.note(WATCHED, "well", None, 1.0)  # of a call that began before it opened

    thread = threading.Thread(target=late)
    thread.start()
    thread.join()

    assert answers == [False]
    assert world.phase() == "probing"


@pytest.mark.parametrize("error", [HealthStoreUnavailable("no"), RuntimeError("a bug"), OSError("disk")])
def test_a_store_that_is_away_stops_nobody_and_is_logged_once(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    world.fail()
    assert world.phase() == "open"
    world.store.error = error

    with caplog.at_level(logging.INFO):
        for _ in range(50):
            world.clock.advance(SETTINGS.cache_seconds + 1)
            assert world.fleet.may_try(WATCHED)
            world.fleet.note(WATCHED, "ill", "timed_out", 1.0)
            world.fleet.give_back(WATCHED.key)
            world.fleet.flush()
        assert world.fleet.known(WATCHED).state == KeyState()
        assert len(caplog.records) == 1
        world.store.error = None
        world.clock.advance(SETTINGS.cache_seconds)
        assert world.fleet.known(WATCHED).state.openings == 1

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_store_that_is_away_is_asked_once_in_a_while() -> None:
    world = World()
    world.store.error = HealthStoreUnavailable("no")
    for _ in range(100):
        world.fleet.may_try(WATCHED)
        world.fleet.note(WATCHED, "ill", "timed_out", 1.0)

    assert sum(world.store.trips.values()) == 1


def test_what_is_counted_while_the_store_is_away_is_delivered_later_within_the_window() -> None:
    world = World()
    world.store.error = HealthStoreUnavailable("no")
    world.fleet.known(WATCHED)
    for _ in range(3):
        world.fleet.note(WATCHED, "well", None, 1.0)
    world.store.error = None
    world.clock.advance(SETTINGS.cache_seconds)

    assert world.fleet.statistics(WATCHED).calls == 3


def test_a_prober_is_let_through_while_the_store_is_away() -> None:
    world = World()
    world.fail()
    world.clock.advance(SETTINGS.open_seconds)
    assert world.phase() == "half_open"
    world.store.error = HealthStoreUnavailable("no")

    assert world.fleet.may_try(WATCHED)
    world.fleet.note(WATCHED, "well", None, 1.0)


def test_who_does_not_read_takes_what_there_is() -> None:
    world = World()
    world.fleet.known(WATCHED)
    world.clock.advance(LONG_AGO)
    reading, go_on = threading.Event(), threading.Event()
    read = world.store.inner.read

    def slow(key: str, since_ms: int) -> object:
        reading.set()
        go_on.wait(10)
        return read(key, since_ms)

    world.store.inner.read = slow
    thread = threading.Thread(target=world.fleet.known, args=(WATCHED,))
    thread.start()
    reading.wait(10)

    assert isinstance(world.fleet.known(WATCHED), Known)
    go_on.set()
    thread.join()


def test_reset_forgets_for_all() -> None:
    world = World()
    world.fail()

    world.fleet.reset(WATCHED.key)

    assert world.phase() == "closed"
    assert world.fleet.statistics(WATCHED).calls == 0


def test_the_state_is_written_by_failures_and_once_in_a_twelfth_of_the_window() -> None:
    world = World()
    for _ in range(600):
        world.clock.advance(1.0)
        world.fleet.may_try(WATCHED)
        world.fleet.note(WATCHED, "well", None, 2.0)

    assert world.store.trips["swap"] <= 12
    assert world.store.trips["count_failure"] == 0
