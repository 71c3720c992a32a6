"""From a catalogue to the ordered choices for one call, with a reason for every model passed over."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.schema import Service, format_usd
from reelwright.cost.tracker import Spending
from reelwright.cost.trusted import trusted
from reelwright.environment.schema import ServiceSettings, Settings
from reelwright.errors import BudgetExceeded
from reelwright.models.errors import NoModelAvailable, ProviderStopped
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
from reelwright.models.shortlist import Ceilings, Entry, Shortlist

__all__ = ["Estimate", "RouteBuilder", "micro_usd_of", "service_settings"]

_MICRO = Decimal(1_000_000)

Estimate = Callable[[Model], int]
"""What one attempt at a model can cost at most, in micro-dollars; PriceUnknown if nobody knows."""


_OURS_STANDS = Standing()
_ASKED = frozenset({"healthy", "demoted"})
"""Standings in which a model is asked, however others stand."""


@dataclass(slots=True)
class _Choice:
    """A candidate before its ceiling is known, which depends on who is first."""

    entry: Entry
    model: Model
    estimate_micro_usd: int
    standing: Standing

    def under(self, ceiling: int | None) -> Candidate:
        values = {
            "model": self.model,
            "reason": self.entry.reason,
            "estimate_micro_usd": self.estimate_micro_usd,
            "ceiling_micro_usd": ceiling,
            "standing": self.standing,
        }
        return trusted(Candidate, values)


@dataclass(frozen=True, slots=True)
class RouteBuilder:
    """Builds routes under one production's settings.

    ``installed`` says why a model's provider cannot be called here, or nothing; ``has_credential`` whether
    the settings name a key for one. Both are asked once a day, since neither changes under one production's
    settings. ``switched_off`` says why an operator has stopped one: that is asked anew for every route, as
    health and spending are.
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

        NoModelAvailable if there is none, with all reasons; ProviderStopped if there would be one but for an
        operator's switch; BudgetExceeded if only money keeps them away, or if the budget says that work is
        to stop.
        """
        listed = self._shortlist(service, on)
        able, against = listed.now(self.switched_off).able(requirements)
        rejected = list(against)
        ordered = self._ordered(service, self._priced(able, estimate, rejected))
        affordable = _under_ceilings(service, listed.ceilings, ordered, rejected)
        allowed = _within_budget(affordable, spending, rejected)
        healthy, forced = _healthy(allowed, rejected)
        if not healthy:
            raise self._nobody(listed, requirements, rejected, service)
        values = {
            "service": service,
            "candidates": tuple(healthy),
            "rejected": tuple(rejected) if len(rejected) > len(against) else against,
            "warnings": (*spending.warnings, forced) if forced else spending.warnings,
            "mock": _is_mock(healthy, rejected),
            "bypass": bool(forced),
        }
        return trusted(Route, values)

    def _nobody(
        self,
        listed: Shortlist,
        requirements: Requirements,
        rejected: Sequence[RejectedCandidate],
        service: Service,
    ) -> NoModelAvailable | ProviderStopped:
        """Return the error of a call that nobody is left for: the operators' doing, or that of who asks."""
        switched = {each.model: each.reason for each in rejected if each.because == "switch"}
        able = listed.able(requirements)[0] if switched else ()
        if any(entry.model.name in switched for entry in able):
            return _all_stopped(service, rejected)
        return _no_model(service, self.settings, requirements, rejected)

    def _shortlist(self, service: Service, on: date) -> Shortlist:
        known = self._shortlists.get(service)
        if known is None or known.on != on:
            known = Shortlist.of(
                service,
                self.catalogue,
                self.settings,
                on=on,
                installed=self.installed,
                has_credential=self.has_credential,
            )
            self._shortlists[service] = known
        return known

    def _priced(
        self, entries: Iterable[Entry], estimate: Estimate, rejected: list[RejectedCandidate]
    ) -> list[_Choice]:
        choices = []
        for entry in entries:
            model = entry.model
            if model.free:
                choices.append(_Choice(entry, model, 0, _OURS_STANDS))
                continue
            try:
                amount = estimate(model)
            except PriceUnknown as error:
                rejected.append(RejectedCandidate(model=model.name, reason=error.message, because="price"))
                continue
            choices.append(_Choice(entry, model, amount, self.health.standing(model)))
        return choices

    def _ordered(self, service: Service, choices: Sequence[_Choice]) -> list[_Choice]:
        """Sort: as named, or by preference; a demoted model after its like, and what is free at the end."""
        wanted = service_settings(self.settings, service)
        return sorted(choices, key=_as_named if wanted.models else _PREFERENCES[wanted.prefer])


