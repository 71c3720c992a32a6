"""Some of the schedules of ``python -m tests.chaos``, and bugs that they must find."""

from collections.abc import Iterator

import pytest

from reelwright.cost.errors import ChargeConflict
from tests.chaos.harness import run_schedule
from tests.chaos.market import SLOW, Market, market
from tests.simulation.planted_money import MONEY_PLANTS

SCHEDULES_IN_CI = 120
"""Every change meets these; ``make chaos`` runs as many as one likes."""
BATCH = 30


@pytest.fixture(scope="module")
def vendors() -> Iterator[Market]:
    with market() as opened:
        yield opened


@pytest.mark.parametrize("first", range(0, SCHEDULES_IN_CI, BATCH))
def test_the_books_agree_whatever_happens_on_the_wire(vendors: Market, first: int) -> None:
    outcomes = [run_schedule(seed, vendors) for seed in range(first, first + BATCH)]
    assert sum(outcome.faults.total() for outcome in outcomes) > BATCH
    assert sum(outcome.charges["settled"] for outcome in outcomes) > BATCH
    assert sum(outcome.charges["unknown"] for outcome in outcomes) > 0


@pytest.mark.parametrize("plant", ["releases-the-unknown", "settles-the-estimate", "forgets-open-orders"])
def test_a_planted_bug_is_found(vendors: Market, plant: str) -> None:
    with MONEY_PLANTS[plant](), pytest.raises((AssertionError, ChargeConflict)):
        _run(vendors, range(60))


def _run(vendors: Market, seeds: range) -> None:
    for seed in seeds:
        run_schedule(seed, vendors)


def test_a_schedule_meets_the_same_faults_again(vendors: Market) -> None:
    """Those that wait for a real deadline are left out: the machine decides on which side of it they fall."""
    outcomes = [run_schedule(seed, vendors) for seed in range(3, 15)]
    timeless = [each.seed for each in outcomes if not {*SLOW} & {*each.faults}]
    assert len(timeless) > 1
    first, again = (
        [run_schedule(seed, vendors, patience_seconds=30.0) for seed in timeless] for _ in range(2)
    )
    assert first == again
