"""From a catalogue to the ordered choices for one call, with a reason for every model passed over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.schema import Service, format_usd
from reelwright.cost.tracker import Spending
from reelwright.environment.schema import ServiceSettings, Settings
from reelwright.errors import BudgetExceeded
from reelwright.models.capability import PassingObjections
from reelwright.models.errors import NoModelAvailable
from reelwright.models.health import all_open
from reelwright.models.ports import HealthRecord
from reelwright.models.schema import (
    Candidate,
    Model,
    RejectedCandidate,
    Requirements,
    Route,
    Standing,
)
from reelwright.models.shortlist import Entry, Shortlist

__all__ = ["Estimate", "RouteBuilder", "micro_usd_of", "service_settings"]

_MICRO = Decimal(1_000_000)

Estimate = Callable[[Model], int]
"""What one attempt at a model can cost at most, in micro-dollars; PriceUnknown if nobody knows."""


_OURS_STANDS = Standing()


@dataclass(slots=True)
class _Choice:
    """A candidate before its ceiling is known, which depends on who is first."""

    model: Model
    reason: str
    estimate_micro_usd: int
    standing: Standing

    def under(self, ceiling: int | None) -> Candidate:
        return Candidate(
            model=self.model,
            reason=self.reason,
            estimate_micro_usd=self.estimate_micro_usd,
            ceiling_micro_usd=ceiling,
            standing=self.standing,
        )


@dataclass(frozen=True, slots=True)
class RouteBuilder:
    """Builds routes under one production's settings.

    ``installed`` says why a model's provider cannot be called here, or nothing; it is asked once a day, since
    nothing is installed meanwhile. ``switched_off`` says why an operator has stopped one: that is asked anew
    for every route, as health and spending are.
    """

    catalogue: tuple[Model, ...]
    settings: Settings
    health: HealthRecord
    installed: Callable[[Model], str]
    has_credential: Callable[[str], bool]
    switched_off: Callable[[str], str]
    _shortlists: dict[Service, Shortlist] = field(init=False, repr=False, compare=False, default_factory=dict)
    """The newest day's, by service."""

    def build(
        self,
        service: Service,
        requirements: Requirements,
        *,
        on: date,
        estimate: Estimate,
        spending: Spending,
    ) -> Route:
        """Return the choices, best first.

        NoModelAvailable if there is none, with all reasons; BudgetExceeded if only money keeps them away, or
        if the budget says that work is to stop.
        """
        rejected: list[RejectedCandidate] = []
        able = self._able(service, requirements, on, rejected)
        priced = self._priced(able, estimate, rejected)
        ordered = self._ordered(service, priced)
        affordable = self._under_ceilings(service, ordered, rejected)
        allowed = _within_budget(affordable, spending, rejected)
        healthy, forced = _healthy(allowed, rejected)
        if not healthy:
            raise _no_model(service, self.settings, requirements, rejected)
        return Route(
            service=service,
            candidates=tuple(healthy),
            rejected=tuple(rejected),
            warnings=(*spending.warnings, *([forced] if forced else [])),
            bypass=bool(forced),
            mock=_is_mock(healthy, rejected),
        )

    def _able(
        self, service: Service, requirements: Requirements, on: date, rejected: list[RejectedCandidate]
    ) -> list[Entry]:
        passing = PassingObjections(service, self.settings, requirements, self.has_credential)
        listed, able = self._shortlist(service, on), []
        for entry, lasting in zip(listed.entries, listed.objections(self.switched_off), strict=True):
            against = lasting or passing.to(entry.model)
            if against is None:
                able.append(entry)
            else:
                rejected.append(against)
        return able

    def _shortlist(self, service: Service, on: date) -> Shortlist:
        known = self._shortlists.get(service)
        if known is None or known.on != on:
            known = Shortlist.of(service, self.catalogue, self.settings, on=on, installed=self.installed)
            self._shortlists[service] = known
        return known

    def _priced(
        self, entries: Iterable[Entry], estimate: Estimate, rejected: list[RejectedCandidate]
    ) -> list[_Choice]:
        choices = []
        for entry in entries:
            model = entry.model
            try:
                amount = 0 if model.free else estimate(model)
            except PriceUnknown as error:
                rejected.append(RejectedCandidate(model=model.name, reason=error.message, because="price"))
                continue
            standing = _OURS_STANDS if model.free else self.health.standing(model)
            choices.append(_Choice(model, entry.reason, amount, standing))
        return choices

    def _ordered(self, service: Service, candidates: Sequence[_Choice]) -> list[_Choice]:
        """Sort: as named, or by preference; a demoted model after its like, and what is free at the end."""
        wanted = service_settings(self.settings, service)
        if wanted.models:
            return sorted(
                candidates, key=lambda each: _last_resort(each, wanted.models.index(each.model.name))
            )
        weigh = {"quality": _by_quality, "cost": _by_cost, "latency": _by_latency}[wanted.prefer]
        return sorted(candidates, key=lambda each: (each.model.free, *_last_resort(each, weigh(each))))

    def _under_ceilings(
        self, service: Service, candidates: Sequence[_Choice], rejected: list[RejectedCandidate]
    ) -> list[Candidate]:
        wanted = service_settings(self.settings, service)
        first_paid = next((each.estimate_micro_usd for each in candidates if each.estimate_micro_usd), 0)
        ceiling = _link_ceiling(wanted, first_paid)
        kept = []
        for candidate in candidates:
            if ceiling is None or candidate.estimate_micro_usd <= ceiling:
                kept.append(candidate.under(ceiling))
            else:
                rejected.append(_too_dear(candidate, ceiling, service))
        return kept


