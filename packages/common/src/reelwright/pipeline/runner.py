"""LocalRunner: runs a declared pipeline in this process, and can be killed at any point."""

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from reelwright.clock import Clock
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.pipeline.context import Managers, ManagersFor, StepContext
from reelwright.pipeline.declaration import Done, Pending, Step, StepOutcome
from reelwright.pipeline.errors import ClaimLost, StepTimedOut
from reelwright.pipeline.events import ProgressListener, ignore_progress
from reelwright.pipeline.journal import Journal
from reelwright.pipeline.loading import dump_output, function_of, input_of, keys_of, load_output
from reelwright.pipeline.ports import ProductionStore, StepKey, StepResult
from reelwright.production.schema import Production
from reelwright.storage.files import storage_error, writing_to
from reelwright.storage.ports import ArtifactStore

__all__ = ["FanOutMapper", "Finisher", "LocalRunner", "Workshop", "one_by_one", "side_by_side"]

_WRITE_REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


class FanOutMapper(Protocol):
    """How the items of a step that fans out are run."""

    def __call__(self, run: Callable[[int], StepResult], count: int, /) -> list[StepResult]:
        """Return the results in item order; raise the first error after the running ones ended."""
        ...


class Finisher(Protocol):
    """What is done with a production whose steps are all stored, before it counts as completed."""

    def __call__(self, production: Production, values: dict[str, Any], /) -> None:
        """Write what depends on the whole record. May run again after a crash."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """Everything a runner works with."""

    steps: tuple[Step, ...]
    store: ProductionStore
    artifacts: ArtifactStore
    managers_for: ManagersFor
    clock: Clock
    work_root: Path
    mapper: FanOutMapper
    finish: Finisher


class LocalRunner:
    """Runs productions step by step. Every result is stored before the next step begins."""

    def __init__(self, workshop: Workshop) -> None:
        self._shop = workshop

    def run(self, production_id: str, on_progress: ProgressListener = ignore_progress) -> Production:
        """Advance a production to its end and return its record.

        What is stored is not done again, whoever did it. Raises the step's typed error after it
        is on the record, and ProductionBusy while another worker is at it.
        """
        shop = self._shop
        with shop.store.claim(production_id) as claim:
            production = shop.store.load(production_id)
            if production.status == "completed":
                return production
            journal = Journal(
                production, store=shop.store, claim=claim, clock=shop.clock, listener=on_progress
            )
            journal.begin()
            settings = shop.store.pinned(production_id).settings
            with _work_root(shop.work_root / production_id) as folder:
                self._advance(_Run(shop, journal, settings, shop.managers_for(settings), folder))
            return journal.production

    def _advance(self, run: "_Run") -> None:
        journal = run.journal
        values: dict[str, Any] = {"brief": journal.production.brief}
        current: Step | None = None
        try:
            for step in self._shop.steps:
                current = step
                values[step.produces] = run.step(step, values)
            current = None
            final = journal.completed()
            self._shop.finish(final, values)
            journal.complete(final)
        except ClaimLost:
            raise
        except Exception as error:
            with contextlib.suppress(ReelwrightError):
                journal.fail(current, error)
            if isinstance(error, ReelwrightError):
                error.context["production_id"] = journal.production.id
            raise


class _Run:
    """One production being advanced by one runner."""

    def __init__(
        self, shop: Workshop, journal: Journal, settings: Settings, managers: Managers, work_root: Path
    ) -> None:
        self.journal = journal
        self._shop = shop
        self._settings = settings
        self._managers = managers
        self._work_root = work_root

    def step(self, step: Step, values: dict[str, Any]) -> BaseModel | tuple[BaseModel, ...]:
        """Return what the step produces, from the store or by running it."""
        keys = keys_of(step, values, self.journal.production)
        stored = [self._shop.store.result(key) for key in keys]
        finished = [result for result in stored if result is not None and result.is_done]
        reused = len(finished) == len(keys)
        results = finished if reused else self._work(step, values, keys)
        if not reused or self.journal.production.step(step.name).status != "done":
            self.journal.end_step(step, results, reused=reused)
        outputs = tuple(load_output(step, result.output) for result in results)
        return outputs if step.fan_out else outputs[0]

    def _work(self, step: Step, values: dict[str, Any], keys: list[StepKey]) -> list[StepResult]:
        self.journal.begin_step(step, keys[0].input_hash if keys else "", len(keys))

        def run_item(index: int) -> StepResult:
            result = self._item(step, input_of(step, values, index if step.fan_out else None), keys[index])
            self.journal.item_done(step, result)
            return result

        return self._shop.mapper(run_item, len(keys))

    def _item(self, step: Step, task: BaseModel, key: StepKey) -> StepResult:
        """Run one item until it is done, storing what it returns each time; no answer moves the deadline."""
        stored = self._shop.store.result(key)
        while stored is None or not stored.is_done:
            stored = self._shop.store.put_result(key, self._once(step, task, key, stored))
            if stored.pending is not None:
                self._wait(step, stored.pending)
        return stored

    def _once(self, step: Step, task: BaseModel, key: StepKey, before: StepResult | None) -> StepResult:
        self.journal.begin_item(step)
        started = self._shop.clock.monotonic()
        with _step_folder(self._work_root) as folder:
            outcome = function_of(step)(self._context(key, folder, before), task)
        seconds = self._shop.clock.monotonic() - started
        return _as_result(outcome, before or StepResult(attempts=0), seconds)

    def _wait(self, step: Step, pending: Pending) -> None:
        self.journal.item_pending(step)
        if self._shop.clock.now() > pending.deadline:
            raise StepTimedOut(
                f"Step {step.name} was not done by {pending.deadline.isoformat(timespec='seconds')}.",
                next_step="Ask the provider what became of it before making the video again.",
                context={"step": step.name, "token": pending.token},
            )
        self._shop.clock.sleep(pending.check_after_seconds)

    def _context(self, key: StepKey, work_dir: Path, before: StepResult | None) -> StepContext:
        return StepContext(
            production_id=key.production_id,
            key=str(key),
            seed=self.journal.production.seed,
            settings=self._settings,
            managers=self._managers,
            artifacts=self._shop.artifacts,
            clock=self._shop.clock,
            work_dir=work_dir,
            out_dir=Path(self.journal.production.output_dir).parent,
            pending=before.pending if before else None,
        )


def one_by_one(run: Callable[[int], StepResult], count: int) -> list[StepResult]:
    """Run the items in order, in this thread."""
    return [run(index) for index in range(count)]


def side_by_side(jobs: int) -> FanOutMapper:
    """Return a mapper that runs up to ``jobs`` items at a time, in threads.

    After a failure no further item begins; those that run are waited for, so their results are stored.
    """

    def map_items(run: Callable[[int], StepResult], count: int) -> list[StepResult]:
        if count <= 1:
            return one_by_one(run, count)
        with ThreadPoolExecutor(max_workers=max(1, min(jobs, count))) as pool:
            futures = [pool.submit(run, index) for index in range(count)]
            try:
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                pool.shutdown(cancel_futures=True)
        failed = [future for future in futures if not future.cancelled() and future.exception()]
        return [future.result() for future in failed or futures]

    return map_items


@contextlib.contextmanager
def _work_root(folder: Path) -> Iterator[Path]:
    """Give a production an empty folder for work in hand; what a killed process left goes first."""
    shutil.rmtree(folder, ignore_errors=True)
    with writing_to(folder):
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _step_folder(work_root: Path) -> Iterator[Path]:
    """Give one run of a step a folder; a system error that speaks of space or permission gets its type."""
    try:
        with tempfile.TemporaryDirectory(dir=work_root, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        if isinstance(error, ReelwrightError) or error.errno not in _WRITE_REFUSALS:
            raise
        raise storage_error(error, work_root) from error


def _as_result(outcome: StepOutcome[BaseModel], before: StepResult, seconds: float) -> StepResult:
    spent = before.seconds + max(0.0, seconds)
    if isinstance(outcome, Pending):
        deadline = min(outcome.deadline, before.pending.deadline) if before.pending else outcome.deadline
        return StepResult(
            pending=replace(outcome, deadline=deadline), seconds=spent, attempts=before.attempts + 1
        )
    return _as_done(outcome, spent, before.attempts + 1)


def _as_done(outcome: Done[BaseModel], seconds: float, attempts: int) -> StepResult:
    return StepResult(
        output=dump_output(outcome.output),
        decisions=outcome.decisions,
        charges=outcome.charges,
        warnings=outcome.warnings,
        seconds=seconds,
        attempts=attempts,
    )
