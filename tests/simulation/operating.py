"""Somebody who reads the errors: resolves what is unknown, waits for money, and knows when to stop."""

from collections import Counter
from typing import Final

from reelwright.errors import BudgetExceeded, GuardrailRefused
from reelwright.models.errors import (
    NoModelAvailable,
    OutcomeUnknown,
    ProviderFailed,
    ProviderStopped,
    RouteFailed,
)
from reelwright.pipeline.errors import ProductionBusy
from reelwright.upload.errors import PlatformStopped
from reelwright.video.errors import SceneFailed
from tests.simulation.books import OPERATOR_SECONDS, Books
from tests.simulation.world import InvariantError, World

__all__ = ["Operator"]

PATIENCE: Final = 14
"""Runs in a row that end for the same typed reason: after them it is for good."""
A_DAY: Final = 86_400.0

_EXPLAINED: Final = (BudgetExceeded, RouteFailed, NoModelAvailable, ProviderFailed, SceneFailed)


class Operator:
    """Does after each failed run what its error says is to be done."""

    def __init__(self, world: World, books: Books) -> None:
        self._world = world
        self._books = books
        self._in_a_row: Counter[int] = Counter()
        self.ending = "completed"
        self.refused = 0

    def gives_up(self, worker: int, error: BaseException) -> bool:
        """Act on an error; say whether this worker tries no more."""
        reason = _cause(error)
        if isinstance(reason, ProviderStopped | PlatformStopped):
            self._wait_for_switch(reason)
        if isinstance(reason, ProductionBusy):
            return False  # it says nothing of the production; another worker meets what there is to meet
        if not isinstance(reason, _EXPLAINED):
            self._in_a_row[worker] = 0
            return False
        if isinstance(reason, OutcomeUnknown) and self._resolved(reason):
            self._in_a_row[worker] = 0
        self._in_a_row[worker] += 1
        self._wait_for_money(reason, self._in_a_row[worker])
        if self._in_a_row[worker] < PATIENCE or isinstance(reason, OutcomeUnknown):
            return False
        self._check_explained(reason)
        self.ending = type(reason).__name__
        return True

    def _resolved(self, reason: OutcomeUnknown) -> bool:
        """Look into the vendor's account, unless it is left to the next run to ask again."""
        key = reason.context.get("charge")
        if not isinstance(key, str) or "cost resolve" not in reason.next_step:
            raise InvariantError(f"nobody is told which charge is unknown: {reason.message}")
        looks = self._world.rng.random() < 0.6
        if looks:
            self._world.sleep(OPERATOR_SECONDS)
            self._books.resolve_by_hand(key)
        return looks

    def _wait_for_switch(self, reason: GuardrailRefused) -> None:
        """Wait for a switch that is put back sometime: whoever is refused must be told which."""
        if "flags kill" not in reason.message or "--undo" not in reason.message:
            raise InvariantError(f"nobody is told which switch is pulled: {reason.message}")
        self.refused += 1

    def _wait_for_money(self, reason: BaseException, times: int) -> None:
        if isinstance(reason, BudgetExceeded) and times % 4 == 0:
            self._world.sleep(A_DAY)

    def _check_explained(self, reason: BaseException) -> None:
        if not getattr(reason, "next_step", ""):
            raise InvariantError(f"a production stopped and nobody is told what to do: {reason}")


def _cause(error: BaseException) -> BaseException:
    """Return what ended an execution, or a run."""
    return error.__cause__ if error.__cause__ and not hasattr(error, "next_step") else error
