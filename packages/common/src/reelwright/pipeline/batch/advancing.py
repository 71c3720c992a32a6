"""What the functions of the batch machine do: one look at an item, and the account of the whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from reelwright.clock import Clock
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import format_usd
from reelwright.ids import check_production_id
from reelwright.observability.correlation import bind
from reelwright.pipeline.batch.aws import CloudBatches
from reelwright.pipeline.batch.reporting import FAILURES, error_of, failures_csv, status_of
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome, OutcomeStatus
from reelwright.pipeline.errors import ProductionNotFound
from reelwright.pipeline.executions import RUNNING, Executions, execution_name, failure_of
from reelwright.pipeline.failure import Failure
from reelwright.pipeline.functions import ExecutionInput
from reelwright.pipeline.ports import ProductionStore

__all__ = [
    "REPORT",
    "AdvanceRequest",
    "BatchAccount",
    "BatchParts",
    "BatchRow",
    "FinishRequest",
    "Started",
    "advance",
    "finish",
]

REPORT: Final = "report.json"
_LOOK_SECONDS: Final = 30


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BatchRow(_Event):
    """One line of what the batch machine reads: an item that can be made."""

    number: int = Field(ge=1)
    asked: ExecutionInput
    """What its execution is started with."""


class Started(_Event):
    """What became of the execution that was started for an item: nothing if it succeeded."""

    model_config = ConfigDict(populate_by_name=True)

    error: str = Field(default="", alias="Error")
    cause: str = Field(default="", alias="Cause")


class AdvanceRequest(_Event):
    """The event of AdvanceBatchItem."""

    batch_id: str
    row: BatchRow
    execution: str = ""
    """The one that was started last, if one was."""
    started: Started | None = None


class FinishRequest(_Event):
    """The event of FinishBatch."""

    batch_id: str
    error: Failure | None = None
    """What stopped the batch before its end."""


@dataclass(frozen=True, slots=True)
class BatchParts:
    """What the functions of the batch machine work on."""

    batches: CloudBatches
    productions: ProductionStore
    executions: Executions
    """Of the machine that makes productions."""
    clock: Clock


class BatchAccount(_Event):
    """What a batch's execution answers."""

    batch_id: str
    status: str
    """``completed`` if all was made, ``stopped`` if the rest was given up, else ``failed``."""
    completed: int
    failed: int
    waiting: int
    """Nobody has begun them, or seen their end."""
    budget_usd: str | None
    spent_usd: str
    report: str


def advance(request: AdvanceRequest, parts: BatchParts) -> dict[str, Any]:
    """Look at an item and say what is to be done: ``start`` an execution, wait for one, or nothing more.

    ``done`` and ``failed`` are noted. May be repeated: what is finished is not begun again.
    """
    production_id = check_production_id(request.row.asked.production_id or "")
    with bind(production_id=production_id):
        state, more = _state(request, production_id, parts)
        if state in {"done", "failed"}:
            error = cast("dict[str, JsonValue] | None", more.pop("error", None))
            status = cast("OutcomeStatus", state)
            outcome = Outcome(number=request.row.number, status=status, error=error, at=parts.clock.now())
            parts.batches.put(request.batch_id, outcome)
    told = request.model_dump(mode="json", include={"batch_id", "row", "execution"})
    return {**told, "started": None, "state": state, **more}


def _state(request: AdvanceRequest, production_id: str, parts: BatchParts) -> tuple[str, dict[str, Any]]:
    is_known, is_completed = _known(parts.productions, production_id)
    if is_completed:
        return "done", {}
    if request.started is not None:
        return _after(request.execution, request.started, parts.executions)
    number, status = parts.executions.last(production_id)
    if status == RUNNING:
        return "running", {"check_after_seconds": _LOOK_SECONDS}
    asked = {"production_id": production_id} if is_known else request.row.asked.model_dump(mode="json")
    return "start", {"execution": execution_name(production_id, number + 1), "input": asked}


def _known(productions: ProductionStore, production_id: str) -> tuple[bool, bool]:
    try:
        return True, productions.load(production_id).status == "completed"
    except ProductionNotFound:
        return False, False


def _after(name: str, started: Started, executions: Executions) -> tuple[str, dict[str, Any]]:
    """Tell what became of an execution that was started; another worker's may run still."""
    described = executions.describe(name)
    if described is None:
        return "failed", {"error": Failure(Error=started.error, Cause=started.cause).as_record()}
    if described["status"] == RUNNING:
        return "running", {"check_after_seconds": _LOOK_SECONDS}
    return "failed", {"error": failure_of(described)}


def finish(request: FinishRequest, parts: BatchParts, ledger: CostLedger) -> dict[str, Any]:
    """Write the report of a batch beside it, and return the account of the whole."""
    batches = parts.batches
    batch, items = batches.load(request.batch_id), batches.items(request.batch_id)
    outcomes = batches.outcomes(batch.id)
    states = [status_of(item, outcomes.get(item.number)) for item in items]
    account = BatchAccount(
        batch_id=batch.id,
        status=_status(states, request.error),
        completed=states.count("done"),
        failed=states.count("failed") + states.count("faulty"),
        waiting=states.count("waiting"),
        budget_usd=batch.budget_usd,
        spent_usd=format_usd(ledger.totals(f"batch:{batch.id}").committed),
        report=_report(batches, batch, items, outcomes, request.error),
    )
    return account.model_dump(mode="json")


def _status(states: list[str], error: Failure | None) -> str:
    if error is not None:
        return "stopped"
    return "completed" if set(states) <= {"done"} else "failed"


def _report(
    batches: CloudBatches,
    batch: Batch,
    items: tuple[BatchItem, ...],
    outcomes: Mapping[int, Outcome],
    error: Failure | None,
) -> str:
    table = failures_csv(items, outcomes).encode()
    batches.write(batch.id, FAILURES, table, "text/csv; charset=utf-8")
    told = {
        "batch": batch.model_dump(mode="json"),
        "stopped": error.as_record() if error else None,
        "items": [_item(item, outcomes.get(item.number)) for item in items],
    }
    return batches.write(batch.id, REPORT, json.dumps(told, indent=1).encode(), "application/json")


def _item(item: BatchItem, outcome: Outcome | None) -> dict[str, Any]:
    return {
        "number": item.number,
        "brief": item.source,
        "status": status_of(item, outcome),
        "production_id": item.production_id if outcome is not None else None,
        "error": error_of(item, outcome),
    }
