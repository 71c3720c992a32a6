"""The money of the simulated world as it truly is: what vendors took on, beside what the ledger holds."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from reelwright.cost.ledger import CostLedger
from reelwright.cost.memory import MemoryCharges
from reelwright.cost.schema import Charge
from reelwright.models.memory import MemoryAnswers
from reelwright.resilience.memory import MemoryHealth
from tests.simulation.market import TIMEOUT_SECONDS, Terms
from tests.simulation.world import InvariantError, World

__all__ = ["Books", "Work", "token_of"]

OPERATOR_SECONDS: Final = 3 * 3600.0
"""Longer than any request is under way: who looks into a vendor's account then sees all there will be."""


def token_of(key: str) -> str:
    """Return the name under which a vendor hears of a charge."""
    return hashlib.sha256(key.encode()).hexdigest()[:48]


@dataclass
class Work:
    """One piece of work that a vendor took on, and what it bills for it."""

    token: str
    key: str
    micro_usd: int
    is_footage: bool
    is_good: bool = True
    """Whether what it comes to can be used."""
    is_over: bool = False
    is_settled_by_hand: bool = False


@dataclass
class Books:
    """Everything about money that outlives a process, and what must hold whenever work is taken on."""

    world: World
    terms: Terms | None
    works: dict[str, Work] = field(default_factory=dict)
    late_looks: Counter[str] = field(default_factory=Counter)
    keepers: dict[str, object] = field(default_factory=dict)
    """Who reserved a charge: the process."""
    excused: set[object] = field(default_factory=set)
    """Processes that died, or could not reach the ledger at some time."""
    by_hand: int = 0
    workers: int = 1
    answers_were_away: bool = False

    def __post_init__(self) -> None:
        self.store = MemoryCharges()
        self.ledger = CostLedger(self.store, clock=self.world.clock)
        self.health = MemoryHealth()
        self.answers = MemoryAnswers(self.world.clock)
        self._keys: dict[str, str] = {}

    @property
    def overlaps(self) -> bool:
        """Whether two may have made the same call at the same time."""
        return self.workers > 1 or self.world.late_copies > 0

    @property
    def may_order_twice(self) -> bool:
        """Whether one worker may fall back while another, slow or unheard of, still orders."""
        return self.overlaps and self._falls_back

    @property
    def _falls_back(self) -> bool:
        """Whether work may be ordered elsewhere while nobody knows what became of an order."""
        return self.terms is not None and self.terms.on_unknown == "fall_back"

    def charge_of(self, token: str) -> Charge | None:
        """Return the charge that a request was made for."""
        charges = self.store._charges
        if token not in self._keys:
            self._keys.update((token_of(key), key) for key in islice(charges, len(self._keys), None))
        return charges.get(self._keys.get(token, ""))

    def take_on(self, token: str, micro_usd: int, *, is_footage: bool, is_good: bool) -> Work:
        """Take work on; InvariantError if it should never have been asked for."""
        charge = self.charge_of(token)
        if charge is None:
            raise InvariantError("a vendor took on work that has no charge")
        _require(charge.intended, f"{charge.key} was submitted before its intent was noted")
        _require(charge.state in {"reserved", "unknown"}, f"{charge.key} was submitted though {charge.state}")
        _require(token not in self.works, f"{charge.key} was carried out twice")
        _require(micro_usd <= charge.reserved_micro_usd, f"{charge.key} cost more than was set aside")
        if is_footage:
            self._check_alone(charge)
        self._check_not_bought_before(charge)
        self.check_limits()
        work = self.works[token] = Work(token, charge.key, micro_usd, is_footage, is_good, not is_footage)
        self.world.trace.append(f"work {charge.key.split('/', 2)[2]} {micro_usd}")
        return work

    def look(self, token: str) -> None:
        """Note that somebody asks after an order; InvariantError if that goes on after its deadline."""
        charge = self.charge_of(token)
        if charge is None or charge.state != "reserved":
            return
        age = (self.world.clock.now() - charge.created_at).total_seconds()
        self.late_looks[token] += age > TIMEOUT_SECONDS
        allowed = self.workers + self.world.befell
        _require(self.late_looks[token] <= allowed, f"{charge.key} was waited for after its deadline")

    def check_limits(self) -> None:
        """Check every budget against its limit."""
        for name in self.store.budgets():
            totals = self.store.totals(name)
            over = totals.limit is not None and totals.committed > totals.limit
            _require(not over, f"the budget {name} is exceeded")

    def resolve_by_hand(self, key: str) -> None:
        """Do as an operator does who looks into the vendor's account: say what became of an order."""
        charge = self.ledger.charge(key)
        if charge is None or charge.state != "unknown":
            return
        work = self.works.get(token_of(key))
        if work is None and self.ledger.release(charge, unless="under way").state == "unknown":
            return  # the command says when to try again
        self.by_hand += 1
        self.world.trace.append(f"by hand {key.split('/', 2)[2]}")
        if work is not None:
            work.is_over = work.is_settled_by_hand = True
            self.ledger.settle(charge, work.micro_usd)

    def _others(self, charge: Charge) -> list[Charge]:
        call = charge.key.rsplit("/", 2)[0] + "/"
        charges = self.store._charges.values()
        return [other for other in charges if other.key.startswith(call) and other.key != charge.key]

    def _check_alone(self, charge: Charge) -> None:
        for other in self._others(charge):
            if other.state == "unknown":
                _require(self._falls_back, f"{charge.key} was ordered beside an unknown")
            work = self.works.get(token_of(other.key))
            open_order = work is not None and not work.is_over and other.state == "reserved"
            _require(
                self.may_order_twice or not open_order,
                f"{charge.key} was ordered while {other.key} is under way",
            )

    def _check_not_bought_before(self, charge: Charge) -> None:
        is_order = charge.subject["service"] == "video"
        if self.answers_were_away or (self.overlaps and not is_order) or self.may_order_twice:
            return
        for other in self._others(charge):
            work = self.works.get(token_of(other.key))
            bought = work is not None and work.is_good and not work.is_settled_by_hand
            _require(not (bought and other.state == "settled"), f"{charge.key} was bought a second time")


def _require(condition: object, what: str) -> None:
    if not condition:
        raise InvariantError(what)
