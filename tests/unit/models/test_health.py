"""What the router is told of a model, and what becomes of what it notes."""

from collections import Counter
from random import Random
from typing import get_args

import pytest

from reelwright.clock import VirtualClock
from reelwright.environment.schema import HealthSettings
from reelwright.models.health import TRIAL_SHARE, FleetHealth, all_open
from reelwright.models.schema import Failure, Model, Standing
from reelwright.observability.memory import MemoryMetrics
from reelwright.observability.metrics import Metric
from reelwright.resilience.memory import MemoryHealth
from reelwright.resilience.ports import HealthStoreUnavailable
from reelwright.resilience.statistics import RELATIVE_ERROR

MODEL = Model(name="gen", provider="runway", service="video", tiers=("premium",))
OTHER = MODEL.model_copy(update={"name": "ray"})
SETTINGS = HealthSettings()
COUNTED: set[Failure] = {"unavailable", "timed_out"}


class World:
    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.store = MemoryHealth()
        self.metrics = MemoryMetrics()
        self.health = self.another(1)

    def another(self, seed: int) -> FleetHealth:
        return FleetHealth(self.store, SETTINGS, self.clock, Random(seed), self.metrics)

    def note(self, failure: Failure | None, times: int = 1, seconds: float = 10.0) -> None:
        for _ in range(times):
            self.health.note(MODEL, failure, seconds)

    def details(self, metric: Metric) -> list[dict[str, str]]:
        return [each.details for each in self.metrics.all if each.metric is metric]


@pytest.fixture
def world() -> World:
    return World()


def test_a_new_model_is_healthy(world: World) -> None:
    assert world.health.standing(MODEL) == Standing()
    assert world.health.may_ask(MODEL)


