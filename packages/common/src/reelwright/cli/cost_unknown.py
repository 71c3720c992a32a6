"""Charges whose outcome nobody knows: what to look up, and what became of them once somebody has."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from reelwright.cli.configuring import actor_or_user, open_audit
from reelwright.cli.costing import dollars, open_ledger, period
from reelwright.cli.modelling import open_settings
from reelwright.cli.output import answer
from reelwright.clock import SystemClock
from reelwright.cost.ledger_rules import lapsed, under_way
from reelwright.cost.schema import Charge, ChargeLine, Service, format_usd
from reelwright.errors import InvalidInput, Retryable

if TYPE_CHECKING:
    from reelwright.cost.ledger import CostLedger

__all__ = ["ChargeNotUnknown", "ChargeUnderWay", "resolve", "show"]

_UNSTATED = "no reason was given"


class ChargeNotUnknown(InvalidInput):
    """Only a charge whose outcome nobody knows can be resolved."""

    code = "charge_not_unknown"


class ChargeUnderWay(Retryable):
    """A worker repeats the request of a charge just now: what the vendor's account shows is not all yet."""

    code = "charge_under_way"


def show(environment: str, since: str) -> None:
    """List the unknown charges of a period, oldest first."""
    now, zone = SystemClock().now(), open_settings(environment).budgets.time_zone
    begins, _ = period(since, None, now=now, time_zone=zone)
    with open_ledger(environment) as ledger:
        charges = [lapsed(each, now) for each in ledger.charges(since=begins)]
    found = [charge for charge in charges if charge.state == "unknown"]
    total = sum(charge.reserved_micro_usd for charge in found)
    data = {"unknown": [_row(charge) for charge in found], "unknown_usd": format_usd(total)}
    answer(data, "\n".join(_lines(found, total)) or "There is no charge whose outcome nobody knows.")


def resolve(
    environment: str,
    key: str,
    spent: str | None,
    *,
    reason: str,
    actor: str | None,
    is_rehearsal: bool = False,
) -> None:
    """Settle a charge at what was spent, or release it if nothing was; leave it in the audit trail.

    ChargeNotUnknown for any other charge, and for none; ChargeUnderWay to release one that a worker is at.
    """
    amount = None if spent is None else dollars(spent)
    with open_ledger(environment) as ledger:
        charge = _unknown_charge(ledger, key)
        if amount is None and under_way(charge, SystemClock().now()):
            raise _at_it(charge)
        said = _plan(charge, amount)
        if not is_rehearsal:
            _carry_out(environment, ledger, charge, amount, actor_or_user(actor), reason or _UNSTATED)
    data = {
        "charge": _row(charge),
        "state": "released" if amount is None else "settled",
        "settled_usd": format_usd(amount or 0),
        "done": not is_rehearsal,
    }
    answer(data, f"{said}\n{'Nothing was changed.' if is_rehearsal else 'Done.'}")


def _unknown_charge(ledger: "CostLedger", key: str) -> Charge:
    stored = ledger.charge(key)
    if stored is None:
        raise ChargeNotUnknown(
            f"There is no charge {key[:120]!r} in the ledger.",
            next_step="List those that can be resolved: reelwright cost unknown",
        )
    charge = lapsed(stored, SystemClock().now())
    if charge.state != "unknown":
        raise ChargeNotUnknown(
            f"The charge {key[:120]} is {charge.state}: what became of it is known, or will be.",
            next_step="List those that can be resolved: reelwright cost unknown",
            context={"key": key, "state": charge.state},
        )
    return charge


def _at_it(charge: Charge) -> ChargeUnderWay:
    return ChargeUnderWay(
        f"A worker repeats the order of {charge.key[:120]} just now. Nothing was changed.",
        next_step=f"Look again after {charge.expires_at:%Y-%m-%d %H:%M:%S} UTC: by then the vendor shows it.",
        context={"key": charge.key, "provider": charge.subject.get("provider", "")},
    )


def _carry_out(  # noqa: PLR0917 (what is done, by whom and why)
    environment: str, ledger: "CostLedger", charge: Charge, amount: int | None, actor: str, reason: str
) -> None:
    """Change the ledger between two entries of the audit trail: what is meant, and what was done."""
    audit = open_audit(environment)
    details = {
        "was_usd": format_usd(charge.reserved_micro_usd),
        "is_usd": format_usd(amount or 0),
        "reference": charge.reference,
    }
    subject = f"charges/{charge.key}"
    audit.append(
        actor=actor, action="charge.resolve.intended", subject=subject, reason=reason, details={**details}
    )
    if amount is None:
        left = ledger.release(charge, unless="under way")
        if left.state == "unknown":
            raise _at_it(left)
    else:
        ledger.settle(charge, amount, lines=_line(charge, amount, actor))
    audit.append(
        actor=actor, action="charge.resolve.done", subject=subject, reason=reason, details={**details}
    )


def _line(charge: Charge, amount: int, actor: str) -> tuple[ChargeLine, ...]:
    """Return the line of a bill for it: an answer that was lost has brought nothing, whatever it cost."""
    subject = charge.subject
    if subject.get("service") not in get_args(Service):
        return ()
    line = {
        "service": subject["service"],
        "provider": subject.get("provider", ""),
        "model": subject.get("model", ""),
        "unit": "calls",
        "quantity": 1,
        "micro_usd": amount,
        "price": f"looked up by {actor}",
        "failed": True,
    }
    return (ChargeLine.model_validate(line),)


def _plan(charge: Charge, amount: int | None) -> str:
    set_aside = f"${format_usd(charge.reserved_micro_usd)}"
    if amount is None:
        what = f"{charge.key} is released: {set_aside} come back to its budgets."
    else:
        what = f"{charge.key} is settled at ${format_usd(amount)}, of {set_aside} that were set aside."
    over = amount is not None and amount > charge.reserved_micro_usd
    more = "\n  It is more than was set aside, and counts in full." if over else ""
    return f"{what}{more}\n  budgets: {', '.join(charge.budgets)}"


def _row(charge: Charge) -> dict[str, Any]:
    return {
        "key": charge.key,
        "reserved_usd": format_usd(charge.reserved_micro_usd),
        "production_id": charge.subject.get("production_id", ""),
        "provider": charge.subject.get("provider", ""),
        "model": charge.subject.get("model", ""),
        "reference": charge.reference,
        "created_at": charge.created_at.isoformat(),
        "look_up": _look_up(charge),
    }


def _look_up(charge: Charge) -> str:
    provider = charge.subject.get("provider") or "the vendor"
    if charge.reference:
        return f"ask {provider} what became of {charge.reference}, and what it billed"
    model = charge.subject.get("model") or "the model"
    return f"look in the usage that {provider} shows for {model} at {charge.created_at:%Y-%m-%d %H:%M:%S} UTC"


def _lines(charges: list[Charge], total: int) -> Iterator[str]:
    for charge in charges:
        yield f"{charge.key}"
        amount = format_usd(charge.reserved_micro_usd)
        yield f"  ${amount} set aside on {charge.created_at:%Y-%m-%d %H:%M} UTC"
        yield f"  {_look_up(charge)}"
    if charges:
        yield f"${format_usd(total)} in all. When you know: reelwright cost resolve KEY --spent USD"
        yield "  or, if nothing was billed: reelwright cost resolve KEY --not-spent"
