"""What of a route depends on settings and day alone: worked out once, not for every call.

A production makes some dozens of calls under the same settings; whether a model is retired, named, of the
tier or installed does not change between them. What may change is asked anew for every route.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from reelwright.cost.schema import Service
from reelwright.environment.schema import Settings
from reelwright.models.capability import lasting_objection, tier_of
from reelwright.models.schema import Model, RejectedCandidate

__all__ = ["Entry", "Shortlist"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the service: why no call can go to it today, or with what reason calls may."""

    model: Model
    reason: str
    absent: RejectedCandidate | None
    """That no adapter for it is here: said before anything else."""
    against: RejectedCandidate | None


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The models of one service on one day, in the order of the catalogue."""

    on: date
    entries: tuple[Entry, ...]
    lasting: tuple[RejectedCandidate | None, ...]
    """For each entry why no call can go to it today, if nobody is stopped."""
    providers: tuple[str, ...]

    @classmethod
    def of(
        cls,
        service: Service,
        catalogue: Iterable[Model],
        settings: Settings,
        *,
        on: date,
        installed: Callable[[Model], str],
    ) -> "Shortlist":
        """Return a service's models; ``installed`` says why one cannot be called here, or nothing."""
        named = attrgetter(service)(settings.models).models
        entries = tuple(
            Entry(
                model=model,
                reason=_reason(model, service, named, settings),
                absent=_absent(model, installed(model)),
                against=lasting_objection(model, settings, on=on),
            )
            for model in catalogue
            if model.service == service
        )
        lasting = tuple(entry.absent or entry.against for entry in entries)
        return cls(on, entries, lasting, tuple(dict.fromkeys(entry.model.provider for entry in entries)))

    def objections(self, switched_off: Callable[[str], str]) -> Sequence[RejectedCandidate | None]:
        """Return for each entry why no call can go to it now; each provider's switch is looked at once."""
        stopped = {name: why for name in self.providers if (why := switched_off(name))}
        if not stopped:
            return self.lasting
        return [entry.absent or _stopped(entry.model, stopped) or entry.against for entry in self.entries]


def _reason(model: Model, service: Service, named: tuple[str, ...], settings: Settings) -> str:
    if model.name in named:
        return f"named in models.{service}.models"
    return f"serves tier {tier_of(settings, service)}"


def _absent(model: Model, why: str) -> RejectedCandidate | None:
    return RejectedCandidate(model=model.name, reason=why, because="configuration") if why else None


def _stopped(model: Model, stopped: Mapping[str, str]) -> RejectedCandidate | None:
    why = stopped.get(model.provider)
    return RejectedCandidate(model=model.name, reason=why, because="switch") if why else None
