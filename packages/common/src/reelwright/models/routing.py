"""From a catalogue to the ordered choices for one call, with a reason for every model passed over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.schema import Service, format_usd
from reelwright.cost.tracker import Spending
from reelwright.environment.schema import ServiceSettings, Settings
from reelwright.errors import BudgetExceeded
from reelwright.models.capability import objection
from reelwright.models.errors import NoModelAvailable
from reelwright.models.ports import HealthRecord
from reelwright.models.schema import (
    Candidate,
    Model,
    RejectedCandidate,
    Requirements,
    Route,
    Standing,
)

__all__ = ["Estimate", "RouteBuilder", "micro_usd_of", "service_settings"]

_MICRO = Decimal(1_000_000)

Estimate = Callable[[Model], int]
"""What one attempt at a model can cost at most, in micro-dollars; PriceUnknown if nobody knows."""


@dataclass(frozen=True, slots=True)
class RouteBuilder:
    """Builds routes under one production's settings.

    ``installed`` says why a model's provider cannot be called here, or nothing; ``switched_off`` why an
    operator has stopped it. Both are asked anew for every route, as health and spending are.
    """

    catalogue: tuple[Model, ...]
    settings: Settings
    health: HealthRecord
    installed: Callable[[Model], str]
    has_credential: Callable[[str], bool]
    switched_off: Callable[[str], str]

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
        priced = self._priced(service, able, estimate, rejected)
        ordered = self._ordered(service, priced)
        affordable = self._under_ceilings(service, ordered, rejected)
        allowed = _within_budget(affordable, spending, rejected)
        healthy, warnings = _healthy(allowed, rejected)
        if not healthy:
            raise _no_model(service, self.settings, requirements, rejected)
        return Route(
            service=service,
            candidates=tuple(healthy),
            rejected=tuple(rejected),
            warnings=(*spending.warnings, *warnings),
            mock=_is_mock(healthy, rejected),
        )

    def _able(
        self, service: Service, requirements: Requirements, on: date, rejected: list[RejectedCandidate]
    ) -> list[Model]:
        able = []
        for model in self.catalogue:
            if model.service != service:
                continue
            against = self._objection(model, requirements, on)
            if against is None:
                able.append(model)
            else:
                rejected.append(against)
        return able

    def _objection(self, model: Model, requirements: Requirements, on: date) -> RejectedCandidate | None:
        if why := self.installed(model):
            return RejectedCandidate(model=model.name, reason=why, because="configuration")
        if why := self.switched_off(model.provider):
            return RejectedCandidate(model=model.name, reason=why, because="switch")
        return objection(model, self.settings, requirements, on=on, has_credential=self.has_credential)

    def _priced(
        self,
        service: Service,
        models: Iterable[Model],
        estimate: Estimate,
        rejected: list[RejectedCandidate],
    ) -> list[Candidate]:
        candidates = []
        for model in models:
            try:
                amount = 0 if model.free else estimate(model)
            except PriceUnknown as error:
                rejected.append(RejectedCandidate(model=model.name, reason=error.message, because="price"))
                continue
            candidates.append(self._candidate(service, model, amount))
        return candidates

    def _candidate(self, service: Service, model: Model, amount: int) -> Candidate:
        wanted = service_settings(self.settings, service)
        is_named = model.name in wanted.models
        return Candidate(
            model=model,
            reason=f"named in models.{service}.models" if is_named else f"serves tier {wanted.tier}",
            estimate_micro_usd=amount,
            standing=Standing() if model.free else self.health.standing(model),
        )

    def _ordered(self, service: Service, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Sort: as named, or by preference; a demoted model after its like, and what is free at the end."""
        wanted = service_settings(self.settings, service)
        if wanted.models:
            return sorted(
                candidates, key=lambda each: _last_resort(each, wanted.models.index(each.model.name))
            )
        weigh = {"quality": _by_quality, "cost": _by_cost, "latency": _by_latency}[wanted.prefer]
        return sorted(candidates, key=lambda each: (each.model.free, *_last_resort(each, weigh(each))))

    def _under_ceilings(
        self, service: Service, candidates: Sequence[Candidate], rejected: list[RejectedCandidate]
    ) -> list[Candidate]:
        wanted = service_settings(self.settings, service)
        first_paid = next((each.estimate_micro_usd for each in candidates if each.estimate_micro_usd), 0)
        ceiling = _link_ceiling(wanted, first_paid)
        kept = []
        for candidate in candidates:
            if ceiling is None or candidate.estimate_micro_usd <= ceiling:
                kept.append(candidate.model_copy(update={"ceiling_micro_usd": ceiling}))
            else:
                rejected.append(_too_dear(candidate, ceiling, service))
        return kept


def service_settings(settings: Settings, service: Service) -> ServiceSettings:
    """Return what the settings ask of a service."""
    models = settings.models
    return {"content": models.content, "audio": models.audio, "video": models.video}[service]


def micro_usd_of(usd: Decimal) -> int:
    """Return dollars as micro-dollars; configured amounts have at most six decimals."""
    return int(usd * _MICRO)


def _by_quality(candidate: Candidate) -> tuple[float, ...]:
    return (-candidate.model.quality, candidate.estimate_micro_usd)


def _by_cost(candidate: Candidate) -> tuple[float, ...]:
    return (candidate.estimate_micro_usd, -candidate.model.quality)


def _by_latency(candidate: Candidate) -> tuple[float, ...]:
    usual = candidate.standing.p50_seconds
    seconds = candidate.model.typical_seconds if usual is None else usual
    return (seconds, -candidate.model.quality)


def _last_resort(candidate: Candidate, rank: object) -> tuple[object, ...]:
    return (candidate.standing.state == "demoted", rank)


def _link_ceiling(wanted: ServiceSettings, first_paid: int) -> int | None:
    """Return the lower of the stated ceiling and the multiple of the first candidate that costs anything."""
    ceilings = []
    if wanted.link_ceiling_usd is not None:
        ceilings.append(micro_usd_of(wanted.link_ceiling_usd))
    if wanted.link_ceiling_multiple is not None and first_paid:
        ceilings.append(int(first_paid * Decimal(str(wanted.link_ceiling_multiple))))
    return min(ceilings, default=None)


def _too_dear(candidate: Candidate, ceiling: int, service: Service) -> RejectedCandidate:
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
            next_step="Wait until the budget begins anew, or raise its limit under budgets.",
            context={"level": spending.level},
        )
    rejected.extend(
        RejectedCandidate(model=each.model.name, reason=spending.reason, because="budget")
        for each in candidates
        if not each.model.free
    )
    return free


def _healthy(
    candidates: Sequence[Candidate], rejected: list[RejectedCandidate]
) -> tuple[list[Candidate], tuple[str, ...]]:
    """Leave out open breakers, unless nothing else is left: then all are asked, as Portkey does."""
    closed = [each for each in candidates if each.standing.state != "open"]
    opened = [each for each in candidates if each.standing.state == "open"]
    if not closed and opened:
        return opened, ("Every model that could serve this call is failing; they are asked all the same.",)
    rejected.extend(
        RejectedCandidate(model=each.model.name, reason=each.standing.reason, because="health")
        for each in opened
    )
    return closed, ()


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
