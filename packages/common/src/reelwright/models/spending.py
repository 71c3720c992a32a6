"""The money of one call: set aside before the request leaves, accounted for whatever becomes of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final, TypeVar

from reelwright.clock import Clock
from reelwright.cost.budgets import video_budget
from reelwright.cost.errors import ChargeConflict, LedgerUnavailable, PriceUnknown
from reelwright.cost.manager import OURS, Billed, bill
from reelwright.cost.ports import Ledger
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Charge, ChargeLine, Usage
from reelwright.cost.tracker import SimpleCostTracker
from reelwright.environment.schema import CostSettings, RetrySettings
from reelwright.models.catalogue import price_region
from reelwright.models.errors import ProviderFailed
from reelwright.models.routing import micro_usd_of
from reelwright.models.schema import Candidate, Model, ModelRequest
from reelwright.resilience.retry import retry

__all__ = ["Spender", "free_line", "lines_of", "whole_bill"]

Result = TypeVar("Result")

_OF_A_LINE: Final = {"service", "provider", "model"}


@dataclass(frozen=True, slots=True)
class Spender:
    """Reserves, settles and releases for one production's settings. Free models never come here."""

    ledger: Ledger
    tracker: SimpleCostTracker
    book: PriceBook
    costs: CostSettings
    retries: RetrySettings
    clock: Clock
    rng: Random
    environment: str

    def earlier(self, request: ModelRequest) -> tuple[Charge, ...]:
        """Return every charge of this call so far, from whichever process, oldest first."""
        video = video_budget(request.production_id)
        return tuple(
            charge
            for charge in self._steadily(lambda: self.ledger.charges(budget=video))
            if request.owns(charge.key)
        )

    def begin(self, candidate: Candidate, request: ModelRequest, number: int) -> Charge:
        """Set the money aside and note that the request is about to leave.

        BudgetExceeded, and nothing is set aside; ChargeConflict if another worker is at the same attempt.
        """
        model = candidate.model
        budgets = self.tracker.budgets_for(model.service, request.production_id)
        mine = f"{self.rng.getrandbits(64):016x}"
        charge = self._steadily(
            lambda: self.ledger.reserve(
                budgets,
                candidate.estimate_micro_usd,
                key=f"{request.idempotency_key}/{model.name}/{number}",
                subject=self._subject(model, request, number, mine),
                ttl_seconds=float(self.costs.reservation_seconds),
            )
        )
        if charge.subject.get("worker") != mine:
            raise ChargeConflict(f"{charge.key} was set aside by another.", context={"key": charge.key})
        return self._intended(charge)

    def spent(self, charge: Charge, model: Model, usage: Sequence[Usage], *, failed: bool = False) -> Charge:
        """Settle a charge with what was used; a unit without a price settles at what was set aside.

        ``failed`` has the bill say that it brought nothing.
        """
        lines = self._lines(charge, model, usage)
        if failed:
            lines = tuple(line.model_copy(update={"failed": True}) for line in lines)
        amount = sum([line.micro_usd for line in lines])
        return self._steadily(lambda: self.ledger.settle(charge, amount, lines=lines))

    def failed(self, charge: Charge, model: Model, error: ProviderFailed) -> Charge:
        """Account for an attempt that failed, by what the vendor may bill of it."""
        if error.accepted == "yes":
            return self.spent(charge, model, error.usage, failed=True)
        if error.accepted == "maybe":
            return self.unknown(charge)
        return self.untouched(charge)

    def untouched(self, charge: Charge) -> Charge:
        """Give an order's money back, unless another worker found it unknown, and may have ordered by it.

        In one step: between a look and a release another worker could find it so.
        """
        is_order = charge.subject.get("service") == "video"
        return self._steadily(lambda: self.ledger.release(charge, unless="unknown" if is_order else ""))

    def released(self, charge: Charge) -> Charge:
        """Give back what was set aside for a request that certainly was not taken on."""
        return self._steadily(lambda: self.ledger.release(charge))

    def withdrawn(self, charge: Charge) -> Charge:
        """Give back what another worker set aside, unless its request may have left by now.

        In one step: whoever is stopped between two would leave an intent of which nobody knows.
        """
        return self._steadily(lambda: self.ledger.release(charge, unless="intended"))

    def unknown(self, charge: Charge) -> Charge:
        """Note that nobody knows whether it was spent."""
        return self._steadily(lambda: self.ledger.mark_unknown(charge))

    def taken_up(self, charge: Charge, seconds: float) -> Charge:
        """Note the same, and that a request by it is repeated and may be under way for so long.

        An operator who finds no work at the vendor meanwhile has not seen all there will be.
        """
        until = self.clock.now() + timedelta(seconds=seconds)
        return self._steadily(lambda: self.ledger.mark_unknown(charge, until=until))

    def attach(self, charge: Charge, reference: str) -> Charge:
        """Note the vendor's name for the work."""
        return self._steadily(lambda: self.ledger.attach(charge, reference))

    def _intended(self, charge: Charge) -> Charge:
        """Note the intent once: a repeated note would find the first and believe in another worker."""
        try:
            return self.ledger.intend(charge)
        except LedgerUnavailable:
            # Nothing has left, whatever the ledger noted: only who set it aside may submit by it.
            self.released(charge)
            raise

    def _steadily(self, call: Callable[[], Result]) -> Result:
        """Repeat a call of the ledger, all of which may be, while it is out of reach."""
        result, _ = retry(call, policy=self.retries, clock=self.clock, rng=self.rng)
        return result

    @property
    def ceiling_micro_usd(self) -> int | None:
        """What a call of unknown price is taken to cost; None refuses it."""
        return micro_usd_of(self.costs.unknown_price_usd) if self.costs.unknown_price == "ceiling" else None

    def _lines(self, charge: Charge, model: Model, usage: Sequence[Usage]) -> tuple[ChargeLine, ...]:
        of = Billed(model.service, model.provider, model.name, price_region(model))
        try:
            return bill(usage, of, self.book, ceiling_micro_usd=self.ceiling_micro_usd)
        except PriceUnknown:
            return (_whole(charge, "settled"),)

    def _subject(self, model: Model, request: ModelRequest, number: int, worker: str) -> dict[str, str]:
        return {
            "environment": self.environment,
            "production_id": request.production_id,
            "service": model.service,
            "provider": model.provider,
            "model": model.name,
            "attempt": str(number),
            "worker": worker,
        }


