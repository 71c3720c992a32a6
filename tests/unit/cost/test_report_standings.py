"""How each budget stands: the same levels as productions are told, before and after more is spent."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.cost.ledger import CostLedger
from reelwright.cost.tracker import SimpleCostTracker
from reelwright.environment.schema import BudgetSettings
from reelwright.errors import BudgetExceeded

DEV = BudgetSettings(
    per_day_warn_usd=Decimal(1),
    per_day_action_usd=Decimal(2),
    per_day_block_usd=Decimal(5),
    per_day_action="mock",
    per_video_usd=Decimal(3),
)
SEVERITY = ("normal", "warn", "mock", "block")
DAY, VIDEO = 2, 4


class World:
    """A day of dev."""

    def __init__(self) -> None:
        clock = VirtualClock(datetime(2026, 11, 25, 12, tzinfo=UTC))
        self.ledger = CostLedger.open("memory:", clock=clock)
        self.tracker = SimpleCostTracker(self.ledger, DEV, environment="dev", clock=clock)

    def spend(self, micro_usd: int, key: str, video: str = "prod_a") -> None:
        charge = self.ledger.reserve(self.tracker.budgets_for("video", video), micro_usd, key=key)
        self.ledger.settle(charge, micro_usd)

    def spends(self, micro_usd: int, key: str, video: str) -> bool:
        """Whether the ledger lets it."""
        try:
            self.spend(micro_usd, key, video)
        except BudgetExceeded:
            return False
        return True

    def day(self) -> Any:
        return self.tracker.standings("video", "prod_z")[DAY]


@pytest.mark.parametrize(
    ("spent", "level"), [(0, "normal"), (1_000_000, "warn"), (2_000_000, "mock"), (5_000_000, "block")]
)
def test_a_day_stands_where_its_spending_does(spent: int, level: str) -> None:
    world = World()
    for number in range(2):
        world.spend(spent // 2, str(number), video=f"prod_{number}")
    day = world.day()
    assert (day.level, day.totals.limit, day.totals.settled) == (level, 5_000_000, spent)
    assert [each.key for each in day.thresholds] == [
        "budgets.per_day_block_usd",
        "budgets.per_day_action_usd",
        "budgets.per_day_warn_usd",
    ]


def test_looking_writes_no_limit() -> None:
    world = World()
    world.tracker.standings("video", "prod_a")
    assert world.ledger.budgets() == ()


@given(spent=st.integers(0, 3_000_000), more=st.integers(0, 3_000_000))
def test_what_would_follow_is_what_follows(spent: int, more: int) -> None:
    world = World()
    world.spend(spent, "a")
    foreseen = world.day().level_after(more)
    assert world.spends(more, "c", video="prod_c") == (foreseen != "block")
    if foreseen != "block":
        # A limit that is met to the micro-dollar refuses only what comes after.
        assert world.day().level in {foreseen, "block"}


@given(amounts=st.lists(st.integers(0, 900_000), max_size=5))
def test_the_worst_of_all_budgets_is_what_the_tracker_says(amounts: list[int]) -> None:
    world = World()
    for number, amount in enumerate(amounts):
        world.spends(amount, str(number), "prod_a")
    standings = world.tracker.standings("video", "prod_a")
    worst = max((each.level for each in standings), key=SEVERITY.index)
    assert worst == world.tracker.spending("video", "prod_a").level
