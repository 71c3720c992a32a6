from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from reelwright.clock import VirtualClock
from reelwright.config.schema import Pinned
from reelwright.cost.errors import LedgerUnavailable
from reelwright.cost.schema import ChargeLine
from reelwright.environment.loader import load_environment
from reelwright.errors import InvalidInput, Permanent, Retryable
from reelwright.ids import new_production_id
from reelwright.pipeline.context import Managers
from reelwright.pipeline.declaration import Pending
from reelwright.pipeline.errors import StepTimedOut
from reelwright.pipeline.events import Progress
from reelwright.pipeline.journal import new_step_records
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.runner import LocalRunner, one_by_one, side_by_side
from reelwright.pipeline.workshop import Workshop
from reelwright.production.schema import Brief, Production
from reelwright.storage.errors import StorageFull
from reelwright.storage.memory import MemoryArtifacts
from tests.unit.pipeline import toy_steps
from tests.unit.pipeline.toy_steps import CALLS, TOYS, TROUBLE, Dying

LINE = ChargeLine(service="video", provider="v", model="m", unit="calls", quantity=1, micro_usd=5)
PINNED = Pinned(settings=load_environment("local").settings)


@dataclass
class Bench:
    shop: Workshop
    production: Production
    finished: list[dict[str, Any]]
    progress: list[Progress]

    def run(self) -> Production:
        return LocalRunner(self.shop).run(self.production.id, self.progress.append)

    def stored(self) -> Production:
        return self.shop.store.load(self.production.id)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    toy_steps.reset()
    clock = VirtualClock()
    finished: list[dict[str, Any]] = []
    shop = Workshop(
        steps=TOYS,
        store=MemoryProductions(clock),
        artifacts=MemoryArtifacts(tmp_path),
        managers_for=lambda _: cast("Managers", None),
        clock=clock,
        work_root=tmp_path / "work",
        mapper=one_by_one,
        finish=lambda _, values: finished.append(dict(values)),
    )
    production = Production(
        id=new_production_id(clock, Random(1)),
        environment="local",
        brief=Brief(topic="one two three"),
        seed=1,
        settings_fingerprint="f",
        output_dir=str(tmp_path / "out" / "p"),
        created_at=clock.now(),
        steps=new_step_records(TOYS),
    )
    shop.store.create(production, PINNED)
    yield Bench(shop, production, finished, [])
    toy_steps.reset()


def test_values_flow_from_step_to_step(bench: Bench) -> None:
    production = bench.run()
    assert production.status == "completed"
    assert bench.finished[0]["result"].text == "ONE TWO THREE"
    assert [step.status for step in production.steps] == ["done"] * 3
    assert production.step("shout").items_total == 3
    assert production.step("split").decisions[0].chosen == "c"
    assert production.warnings == ("loud",)
    assert bench.stored() == production


def test_a_completed_production_is_not_run_again(bench: Bench) -> None:
    bench.run()
    calls = dict(CALLS)
    assert bench.run().status == "completed"
    assert dict(CALLS) == calls
    assert len(bench.finished) == 1


@pytest.mark.parametrize("name", ["split", "shout 0", "shout 1", "shout 2", "join"])
def test_a_failure_is_on_the_record_and_a_resume_repeats_nothing_else(bench: Bench, name: str) -> None:
    TROUBLE[name] = [Permanent("broken", next_step="mend it")]
    with pytest.raises(Permanent) as caught:
        bench.run()
    assert caught.value.context["production_id"] == bench.production.id
    failed = bench.stored()
    assert failed.status == "failed"
    assert failed.step(name.partition(" ")[0]).error == caught.value.as_dict() | {"context": {}}
    assert bench.run().status == "completed"
    assert {key: count for key, count in CALLS.items() if count != 1} == {name: 2}
    assert bench.stored().step(name.partition(" ")[0]).error is None


@pytest.mark.parametrize("is_away", [False, True], ids=["ledger", "ledger away"])
def test_a_production_that_failed_tells_what_it_had_cost_by_then(bench: Bench, *, is_away: bool) -> None:
    def bill(key: str, told: Sequence[ChargeLine]) -> tuple[ChargeLine, ...]:
        assert (key, told) == (f"{bench.production.id}/shout/", ())
        if is_away:
            raise LedgerUnavailable("away")
        return (LINE,)

    asking = tuple(replace(step, asks_models=step.name == "shout") for step in TOYS)
    bench.shop = replace(bench.shop, bill=bill, steps=asking)
    TROUBLE["shout 0"] = [Permanent("broken")]
    with pytest.raises(Permanent, match="broken"):
        bench.run()
    assert bench.stored().charges == (() if is_away else (LINE,))


def test_what_was_charged_before_a_resume_is_not_charged_again(bench: Bench) -> None:
    TROUBLE["shout 2"] = [Permanent("broken"), Permanent("broken")]
    for _ in range(2):
        with pytest.raises(Permanent):
            bench.run()
        assert len(bench.stored().charges) == 2
    bench.run()
    assert len(bench.stored().charges) == 3


def test_an_unexpected_error_is_on_the_record_too(bench: Bench) -> None:
    TROUBLE["join"] = [ZeroDivisionError("oops")]
    with pytest.raises(ZeroDivisionError):
        bench.run()
    error = bench.stored().step("join").error
    assert error is not None
    assert (error["code"], error["message"]) == ("unexpected", "ZeroDivisionError: oops")


