"""What may become of a charge, and what it adds to its budgets. Pure: no clock of its own, no store, no lock.

::

                    settle                                 settle
    reserved ──────────────────▶ settled ◀──────────────────────────────── unknown
       │ │ └─ mark_unknown, or its time is over after intend ──────────────▶ │ ▲
       │ └─── release ─────────▶ released ◀──────────────────── release ─────┘ │
       └─ its time is over ────▶ released, lapsed ── attach, mark_unknown ─────┘
                                        └── settle ──▶ settled

Every transition takes the charge as it is stored and the time, and returns what is to be stored instead: the
very same object if nothing is to change. A charge whose time is over has lapsed, whether or not somebody has
written that down, so every transition begins with ``lapsed``, and nothing depends on who looked first.
ChargeConflict where a transition is not allowed.
"""

from collections.abc import Iterable
from datetime import datetime

from reelwright.cost.errors import ChargeConflict
from reelwright.cost.schema import Charge, ChargeLine, Totals, Unless, format_usd
from reelwright.cost.trusted import changed
from reelwright.errors import BudgetExceeded

__all__ = [
    "added",
    "attached",
    "budget_exceeded",
    "counted",
    "intended",
    "lapsed",
    "no_such_charge",
    "released",
    "same_reservation",
    "settled",
    "under_way",
    "unknown",
]

_NOTHING = (0, 0, 0)


def counted(charge: Charge | None) -> tuple[int, int, int]:
    """Return what a charge adds to each of its budgets: reserved, settled, unknown, in micro-dollars.

    The one definition: the totals of a budget are the sum of this over its charges.
    """
    if charge is None or charge.state == "released":
        return _NOTHING
    if charge.state == "settled":
        return (0, charge.settled_micro_usd, 0)
    if charge.state == "unknown":
        return (0, 0, charge.reserved_micro_usd)
    return (charge.reserved_micro_usd, 0, 0)


def added(before: Charge | None, after: Charge) -> tuple[int, int, int]:
    """Return by how much a transition changes each budget: reserved, settled, unknown."""
    then, now = counted(before), counted(after)
    return (now[0] - then[0], now[1] - then[1], now[2] - then[2])


def lapsed(charge: Charge, now: datetime) -> Charge:
    """Return a charge as the time has made it.

    A reservation whose time is over is unknown if its request may have left, and released otherwise.
    """
    if charge.state != "reserved" or now < charge.expires_at:
        return charge
    return _turned(charge, now, state="unknown" if charge.intended else "released", lapsed=True)


def intended(charge: Charge, now: datetime) -> Charge:
    """Return a reserved charge with the intent noted; ChargeConflict the second time, or too late."""
    current = lapsed(charge, now)
    if current.state != "reserved":
        raise _conflict(current, "its request may not leave any more", "Reserve anew, under another key.")
    if current.intended:
        raise _conflict(
            current, "its request may have left already", "Collect what it brought; do not submit again."
        )
    return _turned(current, now, intended=True)


def attached(charge: Charge, reference: str, expires_at: datetime | None, now: datetime) -> Charge:
    """Return a charge with the provider's name for the work.

    Work that has a name was submitted: a charge without intent is intended from here on, and one that had
    lapsed to released is unknown. ChargeConflict for a second, different name, or for a released charge.
    """
    current = lapsed(charge, now)
    if current.reference not in ("", reference):
        raise _conflict(current, f"it is for the work {current.reference!r}", "One charge is for one work.")
    if current.state == "released" and not current.lapsed:
        raise _conflict(current, "it has no work", "Reserve anew, under another key.")
    changes: dict[str, object] = {"reference": reference, "intended": True}
    if current.state == "released":
        changes |= {"state": "unknown", "lapsed": False}
    if current.state == "reserved" and expires_at is not None:
        changes["expires_at"] = expires_at
    return _turned(current, now, **changes)


