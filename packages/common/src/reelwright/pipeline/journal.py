"""Keeping the record: one place that changes a production, stores it and tells the watchers."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from threading import RLock
from typing import Literal

from reelwright.clock import Clock
from reelwright.cost.manager import total_cost
from reelwright.cost.schema import ChargeLine
from reelwright.errors import ReelwrightError
from reelwright.observability.redaction import redact, scrub
from reelwright.pipeline.declaration import Step
from reelwright.pipeline.events import Progress, ProgressListener, ignore_progress
from reelwright.pipeline.ports import Claim, ProductionStore, StepResult
from reelwright.production.schema import Production, StepRecord

__all__ = ["Journal", "as_record", "new_step_records"]

_State = Literal["started", "advanced", "done", "reused", "pending", "failed"]


def new_step_records(steps: Sequence[Step]) -> tuple[StepRecord, ...]:
    """Return the empty records of a production that has not begun."""
    return tuple(StepRecord(name=step.name) for step in steps)


class Journal:
    """The record of one running production. Safe between the threads of one runner."""

    def __init__(
        self,
        production: Production,
        *,
        store: ProductionStore,
        claim: Claim,
        clock: Clock,
        listener: ProgressListener,
    ) -> None:
        self.production = production
        self._store = store
        self._claim = claim
        self._clock = clock
        self._listener = listener
        self._lock = RLock()
        self._began = clock.monotonic()

    def begin(self) -> None:
        """Note that the production runs (again)."""
        self._change(status="running", finished_at=None)

    def begin_step(self, step: Step, input_hash: str, items: int, *, done: int = 0) -> None:
        """Note that a step is being worked on, and how many of its items were stored before."""
        record = self.production.step(step.name)
        self._change_step(
            step,
            "started",
            status="running",
            input_hash=input_hash,
            started_at=record.started_at or self._clock.now(),
            finished_at=None,
            items_done=done,
            items_total=items,
            charges=(),
            error=None,
        )

    def begin_item(self, step: Step) -> None:
        """Note that the step's function is about to be called, before it is."""
        with self._lock:
            self._change_step(
                step, None, status="running", attempts=self.production.step(step.name).attempts + 1
            )

    def item_pending(self, step: Step) -> None:
        """Note that the work goes on elsewhere."""
        self._change_step(step, "pending", status="pending")

    def item_done(self, step: Step, result: StepResult) -> None:
        """Note that one item is stored."""
        with self._lock:
            record = self.production.step(step.name)
            self._change_step(
                step,
                "advanced",
                items_done=min(record.items_total, record.items_done + 1),
                charges=(*record.charges, *result.charges),
            )

    def end_step(self, step: Step, results: Sequence[StepResult], *, reused: bool) -> None:
        """Note that all items are stored, and what came of them."""
        record = self.production.step(step.name)
        self._change_step(
            step,
            "reused" if reused else "done",
            status="done",
            finished_at=record.finished_at or self._clock.now(),
            items_done=len(results),
            items_total=len(results),
            seconds=round(sum(result.seconds for result in results), 3),
            attempts=max(record.attempts, sum(result.attempts for result in results)),
            decisions=_unique(decision for result in results for decision in result.decisions),
            charges=tuple(charge for result in results for charge in result.charges),
            warnings=_unique(warning for result in results for warning in result.warnings),
            error=None,
        )

    def fail(
        self, step: Step | None, error: Mapping[str, object], charges: tuple[ChargeLine, ...] = ()
    ) -> None:
        """Note that the production stopped, where, why (an error as plain data), and what that step cost."""
        with self._lock:
            if step is not None:
                self._change_step(step, "failed", status="failed", error=dict(error), charges=charges)
            self._change(status="failed", finished_at=self._clock.now())

    def completed(self) -> Production:
        """Return the record as it will be once the production has completed; nothing is stored."""
        return self.production.model_copy(update={"status": "completed", "finished_at": self._clock.now()})

    def complete(self, production: Production) -> None:
        """Store the final record."""
        with self._lock:
            self._store.save(production, self._claim)
            self.production = production

    def _change(self, **fields: object) -> None:
        with self._lock:
            self.production = self.production.model_copy(update=fields)
            self._store.save(self.production, self._claim)

    def _change_step(self, step: Step, state: _State | None, **fields: object) -> None:
        with self._lock:
            steps = tuple(
                record.model_copy(update=fields) if record.name == step.name else record
                for record in self.production.steps
            )
            self._change(steps=steps)
            if state is not None and self._listener is not ignore_progress:
                self._tell(step, state)

    def _tell(self, step: Step, state: _State) -> None:
        names = [record.name for record in self.production.steps]
        record = self.production.step(step.name)
        self._listener(
            Progress(
                production_id=self.production.id,
                step=step.name,
                step_index=names.index(step.name),
                step_count=len(names),
                state=state,
                items_done=record.items_done,
                items_total=record.items_total,
                elapsed_seconds=self._clock.monotonic() - self._began,
                cost_usd=_cost_usd(self.production.charges),
            )
        )


def _cost_usd(charges: Sequence[ChargeLine]) -> str:
    return total_cost(charges).generation_cost_usd


def _unique(items: Iterable[Hashable]) -> tuple[Hashable, ...]:
    return tuple(dict.fromkeys(items))


def as_record(error: Exception) -> dict[str, object]:
    """Return any error as the plain data that records keep, without the secrets that it may repeat."""
    if isinstance(error, ReelwrightError):
        return dict(redact(error.as_dict()))
    return {
        "code": "unexpected",
        "message": scrub(f"{type(error).__name__}: {error}"),
        "next_step": "",
        "context": {},
    }
