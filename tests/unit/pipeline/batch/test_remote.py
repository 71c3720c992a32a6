"""Batches that an environment makes: what its functions say of an item, and what the command line does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.cost.ledger import CostLedger
from reelwright.cost.memory import MemoryCharges
from reelwright.environment.errors import InvalidEnvironment
from reelwright.pipeline.batch.advancing import (
    AdvanceRequest,
    BatchParts,
    BatchRow,
    FinishRequest,
    Started,
    advance,
    finish,
)
from reelwright.pipeline.batch.aws import CloudBatches
from reelwright.pipeline.batch.remote import RemoteBatches
from reelwright.pipeline.batch.running import BatchNews
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from reelwright.pipeline.errors import ProductionNotFound, ReviewFailed
from reelwright.pipeline.executions import Executions
from reelwright.pipeline.failure import Failure
from reelwright.pipeline.functions import ExecutionInput
from reelwright.pipeline.ports import ProductionStore
from reelwright.pipeline.remote import RemoteClients
from reelwright.production.schema import Brief
from tests.unit.pipeline.cloud import DEPLOYMENT, REGION, make_resources

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MACHINES = "arn:aws:states:us-east-1:000000000000:stateMachine:reelwright-dev"
HERE = DEPLOYMENT.model_copy(update={"batch_machine": f"{MACHINES}-batches"})
BATCH = Batch(id="batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA", environment="dev", out_dir="out", created_at=NOW)
PRODUCTION = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
BRIEF = Brief(topic="Tides")
FAULT: dict[str, Any] = {"code": "row_invalid", "message": "No.", "next_step": "Mend it.", "context": {}}
ITEMS = (
    BatchItem(number=1, source="1", production_id=PRODUCTION, brief=BRIEF, seed=3, settings={"a": 1}),
    BatchItem(number=2, source="2", production_id=f"{PRODUCTION[:-1]}G", error=FAULT),
)
ROW = BatchRow(number=1, asked=ExecutionInput(production_id=PRODUCTION, brief=BRIEF, seed=3))
CAUSE = json.dumps({"errorMessage": json.dumps(ReviewFailed("Too loud.").as_dict())})


class States:
    """Executions by their names, which somebody else moves on."""

    def __init__(self) -> None:
        self.executions: dict[str, dict[str, Any]] = {}
        self.started: list[tuple[str, Any]] = []
        self.looks: list[dict[str, Any]] = []
        """What becomes of what was started, one for each look."""

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:  # noqa: A002, N803 (as AWS calls them)
        assert stateMachineArn == HERE.batch_machine
        self.started.append((name, json.loads(input)))
        self.executions[name] = {"status": "RUNNING"}

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803 (as AWS calls it)
        name = executionArn.rpartition(":")[2]
        if name not in self.executions:
            raise ClientError({"Error": {"Code": "ExecutionDoesNotExist"}}, "DescribeExecution")
        if self.looks and self.executions[name]["status"] == "RUNNING":
            self.executions[name] = self.looks.pop(0)
        return self.executions[name]


class Productions:
    """The states of productions."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def load(self, production_id: str) -> Any:
        if production_id not in self.states:
            raise ProductionNotFound("There is none.")
        return type("Production", (), {"status": self.states[production_id]})


class World:
    """What the functions work on."""

    def __init__(self) -> None:
        self.states = States()
        self.productions = Productions()
        s3, table = boto3.client("s3", region_name=REGION), boto3.client("dynamodb", region_name=REGION)
        self.clients = RemoteClients(self.states, table, s3)
        self.clock = VirtualClock(NOW)
        self.parts = BatchParts(
            batches=CloudBatches(s3, DEPLOYMENT.artifacts_bucket, table, DEPLOYMENT.productions_table),
            productions=cast("ProductionStore", self.productions),
            executions=Executions(self.states, f"{MACHINES}-productions"),
            clock=self.clock,
        )

    def look(self, **more: Any) -> dict[str, Any]:
        """One look at the item, its answer as the state machine hands it to the next."""
        answer = advance(AdvanceRequest(batch_id=BATCH.id, row=ROW, **more), self.parts)
        kept = {name: answer[name] for name in ("batch_id", "row", "execution", "started")}
        assert AdvanceRequest.model_validate(json.loads(json.dumps(kept)))
        return answer

    def outcome(self) -> Outcome | None:
        return self.parts.batches.outcomes(BATCH.id).get(1)


