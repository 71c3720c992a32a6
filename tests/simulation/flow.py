"""The state machine in small: the declared flow, over functions that die, come twice and come late.

It does what the generated state machine does and no more: it keeps the order, retries what Lambda itself
may retry, asks again after a pending item, and on any other error calls the function that notes a failure.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from reelwright.errors import ReelwrightError
from reelwright.pipeline.declaration import Step
from reelwright.pipeline.errors import ProductionBusy
from reelwright.pipeline.journal import as_record
from reelwright.pipeline.stepping import Stepper
from tests.simulation.world import ProcessDied, World

Answer = TypeVar("Answer")

LAMBDA_RETRIES = 3
BUSY_RETRIES = 4
BUSY_WAIT_SECONDS = 120.0
COPIES_KEPT = 3
MAX_LATE_COPIES = 20


class ExecutionFailedError(Exception):
    """The execution ended in its failed state; another one may take the production up."""


class Flow:
    """Runs executions over functions. ``stepper`` makes a new process each time it is called."""

    def __init__(
        self, world: World, steps: tuple[Step, ...], stepper: Callable[[], Stepper], begin: Callable[[], str]
    ) -> None:
        self._world = world
        self._steps = steps
        self._stepper = stepper
        self._begin = begin
        self._late: list[Callable[[], object]] = []

    def execute(self) -> None:
        """Run one execution to its end; ExecutionFailedError unless the production is completed."""
        production_id = ""
        try:
            production_id = self._invoke(self._begin)
            for step in self._steps:
                self._run(production_id, step)
            self._patiently(lambda: self._stepper().finish(production_id))
        except (ReelwrightError, ProcessDied) as error:
            if production_id:
                self._note_failure(production_id, error)
            raise ExecutionFailedError(type(error).__name__) from error

    def _run(self, production_id: str, step: Step) -> None:
        items = list(self._patiently(lambda: self._stepper().open_step(production_id, step.name)))
        self._world.rng.shuffle(items)
        for index in items:
            self._item(production_id, step, index)

    def _item(self, production_id: str, step: Step, index: int) -> None:
        def run() -> float | None:
            outcome = self._stepper().run_item(production_id, step.name, index)
            return None if outcome.state == "done" else outcome.check_after_seconds

        while (seconds := self._invoke(run)) is not None:
            self._sleep(seconds)

    def _note_failure(self, production_id: str, error: BaseException) -> None:
        record = as_record(error if isinstance(error, Exception) else RuntimeError(str(error)))
        with suppress(ReelwrightError, ProcessDied):
            self._patiently(lambda: self._stepper().fail(production_id, record))

    def _patiently(self, function: Callable[[], Answer]) -> Answer:
        """Invoke a function that writes the record: while another does, it is asked again."""
        for _ in range(BUSY_RETRIES):
            try:
                return self._invoke(function)
            except ProductionBusy:
                self._sleep(BUSY_WAIT_SECONDS)
        return self._invoke(function)

    def _invoke(self, function: Callable[[], Answer]) -> Answer:
        """Invoke as Lambda does: at least once, again when the process died, and now and then too often."""
        self._let_a_late_copy_run()
        self._keep_a_copy(function)
        for _ in range(LAMBDA_RETRIES):
            with suppress(ProcessDied):
                return function()
            self._sleep(self._world.rng.uniform(0, 2))
        return function()

    def _keep_a_copy(self, function: Callable[[], object]) -> None:
        rng = self._world.rng
        if self._world.late_copies < MAX_LATE_COPIES and rng.random() < self._world.fault_rate:
            del self._late[: len(self._late) - COPIES_KEPT]
            self._late.append(function)

    def _let_a_late_copy_run(self) -> None:
        rng = self._world.rng
        if self._late and rng.random() < 0.5:
            copy = self._late.pop(rng.randrange(len(self._late)))
            self._world.late_copies += 1
            with suppress(ReelwrightError, ProcessDied):
                copy()

    def _sleep(self, seconds: float) -> None:
        self._world.sleep(seconds)
