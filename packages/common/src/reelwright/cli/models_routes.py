"""The route table of one service: for the terminal, as data, and for the page of all environments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reelwright.cli.modelling import plain_usd
from reelwright.errors import BudgetExceeded, ReelwrightError
from reelwright.pipeline.report.markup import counted

if TYPE_CHECKING:
    from datetime import date

    from reelwright.cost.tracker import Spending
    from reelwright.environment.schema import ServiceSettings, Settings
    from reelwright.models.parts import ModelParts
    from reelwright.models.schema import Candidate, RejectedCandidate, Requirements, Route, Standing

__all__ = [
    "RouteTable",
    "as_data",
    "as_lines",
    "grouped",
    "health_words",
    "requirements_for",
    "route_table",
    "standing_data",
    "with_wishes",
]

_SCRIPT_TOKENS = 12_000
_MINUTE_CHARACTERS = 900
_SCENE_SECONDS = 8.0
"""As large as the calls of a minute of video: its script, its narration, one of its scenes."""


@dataclass(frozen=True, slots=True)
class RouteTable:
    """One service's route on a day, and what it was worked out from."""

    service: str
    on: "date"
    wanted: "ServiceSettings"
    requirements: "Requirements"
    spending: "Spending"
    route: "Route | None" = None
    error: ReelwrightError | None = None
    """Why there is no route."""


def with_wishes(
    settings: "Settings", service: str, *, tier: str | None = None, prefer: str | None = None
) -> "Settings":
    """Return the settings as if they asked for a tier, whatever models they name, and preferred something."""
    update: dict[str, Any] = {}
    if tier is not None:
        update |= {"tier": tier, "models": ()}
    if prefer is not None:
        update["prefer"] = prefer
    wanted = getattr(settings.models, service).model_copy(update=update)
    models = settings.models.model_copy(update={service: wanted})
    return settings.model_copy(update={"models": models})


def requirements_for(
    settings: "Settings",
    service: str,
    *,
    language: str | None = None,
    seconds: float | None = None,
    aspect: Any = None,
    resolution: Any = None,
    characters: int | None = None,
    tokens: int | None = None,
) -> "Requirements":
    """Return what a call needs of a model; what is not said is as usual in a production."""
    from reelwright.models.schema import Requirements  # noqa: PLC0415 (heavy)

    language = "en" if language is None else language
    if service == "content":
        return Requirements(language=language, input_tokens=tokens or _SCRIPT_TOKENS)
    if service == "audio":
        return Requirements(language=language, characters=characters or _MINUTE_CHARACTERS)
    return Requirements(
        language=language,
        seconds=seconds or _SCENE_SECONDS,
        aspect=aspect or "16:9",
        resolution=resolution or settings.video.resolution,
    )


def route_table(
    parts: "ModelParts", settings: "Settings", service: Any, requirements: "Requirements"
) -> RouteTable:
    """Return the route of a call that would be made now; that there is none is in it, not raised."""
    from reelwright.models.errors import NoModelAvailable, ProviderStopped  # noqa: PLC0415 (heavy)

    table = RouteTable(
        service=service,
        on=parts.clock.now().date(),
        wanted=getattr(settings.models, service),
        requirements=requirements,
        spending=parts.tracker_for(settings).spending(service, ""),
    )
    try:
        found = parts.manager_for(settings).select(service, requirements)
    except (NoModelAvailable, ProviderStopped, BudgetExceeded) as error:
        return _with(table, error=error)
    return _with(table, route=found)


def _with(
    table: RouteTable, *, route: "Route | None" = None, error: ReelwrightError | None = None
) -> RouteTable:
    from dataclasses import replace  # noqa: PLC0415 (as the others)

    return replace(table, route=route, error=error)


