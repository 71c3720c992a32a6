"""The pipeline one call at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reelwright.clock import VirtualClock
from reelwright.config.schema import Pinned
from reelwright.cost.schema import ChargeLine
from reelwright.environment.loader import load_environment
from reelwright.errors import Permanent
from reelwright.ids import new_production_id
from reelwright.observability.memory import MemoryMetrics
from reelwright.observability.metrics import Metric
from reelwright.pipeline.context import Managers
from reelwright.pipeline.declaration import Pending
from reelwright.pipeline.errors import ProductionBusy, StepOutOfOrder, StepTimedOut
from reelwright.pipeline.journal import new_step_records
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.runner import LocalRunner, one_by_one
from reelwright.pipeline.stepping import ItemOutcome, Stepper
from reelwright.pipeline.workshop import Workshop
from reelwright.production.schema import Brief, Production
from reelwright.storage.memory import MemoryArtifacts
from tests.unit.pipeline import toy_steps
from tests.unit.pipeline.toy_steps import CALLS, TOYS, TROUBLE, Dying

PINNED = Pinned(settings=load_environment("local").settings)
FINISHED: list[dict[str, Any]] = []


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    toy_steps.reset()
    FINISHED.clear()
    clock = VirtualClock()
    yield Workshop(
        steps=TOYS,
        store=MemoryProductions(clock),
        artifacts=MemoryArtifacts(tmp_path),
        managers_for=lambda _: cast("Managers", None),
        clock=clock,
        work_root=tmp_path / "work",
        mapper=one_by_one,
        finish=lambda _, values: FINISHED.append(dict(values)),
    )
    toy_steps.reset()


@pytest.fixture
def production(shop: Workshop, tmp_path: Path) -> Production:
    made = Production(
        id=new_production_id(shop.clock, Random(1)),
        environment="local",
        brief=Brief(topic="one two three"),
        seed=1,
        settings_fingerprint="f",
        output_dir=str(tmp_path / "out" / "p"),
        created_at=shop.clock.now(),
        steps=new_step_records(TOYS),
    )
    shop.store.create(made, PINNED)
    return made


def step_through(shop: Workshop, production: Production) -> Production:
    for step in TOYS:
        for index in Stepper(shop).open_step(production.id, step.name):
            assert Stepper(shop).run_item(production.id, step.name, index) == ItemOutcome("done")
    return Stepper(shop).finish(production.id)


def test_calls_come_to_what_a_runner_comes_to(shop: Workshop, production: Production) -> None:
    stepped = step_through(shop, production)
    (values,) = FINISHED
    toy_steps.reset()
    other = production.model_copy(update={"id": new_production_id(shop.clock, Random(2))})
    shop.store.create(other, PINNED)
    ran = LocalRunner(shop).run(other.id)
    assert FINISHED[1] == values
    different = {"id", "created_at"}
    assert stepped.model_dump(exclude=different) == ran.model_dump(exclude=different)


def test_opening_tells_what_is_still_to_be_run(shop: Workshop, production: Production) -> None:
    stepper = Stepper(shop)
    assert stepper.open_step(production.id, "split") == (0,)
    stepper.run_item(production.id, "split", 0)
    assert stepper.open_step(production.id, "split") == ()
    assert stepper.open_step(production.id, "shout") == (0, 1, 2)
    stepper.run_item(production.id, "shout", 1)
    assert stepper.open_step(production.id, "shout") == (0, 2)
    record = shop.store.load(production.id)
    assert (record.step("split").status, record.step("shout").status) == ("done", "running")
    assert (record.step("shout").items_done, record.step("shout").items_total) == (1, 3)


def test_an_item_that_is_done_is_not_run_again(shop: Workshop, production: Production) -> None:
    stepper = Stepper(shop)
    stepper.open_step(production.id, "split")
    for _ in range(3):
        assert stepper.run_item(production.id, "split", 0) == ItemOutcome("done")
    assert CALLS["split"] == 1


def test_running_an_item_writes_no_record(shop: Workshop, production: Production) -> None:
    Stepper(shop).open_step(production.id, "split")
    before = shop.store.load(production.id)
    with shop.store.claim(production.id):
        Stepper(shop).run_item(production.id, "split", 0)
    assert shop.store.load(production.id) == before


def test_the_record_is_written_by_one_at_a_time(shop: Workshop, production: Production) -> None:
    with shop.store.claim(production.id):
        for call in (
            lambda: Stepper(shop).open_step(production.id, "split"),
            lambda: Stepper(shop).finish(production.id),
            lambda: Stepper(shop).fail(production.id, {}),
        ):
            with pytest.raises(ProductionBusy):
                call()


def test_pending_work_says_when_to_ask_again_and_keeps_its_deadline(
    shop: Workshop, production: Production
) -> None:
    later = Pending("8", 7.0, datetime.now(UTC))
    TROUBLE["split"] = [later, later, later]
    stepper = Stepper(shop)
    stepper.open_step(production.id, "split")
    assert stepper.run_item(production.id, "split", 0).state == "pending"
    clock = cast("VirtualClock", shop.clock)
    clock.advance(7)
    assert stepper.run_item(production.id, "split", 0).check_after_seconds == 7.0
    clock.advance(7)
    with pytest.raises(StepTimedOut, match="split"):
        stepper.run_item(production.id, "split", 0)


def test_nothing_is_finished_before_everything_is_done(shop: Workshop, production: Production) -> None:
    stepper = Stepper(shop)
    with pytest.raises(StepOutOfOrder, match="split"):
        stepper.finish(production.id)
    assert FINISHED == []


def test_what_is_completed_is_left_alone(shop: Workshop, production: Production) -> None:
    completed = step_through(shop, production)
    stepper = Stepper(shop)
    assert stepper.open_step(production.id, "shout") == ()
    assert stepper.finish(production.id) == completed
    assert stepper.fail(production.id, {"code": "late"}) == completed
    assert len(FINISHED) == 1


def test_a_failure_names_the_open_step_and_is_measured(shop: Workshop, production: Production) -> None:
    metrics = MemoryMetrics()
    stepper = Stepper(shop, metrics)
    for index in stepper.open_step(production.id, "split"):
        stepper.run_item(production.id, "split", index)
    stepper.open_step(production.id, "shout")
    TROUBLE["shout 0"] = [Permanent("broken")]
    with pytest.raises(Permanent) as caught:
        stepper.run_item(production.id, "shout", 0)
    failed = stepper.fail(production.id, caught.value.as_dict())
    assert (failed.status, failed.step("shout").error) == ("failed", caught.value.as_dict())
    told = [(each.metric, each.details) for each in metrics.all]
    assert told == [
        (Metric.STEP_TIME, {"step": "split"}),
        (Metric.STEPS_FAILED, {"step": "shout"}),
        (Metric.PRODUCTIONS_FAILED, {}),
    ]
    assert step_through(shop, production).step("shout").error is None
    assert CALLS["split"] == 1


def test_a_production_that_failed_tells_what_it_had_cost_by_then(
    shop: Workshop, production: Production
) -> None:
    line = ChargeLine(service="video", provider="v", model="m", unit="calls", quantity=1, micro_usd=5)
    asked: list[str] = []

    def bill(key: str, _told: Sequence[ChargeLine]) -> tuple[ChargeLine, ...]:
        asked.append(key)
        return (line,)

    split, shout, join = TOYS
    shop = replace(shop, bill=bill, steps=(split, replace(shout, asks_models=True), join))
    Stepper(shop).open_step(production.id, "split")
    Stepper(shop).run_item(production.id, "split", 0)
    Stepper(shop).open_step(production.id, "shout")
    failed = Stepper(shop).fail(production.id, {"code": "permanent", "message": "broken"})
    assert (asked, failed.charges) == ([f"{production.id}/shout/"], (line,))
    assert shop.store.load(production.id).charges == (line,)


def test_a_failure_before_any_step_is_a_failure_all_the_same(shop: Workshop, production: Production) -> None:
    failed = Stepper(shop).fail(production.id, {"code": "x"})
    assert (failed.status, {step.status for step in failed.steps}) == ("failed", {"waiting"})


def test_who_died_before_an_order_in_vain_was_let_go_is_called_again_and_does(
    shop: Workshop, production: Production
) -> None:
    models = Dying(times=2)
    split, shout, join = TOYS
    managers: Any = SimpleNamespace(models=models)
    shop = replace(
        shop, managers_for=lambda _: managers, steps=(split, replace(shout, asks_models=True), join)
    )
    Stepper(shop).run_item(production.id, "split", 0)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            Stepper(shop).run_item(production.id, "shout", 1)
    assert Stepper(shop).run_item(production.id, "shout", 1) == ItemOutcome("done")
    (key,) = models.let_go
    assert key.startswith(f"{production.id}/shout/1/")
    assert CALLS["shout 1"] == 1