def test_statistics_are_the_scripted_truth(world: World) -> None:
    rng = Random(3)
    script = [rng.choice([None, None, None, *get_args(Failure)]) for _ in range(300)]
    times = [rng.lognormvariate(2, 0.5) for _ in script]
    workers = [world.another(seed) for seed in range(4)]
    for number, (failure, seconds) in enumerate(zip(script, times, strict=True)):
        workers[number % 4].note(MODEL, failure, seconds)
    for worker in workers:
        worker.flush()

    seen = world.health.statistics(MODEL)

    kinds = Counter(failure for failure in script if failure)
    answered = sorted(
        seconds
        for failure, seconds in zip(script, times, strict=True)
        if failure in {None, "rejected", "refused"}
    )
    failed = kinds["unavailable"] + kinds["timed_out"]
    assert (seen.calls, seen.kinds, seen.well, seen.ill) == (300, kinds, len(answered), failed)
    assert seen.failure_share == failed / (failed + len(answered))
    assert seen.refusal_share == kinds["refused"] / len(answered)
    middle, high = -(-len(answered) // 2), -(-len(answered) * 95 // 100)
    assert seen.p50_seconds == pytest.approx(answered[middle - 1], rel=RELATIVE_ERROR)
    assert seen.p95_seconds == pytest.approx(answered[high - 1], rel=RELATIVE_ERROR)


def test_the_window_slides(world: World) -> None:
    world.note("refused", 4)
    world.clock.advance(SETTINGS.window_seconds / 2)
    world.note(None, 4)

    assert world.health.statistics(MODEL).calls == 8
    world.clock.advance(SETTINGS.window_seconds / 2 + 1)
    assert (world.health.statistics(MODEL).calls, world.health.statistics(MODEL).refusal_share) == (4, 0.0)
    world.clock.advance(SETTINGS.window_seconds)
    assert world.health.statistics(MODEL).calls == 0


@pytest.mark.parametrize("failure", get_args(Failure))
def test_what_is_not_the_vendors_fault_never_opens_it(failure: Failure, world: World) -> None:
    world.note(failure, 100)

    opened = bool(world.store.state("runway/gen").openings)

    assert opened == (failure in COUNTED)
    assert world.details(Metric.MODELS_OPEN) == ([{"model": "gen"}] if opened else [])


def test_an_open_one_is_left_alone_and_then_tried_by_one(world: World) -> None:
    world.note("timed_out", 5)

    standing = world.health.standing(MODEL)
    assert (standing.state, world.health.may_ask(MODEL)) == ("open", False)
    assert standing.reason == "5 of its last 5 calls failed; it is left alone for another 30 s"
    world.clock.advance(30)
    assert world.health.standing(MODEL).state == "probing"
    others = [world.another(seed) for seed in range(2, 9)]
    assert [world.health.may_ask(MODEL), *(other.may_ask(MODEL) for other in others)] == [True] + [False] * 7
    world.health.note(MODEL, "unavailable", 1.0)
    again = world.health.look(MODEL)
    assert (again.state, "2 times in a row" in again.reason, "60 s" in again.reason) == ("open", True, True)


@pytest.mark.parametrize("failure", [None, "refused", "rejected"])
def test_an_answer_closes_it(failure: Failure | None, world: World) -> None:
    world.note("timed_out", 5)
    world.clock.advance(30)
    assert world.health.may_ask(MODEL)

    world.note(failure)

    assert world.store.state("runway/gen").openings == 0


@pytest.mark.parametrize("failure", ["throttled", "callers_fault", "unknown", "exhausted"])
def test_what_says_nothing_leaves_it_to_the_next_to_try(failure: Failure, world: World) -> None:
    world.note("timed_out", 5)
    world.clock.advance(30)
    assert world.health.may_ask(MODEL)

    world.note(failure)

    assert world.health.look(MODEL).state == "probing"
    assert world.another(2).may_ask(MODEL)


def test_who_does_not_ask_after_all_gives_the_right_back(world: World) -> None:
    world.note("timed_out", 5)
    world.clock.advance(30)
    assert world.health.may_ask(MODEL)

    world.health.give_back(MODEL)

    assert world.another(2).may_ask(MODEL)


def test_a_slow_model_gets_a_longer_lease(world: World) -> None:
    slow = MODEL.model_copy(update={"typical_seconds": 120.0})
    world.note("timed_out", 5)
    world.clock.advance(30)
    assert world.health.may_ask(slow)

    world.clock.advance(239)
    assert not world.another(2).may_ask(slow)
    world.clock.advance(1)
    assert world.another(2).may_ask(slow)


def test_a_retired_model_is_left_alone_until_somebody_resets_it(world: World) -> None:
    world.note("retired")
    world.clock.advance(86_400 * 30)

    standing = world.another(2).standing(MODEL)
    assert (standing.state, standing.gone) == ("open", True)
    assert "2026-01-01 00:00 UTC" in standing.reason
    assert not world.another(2).may_ask(MODEL)
    assert world.details(Metric.MODELS_RETIRED) == [{"model": "gen"}]

    world.health.reset(MODEL)
    assert world.health.may_ask(MODEL)
    assert world.another(3).standing(MODEL) == Standing()


def test_a_misconfigured_one_is_left_alone_for_a_minute(world: World) -> None:
    world.note("misconfigured")

    standing = world.health.standing(MODEL)
    assert (standing.state, standing.gone, world.health.may_ask(MODEL)) == ("open", False, False)
    assert "60 s" in standing.reason
    world.clock.advance(60)
    assert world.health.may_ask(MODEL)
    assert world.health.standing(MODEL).state == "healthy"


def test_failures_and_times_are_measured(world: World) -> None:
    world.note("throttled", seconds=0.5)
    world.note("refused", seconds=3.0)
    world.note(None, seconds=7.0)

    assert world.details(Metric.MODEL_CALLS_FAILED) == [
        {"model": "gen", "failure": "throttled"},
        {"model": "gen", "failure": "refused"},
    ]
    assert world.metrics.of(Metric.MODEL_LATENCY) == [3.0, 7.0]


def test_models_have_nothing_to_do_with_each_other(world: World) -> None:
    world.note("timed_out", 5)

    assert world.health.may_ask(OTHER)
    assert world.health.standing(OTHER) == Standing()


def demoted(world: World) -> None:
    for _ in range(20):
        world.note(None, 7)
        world.note("unavailable", 3)
    assert world.health.look(MODEL).state == "demoted"


def test_a_demoted_one_may_be_asked_and_says_why(world: World) -> None:
    demoted(world)

    assert world.health.look(MODEL).reason == "6 of 20 calls in 600 s failed (30%; the limit is 20%)"
    assert world.health.may_ask(MODEL)


def test_a_demoted_one_keeps_its_place_now_and_then(world: World) -> None:
    demoted(world)

    standings = [world.health.standing(MODEL) for _ in range(2000)]

    tried = [standing for standing in standings if standing.state == "healthy"]
    assert {standing.state for standing in standings} == {"healthy", "demoted"}
    assert len(tried) / len(standings) == pytest.approx(TRIAL_SHARE, abs=0.02)
    assert all(standing.reason.startswith("asked in its place this once") for standing in tried)
    assert [world.another(5).standing(MODEL).state for _ in range(50)] == [
        world.another(5).standing(MODEL).state for _ in range(50)
    ]


def test_a_store_that_is_away_says_healthy() -> None:
    class Away(MemoryHealth):
        def read(self, key: str, since_ms: int) -> None:
            raise HealthStoreUnavailable("away")

        add = swap = state = count_failure = read

    health = FleetHealth(Away(), SETTINGS, VirtualClock(), Random(1), MemoryMetrics())
    for failure in get_args(Failure):
        health.note(MODEL, failure, 1.0)

    assert health.standing(MODEL) == Standing()
    assert health.may_ask(MODEL)
    health.give_back(MODEL)
    health.close()


OPEN = Standing(state="open", reason="5 of 5 failed")
GONE = Standing(state="open", reason="ended", gone=True)


@pytest.mark.parametrize(
    ("standings", "warned"),
    [
        ({}, False),
        ({"a": OPEN}, True),
        ({"a": OPEN, "b": Standing(state="probing")}, True),
        ({"a": OPEN, "b": Standing()}, False),
        ({"a": OPEN, "b": Standing(state="demoted")}, False),
        ({"a": GONE}, False),
        ({"a": GONE, "b": OPEN}, True),
    ],
)
def test_when_all_are_open_all_are_asked(standings: dict[str, Standing], *, warned: bool) -> None:
    warning = all_open(standings)

    assert bool(warning) == warned
    assert ("5 of 5 failed" in warning) == warned
    assert "ended" not in warning
