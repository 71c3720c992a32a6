"""Looking after models and money regularly, so that no production has to find out."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from reelwright.clock import Clock
from reelwright.cost.budgets import Day, action_from, budget_names, day_limit, micro_usd
from reelwright.cost.errors import PriceUnknown
from reelwright.cost.ports import Ledger
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Totals, format_usd
from reelwright.environment.schema import BudgetSettings, Settings
from reelwright.models.access import access_to
from reelwright.models.capability import KEYLESS
from reelwright.models.catalogue import price_region
from reelwright.models.checking import ModelCheck, ModelChecker
from reelwright.models.parts import ModelParts
from reelwright.models.schema import Model, Standing
from reelwright.observability.metrics import Metric, Metrics

__all__ = ["PRICE_WARNING_DAYS", "look_at_models", "look_at_spending"]

PRICE_WARNING_DAYS: Final = 30
"""So long before a price is no longer believed it is counted as ending."""

_MICRO: Final = 1_000_000
_LOG = logging.getLogger(__name__)


def look_at_models(parts: ModelParts, settings: Settings) -> dict[str, Any]:
    """Ask every provider that may be asked how it is, count and log what follows, and return a summary.

    Buys nothing. A provider that is switched off, stopped or without a credential is not asked; who stopped
    it, and how it is put back, is told. Counted are models in use: those of the tier, or the list, that the
    settings ask for.
    """
    book = parts.book_for(settings)
    checks = _checks(parts, settings, book)
    health = parts.health_for(settings)
    standings = {check.model.name: health.look(check.model) for check in checks if not check.model.free}
    used = [check for check in checks if _is_used(check.model, settings)]
    for check in checks:
        _log(check, standings.get(check.model.name), used=check in used)
    ending = tuple(check.model.name for check in used if check.warnings)
    unwell = {check.model.name: _ailment(check) for check in used if not check.is_well}
    prices = _ending_prices(book, [check.model for check in used])
    _measure(parts.metrics, standings, used)
    parts.metrics.emit(Metric.MODELS_ENDING, len(ending))
    parts.metrics.emit(Metric.MODELS_UNWELL, len(unwell))
    parts.metrics.emit(Metric.PRICES_ENDING, len(prices))
    return {
        "looked_at": len(checks),
        "asked": sum(check.probed for check in checks),
        "ending": list(ending),
        "unwell": unwell,
        "left_alone": [name for name, standing in standings.items() if standing.state == "open"],
        "prices_ending": list(prices),
        "stopped": _stopped(parts, checks),
    }


def look_at_spending(
    ledger: Ledger, budgets: BudgetSettings, *, environment: str, clock: Clock, metrics: Metrics
) -> dict[str, Any]:
    """Give back what nobody came back for, measure what is spent, and return a summary; LedgerUnavailable.

    A share is of the limit at which everything paid stops; of the day without one, of the action's limit.
    Counted is what is spent, or may be: not what is only set aside.
    """
    lapsed = ledger.expire()
    metrics.emit(Metric.RESERVATIONS_LAPSED, len(lapsed))
    totals = _totals(ledger, budgets, environment, clock)
    limits = {
        "day": _either(day_limit(budgets), action_from(budgets)),
        "month": _either(micro_usd(budgets.per_month_block_usd), micro_usd(budgets.per_month_warn_usd)),
        "total": micro_usd(budgets.total_block_usd),
    }
    shares = {name: share for name in totals if (share := _share(totals[name], limits[name])) is not None}
    for name, share in shares.items():
        metrics.emit(Metric.BUDGET_USED_SHARE, share, budget=name)
    metrics.emit(Metric.SPEND_TODAY, _spent(totals["day"]) / _MICRO)
    metrics.emit(Metric.SPEND_UNKNOWN, totals["total"].unknown / _MICRO)
    return {
        "lapsed": [charge.key for charge in lapsed],
        "spent_usd": {name: format_usd(_spent(each)) for name, each in totals.items()},
        "unknown_usd": format_usd(totals["total"].unknown),
        "used": {name: round(share, 4) for name, share in shares.items()},
    }


def _checks(parts: ModelParts, settings: Settings, book: PriceBook) -> tuple[ModelCheck, ...]:
    probes = parts.providers.probes
    checker = ModelChecker(
        parts.catalogue_for(settings),
        {name: probes[name] for name in probes if _may_be_asked(name, settings)},
        settings,
        parts.clock,
        lambda name: access_to(name, settings.providers.get(name), parts.secrets),
        price_problem=lambda model: _price_problem(model, book),
        stopped=parts.switched_off,
    )
    return checker.check()


def _stopped(parts: ModelParts, checks: Sequence[ModelCheck]) -> dict[str, str]:
    providers = dict.fromkeys(check.model.provider for check in checks)
    return {name: why for name in providers if (why := parts.switched_off(name))}


def _may_be_asked(provider: str, settings: Settings) -> bool:
    told = settings.providers.get(provider)
    if told is None or not told.enabled:
        return False
    return provider in KEYLESS or told.credential is not None


def _is_used(model: Model, settings: Settings) -> bool:
    """Return whether routes of these settings may lead to a model, so that its troubles are ours."""
    wanted, told = getattr(settings.models, model.service), settings.providers.get(model.provider)
    if model.free or not model.enabled or told is None or not told.enabled:
        return False
    if model.provider not in KEYLESS and told.credential is None:
        return False
    if wanted.models:
        return model.name in wanted.models
    return wanted.tier in model.tiers and model.lifecycle != "retired"


def _price_problem(model: Model, book: PriceBook) -> str:
    units = {price.unit for price in book.prices_of(model.name)}
    if not units:
        return "nobody says what it costs"
    try:
        for unit in sorted(units):
            book.price(model.name, unit, price_region(model))
    except PriceUnknown as error:
        return error.message
    return ""


def _ending_prices(book: PriceBook, models: Sequence[Model]) -> tuple[str, ...]:
    names = {model.name for model in models}
    found = {f"{price.model}.{price.unit}" for price in book.expiring(PRICE_WARNING_DAYS)}
    return tuple(sorted(each for each in found if each.partition(".")[0] in names))


def _measure(metrics: Metrics, standings: dict[str, Standing], used: Sequence[ModelCheck]) -> None:
    """Count again what is still so: an alarm must not fall silent because nobody has asked since."""
    for check in used:
        standing = standings[check.model.name]
        if standing.gone:
            metrics.emit(Metric.MODELS_RETIRED, 1, model=check.model.name)
        elif standing.state == "open":
            metrics.emit(Metric.MODELS_OPEN, 1, model=check.model.name)


def _ailment(check: ModelCheck) -> str:
    ended = "it has ended" if check.lifecycle == "retired" else ""
    return "; ".join(said for said in (ended, check.problem, check.price_problem) if said)


def _log(check: ModelCheck, standing: Standing | None, *, used: bool) -> None:
    said = {
        "model": check.model.name,
        "provider": check.model.provider,
        "service": check.model.service,
        "used": used,
        "lifecycle": check.lifecycle,
        "days_left": check.days_left,
        "asked": check.probed,
        "problem": _ailment(check),
        "warnings": list(check.warnings),
        **(_told(standing) if standing else {}),
    }
    level = logging.WARNING if used and not check.is_well else logging.INFO
    _LOG.log(level, "%s was looked at", check.model.name, extra=said)


def _told(standing: Standing) -> dict[str, Any]:
    return standing.model_dump(
        include={"state", "reason", "calls", "p50_seconds", "p95_seconds", "failure_share", "refusal_share"}
    )


def _totals(ledger: Ledger, budgets: BudgetSettings, environment: str, clock: Clock) -> dict[str, Totals]:
    names = budget_names(environment, Day.of(clock.now(), budgets.time_zone).date, "content", "")
    asked = {"day": names.day, "month": names.month, "total": names.environment}
    return {name: ledger.totals(budget) for name, budget in asked.items()}


def _either(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _spent(totals: Totals) -> int:
    return totals.settled + totals.unknown


def _share(totals: Totals, limit: int | None) -> float | None:
    """Return the share that is used; of a limit of nothing, all of it as soon as something is spent."""
    if limit is None:
        return None
    return _spent(totals) / limit if limit else float(_spent(totals) > 0)
