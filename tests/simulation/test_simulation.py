import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from tests.simulation.harness import Outcome, simulate
from tests.simulation.planted import EAGER, PLANTS
from tests.simulation.planted_money import MONEY_PLANTS
from tests.simulation.planted_switches import SWITCH_PLANTS
from tests.simulation.vendors import BILLED, LOSSES, REFUSALS
from tests.simulation.world import InvariantError

SEEDS_IN_CI = 200
"""Every change meets these; ``make simulate`` runs as many as one likes."""
SEEDS_IN_TABLE = 3
SEEDS_SEARCHED = 500
"""For a bug that was planted."""
FOUND_BY = {
    "asks-when-routed-only": 33,
    "forgets-switches": 15,
    "looks-once": 31,
    "looks-seldom": 43,
    "publishes-anyway": 100,
    "receipt-after-settle": 35,
    "waits-for-ever": 19,
}
"""Where to begin to search for what few seeds find: if they no longer do, the search takes longer."""
BATCH = 50


@cache
def outcomes_from(first: int) -> tuple[Outcome, ...]:
    """What becomes of one batch of seeds."""
    return tuple(simulate(seed) for seed in range(first, first + BATCH))


@pytest.mark.parametrize("first", range(0, SEEDS_IN_CI, BATCH))
def test_invariants_hold_for_every_seed(first: int) -> None:
    outcomes = outcomes_from(first)
    assert {outcome.runtime for outcome in outcomes} == {"runner", "functions"}
    for runtime in ("runner", "functions"):
        assert sum(outcome.faults.total() for outcome in outcomes if outcome.runtime == runtime) > 0


def test_a_seed_replays_exactly() -> None:
    for seed in (3, 17, 91, 204):
        assert simulate(seed).digest == simulate(seed).digest


def test_nothing_of_one_seed_reaches_another() -> None:
    seeds = range(600, 608)
    forwards = [simulate(seed).digest for seed in seeds]
    backwards = [simulate(seed).digest for seed in reversed(seeds)]
    assert forwards == backwards[::-1]
    command = [sys.executable, "-m", "tests.simulation", "--seed", str(seeds[-1])]
    alone = subprocess.run(command, check=True, capture_output=True, text=True)
    assert f"seed {seeds[-1]}: {forwards[-1]}\n" in alone.stdout


@pytest.mark.parametrize("runtime", ["runner", "functions"])
def test_invariants_hold_in_a_table(runtime: str) -> None:
    outcomes = [simulate(seed, runtime=runtime, in_table=True) for seed in range(SEEDS_IN_TABLE)]
    assert sum(outcome.faults.total() for outcome in outcomes) > 0


@pytest.mark.parametrize("plant", sorted(name for name in PLANTS if name))
def test_a_planted_bug_is_found_and_its_seed_replays(plant: str) -> None:
    runtime = "functions" if plant == EAGER else "runner"
    seed, message = _first_failure(plant, runtime)
    with pytest.raises(InvariantError) as again:
        simulate(seed, plant=plant, runtime=runtime)
    assert str(again.value) == message
    simulate(seed, runtime=runtime)


@pytest.mark.parametrize("plant", sorted({*MONEY_PLANTS, *SWITCH_PLANTS}))
def test_a_bug_about_money_or_switches_is_found_and_its_seed_replays(plant: str) -> None:
    seed, message = _first_failure(plant, None)
    with pytest.raises(InvariantError) as again:
        simulate(seed, plant=plant)
    assert str(again.value) == message


def test_seeds_meet_all_that_vendors_can_do_and_end_in_every_way_that_is_explained() -> None:
    outcomes = outcomes_from(0)
    met = sum((outcome.faults for outcome in outcomes), Counter())
    assert {f"vendor {kind}" for kind in (*REFUSALS, *LOSSES, *BILLED)} <= met.keys()
    assert sum(outcome.works for outcome in outcomes) > BATCH
    assert sum(outcome.by_hand for outcome in outcomes) > 0
    assert sum(outcome.refused for outcome in outcomes) > 0
    assert {outcome.ending for outcome in outcomes} > {"completed"}


def _first_failure(plant: str, runtime: str | None) -> tuple[int, str]:
    begin = FOUND_BY.get(plant, 0)
    for seed in (*range(begin, SEEDS_SEARCHED), *range(begin)):
        try:
            simulate(seed, plant=plant, runtime=runtime)
        except InvariantError as error:
            return seed, str(error)
    raise AssertionError(f"{SEEDS_SEARCHED} seeds did not find the planted bug {plant}")