def service_settings(settings: Settings, service: Service) -> ServiceSettings:
    """Return what the settings ask of a service."""
    wanted: ServiceSettings = getattr(settings.models, service)
    return wanted


def micro_usd_of(usd: Decimal) -> int:
    """Return dollars as micro-dollars; configured amounts have at most six decimals."""
    return int(usd * _MICRO)


def _as_named(choice: _Choice) -> tuple[object, ...]:
    return (choice.standing.state == "demoted", choice.entry.place)


def _by_quality(choice: _Choice) -> tuple[object, ...]:
    model = choice.model
    return (model.free, choice.standing.state == "demoted", -model.quality, choice.estimate_micro_usd)


def _by_cost(choice: _Choice) -> tuple[object, ...]:
    model = choice.model
    return (model.free, choice.standing.state == "demoted", choice.estimate_micro_usd, -model.quality)


def _by_latency(choice: _Choice) -> tuple[object, ...]:
    model, usual = choice.model, choice.standing.p50_seconds
    seconds = model.typical_seconds if usual is None else usual
    return (model.free, choice.standing.state == "demoted", seconds, -model.quality)


_PREFERENCES = {"quality": _by_quality, "cost": _by_cost, "latency": _by_latency}


def _under_ceilings(
    service: Service, ceilings: Ceilings, choices: Sequence[_Choice], rejected: list[RejectedCandidate]
) -> list[Candidate]:
    first_paid = next((each.estimate_micro_usd for each in choices if each.estimate_micro_usd), 0)
    ceiling = ceilings.lowest(first_paid)
    kept = []
    for choice in choices:
        if ceiling is None or choice.estimate_micro_usd <= ceiling:
            kept.append(choice.under(ceiling))
        else:
            rejected.append(_too_dear(choice, ceiling, service))
    return kept


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
    candidates: list[Candidate], spending: Spending, rejected: list[RejectedCandidate]
) -> list[Candidate]:
    if spending.level not in {"mock", "block"}:
        return candidates
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


def _healthy(candidates: list[Candidate], rejected: list[RejectedCandidate]) -> tuple[list[Candidate], str]:
    """Leave out open breakers; if nothing else is left, keep them and return the warning that says so."""
    if all(each.standing.state in _ASKED for each in candidates):
        return candidates, ""
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


def _all_stopped(service: Service, rejected: Sequence[RejectedCandidate]) -> ProviderStopped:
    return ProviderStopped(
        f"No {service} model may be called ({'; '.join(_switches(rejected))}).",
        next_step="Try again, or resume the production, when a switch is put back; or prefer another model.",
        context={"service": service},
    )


def _switches(rejected: Sequence[RejectedCandidate]) -> Iterator[str]:
    """Yield each switch once, after the models that it keeps away."""
    stopped = [each for each in rejected if each.because == "switch"]
    for reason in dict.fromkeys(each.reason for each in stopped):
        models = ", ".join(each.model for each in stopped if each.reason == reason)
        yield f"{models}: {reason}"


def _reasons(rejected: Sequence[RejectedCandidate]) -> str:
    return "; ".join(f"{each.model}: {each.reason}" for each in rejected)


def _no_model(
    service: Service, settings: Settings, requirements: Requirements, rejected: Sequence[RejectedCandidate]
) -> NoModelAvailable:
    tier = service_settings(settings, service).tier
    reasons = _reasons(rejected) or "the catalogue has none"
    return NoModelAvailable(
        f"No {service} model for tier {tier} in language {requirements.language!r} ({reasons}).",
        next_step="Ask for a language or tier that a model of the catalogue serves.",
        context={"service": service, "tier": tier, "language": requirements.language},
    )
