"""What the ledger needs of a place that keeps charges and the totals of budgets."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from reelwright.cost.schema import Charge, Totals

__all__ = ["LedgerStore", "Turn"]

Turn = Callable[[Charge], Charge]
"""A transition of ledger_rules: from the charge as stored to what is to be stored, or the same object."""


class LedgerStore(Protocol):
    """Charges and totals that change together or not at all, one change of a charge after the other.

    Durable on return, safe between threads and processes (as far as they share the place), and each call may
    be repeated after an answer was lost. LedgerUnavailable when the place cannot be reached.
    """

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set or take off a limit."""
        ...

    def add(self, charge: Charge) -> Charge:
        """Store a new reservation and count it in all its budgets, or return what is stored under its key.

        BudgetExceeded, naming the first that refused, if a limit leaves no room for it; then nothing changed.
        """
        ...

    def change(self, key: str, turn: Turn) -> Charge:
        """Replace a charge by what ``turn`` makes of it, and count the difference; ChargeConflict if missing.

        ``turn`` may be called more than once; what it raises is raised, and nothing has changed.
        """
        ...

    def lapse(self, now: datetime) -> tuple[Charge, ...]:
        """Store as lapsed what has lapsed, and return what this call changed."""
        ...

    def find(self, key: str) -> Charge | None:
        """Return a charge as it is stored."""
        ...

    def listed(
        self, budget: str | None, since: datetime | None, until: datetime | None
    ) -> tuple[Charge, ...]:
        """Return what was created in a stretch of time, ``until`` excluded, by time and then key.

        Of one budget, or of all.
        """
        ...

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget, as it is stored."""
        ...

    def budgets(self) -> tuple[str, ...]:
        """Return all names that have a limit or a charge, sorted."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
