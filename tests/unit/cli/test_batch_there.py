"""`reelwright batch --env dev`: the environment makes it, and this machine watches."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest

from reelwright.cost.ledger import CostLedger
from reelwright.pipeline.batch.errors import BatchNotFound
from reelwright.pipeline.batch.running import BatchNews
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ERROR = {"code": "review_failed", "message": "Too loud.", "next_step": "", "context": {}}


class There:
    """An environment that makes every other item, or none once it has given up."""

    batches: dict[str, tuple[Batch, tuple[BatchItem, ...]]]
    asked: list[tuple[int, float]]
    fetched: list[str]
    made_by: World
    gives_up = False

    @classmethod
    def for_environment(cls, name: str, *, root: Path) -> Self:
        assert (name, root) == ("dev", Path(".reelwright"))
        return cls()

    @property
    def store(self) -> Self:
        return self

    def create(self, batch: Batch, items: Any) -> None:
        self.batches[batch.id] = (batch, tuple(items))

    def load(self, batch_id: str) -> Batch:
        if batch_id not in self.batches:
            raise BatchNotFound("There is none.")
        return self.batches[batch_id][0]

    def items(self, batch_id: str) -> tuple[BatchItem, ...]:
        return self.batches[batch_id][1]

    def run(
        self, batch: Batch, *, at_a_time: int, tolerated_percent: float, listener: Any
    ) -> dict[int, Outcome]:
        self.asked.append((at_a_time, tolerated_percent))
        outcomes: dict[int, Outcome] = {}
        for item in () if self.gives_up else self.items(batch.id):
            if item.error is None:
                outcomes[item.number] = self._make(item)
                listener(BatchNews(item, outcomes[item.number].status, error=outcomes[item.number].error))
        return outcomes

    def fetch(self, production_id: str, _folder: Path) -> None:
        self.fetched.append(production_id)

    def _make(self, item: BatchItem) -> Outcome:
        if item.number % 2 == 0:
            return Outcome(number=item.number, status="failed", error=ERROR, at=NOW)
        production = self.made_by.sample.production.model_copy(update={"id": item.production_id})
        self.made_by.productions[item.production_id] = production
        return Outcome(number=item.number, status="done", at=NOW)


@pytest.fixture
def there(world: World, monkeypatch: pytest.MonkeyPatch) -> type[There]:
    fresh = {"batches": {}, "asked": [], "fetched": [], "made_by": world}
    stand_in = type("RemoteBatches", (There,), fresh)
    module = ModuleType("reelwright.pipeline.batch.remote")
    vars(module)["RemoteBatches"] = stand_in
    monkeypatch.setitem(sys.modules, module.__name__, module)

    @contextmanager
    def ledger(_: str) -> Iterator[CostLedger]:
        yield CostLedger.open("memory:")

    monkeypatch.setattr("reelwright.cli.costing.open_ledger", ledger)
    return stand_in


@pytest.fixture
def rows(place: Path) -> Path:
    file = place / "rows.jsonl"
    topics = ("Tides", "Moon", "")
    lines = (json.dumps({"topic": topic, "duration_seconds": 6}) for topic in topics)
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_an_environment_makes_the_batch_and_what_is_made_comes_home(
    run: Run, rows: Path, there: type[There], world: World
) -> None:
    outcome = run("batch", rows, "--env", "dev", "--productions", 20, "--tolerate", 30, "--json")
    assert outcome.code == 1
    summary = json.loads(outcome.out)
    assert [item["status"] for item in summary["items"]] == ["done", "failed", "faulty"]
    assert there.asked == [(20, 30.0)]
    assert there.fetched == [summary["items"][0]["production_id"]]
    assert world.made == [], "nothing is made here"
    (_, items) = there.batches[summary["batch_id"]]
    assert items[0].settings["budgets"] == {"batch": summary["batch_id"]}
    assert f"reelwright batch --resume {summary['batch_id']} --env dev" in outcome.err


def test_a_batch_of_the_environment_is_gone_on_with_from_any_machine(
    run: Run, rows: Path, there: type[There]
) -> None:
    batch_id = json.loads(run("batch", rows, "--env", "dev", "--json").out)["batch_id"]
    assert run("batch", "--resume", batch_id, "--env", "dev").code == 1
    assert there.asked == [(8, 100.0), (8, 100.0)]
    assert len(there.batches) == 1


def test_what_was_given_up_is_told_as_not_made(run: Run, rows: Path, there: type[There]) -> None:
    there.gives_up = True
    summary = json.loads(run("batch", rows, "--env", "dev", "--json").out)
    assert [item["error"]["code"] for item in summary["items"]] == ["not_made", "not_made", "row_invalid"]
    assert (summary["status"], summary["completed"], summary["failed"]) == ("failed", 0, 3)


@pytest.mark.parametrize(
    "words", [("--tolerate", "5"), ("--tolerate", "5", "--env", "dev", "--on-this-machine")]
)
def test_what_only_an_environment_can_do_is_not_asked_of_this_machine(
    run: Run, rows: Path, there: type[There], words: tuple[str, ...]
) -> None:
    assert run("batch", rows, *words).code == 2
    assert there.asked == []