@pytest.fixture
def world() -> Iterator[World]:
    with mock_aws():
        make_resources()
        yield World()


def test_an_item_that_nobody_began_is_started_under_its_productions_name(world: World) -> None:
    told = world.look()
    assert (told["state"], told["execution"]) == ("start", PRODUCTION)
    assert ExecutionInput.model_validate(told["input"]) == ROW.asked
    assert world.outcome() is None


def test_an_item_that_runs_is_waited_for(world: World) -> None:
    world.states.executions[PRODUCTION] = {"status": "RUNNING"}
    told = world.look()
    assert (told["state"], told["check_after_seconds"]) == ("running", 30)


def test_an_item_that_failed_before_is_gone_on_with_by_an_execution_of_its_own(world: World) -> None:
    world.productions.states[PRODUCTION] = "failed"
    world.states.executions = {PRODUCTION: {"status": "FAILED"}, f"{PRODUCTION}-r1": {"status": "ABORTED"}}
    told = world.look()
    assert (told["state"], told["execution"]) == ("start", f"{PRODUCTION}-r2")
    assert told["input"] == {"production_id": PRODUCTION}


def test_an_item_that_could_not_begin_before_is_asked_for_again(world: World) -> None:
    world.states.executions[PRODUCTION] = {"status": "FAILED"}
    told = world.look()
    assert told["execution"] == f"{PRODUCTION}-r1"
    assert ExecutionInput.model_validate(told["input"]).brief == BRIEF


@pytest.mark.parametrize("started", [None, Started(), Started(error="States.Timeout")])
def test_an_item_that_is_made_is_done_whoever_made_it(world: World, started: Started | None) -> None:
    world.productions.states[PRODUCTION] = "completed"
    assert world.look(started=started, execution=PRODUCTION)["state"] == "done"
    assert world.outcome() == Outcome(number=1, status="done", at=NOW)


def test_an_item_whose_execution_failed_tells_the_error_of_its_step(world: World) -> None:
    world.productions.states[PRODUCTION] = "failed"
    world.states.executions[PRODUCTION] = {"status": "FAILED", "error": "ReviewFailed", "cause": CAUSE}
    started = Started(error="States.TaskFailed", cause="{}")
    assert world.look(started=started, execution=PRODUCTION)["state"] == "failed"
    noted = world.outcome()
    assert noted is not None
    assert noted.error is not None
    assert (noted.status, noted.error["code"], noted.error["message"]) == (
        "failed",
        "review_failed",
        "Too loud.",
    )


def test_an_item_that_could_not_be_started_tells_why(world: World) -> None:
    world.look(started=Started(error="StepFunctions.AccessDenied", cause="no"), execution=PRODUCTION)
    noted = world.outcome()
    assert noted is not None
    assert noted.error is not None
    assert noted.error["message"] == "StepFunctions.AccessDenied: no"


def test_an_item_that_somebody_else_started_meanwhile_is_waited_for(world: World) -> None:
    world.states.executions[PRODUCTION] = {"status": "RUNNING"}
    started = Started(error="StepFunctions.ExecutionAlreadyExistsException", cause="")
    told = world.look(started=started, execution=PRODUCTION)
    assert (told["state"], told["started"]) == ("running", None)
    assert world.outcome() is None


