"""Stepping: the pipeline one call at a time, for a runtime that keeps the order itself.

A state machine opens a step, runs each of its items, opens the next, and finishes. Every call may come
twice, die, or be the late copy of an earlier one: results lead, and the record is rebuilt from them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from reelwright.content.errors import ContentRefused
from reelwright.errors import BudgetExceeded, GuardrailRefused
from reelwright.models.errors import ProviderStopped
from reelwright.observability.metrics import Metric, Metrics, NoMetrics
from reelwright.pipeline.declaration import Step
from reelwright.pipeline.errors import StepOutOfOrder
from reelwright.pipeline.events import ignore_progress
from reelwright.pipeline.items import item_runner, work_folder
from reelwright.pipeline.journal import Journal
from reelwright.pipeline.loading import input_of, keys_of, produced_by
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.pipeline.workshop import Workshop
from reelwright.production.schema import Production
from reelwright.upload.errors import PlatformStopped, QuotaExceeded

__all__ = ["ItemOutcome", "Stepper"]

_MEANT_TO_STOP = frozenset(
    error.code
    for error in (
        *(BudgetExceeded, ContentRefused, GuardrailRefused),
        *(PlatformStopped, ProviderStopped, QuotaExceeded),
    )
)


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """Whether an item is done, or when to run it again."""

    state: Literal["done", "pending"]
    check_after_seconds: float = 0.0


class Stepper:
    """Advances productions by single calls. All that it knows between two calls is in the store."""

    def __init__(self, workshop: Workshop, metrics: Metrics | None = None) -> None:
        self._shop = workshop
        self._metrics = metrics or NoMetrics()

    def open_step(self, production_id: str, name: str) -> tuple[int, ...]:
        """Mark a step as running and return the items still to be run; none of a completed production.

        The records of the steps before it are closed from their stored results. StepOutOfOrder if one
        of those is missing; ProductionBusy while another call is writing the record.
        """
        step = self._step(name)
        with self._journal(production_id) as journal:
            if journal.production.status == "completed":
                return ()
            stored = _Stored(self._shop, journal.production)
            if journal.production.status != "running":
                journal.begin()
            self._close_steps(journal, stored, until=step)
            return self._open(journal, stored, step)

    def run_item(self, production_id: str, name: str, index: int) -> ItemOutcome:
        """Run one item of a step once, unless its result is stored. Writes nothing but the result.

        Raises the step's typed error; StepTimedOut for work that is pending past its deadline.
        """
        step, shop = self._step(name), self._shop
        production = shop.store.load(production_id)
        stored = _Stored(shop, production)
        key = stored.keys(step)[index]
        before = shop.store.result(key)
        if before is not None and before.is_done:
            if step.asks_models:
                item_runner(shop, production, shop.work_root).let_go(step, str(key))
            return ItemOutcome("done")
        task = input_of(step, stored.needs(step), index)
        with work_folder(shop.work_root / production_id / f"{name}-{index}") as folder:
            items = item_runner(shop, production, folder)
            return self._outcome(step, items.run_once(step, task, key, before))

    def finish(self, production_id: str) -> Production:
        """Write the account of a production whose steps are all stored, and complete its record."""
        with self._journal(production_id) as journal:
            if journal.production.status == "completed":
                return journal.production
            stored = _Stored(self._shop, journal.production)
            self._close_steps(journal, stored, until=None)
            final = journal.completed()
            values = {"brief": final.brief} | stored.all()
            self._shop.finish(final, values)
            self._shop.count_prompts(final, values)
            journal.complete(final)
        self._metrics.emit(Metric.PRODUCTIONS_COMPLETED, 1)
        return final

    def fail(self, production_id: str, error: Mapping[str, object]) -> Production:
        """Note on the record that the production stopped in the step that is open, and why.

        ``error`` is an error as plain data. A completed production stays completed.
        """
        with self._journal(production_id) as journal:
            if journal.production.status == "completed":
                return journal.production
            step = self._open_one(journal.production)
            charges = self._shop.charged(journal.production, step) if step else ()
            journal.fail(step, error, charges)
            self._shop.count_prompts(journal.production, {})
        self._count_failure(step, error)
        return journal.production

    def _count_failure(self, step: Step | None, error: Mapping[str, object]) -> None:
        """Count what alarms watch that take back a change, such as raising a budget or releasing a switch.

        What is not made at all, whoever asks for it, takes back nobody's change either.
        """
        if error.get("code") in _MEANT_TO_STOP:
            self._metrics.emit(Metric.PRODUCTIONS_STOPPED, 1)
            return
        if step is not None:
            self._metrics.emit(Metric.STEPS_FAILED, 1, step=step.name)
        self._metrics.emit(Metric.PRODUCTIONS_FAILED, 1)

    @contextmanager
    def _journal(self, production_id: str) -> Iterator[Journal]:
        shop = self._shop
        with shop.store.claim(production_id) as claim:
            production = shop.store.load(production_id)
            yield Journal(
                production, store=shop.store, claim=claim, clock=shop.clock, listener=ignore_progress
            )

    def _open(self, journal: Journal, stored: "_Stored", step: Step) -> tuple[int, ...]:
        keys, results = stored.keys(step), stored.results(step)
        missing = tuple(index for index, result in enumerate(results) if not _is_done(result))
        if missing or not keys:
            input_hash = keys[0].input_hash if keys else ""
            journal.begin_step(step, input_hash, len(keys), done=len(keys) - len(missing))
        return missing

    def _close_steps(self, journal: Journal, stored: "_Stored", *, until: Step | None) -> None:
        for step in self._shop.steps:
            if step is until:
                return
            if journal.production.step(step.name).status != "done":
                journal.end_step(step, stored.finished(step), reused=False)

    def _outcome(self, step: Step, result: StepResult) -> ItemOutcome:
        if result.pending is not None:
            return ItemOutcome("pending", result.pending.check_after_seconds)
        self._metrics.emit(Metric.STEP_TIME, result.seconds, step=step.name)
        return ItemOutcome("done")

    def _open_one(self, production: Production) -> Step | None:
        for step in self._shop.steps:
            if production.step(step.name).status in {"running", "pending", "failed"}:
                return step
        return None

    def _step(self, name: str) -> Step:
        return next(step for step in self._shop.steps if step.name == name)


class _Stored:
    """What the finished steps of one production produced, read when it is asked for."""

    def __init__(self, shop: Workshop, production: Production) -> None:
        self._shop = shop
        self._production = production
        self._makers = {step.produces: step for step in shop.steps}
        self._values: dict[str, Any] = {"brief": production.brief}
        self._keys: dict[str, list[StepKey]] = {}
        self._finished: dict[str, list[StepResult]] = {}

    def needs(self, step: Step) -> dict[str, Any]:
        """Return what goes into a step."""
        return {name: self._value(name) for name in step.needs}

    def all(self) -> dict[str, Any]:
        """Return what every step produced, by name."""
        return {name: self._value(name) for name in self._makers}

    def keys(self, step: Step) -> list[StepKey]:
        """Return the key of every item of a step."""
        if step.name not in self._keys:
            self._keys[step.name] = keys_of(step, self.needs(step), self._production)
        return self._keys[step.name]

    def results(self, step: Step) -> list[StepResult | None]:
        """Return what is stored for every item of a step."""
        return [self._shop.store.result(key) for key in self.keys(step)]

    def finished(self, step: Step) -> list[StepResult]:
        """Return the results of a step that is done; StepOutOfOrder if it is not."""
        if step.name not in self._finished:
            results = self.results(step)
            finished = [result for result in results if result is not None and result.is_done]
            if len(finished) < len(results):
                raise _out_of_order(step, self._production)
            self._finished[step.name] = finished
        return self._finished[step.name]

    def _value(self, name: str) -> BaseModel | tuple[BaseModel, ...]:
        if name not in self._values:
            step = self._makers[name]
            self._values[name] = produced_by(step, self.finished(step))
        value: BaseModel | tuple[BaseModel, ...] = self._values[name]
        return value


def _is_done(result: StepResult | None) -> bool:
    return result is not None and result.is_done


def _out_of_order(step: Step, production: Production) -> StepOutOfOrder:
    return StepOutOfOrder(
        f"Step {step.name} of production {production.id} is not done, and a later one needs it.",
        next_step=f"Resume the production: reelwright productions resume {production.id}",
        context={"step": step.name, "production_id": production.id},
    )
