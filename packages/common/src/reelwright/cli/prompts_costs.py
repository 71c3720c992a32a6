"""What tokens of a prompt cost, by every model that would be asked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reelwright.cli.commands import environment_name
from reelwright.cli.modelling import open_models, open_settings, plain_usd, prices_that_count
from reelwright.cli.models_routes import requirements_for, route_table, with_wishes

if TYPE_CHECKING:
    from reelwright.cost.price_book import PriceBook
    from reelwright.cost.schema import Price
    from reelwright.environment.schema import Settings
    from reelwright.models.parts import ModelParts
    from reelwright.models.schema import Model

__all__ = ["CandidateCost", "Costs", "cost_data", "cost_lines", "cost_of_change", "costs_of", "pricing"]

_CALLS = 1000


@dataclass(frozen=True, slots=True)
class CandidateCost:
    """One model that would be asked, in order, and what that costs in micro-dollars."""

    model: str
    free: bool
    price: "Price | None"
    """Of tokens that it reads; None if it is free, or nobody knows."""
    most_micro_usd: int
    """With the longest answer that the model gives: what is set aside for the call."""

    def read_micro_usd(self, tokens: int) -> int | None:
        """Return what so many tokens cost to be read, rounded up to a micro-dollar; None without a price."""
        from reelwright.cost.manager import line_micro_usd  # noqa: PLC0415 (heavy)

        if self.free:
            return 0
        return None if self.price is None else line_micro_usd(tokens, self.price)


@dataclass(frozen=True, slots=True)
class Costs:
    """All candidates of a call, or why there is none."""

    service: str
    tokens: int
    candidates: tuple[CandidateCost, ...]
    trouble: str = ""


@contextmanager
def pricing() -> "Iterator[tuple[ModelParts, Settings]]":
    """Yield what routes and prices of the environment asked for need; nothing is bought."""
    settings = open_settings(environment_name())
    parts = open_models(environment_name())
    try:
        yield parts, settings
    finally:
        parts.close()


def costs_of(
    parts: "ModelParts",
    settings: "Settings",
    tokens: int,
    *,
    service: str = "content",
    tier: str | None = None,
    language: str | None = None,
) -> Costs:
    """Return what a call that reads so many tokens costs by each model that would be asked now."""
    wanted = with_wishes(settings, service, tier=tier) if tier else settings
    table = route_table(parts, wanted, service, _requirements(wanted, service, tokens, language))
    book = parts.book_for(settings)
    candidates = tuple(
        CandidateCost(
            model=each.model.name,
            free=each.model.free,
            price=_price_of_reading(each.model, book),
            most_micro_usd=each.estimate_micro_usd,
        )
        for each in (table.route.candidates if table.route else ())
    )
    return Costs(service, tokens, candidates, table.error.message if table.error else "")


def cost_of_change(candidates: Sequence[CandidateCost], delta: int) -> dict[str, str]:
    """Return what so many tokens more, or fewer, cost in a thousand calls: dollars with a sign, by model.

    Models without a price are left out.
    """
    sign = "-" if delta < 0 else "+"
    costs = {each.model: each.read_micro_usd(_CALLS * abs(delta)) for each in candidates}
    return {model: f"{sign}{plain_usd(cost)}" for model, cost in costs.items() if cost is not None}


def cost_data(costs: Costs) -> dict[str, Any]:
    """Return the costs for machines."""
    return {
        "service": costs.service,
        "tokens": costs.tokens,
        "trouble": costs.trouble or None,
        "candidates": [
            {
                "model": each.model,
                "free": each.free,
                "read_usd": _usd(each.read_micro_usd(costs.tokens)),
                "most_usd": plain_usd(each.most_micro_usd),
            }
            for each in costs.candidates
        ],
    }


def cost_lines(costs: Costs) -> Iterator[str]:
    """Yield the costs for people."""
    if costs.trouble:
        yield f"  No model would be asked: {costs.trouble}"
    for number, each in enumerate(costs.candidates, 1):
        yield f"  {number}. {each.model:<28} {_said(each, costs.tokens)}"


def _said(cost: CandidateCost, tokens: int) -> str:
    if cost.free:
        return "free"
    read = _usd(cost.read_micro_usd(tokens))
    reading = f"${read} for reading it" if read else "no price is known for reading it"
    return f"{reading}, at most ${plain_usd(cost.most_micro_usd)} with the answer"


def _usd(micro_usd: int | None) -> str | None:
    return None if micro_usd is None else plain_usd(micro_usd)


def _requirements(settings: "Settings", service: str, tokens: int, language: str | None) -> Any:
    if service == "content":
        return requirements_for(settings, service, tokens=tokens, language=language)
    return requirements_for(settings, service, language=language)


def _price_of_reading(model: "Model", book: "PriceBook") -> "Price | None":
    return next((each for each in prices_that_count(model, book) if each.unit == "input_tokens"), None)
