"""The ledger held against the vendors' accounts: attempt by attempt, and to the micro-dollar."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from reelwright.clock import Clock
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import Charge
from tests.chaos.market import Market, token_of

__all__ = ["audit"]


def audit(folder: Path, market: Market, clock: Clock) -> tuple[Charge, ...]:
    """Check what must hold when no call is under way any more; return all charges."""
    ledger = CostLedger.open(f"sqlite:///{folder}/ledger.db", clock=clock)
    try:
        charges = ledger.charges()
        limits = [ledger.totals(budget) for budget in ledger.budgets()]
    finally:
        ledger.close()
    market.settle_down()
    assert not market.objections, market.objections
    works: dict[str, list[Any]] = defaultdict(list)
    for vendor, token, work in market.works():
        assert token, f"{vendor} took on work that no attempt asked for"
        works[token].append(work)
    for charge in charges:
        _check(charge, works.pop(token_of(charge.key), []))
    assert not works, f"work without a charge: {dict(works)}"
    for totals in limits:
        assert totals.limit is None or totals.committed <= totals.limit, totals
    return charges


def _check(charge: Charge, works: list[Any]) -> None:
    bill = sum(work.micro_usd for work in works)
    told = f"{charge.key} is {charge.state} and was billed ${bill / 1e6:.6f} for {len(works)} works"
    if charge.subject["service"] != "audio":
        assert len(works) <= 1, told
    assert bill <= charge.reserved_micro_usd, told
    match charge.state:
        case "settled":
            assert charge.settled_micro_usd == bill, f"{told}; settled at {charge.settled_micro_usd}"
        case "released":
            assert bill == 0, told
        case "reserved":
            assert charge.reference, told
