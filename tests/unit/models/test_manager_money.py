"""Calls that may cost only so much: ceilings of links and calls, budgets, and a day's spending."""

from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from reelwright.cost.schema import ChargeLine
from reelwright.environment.schema import PriceOverride
from reelwright.errors import BudgetExceeded
from reelwright.models.errors import (
    ProviderTimedOut,
)
from reelwright.models.schema import Requirements
from reelwright.models.spending import whole_bill
from tests.unit.models.world import PRODUCTION, World, failing, text_request, writer


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_link_above_its_ceiling_is_passed_over_with_the_figures(world: World) -> None:
    world.changes["models.content.link_ceiling_usd"] = Decimal("0.50")
    route = world.process().select("content", Requirements(output_tokens=100))

    assert [each.model.name for each in route.candidates] == ["embedded-writer"]
    assert [(each.model, each.because) for each in route.rejected if each.because == "ceiling"] == [
        ("alpha", "ceiling"),
        ("beta", "ceiling"),
    ]
    assert "$0.500000" in route.rejected[-1].reason


def test_a_fallback_may_cost_so_many_times_the_first(world: World) -> None:
    world.changes = {
        "models.content.link_ceiling_multiple": 2.0,
        "catalog.prices": {
            "alpha": {unit: PriceOverride(usd=Decimal("0.01")) for unit in ("input_tokens", "output_tokens")},
            "beta": {unit: PriceOverride(usd=Decimal("0.03")) for unit in ("input_tokens", "output_tokens")},
        },
    }
    route = world.process().select("content", Requirements())
    assert [(each.model, each.because) for each in route.rejected] == [("beta", "ceiling")]
    first = route.candidates[0]
    assert first.ceiling_micro_usd == 2 * first.estimate_micro_usd


def test_all_attempts_of_a_call_together_stay_under_its_ceiling(world: World) -> None:
    world.changes["models.content.call_ceiling_usd"] = Decimal("12.00")
    world.alpha.outcomes = [failing(ProviderTimedOut, accepted="maybe")] * 2
    result = world.process().write(text_request())

    assert result.model.name == "embedded-writer"
    assert world.alpha.asked == ["alpha"]
    passed = [each for each in result.route.rejected if each.because == "ceiling"]
    assert [each.model for each in passed] == ["alpha", "beta"]
    assert all("12.00" in each.reason for each in passed)
    assert world.parts.ledger.totals("env:local").committed <= 12_000_000


def test_a_budget_that_has_no_room_has_ours_stand_in_where_mocks_are_wanted(world: World) -> None:
    world.changes = {"budgets.per_video_usd": Decimal("5.00"), "budgets.per_day_action": "mock"}
    result = world.process().write(text_request())

    assert result.model.name == "embedded-writer"
    assert {each.model: each.because for each in result.route.rejected} == {
        "alpha": "budget",
        "beta": "budget",
    }
    assert world.alpha.asked == []


@pytest.mark.parametrize("action", ["warn", "block"])
def test_a_budget_that_has_no_room_refuses_where_they_are_not(world: World, action: str) -> None:
    world.changes = {"budgets.per_video_usd": Decimal("5.00"), "budgets.per_day_action": action}
    with pytest.raises(BudgetExceeded, match="video:"):
        world.process().write(text_request())
    assert world.alpha.asked == []


def test_a_budget_that_has_no_room_refuses_where_nothing_is_free(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90),))
    world.changes["budgets.per_video_usd"] = Decimal("5.00")
    with pytest.raises(BudgetExceeded, match="video:"):
        world.process().write(text_request())


def spend(world: World, usd: str) -> None:
    ledger = world.parts.ledger
    charge = ledger.reserve("day:local:2026-01-01", int(Decimal(usd) * 1_000_000), key="other work")
    ledger.settle(charge, int(Decimal(usd) * 1_000_000))


def test_spending_warns_then_switches_then_stops(world: World) -> None:
    world.changes = {
        "budgets.per_day_warn_usd": Decimal("1.00"),
        "budgets.per_day_action_usd": Decimal("2.00"),
        "budgets.per_day_action": "mock",
        "budgets.per_day_block_usd": Decimal("50.00"),
    }
    spend(world, "1.00")
    warned = world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/1"))
    assert (warned.model.name, warned.mock) == ("alpha", False)
    assert warned.route.warnings

    world.parts.ledger.settle(
        world.parts.ledger.reserve("day:local:2026-01-01", 1_000_000, key="more"), 1_000_000
    )
    switched = world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/2"))
    assert (switched.model.name, switched.mock) == ("embedded-writer", True)
    assert {each.because for each in switched.route.rejected} == {"budget"}

    world.changes["budgets.per_day_block_usd"] = Decimal("2.00")
    with pytest.raises(BudgetExceeded):
        world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/3"))


def test_the_bill_of_a_step_is_the_ledgers_with_what_was_free(world: World) -> None:
    key = text_request().idempotency_key
    first = world.process().write(text_request()).charges
    second = world.process().write(text_request(idempotency_key=f"{key}-draft2")).charges
    world.process().write(text_request(idempotency_key="prod_2/write_script/0/other"))
    bill = partial(whole_bill, world.parts.ledger)
    free = ChargeLine(
        service="content", provider="embedded", model="w", unit="calls", quantity=1, micro_usd=0
    )

    assert bill(key, ()) == (*first, *second)
    assert bill(key, (free, *second, *first)) == (free, *second, *first)
    assert bill(key, (*second, free)) == (*first, *second, free)
    assert bill("prod_2/narrate/0/x", (free, *first)) == (free, *first)


def test_a_bill_shows_what_is_unknown_by_now_and_not_what_was(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderTimedOut, accepted="maybe")] * 2
    request = text_request()
    before = world.process().write(request).charges
    assert [line.state for line in before] == ["unknown", "unknown", "settled"]
    for charge in world.parts.ledger.charges():
        if charge.state == "unknown":
            world.parts.ledger.release(charge)
    after = whole_bill(world.parts.ledger, request.idempotency_key, before)
    assert [line.state for line in after] == ["settled"]
