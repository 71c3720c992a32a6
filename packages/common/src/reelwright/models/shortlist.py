"""What of a route depends on settings and day alone: worked out once, not for every call.

A production makes some dozens of calls under the same settings; whether a model is retired, named, of the
tier, installed or without a key does not change between them. What may change is asked anew for every route.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter

from reelwright.cost.budgets import micro_usd
from reelwright.cost.schema import Service
from reelwright.environment.schema import ServiceSettings, Settings
from reelwright.models.capability import incapable, keyless, lasting_objection
from reelwright.models.schema import Model, RejectedCandidate, Requirements

__all__ = ["Ceilings", "Entry", "Reason", "Shortlist"]


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What one candidate may cost: so much, and so many times what the first one that costs anything does."""

    stated_micro_usd: int | None
    multiple: Decimal | None

    @classmethod
    def of(cls, wanted: ServiceSettings) -> "Ceilings":
        """Return what a service's settings state."""
        multiple = wanted.link_ceiling_multiple
        return cls(micro_usd(wanted.link_ceiling_usd), None if multiple is None else Decimal(str(multiple)))

    def lowest(self, first_paid: int) -> int | None:
        """Return the lower of the two in micro-dollars; None if neither is stated."""
        stated = self.stated_micro_usd
        if self.multiple is None or not first_paid:
            return stated
        relative = int(first_paid * self.multiple)
        return relative if stated is None else min(stated, relative)


Reason = RejectedCandidate | None
"""Why no call can go to a model; None if one can."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the service: why no call can go to it today, or with what reason calls may."""

    model: Model
    reason: str
    place: int | None
    """Among the models that the settings name; None if it is not among them."""
    absent: Reason
    """That no adapter for it is here: said before anything else."""
    against: Reason
    """Why no call can go to it, adapter or not."""
    keyless: Reason
    """That there is no key for it: said after anything else."""

    def objection(self, needed: Requirements) -> Reason:
        """Return why one call cannot go to it, though others may."""
        return incapable(self.model, needed, named=self.place is not None) or self.keyless


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The models of one service on one day, in the order of the catalogue."""

    on: date
    entries: tuple[Entry, ...]
    reasons: tuple[Reason, ...]
    """For each entry why no call can go to it."""
    providers: tuple[str, ...]
    ceilings: Ceilings
    open: tuple[Entry, ...]
    """Entries to which calls may go."""
    rejected: tuple[RejectedCandidate, ...]
    """Why none can go to the others."""

    @classmethod
    def of(
        cls,
        service: Service,
        catalogue: Iterable[Model],
        settings: Settings,
        *,
        on: date,
        installed: Callable[[Model], str],
        has_credential: Callable[[str], bool],
    ) -> "Shortlist":
        """Return a service's models; ``installed`` says why one cannot be called here, or nothing."""
        wanted: ServiceSettings = attrgetter(service)(settings.models)
        entries = tuple(
            Entry(
                model=model,
                reason=_reason(model, service, wanted),
                place=wanted.models.index(model.name) if model.name in wanted.models else None,
                absent=_absent(model, installed(model)),
                against=lasting_objection(model, settings, on=on),
                keyless=keyless(model, has_credential),
            )
            for model in catalogue
            if model.service == service
        )
        reasons = tuple(entry.absent or entry.against for entry in entries)
        providers = tuple(dict.fromkeys(entry.model.provider for entry in entries))
        return cls(on, entries, reasons, providers, Ceilings.of(wanted), *_parted(entries, reasons))

    def now(self, switched_off: Callable[[str], str]) -> "Shortlist":
        """Return the list without whom an operator has stopped; each provider's switch is looked at once."""
        stopped = {name: why for name in self.providers if (why := switched_off(name))}
        if not stopped:
            return self
        reasons = tuple(
            entry.absent or _stopped(entry.model, stopped) or entry.against for entry in self.entries
        )
        still_open, rejected = _parted(self.entries, reasons)
        return replace(self, reasons=reasons, open=still_open, rejected=rejected)

    def able(self, needed: Requirements) -> tuple[tuple[Entry, ...], tuple[RejectedCandidate, ...]]:
        """Return to whom one call may go, and why it cannot go to the others."""
        passing = [entry.objection(needed) for entry in self.open]
        if not any(passing):
            return self.open, self.rejected
        left = iter(passing)
        return _parted(self.entries, tuple(why or next(left) for why in self.reasons))


def _parted(
    entries: Iterable[Entry], reasons: Iterable[Reason]
) -> tuple[tuple[Entry, ...], tuple[RejectedCandidate, ...]]:
    """Return the entries with no reason against them, and the reasons against the others."""
    judged = tuple(zip(entries, reasons, strict=True))
    return tuple(entry for entry, why in judged if why is None), tuple(why for _, why in judged if why)


def _reason(model: Model, service: Service, wanted: ServiceSettings) -> str:
    if model.name in wanted.models:
        return f"named in models.{service}.models"
    return f"serves tier {wanted.tier}"


def _absent(model: Model, why: str) -> Reason:
    return RejectedCandidate(model=model.name, reason=why, because="configuration") if why else None


def _stopped(model: Model, stopped: Mapping[str, str]) -> Reason:
    why = stopped.get(model.provider)
    return RejectedCandidate(model=model.name, reason=why, because="switch") if why else None
