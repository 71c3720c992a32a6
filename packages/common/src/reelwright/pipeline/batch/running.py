"""Making the items of a batch, several at a time; killed at any point, it can be gone on with."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from typing import Literal, cast

from pydantic import JsonValue

from reelwright.clock import Clock
from reelwright.errors import ReelwrightError
from reelwright.pipeline.batch.local import SqliteBatches
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome, OutcomeStatus
from reelwright.pipeline.errors import ProductionNotFound
from reelwright.pipeline.events import Progress, ProgressListener
from reelwright.pipeline.journal import as_record
from reelwright.pipeline.ports import Maker
from reelwright.production.schema import Production

__all__ = ["BatchListener", "BatchNews", "BatchRunner"]


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BatchNews:
    """Something that happened to an item."""

    item: BatchItem
    state: Literal["started", "advanced", "done", "failed"]
    progress: Progress | None = None
    """How its production goes on, where that is what happened."""
    error: Mapping[str, object] | None = None


BatchListener = Callable[[BatchNews], None]
"""Called from several threads at once."""


class _Halted(BaseException):
    """The batch is to stop: ends a production between two of its steps, and leaves it to be resumed."""


class BatchRunner:
    """Makes what is left of a batch. An item is done once: its production's id was given with the plan."""

    def __init__(
        self, maker: Maker, store: SqliteBatches, *, clock: Clock, at_a_time: int, listener: BatchListener
    ) -> None:
        self._maker = maker
        self._store = store
        self._clock = clock
        self._at_a_time = at_a_time
        self._listener = listener
        self._halt = Event()

    def run(self, batch: Batch) -> None:
        """Make every item that is not done and can be made; each outcome is stored as soon as it is known.

        What failed before is tried again from where it failed. An item that fails does not stop the others.
        BatchBusy while another process is at it. A signal ends it: what runs stops at its next progress.
        """
        with self._store.claim(batch.id):
            outcomes = self._store.outcomes(batch.id)
            left = [
                item
                for item in self._store.items(batch.id)
                if item.error is None
                and (item.number not in outcomes or outcomes[item.number].status != "done")
            ]
            if self._at_a_time == 1 or len(left) <= 1:
                for item in left:
                    self._make(batch, item)
            else:
                self._side_by_side(batch, left)

    def _side_by_side(self, batch: Batch, items: Sequence[BatchItem]) -> None:
        with ThreadPoolExecutor(max_workers=min(self._at_a_time, len(items))) as pool:
            futures: list[Future[None]] = []
            try:
                futures += [pool.submit(self._make, batch, item) for item in items]
                wait(futures, return_when=FIRST_EXCEPTION)
            finally:
                self._halt.set()
                pool.shutdown(cancel_futures=True)
        errors = [future.exception() for future in futures if not future.cancelled()]
        for error in errors:
            if error is not None and not isinstance(error, _Halted):
                raise error

    def _make(self, batch: Batch, item: BatchItem) -> None:
        self._listener(BatchNews(item, "started"))
        try:
            self._begin_or_resume(item)
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
            if not isinstance(error, ReelwrightError):
                _log.exception("A production of a batch failed unforeseen", extra={"item": item.number})
            told = as_record(error)
            self._note(batch, item, "failed", told)
            self._listener(BatchNews(item, "failed", error=told))
        else:
            self._note(batch, item, "done")
            self._listener(BatchNews(item, "done"))

    def _begin_or_resume(self, item: BatchItem) -> Production:
        assert item.brief is not None  # noqa: S101 (only an item with an error has none)
        listener = self._watch(item)
        try:
            self._maker.production(item.production_id)
        except ProductionNotFound:
            return self._maker.make(
                item.brief,
                seed=item.seed,
                settings=item.settings,
                production_id=item.production_id,
                on_progress=listener,
            )
        return self._maker.resume(item.production_id, on_progress=listener)

    def _watch(self, item: BatchItem) -> ProgressListener:
        def listen(progress: Progress) -> None:
            if self._halt.is_set():
                raise _Halted
            self._listener(BatchNews(item, "advanced", progress))

        return listen

    def _note(
        self, batch: Batch, item: BatchItem, status: OutcomeStatus, error: dict[str, object] | None = None
    ) -> None:
        data = cast("dict[str, JsonValue] | None", error)
        outcome = Outcome(number=item.number, status=status, error=data, at=self._clock.now())
        self._store.put(batch.id, outcome)