def test_a_full_disk_has_its_type(bench: Bench) -> None:
    TROUBLE["join"] = [OSError(28, "No space left on device")]
    with pytest.raises(StorageFull):
        bench.run()


def test_pending_work_is_waited_for_and_collected(bench: Bench) -> None:
    TROUBLE["join"] = [Pending("100", 7.0, datetime.now(UTC)), Pending("100", 7.0, datetime.now(UTC))]
    clock = cast("VirtualClock", bench.shop.clock)
    assert bench.run().status == "completed"
    assert CALLS["join"] == 3
    assert clock.monotonic() == 14.0
    assert "pending" in [event.state for event in bench.progress]


def test_pending_work_survives_the_process(bench: Bench) -> None:
    TROUBLE["join"] = [Pending("1000", 7.0, datetime.now(UTC)), Retryable("gone")]
    with pytest.raises(Retryable):
        bench.run()
    assert bench.run().status == "completed"
    assert CALLS["split"] == 1


def test_pending_work_past_its_deadline_fails(bench: Bench) -> None:
    TROUBLE["join"] = [Pending("5", 7.0, datetime.now(UTC)) for _ in range(9)]
    with pytest.raises(StepTimedOut, match="join"):
        bench.run()
    assert bench.stored().status == "failed"


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_items_side_by_side_keep_their_order(bench: Bench, jobs: int) -> None:
    bench.shop = replace(bench.shop, mapper=side_by_side(jobs))
    bench.run()
    assert bench.finished[0]["result"].text == "ONE TWO THREE"


def test_items_that_were_done_beside_a_failure_are_kept(bench: Bench) -> None:
    bench.shop = replace(bench.shop, mapper=side_by_side(3))
    TROUBLE["shout 1"] = [Permanent("broken")]
    with pytest.raises(Permanent):
        bench.run()
    before = dict(CALLS)
    bench.run()
    again = [
        name
        for name in CALLS
        if name.startswith("shout") and CALLS[name] > before.get(name, 0) and before.get(name)
    ]
    assert again == ["shout 1"]


def test_work_folders_are_removed_even_those_of_a_killed_run(bench: Bench) -> None:
    left = bench.shop.work_root / bench.production.id / "left"
    left.mkdir(parents=True)
    bench.run()
    assert not (bench.shop.work_root / bench.production.id).exists()


def test_every_result_is_stored_before_the_next_step_begins(bench: Bench) -> None:
    order = [step.name for step in TOYS]
    store = cast("MemoryProductions", bench.shop.store)

    def look(name: str) -> None:
        stored = {key.step for key in store._results}
        assert set(order[: order.index(name.partition(" ")[0])]) <= stored

    toy_steps.ON_CALL.append(look)
    assert bench.run().status == "completed"


def test_a_failing_finish_keeps_the_steps_and_can_be_repeated(bench: Bench) -> None:
    def refuse(_: Production, __: dict[str, Any]) -> None:
        raise InvalidInput("no report")

    good = bench.shop
    bench.shop = replace(good, finish=refuse)
    with pytest.raises(InvalidInput):
        bench.run()
    assert bench.stored().status == "failed"
    bench.shop = good
    before = dict(CALLS)
    assert bench.run().status == "completed"
    assert dict(CALLS) == before


def test_progress_tells_every_step_and_item(bench: Bench) -> None:
    bench.run()
    told = [(event.step, event.state, event.items_done) for event in bench.progress]
    assert told == [
        ("split", "started", 0),
        ("split", "advanced", 1),
        ("split", "done", 1),
        ("shout", "started", 0),
        ("shout", "advanced", 1),
        ("shout", "advanced", 2),
        ("shout", "advanced", 3),
        ("shout", "done", 3),
        ("join", "started", 0),
        ("join", "advanced", 1),
        ("join", "done", 1),
    ]


def test_side_by_side_raises_the_first_error_of_those_that_ran() -> None:
    def run(index: int) -> Any:
        if index % 2:
            raise Permanent(str(index))
        return index

    mapper: Callable[..., Any] = side_by_side(2)
    with pytest.raises(Permanent, match="1"):
        mapper(run, 6)


@pytest.mark.parametrize("deaths", [0, 1, 2, 3])
def test_what_was_ordered_in_vain_is_let_go_by_who_goes_on_with_a_step(bench: Bench, deaths: int) -> None:
    models = Dying(deaths)
    managers: Any = SimpleNamespace(models=models)
    asking = tuple(replace(step, asks_models=step.name == "shout") for step in TOYS)
    bench.shop = replace(bench.shop, managers_for=lambda _: managers, steps=asking)
    for _ in range(deaths):
        with pytest.raises(KeyboardInterrupt):
            bench.run()
        bench.shop.clock.sleep(3600)  # whoever died has no claim any more
    assert bench.run().status == "completed"
    assert [CALLS[f"shout {index}"] for index in range(3)] == [1, 1, 1]
    whole_step = f"{bench.production.id}/shout"
    assert (models.let_go.count(whole_step), models.let_go[-1] == whole_step) == (bool(deaths), bool(deaths))
    assert len(models.let_go) == 3 - deaths + bool(deaths)
