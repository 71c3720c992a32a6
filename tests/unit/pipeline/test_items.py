"""One item: how long it may be pending, and what becomes of an order that nobody waits for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from reelwright.clock import VirtualClock
from reelwright.cost.schema import ChargeLine
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import PIPELINE, Done, Pending
from reelwright.pipeline.items import ItemRunner, _as_result
from reelwright.pipeline.ports import StepKey, StepResult

PAID_NOW, PAID_BEFORE = (
    ChargeLine(service="video", provider="v", model=name, unit="calls", quantity=1, micro_usd=5)
    for name in ("now", "before")
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pending(token: str, minutes: int) -> Pending:
    return Pending(token, 5.0, NOON + timedelta(minutes=minutes))


def deadline_after(before: StepResult, outcome: Pending) -> datetime:
    stored = _as_result(outcome, before, 0.0).pending
    assert stored is not None
    return stored.deadline


def test_no_later_answer_moves_the_deadline_of_the_same_work() -> None:
    before = _as_result(pending("order 1", 10), StepResult(attempts=0), 0.0)
    assert deadline_after(before, pending("order 1", 30)) == NOON + timedelta(minutes=10)
    assert deadline_after(before, pending("order 1", 5)) == NOON + timedelta(minutes=5)


def test_other_work_has_a_time_of_its_own() -> None:
    before = _as_result(pending("order 1", 10), StepResult(attempts=0), 0.0)
    assert deadline_after(before, pending("order 2", 30)) == NOON + timedelta(minutes=30)


def done(_context: StepContext, _task: BaseModel) -> Done[StepResult]:
    return Done(StepResult(), charges=(PAID_NOW,))


def waiting(_context: StepContext, _task: BaseModel) -> Pending:
    return pending("order 1", 10)


class Store:
    """A store in which another worker was done first, or was not."""

    def __init__(self, found: StepResult | None) -> None:
        self.found = found

    def put_result(self, _key: StepKey, result: StepResult) -> StepResult:
        return self.found or result


class Models:
    def __init__(self) -> None:
        self.abandoned: list[str] = []

    def abandon(self, key: str) -> None:
        self.abandoned.append(key)


@pytest.mark.parametrize("done_elsewhere", [False, True], ids=["waiting", "done elsewhere"])
def test_what_is_ordered_beside_a_result_is_let_go(tmp_path: Path, *, done_elsewhere: bool) -> None:
    models, clock = Models(), VirtualClock(NOON)
    found = StepResult(output="the clip") if done_elsewhere else None
    shop = SimpleNamespace(store=Store(found), clock=clock, artifacts=None)
    production = SimpleNamespace(seed=1, output_dir=str(tmp_path / "p"))
    runner = ItemRunner(shop, production, None, SimpleNamespace(models=models), tmp_path)
    step = SimpleNamespace(name="shoot", function=f"{__name__}:waiting", asks_models=True)
    key = StepKey("prod_1", "shoot", 0, "abc")

    stored = runner.run_once(step, StepResult(), key, None)

    assert stored.is_done is done_elsewhere
    assert models.abandoned == ([str(key)] if done_elsewhere else [])


def test_the_bill_of_a_step_has_what_its_earlier_lives_bought(tmp_path: Path) -> None:
    def bill(key: str, told: Sequence[ChargeLine]) -> tuple[ChargeLine, ...]:
        assert key == "prod_1/shoot/0/abc"
        return (*told, PAID_BEFORE)

    shop = SimpleNamespace(store=Store(None), clock=VirtualClock(NOON), artifacts=None, bill=bill)
    production = SimpleNamespace(seed=1, output_dir=str(tmp_path / "p"))
    runner = ItemRunner(shop, production, None, SimpleNamespace(models=Models()), tmp_path)
    step = SimpleNamespace(name="shoot", function=f"{__name__}:done", asks_models=True)
    stored = runner.run_once(step, StepResult(), StepKey("prod_1", "shoot", 0, "abc"), None)
    assert stored.charges == (PAID_NOW, PAID_BEFORE)


def test_a_step_that_asks_no_models_does_not_look_for_orders(tmp_path: Path) -> None:
    """Its function cannot see the ledger."""
    shop = SimpleNamespace(store=Store(StepResult(output="done")), clock=VirtualClock(NOON), artifacts=None)
    production = SimpleNamespace(seed=1, output_dir=str(tmp_path / "p"))
    runner = ItemRunner(shop, production, None, SimpleNamespace(), tmp_path)
    step = SimpleNamespace(name="publish", function=f"{__name__}:waiting", asks_models=False)

    assert runner.run_once(step, StepResult(), StepKey("prod_1", "publish", 0, "abc"), None).is_done


def test_only_functions_that_see_the_ledger_ask_models() -> None:
    assert [step.name for step in PIPELINE if step.asks_models] == ["write_script", "narrate", "shoot"]