def service_settings(settings: Settings, service: Service) -> ServiceSettings:
    """Return what the settings ask of a service."""
    wanted: ServiceSettings = getattr(settings.models, service)
    return wanted


def micro_usd_of(usd: Decimal) -> int:
    """Return dollars as micro-dollars; configured amounts have at most six decimals."""
    return int(usd * _MICRO)


def _by_quality(candidate: _Choice) -> tuple[float, ...]:
    return (-candidate.model.quality, candidate.estimate_micro_usd)


def _by_cost(candidate: _Choice) -> tuple[float, ...]:
    return (candidate.estimate_micro_usd, -candidate.model.quality)


def _by_latency(candidate: _Choice) -> tuple[float, ...]:
    usual = candidate.standing.p50_seconds
    seconds = candidate.model.typical_seconds if usual is None else usual
    return (seconds, -candidate.model.quality)


def _last_resort(candidate: _Choice, rank: object) -> tuple[object, ...]:
    return (candidate.standing.state == "demoted", rank)


def _link_ceiling(wanted: ServiceSettings, first_paid: int) -> int | None:
    """Return the lower of the stated ceiling and the multiple of the first candidate that costs anything."""
    ceilings = []
    if wanted.link_ceiling_usd is not None:
        ceilings.append(micro_usd_of(wanted.link_ceiling_usd))
    if wanted.link_ceiling_multiple is not None and first_paid:
        ceilings.append(int(first_paid * Decimal(str(wanted.link_ceiling_multiple))))
    return min(ceilings, default=None)


def _too_dear(candidate: _Choice, ceiling: int, service: Service) -> RejectedCandidate:
    return RejectedCandidate(
        model=candidate.model.name,
        reason=(
            f"may cost ${format_usd(candidate.estimate_micro_usd)}, above the ceiling of "
            f"${format_usd(ceiling)} for one candidate in models.{service}"
        ),
        because="ceiling",
    )


def _within_budget(
    candidates: Sequence[Candidate], spending: Spending, rejected: list[RejectedCandidate]
) -> list[Candidate]:
    if spending.level not in {"mock", "block"}:
        return list(candidates)
    free = [each for each in candidates if each.model.free]
    if len(free) < len(candidates) and (spending.level == "block" or not free):
        raise BudgetExceeded(
            f"{spending.reason}: no model is asked.",
            next_step=f"Wait until the budget begins anew{_at(spending)}, or raise its limit under budgets.",
            context={"level": spending.level},
        )
    rejected.extend(
        RejectedCandidate(model=each.model.name, reason=spending.reason, because="budget")
        for each in candidates
        if not each.model.free
    )
    return free


def _at(spending: Spending) -> str:
    return f" at {spending.anew:%Y-%m-%d %H:%M} UTC" if spending.anew else ""


def _healthy(
    candidates: Sequence[Candidate], rejected: list[RejectedCandidate]
) -> tuple[list[Candidate], str]:
    """Leave out open breakers; if nothing else is left, keep them and return the warning that says so."""
    warning = all_open({each.model.name: each.standing for each in candidates})
    kept = []
    for each in candidates:
        if _is_asked(each, bypass=bool(warning)):
            kept.append(each)
        else:
            why = each.standing.reason
            rejected.append(RejectedCandidate(model=each.model.name, reason=why, because="health"))
    return kept, warning


def _is_asked(candidate: Candidate, *, bypass: bool) -> bool:
    return not candidate.standing.gone if bypass else candidate.standing.state != "open"


def _is_mock(candidates: Sequence[Candidate], rejected: Sequence[RejectedCandidate]) -> bool:
    """Whether engines of ours stand in because a budget keeps paid models away."""
    return candidates[0].model.free and any(each.because == "budget" for each in rejected)


def _no_model(
    service: Service, settings: Settings, requirements: Requirements, rejected: Sequence[RejectedCandidate]
) -> NoModelAvailable:
    tier = service_settings(settings, service).tier
    reasons = "; ".join(f"{each.model}: {each.reason}" for each in rejected) or "the catalogue has none"
    return NoModelAvailable(
        f"No {service} model for tier {tier} in language {requirements.language!r} ({reasons}).",
        next_step="Ask for a language or tier that a model of the catalogue serves.",
        context={"service": service, "tier": tier, "language": requirements.language},
    )