def as_data(table: RouteTable) -> dict[str, Any]:
    """Return the table for machines."""
    route, wanted = table.route, table.wanted
    return {
        "service": table.service,
        "on": table.on.isoformat(),
        "tier": wanted.tier,
        "named": list(wanted.models),
        "prefer": wanted.prefer,
        "requirements": table.requirements.model_dump(mode="json", exclude_none=True),
        "call_ceiling_usd": None if wanted.call_ceiling_usd is None else str(wanted.call_ceiling_usd),
        "budget": {"level": table.spending.level, "reason": table.spending.reason},
        "candidates": [_candidate(each) for each in route.candidates] if route else [],
        "rejected": [each.model_dump(mode="json") for each in route.rejected] if route else [],
        "warnings": list(route.warnings) if route else [],
        "mock": route.mock if route else False,
        "error": table.error.as_dict() if table.error else None,
    }


def _candidate(candidate: "Candidate") -> dict[str, Any]:
    ceiling = candidate.ceiling_micro_usd
    return {
        "model": candidate.model.name,
        "provider": candidate.model.provider,
        "reason": candidate.reason,
        "estimate_usd": plain_usd(candidate.estimate_micro_usd),
        "ceiling_usd": None if ceiling is None else plain_usd(ceiling),
        "health": standing_data(candidate.standing),
    }


def standing_data(standing: "Standing") -> dict[str, Any]:
    """Return how a model has been doing, for machines."""
    return standing.model_dump(mode="json")


def as_lines(table: RouteTable) -> Iterator[str]:
    """Yield the table for people."""
    wanted = table.wanted
    asked = f"models {', '.join(wanted.models)}" if wanted.models else f"tier {wanted.tier}"
    yield f"{table.service}: {asked}, prefer {wanted.prefer}, on {table.on}"
    yield f"  for {_needs(table.requirements)}"
    yield f"  budget {table.spending.level}{f': {table.spending.reason}' if table.spending.reason else ''}"
    if table.error:
        yield f"  NO ROUTE [{table.error.code}]: {table.error.message}"
    if table.route:
        yield from _route_lines(table.route)


def _route_lines(route: "Route") -> Iterator[str]:
    for number, candidate in enumerate(route.candidates, 1):
        yield f"  {number}. {candidate.model.name:<28} {_price(candidate)}  {candidate.reason}"
        if candidate.standing.state != "healthy" or candidate.standing.calls:
            yield f"     {health_words(candidate.standing)}"
    if route.mock:
        yield "  MOCK: engines of ours stand in for paid models."
    yield from (f"  Warning: {warning}" for warning in route.warnings)
    for (because, reason), models in grouped(route.rejected).items():
        yield f"  not, {because}: {', '.join(models)}"
        yield f"       {reason}"


def grouped(rejected: "Sequence[RejectedCandidate]") -> dict[tuple[str, str], list[str]]:
    """Return who was passed over, by kind of reason and reason, in the order in which the kinds come up."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in sorted(rejected, key=lambda each: each.because):
        groups.setdefault((each.because, each.reason), []).append(each.model)
    return groups


def _price(candidate: "Candidate") -> str:
    if candidate.model.free:
        return "free"
    ceiling = candidate.ceiling_micro_usd
    most = "" if ceiling is None else f" of ${plain_usd(ceiling)} allowed"
    return f"up to ${plain_usd(candidate.estimate_micro_usd)}{most}"


def health_words(standing: "Standing") -> str:
    """Return how a model has been doing, in words."""
    said: list[str] = [standing.state]
    if standing.calls:
        said.append(f"{counted(standing.calls, 'call')}, {standing.failure_share:.0%} failed")
    if standing.p50_seconds is not None and standing.p95_seconds is not None:
        said.append(f"p50 {standing.p50_seconds:.2f} s, p95 {standing.p95_seconds:.2f} s")
    if standing.reason:
        said.append(standing.reason)
    return "; ".join(said)


def _needs(requirements: "Requirements") -> str:
    told = requirements.model_dump(mode="json", exclude_none=True, exclude={"allow_image"})
    return ", ".join(
        f"{key.replace('_', ' ')} {value:,}" if isinstance(value, int | float) else f"{key} {value}"
        for key, value in told.items()
    )