def settled(charge: Charge, micro_usd: int, lines: Iterable[ChargeLine], now: datetime) -> Charge:
    """Return a charge with what it cost, however much that is.

    What was truly spent counts, so a charge that had only lapsed to released settles too.
    ChargeConflict if it is settled at another amount, or was released by somebody's word.
    """
    current = lapsed(charge, now)
    if current.state == "settled" and current.settled_micro_usd == micro_usd:
        return charge
    if current.state == "settled" or (current.state == "released" and not current.lapsed):
        asked = f"it cannot be settled at ${format_usd(micro_usd)}"
        raise _conflict(current, asked, "Find out which of the two is true, and correct the record.")
    return _turned(
        current, now, state="settled", settled_micro_usd=micro_usd, lines=tuple(lines), lapsed=False
    )


def released(charge: Charge, now: datetime, unless: Unless = "") -> Charge:
    """Return a charge given back by somebody's word; ChargeConflict if it is settled.

    One that is what ``unless`` says stays as it is.
    """
    if unless and _is(charge, unless, now):
        return charge
    if charge.state == "settled":
        raise _conflict(charge, "it was spent and cannot be released", "Leave it as it is.")
    return _turned(charge, now, state="released", lapsed=False)


def unknown(charge: Charge, now: datetime, until: datetime | None = None) -> Charge:
    """Return a charge nobody knows the outcome of; one that somebody does know stays as it is.

    ``until`` is when the last request by it is over, of who is about to repeat one.
    """
    current = lapsed(charge, now)
    if current.state == "settled" or (current.state == "released" and not current.lapsed):
        return charge
    over = until or current.created_at
    if current.state == "unknown":
        over = max(over, current.expires_at)
    return _turned(current, now, state="unknown", lapsed=False, expires_at=over)


def under_way(charge: Charge, now: datetime) -> bool:
    """Whether somebody may be repeating the request of a charge whose outcome nobody knows."""
    return charge.state == "unknown" and now < charge.expires_at


def same_reservation(stored: Charge, asked: Charge) -> Charge:
    """Return the stored charge of a key if it is what is asked for; ChargeConflict otherwise."""
    same = stored.reserved_micro_usd == asked.reserved_micro_usd and {*stored.budgets} == {*asked.budgets}
    if same:
        return stored
    said = f"it is of ${format_usd(stored.reserved_micro_usd)} in {', '.join(stored.budgets)}"
    raise _conflict(stored, said, "Use a key of its own for every call.")


def budget_exceeded(totals: Totals, asked: int) -> BudgetExceeded:
    """Return the refusal of a budget that has no room for what is asked, in micro-dollars."""
    limit, committed = totals.limit or 0, totals.committed
    return BudgetExceeded(
        f"The budget {totals.budget} refuses ${format_usd(asked)}: its limit is ${format_usd(limit)}, and"
        f" ${format_usd(committed)} are spent, possibly spent or set aside.",
        next_step="Wait until what is set aside is settled, choose a cheaper model, or raise the limit.",
        context={
            "budget": totals.budget,
            "limit_micro_usd": limit,
            "committed_micro_usd": committed,
            "asked_micro_usd": asked,
        },
    )


def no_such_charge(key: str) -> ChargeConflict:
    """Return the refusal of a transition of a charge that was never reserved."""
    return ChargeConflict(
        f"There is no charge {key} in this ledger.",
        next_step="Reserve it first, in the same ledger.",
        context={"key": key},
    )


def _is(charge: Charge, unless: Unless, now: datetime) -> bool:
    if unless == "under way":
        return under_way(charge, now)
    return charge.intended if unless == "intended" else charge.state == unless


def _turned(charge: Charge, now: datetime, **changes: object) -> Charge:
    if changes.items() <= charge.__dict__.items():
        return charge
    return changed(charge, {**changes, "updated_at": now})


def _conflict(charge: Charge, said: str, next_step: str) -> ChargeConflict:
    how = "lapsed to " if charge.lapsed else ""
    return ChargeConflict(
        f"The charge {charge.key} is {how}{charge.state}: {said}.",
        next_step=next_step,
        context={"key": charge.key, "state": charge.state, "reference": charge.reference},
    )
