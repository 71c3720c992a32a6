"""Making what is left of a batch: each item once, whoever dies; one process at a time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from reelwright import Brief, Studio
from reelwright.clock import SystemClock, VirtualClock
from reelwright.environment.loader import load_environment
from reelwright.errors import InvalidInput
from reelwright.pipeline.batch.errors import BatchBusy, BatchNotFound
from reelwright.pipeline.batch.local import SqliteBatches
from reelwright.pipeline.batch.running import BatchNews, BatchRunner
from reelwright.pipeline.batch.schema import Batch, BatchItem
from reelwright.pipeline.errors import StoreDamaged
from reelwright.pipeline.local import SqliteProductions
from reelwright.pipeline.parts import Parts
from tests.simulation.settings import snapshot_of

ID = "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA"
OTHER = "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KB"
SETTINGS = load_environment("local").settings


def item(number: int, **changes: Any) -> BatchItem:
    return BatchItem(
        number=number,
        source=f"x.csv, row {number}",
        production_id=f"prod_01KAQ4Z7M8V3N5T2X9C6B1D0{number:02}",
        brief=Brief(topic=f"Tides {number}", duration_seconds=20),
        settings={"budgets": {"batch": ID}},
    ).model_copy(update=changes)


FAULTY = {"brief": None, "error": {"code": "row_invalid", "message": "no", "next_step": "", "context": {}}}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteBatches]:
    opened = SqliteBatches(tmp_path / "root")
    yield opened
    opened.close()


@pytest.fixture
def planned(store: SqliteBatches, tmp_path: Path) -> Batch:
    made = Batch(id=ID, environment="local", out_dir=str(tmp_path), created_at=VirtualClock().now())
    store.create(made, [item(1), item(2, **FAULTY), item(3)])
    return made


@pytest.fixture
def studio(parts: Parts, tmp_path: Path) -> Iterator[Studio]:
    """A studio whose claims end with their holder, as those of this machine do."""
    kept = SqliteProductions(tmp_path / "root")
    yield Studio("local", lambda: snapshot_of(SETTINGS), replace(parts, store=kept), out_dir=tmp_path / "out")
    kept.close()


def runner_of(
    studio: Studio, store: SqliteBatches, listener: Any = lambda _: None, at_a_time: int = 1
) -> BatchRunner:
    return BatchRunner(studio, store, clock=SystemClock(), at_a_time=at_a_time, listener=listener)


@pytest.mark.parametrize("at_a_time", [1, 4])
def test_what_can_be_made_is_made_once(
    studio: Studio, store: SqliteBatches, planned: Batch, at_a_time: int, tmp_path: Path
) -> None:
    for _ in range(2):
        runner_of(studio, store, at_a_time=at_a_time).run(planned)
    assert {number: outcome.status for number, outcome in store.outcomes(ID).items()} == {
        1: "done",
        3: "done",
    }
    made = studio.productions()
    assert sorted(production.id for production in made) == [item(1).production_id, item(3).production_id]
    kept = SqliteProductions(tmp_path / "root")
    assert {kept.pinned(production.id).settings.budgets.batch for production in made} == {ID}
    kept.close()


def test_whoever_dies_at_any_progress_is_gone_on_after(
    studio: Studio, store: SqliteBatches, planned: Batch
) -> None:
    steps = 0
    for death in range(100):
        seen = 0

        def die(_: BatchNews, last: int = death) -> None:
            nonlocal seen
            seen += 1
            if seen > last:
                raise KeyboardInterrupt

        try:
            runner_of(studio, store, die).run(planned)
        except KeyboardInterrupt:
            steps += 1
            continue
        break
    assert steps > 3
    assert {outcome.status for outcome in store.outcomes(ID).values()} == {"done"}
    assert len(studio.productions()) == 2
    assert all(production.status == "completed" for production in studio.productions())


def test_what_ends_a_batch_stops_the_others_between_two_steps(
    studio: Studio, store: SqliteBatches, planned: Batch
) -> None:
    other_works = Event()

    def end(news: BatchNews) -> None:
        if news.state == "advanced" and news.item.number == 3:
            other_works.set()
        if news.state == "advanced" and news.item.number == 1:
            assert other_works.wait(20)
            raise SystemExit(3)

    with pytest.raises(SystemExit):
        runner_of(studio, store, end, at_a_time=2).run(planned)
    runner_of(studio, store, at_a_time=2).run(planned)
    assert len(store.outcomes(ID)) == 2
    assert len(studio.productions()) == 2


def test_one_process_makes_a_batch(studio: Studio, store: SqliteBatches, planned: Batch) -> None:
    with store.claim(ID), pytest.raises(BatchBusy):
        runner_of(studio, store).run(planned)
    assert studio.productions() == ()


def test_a_batch_is_stored_as_it_was_planned(store: SqliteBatches, planned: Batch) -> None:
    assert store.load(ID) == planned
    assert store.items(ID) == (item(1), item(2, **FAULTY), item(3))
    assert store.outcomes(ID) == {}
    with pytest.raises(BatchNotFound):
        store.load(OTHER)
    with pytest.raises(InvalidInput):
        store.load("../x")


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "batches.db").write_bytes(b"x" * 5000)
    with pytest.raises(StoreDamaged, match=r"batches\.db"):
        SqliteBatches(tmp_path)
