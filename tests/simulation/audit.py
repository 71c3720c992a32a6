"""The ledger held against the vendors' own accounts, when all is over."""

from collections.abc import Container

from reelwright.cost.schema import Charge
from reelwright.production.schema import Production
from tests.simulation.books import Books, Work, token_of
from tests.simulation.world import InvariantError

__all__ = ["audit", "check_account"]


def audit(books: Books, completed: Container[str]) -> None:
    """Check every charge against what the vendor took on, and every work against its charge."""
    charges = {charge.key: charge for charge in books.ledger.charges()}
    for work in books.works.values():
        _require(work.key in charges, f"{work.key} was billed and has no charge")
    for charge in charges.values():
        _check_charge(books, charge, books.works.get(token_of(charge.key)), completed)
    books.check_limits()


def check_account(books: Books, production: Production) -> None:
    """Check that a production's record shows what the ledger holds, to the micro-dollar.

    Late copies and second workers may spend more than what the record, which was stored first, tells of.
    """
    own = [charge for charge in books.ledger.charges() if charge.key.startswith(f"{production.id}/")]
    held = sum(_counted(charge) for charge in own)
    shown = {
        state: sum(line.micro_usd for line in production.charges if line.state == state)
        for state in ("settled", "unknown")
    }
    if books.overlaps:
        _require(shown["settled"] <= held, f"the record shows {shown} of {held} micro-dollars in the ledger")
    else:
        _require(
            sum(shown.values()) == held, f"the record shows {shown}, and the ledger {held} micro-dollars"
        )


def _check_charge(books: Books, charge: Charge, work: Work | None, completed: Container[str]) -> None:
    bill = work.micro_usd if work else 0
    if charge.state == "settled":
        settled = charge.settled_micro_usd
        _require(settled == bill, f"{charge.key} was settled at {settled}, and billed at {bill}")
    elif charge.state == "released":
        _require(bill == 0, f"{charge.key} was released, and billed at {bill}")
    elif charge.state == "unknown":
        _require(charge.reserved_micro_usd >= bill, f"{charge.key} holds less than its bill of {bill}")
    else:
        excused = books.keepers.get(charge.key) in books.excused
        excused |= books.may_order_twice and bool(charge.reference)
        excused |= charge.subject["production_id"] not in completed
        _require(excused, f"{charge.key} is reserved, and nobody works on it")


def _counted(charge: Charge) -> int:
    amounts = {"settled": charge.settled_micro_usd, "unknown": charge.reserved_micro_usd}
    return amounts.get(charge.state, 0)


def _require(condition: object, what: str) -> None:
    if not condition:
        raise InvariantError(what)
