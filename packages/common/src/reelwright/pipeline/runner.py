"""LocalRunner: runs a declared pipeline in this process, and can be killed at any point."""

import contextlib
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from pydantic import BaseModel

from reelwright.errors import ReelwrightError
from reelwright.pipeline.declaration import Step
from reelwright.pipeline.errors import ClaimLost
from reelwright.pipeline.events import ProgressListener, ignore_progress
from reelwright.pipeline.items import ItemRunner, item_runner, work_folder
from reelwright.pipeline.journal import Journal, as_record
from reelwright.pipeline.loading import input_of, keys_of, produced_by
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.pipeline.workshop import FanOutMapper, Workshop
from reelwright.production.schema import Production

__all__ = ["LocalRunner", "one_by_one", "side_by_side"]


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
            with work_folder(shop.work_root / production_id) as folder:
                items = item_runner(shop, production, folder)
                self._advance(_Run(shop, journal, items))
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
            self._shop.count_prompts(final, values)
            journal.complete(final)
        except ClaimLost:
            raise
        except Exception as error:
            charges = self._shop.charged(journal.production, current) if current else ()
            with contextlib.suppress(ReelwrightError):
                journal.fail(current, as_record(error), charges)
            self._shop.count_prompts(journal.production, {})
            if isinstance(error, ReelwrightError):
                error.context["production_id"] = journal.production.id
            raise


class _Run:
    """One production being advanced by one runner."""

    def __init__(self, shop: Workshop, journal: Journal, items: ItemRunner) -> None:
        self.journal = journal
        self._shop = shop
        self._items = items

    def step(self, step: Step, values: dict[str, Any]) -> BaseModel | tuple[BaseModel, ...]:
        """Return what the step produces, from the store or by running it."""
        keys = keys_of(step, values, self.journal.production)
        stored = [self._shop.store.result(key) for key in keys]
        finished = [result for result in stored if result is not None and result.is_done]
        reused = len(finished) == len(keys)
        is_open = self.journal.production.step(step.name).status != "done"
        results = finished if reused else self._work(step, values, keys)
        if finished and is_open:
            self._items.let_go(step, f"{self.journal.production.id}/{step.name}")
        if not reused or is_open:
            self.journal.end_step(step, results, reused=reused)
        return produced_by(step, results)

    def _work(self, step: Step, values: dict[str, Any], keys: list[StepKey]) -> list[StepResult]:
        self.journal.begin_step(step, keys[0].input_hash if keys else "", len(keys))

        def run_item(index: int) -> StepResult:
            result = self._item(step, input_of(step, values, index), keys[index])
            self.journal.item_done(step, result)
            return result

        return self._shop.mapper(run_item, len(keys))

    def _item(self, step: Step, task: BaseModel, key: StepKey) -> StepResult:
        """Run one item until it is done, storing what it returns each time."""
        stored = self._shop.store.result(key)
        while stored is None or not stored.is_done:
            self.journal.begin_item(step)
            stored = self._items.run_once(step, task, key, stored)
            if stored.pending is not None:
                self.journal.item_pending(step)
                self._shop.clock.sleep(stored.pending.check_after_seconds)
        return stored


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
