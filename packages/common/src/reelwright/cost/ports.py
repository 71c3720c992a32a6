"""What spending needs of a ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from reelwright.cost.schema import Charge, ChargeLine, Totals, Unless

__all__ = ["Ledger"]


class Ledger(Protocol):
    """All charges and all budgets, durable on return, shared by every worker.

    However many workers there are: for every budget ``settled + reserved + unknown <= limit``, as long as no
    charge settles above its reservation. One that does is settled in full, and a budget that it takes past
    its limit leaves nothing to reserve.
    Every call may be repeated. LedgerUnavailable when the ledger cannot be reached; LedgerInvalid for a
    negative amount or a misshapen name.
    """

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set the limit of a budget, or take it off with None; what is committed already stays."""
        ...

    def reserve(
        self,
        budget: str | Sequence[str],
        micro_usd: int,
        *,
        key: str,
        subject: Mapping[str, str] | None = None,
        ttl_seconds: float = 3600.0,
    ) -> Charge:
        """Set money aside in every budget named, or in none; BudgetExceeded names the one that refused.

        A second reserve of a key returns the charge as it now is, in whatever state; ChargeConflict if it
        names other budgets or another amount. A budget without a limit never refuses.
        """
        ...

    def intend(self, charge: Charge) -> Charge:
        """Note that the request is about to leave.

        ChargeConflict unless the charge is reserved and this is the first time: so of two workers with one
        key, one may submit.
        """
        ...

    def attach(self, charge: Charge, reference: str, *, expires_at: datetime | None = None) -> Charge:
        """Note the provider's name for the work, and, if given, when to stop waiting for it.

        ChargeConflict for a second, different name, or for a charge that somebody released.
        """
        ...

    def settle(self, charge: Charge, micro_usd: int, *, lines: Iterable[ChargeLine] = ()) -> Charge:
        """Turn what was reserved or unknown into what it cost.

        Settling again with the same amount is fine; ChargeConflict for another amount, or for a charge that
        somebody released. One that only lapsed to released settles: what was spent counts.
        """
        ...

    def release(self, charge: Charge, *, unless: Unless = "") -> Charge:
        """Give back what was set aside, or what was unknown and proved unspent; ChargeConflict if settled.

        One that is what ``unless`` says is returned as it is.
        """
        ...

    def mark_unknown(self, charge: Charge, *, until: datetime | None = None) -> Charge:
        """Note that nobody knows whether it was spent; it counts until it is settled or released.

        A charge whose outcome somebody knows by now is returned as it is. ``until`` is when the last request
        by it is over, of who is about to repeat one.
        """
        ...

    def expire(self) -> tuple[Charge, ...]:
        """Lapse reservations whose time is over, and return them.

        Intended ones lapse to unknown, others to released. Every totals does it too, and every reserve that
        would otherwise be refused.
        """
        ...

    def charge(self, key: str) -> Charge | None:
        """Return the charge of a key as it is stored."""
        ...

    def charges(
        self,
        *,
        budget: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Charge, ...]:
        """Return charges created in a stretch of time (``until`` excluded), oldest first."""
        ...

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget; zeros for one that nobody named."""
        ...

    def budgets(self) -> tuple[str, ...]:
        """Return the names of all budgets, sorted."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