def lines_of(charges: Iterable[Charge]) -> tuple[ChargeLine, ...]:
    """Return the lines of a bill over charges: what was settled, and what nobody knows, as if it were.

    A charge that does not say what it is for, so that no call of ours set it aside, has no line.
    """
    lines: list[ChargeLine] = []
    for charge in charges:
        if charge.state == "settled" and (charge.lines or not charge.settled_micro_usd):
            lines.extend(charge.lines)
        elif charge.state in {"settled", "unknown"} and charge.subject.keys() >= _OF_A_LINE:
            lines.append(_whole(charge, charge.state))
    return tuple(lines)


def whole_bill(ledger: Ledger, key: str, told: Sequence[ChargeLine]) -> tuple[ChargeLine, ...]:
    """Return the bill of all calls whose keys begin so, as it is told, unless the ledger knows it otherwise.

    What an earlier life of a step bought may be nothing that the last one asked for: a receipt was lost with
    it, another model answered, and no second draft was wanted. And a step that fails tells nothing.
    """
    own = ledger.charges(budget=video_budget(key.partition("/")[0]))
    charged = lines_of(charge for charge in own if charge.key.startswith(key))
    free = [line for line in told if line.provider == OURS]
    paid = [line for line in told if line.provider != OURS]
    return tuple(told) if not charged or _same(charged, paid) else (*charged, *free)


def free_line(model: Model, usage: Usage) -> ChargeLine:
    """Return the line of a bill for what an engine of ours used."""
    return ChargeLine(
        service=model.service,
        provider=model.provider,
        model=model.name,
        unit=usage.unit,
        quantity=usage.quantity,
        micro_usd=0,
        price="free: an engine of ours",
    )


def _same(some: Iterable[ChargeLine], others: Iterable[ChargeLine]) -> bool:
    """Whether two bills have the same lines, in whichever order."""
    return sorted(map(repr, some)) == sorted(map(repr, others))


def _whole(charge: Charge, state: str) -> ChargeLine:
    """Return one line for all that was set aside, or, if it was settled by hand, for all that it cost."""
    by_hand, subject = charge.state == "settled", charge.subject
    return ChargeLine.model_validate(
        {
            "service": subject["service"],
            "provider": subject["provider"],
            "model": subject["model"],
            "unit": "calls",
            "quantity": 1,
            "micro_usd": charge.settled_micro_usd if by_hand else charge.reserved_micro_usd,
            "price": "settled by hand" if by_hand else "what was set aside",
            "state": "unknown" if state == "unknown" else "settled",
        }
    )
