"""`reelwright cost estimate`: what a video would cost, and why one cost something else than expected."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.cli.cost_budgets import Obstacle, obstacles
from reelwright.cli.costing import open_ledger, open_productions, table
from reelwright.cli.modelling import open_models, open_settings
from reelwright.cli.output import answer
from reelwright.clock import SystemClock
from reelwright.content.brief_file import brief_from_options, read_brief
from reelwright.cost.budgets import video_budget
from reelwright.cost.ledger_rules import lapsed
from reelwright.cost.manager import OURS, total_cost
from reelwright.cost.schema import ChargeLine, Service, format_usd
from reelwright.environment.schema import BudgetSettings, FootageRule, Resolution, Settings
from reelwright.errors import InvalidInput
from reelwright.ids import check_production_id
from reelwright.models.forecast import ProductionEstimate, ServiceEstimate, estimate_production
from reelwright.models.schema import Candidate, Requirements, Route
from reelwright.models.spending import lines_of
from reelwright.pipeline.overrides import Overrides
from reelwright.pipeline.report.foreseen import Difference, Foreseen, foresee
from reelwright.pipeline.report.planning import price_ceiling
from reelwright.production.schema import Brief, Production
from reelwright.video.footage_sources import shots_of

if TYPE_CHECKING:
    from reelwright.models.parts import ModelParts

__all__ = ["compare", "estimate"]

_WHEN = {
    "now": "as things stand",
    "expected": "on the way, if it costs what is expected",
    "high": "on the way, if it costs the high end",
}
_WHAT = {
    "warn": "it would warn",
    "mock": "engines of ours would stand in for paid models",
    "block": "it would be refused",
}


@dataclass(slots=True)
class _Chooser:
    """Chooses as the manager does, and remembers the route of each service."""

    parts: "ModelParts"
    settings: Settings
    routes: dict[Service, Route] = field(default_factory=dict)

    def select(self, service: Service, requirements: Requirements) -> Route:
        route = self.parts.manager_for(self.settings).select(service, requirements)
        self.routes[service] = route
        return route


def estimate(
    environment: str,
    topic: str | None,
    brief_file: Path | None,
    *,
    duration: int | None,
    aspect: str | None,
    footage: FootageRule | None,
    resolution: Resolution | None,
) -> None:
    """Print what a video of the topic, or of the brief in a file, would cost if it were begun now."""
    brief = _brief(topic, brief_file, {"duration_seconds": duration, "aspect": aspect})
    settings = open_settings(environment, Overrides(footage=footage, resolution=resolution))
    # Budgets are looked at apart: a video that they would turn into a mock is estimated as it was meant.
    chooser = _Chooser(open_models(environment), settings.model_copy(update={"budgets": BudgetSettings()}))
    try:
        found = estimate_production(
            brief,
            settings,
            chooser.parts.book_for(settings),
            select=chooser.select,
            shots=shots_of(brief, settings.video),
            ceiling_micro_usd=price_ceiling(settings),
        )
        amounts = [(each.service, each.expected_micro_usd, each.high_micro_usd) for each in found.services]
        in_the_way = obstacles(chooser.parts.ledger, settings.budgets, environment, amounts)
    finally:
        chooser.parts.close()
    routes = {
        each.service: chooser.routes[each.service] for each in found.services if _is_asked(each, chooser)
    }
    data = {
        "topic": brief.topic,
        "environment": environment,
        **_estimated(found),
        "routes": {service: _route(route) for service, route in routes.items()},
        "budgets": [_obstacle(each) for each in in_the_way],
    }
    answer(data, "\n".join(_estimate_lines(brief, found, routes, in_the_way)))


def _is_asked(each: ServiceEstimate, chooser: _Chooser) -> bool:
    """Whether the route of a service is gone by at all: footage that is drawn is asked of nobody on it."""
    return chooser.routes[each.service].candidates[0].model.name == each.model


def compare(environment: str, production_id: str) -> None:
    """Print what a production was expected to cost, what it did, and each reason for the difference.

    ProductionNotFound; InvalidInput for what is no id, or if nobody could say what it was to cost.
    """
    check_production_id(production_id)
    with open_productions(environment) as store:
        production = store.load(production_id)
        settings = store.pinned(production_id).settings
    foreseen = foresee(production.brief, settings, production.created_at.date())
    if foreseen is None:
        raise InvalidInput(
            f"Nobody can say any more what {production_id} was expected to cost.",
            next_step="A model or a price that its configuration relied on is gone. See its own report.",
        )
    lines = _charged(environment, production)
    actual = total_cost(lines)
    differences = foreseen.differences(lines)
    data = {
        "production_id": production_id,
        "topic": production.brief.topic,
        "status": production.status,
        "estimate": _estimated(foreseen.estimate),
        "actual": actual.model_dump(mode="json"),
        "difference_usd": format_usd(
            sum(line.micro_usd for line in lines) - foreseen.estimate.expected_micro_usd
        ),
        "differences": [_difference(each) for each in differences],
    }
    answer(data, "\n".join(_comparison_lines(production, foreseen, lines, differences)))


def _brief(topic: str | None, file: Path | None, over: dict[str, Any]) -> Brief:
    if file is None:
        return brief_from_options(topic or "", **over)
    said = {key: value for key, value in over.items() if value is not None}
    return brief_from_options(**(read_brief(file).model_dump() | said))


def _charged(environment: str, production: Production) -> tuple[ChargeLine, ...]:
    """Return the bill as the ledger has it by now, with what engines of ours did, which it knows nothing of.

    A production whose charges the ledger has lost is taken at the word of its record.
    """
    now = SystemClock().now()
    with open_ledger(environment) as ledger:
        found = ledger.charges(budget=video_budget(production.id))
    if not found:
        return production.charges
    free = [line for line in production.charges if line.provider == OURS]
    return (*lines_of(lapsed(each, now) for each in found), *free)


def _estimated(found: ProductionEstimate) -> dict[str, Any]:
    return {
        "low_usd": format_usd(found.low_micro_usd),
        "expected_usd": format_usd(found.expected_micro_usd),
        "high_usd": format_usd(found.high_micro_usd),
        "services": [_service(each) for each in found.services],
        "assumptions": list(found.assumptions),
        "price_book": found.price_book,
    }


def _service(each: ServiceEstimate) -> dict[str, Any]:
    return {
        "service": each.service,
        "model": each.model,
        "calls": each.calls,
        "low_usd": format_usd(each.low_micro_usd),
        "expected_usd": format_usd(each.expected_micro_usd),
        "high_usd": format_usd(each.high_micro_usd),
        "expected": [line.model_dump(mode="json") for line in each.expected],
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "candidates": [_candidate(each) for each in route.candidates],
        "rejected": [each.model_dump(mode="json") for each in route.rejected],
        "warnings": list(route.warnings),
    }


def _candidate(each: Candidate) -> dict[str, Any]:
    ceiling = each.ceiling_micro_usd
    return {
        "model": each.model.name,
        "reason": each.reason,
        "one_attempt_usd": format_usd(each.estimate_micro_usd),
        "ceiling_usd": None if ceiling is None else format_usd(ceiling),
        "standing": each.standing.state,
    }


def _obstacle(each: Obstacle) -> dict[str, Any]:
    totals = each.standing.totals
    threshold = next(it for it in each.standing.thresholds if it.level == each.level)
    return {
        "budget": totals.budget,
        "level": each.level,
        "when": each.when,
        "committed_usd": format_usd(totals.committed),
        "limit_usd": None if totals.limit is None else format_usd(totals.limit),
        "from_usd": format_usd(threshold.micro_usd),
        "setting": threshold.key,
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {"service": each.service, "usd": format_usd(each.micro_usd), "reason": each.reason}


def _estimate_lines(
    brief: Brief, found: ProductionEstimate, routes: dict[Service, Route], in_the_way: tuple[Obstacle, ...]
) -> Iterator[str]:
    yield f"{brief.topic}\n"
    yield _estimate_table(found)
    yield "\nAssumed:"
    yield from (f"  {assumption}" for assumption in found.assumptions)
    yield f"  prices of book {found.price_book}"
    for service, route in routes.items():
        yield f"\nAsked for {service}, in this order:"
        yield from (f"  {_candidate_line(each)}" for each in route.candidates)
        yield from (f"  Note: {warning}" for warning in route.warnings)
    if in_the_way:
        yield "\nBudgets in the way:"
        yield from (f"  {_obstacle_line(each)}" for each in in_the_way)


def _estimate_table(found: ProductionEstimate) -> str:
    rows = [
        (
            each.service,
            each.model,
            str(each.calls),
            *_three(each.low_micro_usd, each.expected_micro_usd, each.high_micro_usd),
        )
        for each in found.services
    ]
    total = ("all", "", "", *_three(found.low_micro_usd, found.expected_micro_usd, found.high_micro_usd))
    return table(("service", "model", "calls", "low", "expected", "high"), [*rows, total], left=2)


def _three(*amounts: int) -> tuple[str, ...]:
    return tuple(f"${format_usd(amount)}" for amount in amounts)


def _candidate_line(each: Candidate) -> str:
    ceiling = each.ceiling_micro_usd
    limit = "" if ceiling is None else f", ceiling ${format_usd(ceiling)}"
    state = "" if each.standing.state == "healthy" else f" ({each.standing.state}: {each.standing.reason})"
    return f"{each.model.name}: at most ${format_usd(each.estimate_micro_usd)} an attempt{limit}{state}"


def _obstacle_line(each: Obstacle) -> str:
    facts = _obstacle(each)
    since = f"from ${facts['from_usd']} on ({facts['setting']})"
    limit = "" if facts["limit_usd"] is None else f" of ${facts['limit_usd']}"
    spent = f"${facts['committed_usd']}{limit} spent or set aside"
    return f"{_WHAT[each.level]} {_WHEN[each.when]}: {each.standing.budget}, {since}; {spent}"


def _comparison_lines(
    production: Production,
    foreseen: Foreseen,
    lines: tuple[ChargeLine, ...],
    differences: tuple[Difference, ...],
) -> Iterator[str]:
    expected = foreseen.estimate.expected_micro_usd
    spent = sum(line.micro_usd for line in lines)
    yield f"{production.brief.topic}\n{production.id} is {production.status}.\n"
    yield _estimate_table(foreseen.estimate)
    against = f"{_signed(spent - expected)} against ${format_usd(expected)} expected"
    yield f"\nIt cost ${format_usd(spent)}, {against}."
    unknown = total_cost(lines).unknown_usd
    if any(line.state == "unknown" for line in lines):
        yield f"Of that, ${unknown} may not have been spent: reelwright cost unknown"
    yield from (f"  {_signed(each.micro_usd):>13}  {each.service}: {each.reason}" for each in differences)


def _signed(micro_usd: int) -> str:
    return f"{'-' if micro_usd < 0 else '+'}${format_usd(abs(micro_usd))}"