@pytest.mark.parametrize(
    ("outcome", "error", "status", "counts"),
    [
        ("done", None, "failed", (1, 1, 0)),
        ("failed", None, "failed", (0, 2, 0)),
        (None, {"Error": "States.ExceedToleratedFailureThreshold", "Cause": ""}, "stopped", (0, 1, 1)),
    ],
)
def test_the_end_of_a_batch_is_a_report_and_its_account(
    world: World, outcome: Any, error: Any, status: str, counts: tuple[int, int, int]
) -> None:
    batches = world.parts.batches
    batches.create(BATCH, ITEMS)
    if outcome:
        told = {"code": "x", "message": "m", "next_step": "", "context": {}} if outcome == "failed" else None
        batches.put(BATCH.id, Outcome(number=1, status=outcome, error=told, at=NOW))
    request = FinishRequest(batch_id=BATCH.id, error=Failure.model_validate(error) if error else None)
    ledger = CostLedger(MemoryCharges(), clock=world.clock)
    account = finish(request, world.parts, ledger)
    assert (account["completed"], account["failed"], account["waiting"]) == counts
    assert (account["status"], account["spent_usd"]) == (status, "0.000000")
    folder = f"batches/{BATCH.id}"
    s3 = world.clients.s3
    report = json.load(s3.get_object(Bucket=DEPLOYMENT.artifacts_bucket, Key=f"{folder}/report.json")["Body"])
    assert [item["status"] for item in report["items"]] == [outcome or "waiting", "faulty"]
    table = s3.get_object(Bucket=DEPLOYMENT.artifacts_bucket, Key=f"{folder}/failures.csv")["Body"].read()
    assert b"row_invalid" in table


@pytest.fixture
def there(world: World, tmp_path: Path) -> RemoteBatches:
    batches = RemoteBatches(HERE, world.clients, clock=world.clock, room=tmp_path)
    batches.create(BATCH, ITEMS)
    return batches


def run(there: RemoteBatches, news: list[BatchNews]) -> dict[int, Outcome]:
    return there.run(BATCH, at_a_time=4, tolerated_percent=50.0, listener=news.append)


def test_the_rows_that_it_reads_are_those_that_can_be_made(world: World, there: RemoteBatches) -> None:
    key = f"batches/{BATCH.id}/rows.jsonl"
    body = world.clients.s3.get_object(Bucket=DEPLOYMENT.artifacts_bucket, Key=key)["Body"].read()
    (row,) = (BatchRow.model_validate_json(line) for line in body.splitlines())
    assert (row.number, row.asked.production_id, row.asked.seed) == (1, PRODUCTION, 3)
    assert row.asked.overrides == {"a": 1}
    assert there.store.items(BATCH.id) == ITEMS


def test_it_is_started_once_watched_and_gone_on_with(world: World, there: RemoteBatches) -> None:
    news: list[BatchNews] = []
    world.states.looks = [{"status": "RUNNING"}, {"status": "SUCCEEDED"}]
    there.store.put(BATCH.id, Outcome(number=1, status="done", at=NOW))
    assert run(there, news) == there.store.outcomes(BATCH.id)
    assert [(each.item.number, each.state) for each in news] == [(1, "done")]
    (started,) = world.states.started
    rows = f"batches/{BATCH.id}/rows.jsonl"
    assert started == (
        BATCH.id,
        {"batch_id": BATCH.id, "rows": rows, "at_a_time": 4, "tolerated_failure_percentage": 50.0},
    )
    world.states.looks = [{"status": "SUCCEEDED"}]
    run(there, news)
    assert [name for name, _ in world.states.started] == [BATCH.id, f"{BATCH.id}-r1"]
    assert len(news) == 1, "what was told before is not told again"


def test_who_comes_while_it_runs_only_watches(world: World, there: RemoteBatches) -> None:
    world.states.started.append((BATCH.id, {}))
    world.states.executions[BATCH.id] = {"status": "RUNNING"}
    world.states.looks = [{"status": "RUNNING"}, {"status": "RUNNING"}, {"status": "SUCCEEDED"}]
    run(there, [])
    assert len(world.states.started) == 1


def test_where_nothing_can_be_made_nothing_is_started(world: World, tmp_path: Path) -> None:
    batches = RemoteBatches(HERE, world.clients, clock=world.clock, room=tmp_path)
    batches.create(BATCH, ITEMS[1:])
    assert run(batches, []) == {}
    assert world.states.started == []


def test_a_stack_without_the_machine_is_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(InvalidEnvironment, match="which state machine makes batches"):
        RemoteBatches(DEPLOYMENT, world.clients, clock=world.clock, room=tmp_path)
