"""Charges in memory, for one process: tests, and work that owes nobody a bill."""

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from threading import Lock
from typing import Final

from reelwright.cost.ledger_rules import added, budget_exceeded, lapsed, no_such_charge
from reelwright.cost.ledger_store import Turn
from reelwright.cost.schema import Charge, Totals
from reelwright.cost.trusted import trusted

__all__ = ["MemoryCharges"]

_BY_AGE: Final = attrgetter("created_at", "key")


@dataclass(slots=True)
class _Counter:
    limit: int | None = None
    reserved: int = 0
    settled: int = 0
    unknown: int = 0

    @property
    def committed(self) -> int:
        return self.reserved + self.settled + self.unknown

    def totals(self, budget: str) -> Totals:
        values = {
            "budget": budget,
            "limit": self.limit,
            "reserved": self.reserved,
            "settled": self.settled,
            "unknown": self.unknown,
        }
        return trusted(Totals, values)


class MemoryCharges:
    """A LedgerStore that ends with the process, and is safe between its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._charges: dict[str, Charge] = {}
        self._keys: defaultdict[str, list[str]] = defaultdict(list)
        """The keys of each budget's charges."""
        self._counters: defaultdict[str, _Counter] = defaultdict(_Counter)
        self._due: list[tuple[datetime, str]] = []
        """A heap of when reservations lapse; what was settled meanwhile is skipped when its time comes."""

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set or take off a limit."""
        with self._lock:
            self._counters[budget].limit = micro_usd

    def add(self, charge: Charge) -> Charge:
        """Store a reservation if every budget has room for it."""
        with self._lock:
            stored = self._charges.get(charge.key)
            if stored is not None:
                return stored
            for budget in charge.budgets:
                counter = self._counters.get(budget)
                if counter is None or counter.limit is None:
                    continue
                if counter.committed + charge.reserved_micro_usd > counter.limit:
                    raise budget_exceeded(counter.totals(budget), charge.reserved_micro_usd)
            self._store(None, charge)
            for budget in charge.budgets:
                self._keys[budget].append(charge.key)
        return charge

    def change(self, key: str, turn: Turn) -> Charge:
        """Replace a charge and count the difference."""
        with self._lock:
            stored = self._charges.get(key)
            if stored is None:
                raise no_such_charge(key)
            turned = turn(stored)
            if turned is not stored:
                self._store(stored, turned)
        return turned

    def lapse(self, now: datetime) -> tuple[Charge, ...]:
        """Store as lapsed what has lapsed."""
        changed: list[Charge] = []
        with self._lock:
            while self._due and self._due[0][0] <= now:
                stored = self._charges[heapq.heappop(self._due)[1]]
                turned = lapsed(stored, now)
                if turned is not stored:
                    self._store(stored, turned)
                    changed.append(turned)
        return tuple(changed)

    def find(self, key: str) -> Charge | None:
        """Return a charge."""
        return self._charges.get(key)

    def listed(
        self, budget: str | None, since: datetime | None, until: datetime | None
    ) -> tuple[Charge, ...]:
        """Return the charges of a stretch of time."""
        with self._lock:
            keys = self._charges if budget is None else self._keys.get(budget, ())
            charges = [self._charges[key] for key in keys]
        if since is not None:
            charges = [charge for charge in charges if charge.created_at >= since]
        if until is not None:
            charges = [charge for charge in charges if charge.created_at < until]
        return tuple(sorted(charges, key=_BY_AGE))

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget."""
        with self._lock:
            counter = self._counters.get(budget)
            return Totals(budget=budget) if counter is None else counter.totals(budget)

    def budgets(self) -> tuple[str, ...]:
        """Return all names."""
        with self._lock:
            return tuple(sorted(self._counters))

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def _store(self, before: Charge | None, after: Charge) -> None:
        change = added(before, after)
        if before is None or any(change):
            self._count(after.budgets, *change)
        self._charges[after.key] = after
        if after.state == "reserved" and (before is None or before.expires_at != after.expires_at):
            heapq.heappush(self._due, (after.expires_at, after.key))

    def _count(self, budgets: tuple[str, ...], reserved: int, settled: int, unknown: int) -> None:
        for budget in budgets:
            counter = self._counters[budget]
            counter.reserved += reserved
            counter.settled += settled
            counter.unknown += unknown
