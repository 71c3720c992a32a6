"""One item of one step: how it is run and stored, the same in every runtime."""

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.flags.answers import FlagAnswers
from reelwright.pipeline.context import Managers, StepContext
from reelwright.pipeline.declaration import Done, Pending, Step, StepOutcome
from reelwright.pipeline.errors import StepTimedOut
from reelwright.pipeline.loading import dump_output, function_of
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.pipeline.workshop import Workshop
from reelwright.production.schema import Production
from reelwright.prompts.pinned import PinnedPrompts
from reelwright.storage.files import storage_error, writing_to

__all__ = ["ItemRunner", "item_runner", "work_folder"]

_WRITE_REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class ItemRunner:
    """Runs items of one production, with what it pinned. Safe between threads.

    Only what never changes is read of ``production``: id, seed, brief, the place of its package.
    """

    shop: Workshop
    production: Production
    settings: Settings
    managers: Managers
    work_root: Path
    flags: FlagAnswers = field(default_factory=FlagAnswers)
    prompts: PinnedPrompts = field(default_factory=PinnedPrompts)

    def run_once(self, step: Step, task: BaseModel, key: StepKey, before: StepResult | None) -> StepResult:
        """Call the step's function once, store what it returns, and return the result that counts.

        ``before`` is what is stored for the key. StepTimedOut for work that is pending past its
        deadline, which no later answer moves, unless it is for other work.
        """
        result = self._call(step, task, key, before)
        stored = self.shop.store.put_result(key, result)
        if stored.is_done:
            self.let_go(step, str(key))
        if stored.pending is not None and self.shop.clock.now() > stored.pending.deadline:
            raise _timed_out(step, stored.pending)
        return stored

    def let_go(self, step: Step, key: str) -> None:
        """Let go of what this worker or another one has ordered beside results that count, which is in vain.

        ``key`` is an item's, or the beginning of all keys of a step whose results are stored. It is safe to
        do again, and must be where whoever stored a result may have died before this was done.
        """
        if step.asks_models:
            self.managers.models.abandon(key)

    def _call(self, step: Step, task: BaseModel, key: StepKey, before: StepResult | None) -> StepResult:
        started = self.shop.clock.monotonic()
        with _step_folder(self.work_root) as folder:
            outcome = function_of(step)(self._context(key, folder, before), task)
        if step.asks_models and isinstance(outcome, Done):
            outcome = replace(outcome, charges=self.shop.bill(str(key), outcome.charges))
        seconds = self.shop.clock.monotonic() - started
        return _as_result(outcome, before or StepResult(attempts=0), seconds)

    def _context(self, key: StepKey, work_dir: Path, before: StepResult | None) -> StepContext:
        return StepContext(
            production_id=key.production_id,
            key=str(key),
            seed=self.production.seed,
            settings=self.settings,
            managers=self.managers,
            artifacts=self.shop.artifacts,
            clock=self.shop.clock,
            work_dir=work_dir,
            out_dir=Path(self.production.output_dir).parent,
            pending=before.pending if before else None,
            flags=self.flags,
            prompts=self.prompts,
        )


def item_runner(shop: Workshop, production: Production, work_root: Path) -> ItemRunner:
    """Return what runs the items of a production, wired for what it pinned."""
    pinned = shop.store.pinned(production.id)
    return ItemRunner(
        shop,
        production,
        pinned.settings,
        shop.managers_for(pinned.settings),
        work_root,
        FlagAnswers.pinned_in(pinned.documents),
        PinnedPrompts.pinned_in(pinned.documents),
    )


@contextlib.contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
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


def _timed_out(step: Step, pending: Pending) -> StepTimedOut:
    return StepTimedOut(
        f"Step {step.name} was not done by {pending.deadline.isoformat(timespec='seconds')}.",
        next_step="Ask the provider what became of it before making the video again.",
        context={"step": step.name, "token": pending.token},
    )


def _as_result(outcome: StepOutcome[BaseModel], before: StepResult, seconds: float) -> StepResult:
    spent = before.seconds + max(0.0, seconds)
    if isinstance(outcome, Pending):
        pending = replace(outcome, deadline=_deadline(outcome, before.pending))
        return StepResult(pending=pending, seconds=spent, attempts=before.attempts + 1)
    return _as_done(outcome, spent, before.attempts + 1)


def _deadline(outcome: Pending, before: Pending | None) -> datetime:
    """Return when to give up: no later answer moves it, but other work has a time of its own."""
    is_the_same = before is not None and before.token == outcome.token
    return min(outcome.deadline, before.deadline) if is_the_same and before else outcome.deadline


def _as_done(outcome: Done[BaseModel], seconds: float, attempts: int) -> StepResult:
    return StepResult(
        output=dump_output(outcome.output),
        decisions=outcome.decisions,
        charges=outcome.charges,
        warnings=outcome.warnings,
        seconds=seconds,
        attempts=attempts,
    )
