"""Random interleavings of workers against a model of what a ledger is: a list of charges."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from reelwright.clock import VirtualClock
from reelwright.cost import CostLedger
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.errors import ChargeConflict
from reelwright.cost.schema import Charge
from reelwright.errors import BudgetExceeded
from tests.contract.aws_places import TABLE
from tests.contract.ledger_tables import a_moto_table, emptied

BUDGETS = ("day", "month", "video")
KEYS = [f"k{number}" for number in range(6)]
TTL_SECONDS = 100.0
Opener = Callable[[VirtualClock], CostLedger]


class Entry:
    """A charge as the model has it. Time is looked at whenever the charge is."""

    def __init__(self, budgets: tuple[str, ...], amount: int, due: float) -> None:
        self.budgets, self.amount, self.due = budgets, amount, due
        self.state, self.intended, self.lapsed, self.spent = "reserved", False, False, 0

    def at(self, now: float) -> "Entry":
        if self.state == "reserved" and now >= self.due:
            self.state, self.lapsed = ("unknown" if self.intended else "released"), True
        return self

    @property
    def is_final(self) -> bool:
        return self.state == "settled" or (self.state == "released" and not self.lapsed)

    def counts(self) -> tuple[int, int, int]:
        amount = self.amount
        return {
            "reserved": (amount, 0, 0),
            "settled": (0, self.spent, 0),
            "unknown": (0, 0, amount),
            "released": (0, 0, 0),
        }[self.state]


class Workers(RuleBasedStateMachine):
    """Each rule is a worker's call, with whatever it last knew of a charge."""

    opener: ClassVar[Opener]

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock()
        self.ledger = type(self).opener(self.clock)
        self.model: dict[str, Entry] = {}
        self.limits: dict[str, int | None] = dict.fromkeys(BUDGETS)
        self.excess = dict.fromkeys(BUDGETS, 0)
        """By how much overruns, late words and lowered limits may have passed a limit."""
        self.seen: dict[str, list[Charge]] = {}

    def teardown(self) -> None:
        self.ledger.close()

    @rule(budget=st.sampled_from(BUDGETS), limit=st.none() | st.integers(0, 60))
    def set_limit(self, budget: str, limit: int | None) -> None:
        self.ledger.set_limit(budget, limit)
        self.limits[budget] = limit
        self.excess[budget] = max(0, self.committed(budget) - limit) if limit is not None else 0

    @rule(
        key=st.sampled_from(KEYS),
        budgets=st.lists(st.sampled_from(BUDGETS), min_size=1, max_size=3, unique=True),
        amount=st.sampled_from([0, 1, 7, 20]),
    )
    def reserve(self, key: str, budgets: list[str], amount: int) -> None:
        entry = self.model.get(key)
        if entry:
            entry.at(self.now)
            if {*entry.budgets} == {*budgets} and entry.amount == amount:
                self.saw(self.ledger.reserve(budgets, amount, key=key, ttl_seconds=TTL_SECONDS))
            else:
                with pytest.raises(ChargeConflict):
                    self.ledger.reserve(budgets, amount, key=key)
            return
        full = [each for each in budgets if not self.has_room(each, amount)]
        if full:
            with pytest.raises(BudgetExceeded, match=f"The budget {full[0]} "):
                self.ledger.reserve(budgets, amount, key=key)
        else:
            self.model[key] = Entry(tuple(budgets), amount, self.now + TTL_SECONDS)
            self.saw(self.ledger.reserve(budgets, amount, key=key, ttl_seconds=TTL_SECONDS))

    @rule(data=st.data())
    def intend(self, data: st.DataObject) -> None:
        charge, entry = self.pick(data)
        if entry and entry.state == "reserved" and not entry.intended:
            entry.intended = True
            self.saw(self.ledger.intend(charge))
        elif entry:
            with pytest.raises(ChargeConflict):
                self.ledger.intend(charge)

    @rule(data=st.data())
    def attach(self, data: st.DataObject) -> None:
        charge, entry = self.pick(data)
        if entry and entry.state == "released" and not entry.lapsed:
            with pytest.raises(ChargeConflict):
                self.ledger.attach(charge, f"job-{charge.key}")
        elif entry:
            if entry.state == "released":
                self.allow_for(entry, entry.amount)
                entry.state, entry.lapsed = "unknown", False
            entry.intended = True
            self.saw(self.ledger.attach(charge, f"job-{charge.key}"))

    @rule(data=st.data(), spent=st.sampled_from([0, 1, 7, 20, 33]))
    def settle(self, data: st.DataObject, spent: int) -> None:
        charge, entry = self.pick(data)
        if entry and entry.is_final and (entry.state, entry.spent) != ("settled", spent):
            with pytest.raises(ChargeConflict):
                self.ledger.settle(charge, spent)
        elif entry:
            if entry.state != "settled":
                self.allow_for(entry, spent - sum(entry.counts()))
            entry.state, entry.spent, entry.lapsed = "settled", spent, False
            self.saw(self.ledger.settle(charge, spent))

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        charge, entry = self.pick(data)
        if entry and entry.state == "settled":
            with pytest.raises(ChargeConflict):
                self.ledger.release(charge)
        elif entry:
            entry.state, entry.lapsed = "released", False
            self.saw(self.ledger.release(charge))

    @rule(data=st.data())
    def mark_unknown(self, data: st.DataObject) -> None:
        charge, entry = self.pick(data)
        if not entry:
            return
        if not entry.is_final:
            if entry.state == "released":
                self.allow_for(entry, entry.amount)
            entry.state, entry.lapsed = "unknown", False
        self.saw(self.ledger.mark_unknown(charge))

    @rule(seconds=st.sampled_from([1.0, 60.0, TTL_SECONDS]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def expire(self) -> None:
        self.ledger.expire()
        for key, entry in self.model.items():
            stored = self.ledger.charge(key)
            assert stored
            entry.at(self.now)
            assert (stored.state, stored.lapsed) == (entry.state, entry.lapsed)

    @rule(budget=st.sampled_from(BUDGETS))
    def look(self, budget: str) -> None:
        """Totals lapse what has lapsed, so they are not looked at after every rule."""
        totals = self.ledger.totals(budget)
        assert (totals.reserved, totals.settled, totals.unknown) == self.sums(budget)
        assert totals.limit == self.limits[budget]
        charges = self.ledger.charges(budget=budget)
        assert {charge.key for charge in charges} == {
            key for key, entry in self.model.items() if budget in entry.budgets
        }

    @invariant()
    def limits_hold(self) -> None:
        for budget, limit in self.limits.items():
            if limit is not None:
                assert self.committed(budget) <= limit + self.excess[budget]

    @invariant()
    def stored_totals_are_the_sum_over_stored_charges(self) -> None:
        store = self.ledger._store
        for budget in BUDGETS:
            totals = store.totals(budget)
            charges = self.ledger.charges(budget=budget)
            amounts: dict[str, int] = {"reserved": 0, "settled": 0, "unknown": 0, "released": 0}
            for charge in charges:
                spent = charge.state == "settled"
                amounts[charge.state] += charge.settled_micro_usd if spent else charge.reserved_micro_usd
            assert (totals.reserved, totals.settled, totals.unknown) == (
                amounts["reserved"],
                amounts["settled"],
                amounts["unknown"],
            )

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def pick(self, data: st.DataObject) -> tuple[Charge, Entry | None]:
        """A charge as some worker once saw it, however long ago."""
        if not self.seen:
            return None, None  # type: ignore[return-value]  # there is nothing to pick
        charge = data.draw(st.sampled_from(self.seen[data.draw(st.sampled_from(sorted(self.seen)))]))
        return charge, self.model[charge.key].at(self.now)

    def saw(self, charge: Charge) -> None:
        entry = self.model[charge.key]
        assert (charge.state, charge.intended, charge.lapsed) == (entry.state, entry.intended, entry.lapsed)
        assert charge.settled_micro_usd == (entry.spent if entry.state == "settled" else 0)
        self.seen.setdefault(charge.key, []).append(charge)

    def allow_for(self, entry: Entry, more: int) -> None:
        for budget in entry.budgets:
            limit = self.limits[budget]
            if limit is not None:
                over = max(0, self.committed(budget) + more - limit)
                self.excess[budget] = max(self.excess[budget], over)

    def sums(self, budget: str) -> tuple[int, int, int]:
        counts = [
            entry.at(self.now).counts() for entry in self.model.values() if budget in entry.budgets
        ] or [(0, 0, 0)]
        reserved, settled, unknown = (sum(column) for column in zip(*counts, strict=True))
        return reserved, settled, unknown

    def committed(self, budget: str) -> int:
        return sum(self.sums(budget))

    def has_room(self, budget: str, amount: int) -> bool:
        limit = self.limits[budget]
        return limit is None or self.committed(budget) + amount <= limit


@contextmanager
def in_memory() -> Iterator[Opener]:
    yield lambda clock: CostLedger.open("memory:", clock=clock)


@contextmanager
def in_files() -> Iterator[Opener]:
    with TemporaryDirectory() as folder:
        numbers = iter(range(1_000_000))
        yield lambda clock: CostLedger.open(f"sqlite:///{Path(folder, f'{next(numbers)}.db')}", clock=clock)


@contextmanager
def in_dynamodb() -> Iterator[Opener]:
    with a_moto_table() as client:

        def opened(clock: VirtualClock) -> CostLedger:
            store = DynamoCharges(emptied(client), TABLE, clock=clock, rng=Random(1))
            return CostLedger(store, clock=clock)

        yield opened


@pytest.mark.parametrize(
    ("place", "examples", "steps"),
    [(in_memory, 300, 40), (in_files, 40, 30), (in_dynamodb, 10, 20)],
    ids=["memory", "sqlite", "dynamodb"],
)
def test_whatever_workers_do_the_totals_are_the_sum_and_no_limit_is_passed(
    place: Callable[[], Iterator[Opener]], examples: int, steps: int
) -> None:
    with place() as opener:  # type: ignore[attr-defined]  # a context manager
        machine = type("Here", (Workers,), {"opener": staticmethod(opener)})
        run_state_machine_as_test(
            machine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
        )
