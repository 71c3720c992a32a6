"""From what was used to what it cost."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import (
    ChargeLine,
    CostLine,
    GenerationCost,
    ModelUsage,
    Price,
    Service,
    Usage,
    format_usd,
)
from reelwright.cost.trusted import trusted

__all__ = [
    "OURS",
    "Billed",
    "bill",
    "calculate_generation_cost",
    "charge_lines",
    "line_micro_usd",
    "total_cost",
]

OURS = "embedded"
"""The provider whose engines are ours: what they do costs nothing, and no price is looked up for it."""


def calculate_generation_cost(usages: Iterable[ModelUsage], price_book: PriceBook) -> GenerationCost:
    """Return what the usages cost, with the breakdown by service, model and unit.

    PriceUnknown or PriceExpired if the book does not say what one of them costs: nothing is taken as free.
    """
    return total_cost(charge_lines(usages, price_book))


def charge_lines(
    usages: Iterable[ModelUsage], book: PriceBook, *, ceiling_micro_usd: int | None = None
) -> tuple[ChargeLine, ...]:
    """Return one line of the bill for every usage, in order.

    What the provider itself reported beats the book. Each line is rounded up to a whole micro-dollar. A usage
    without a valid price is PriceUnknown, unless a ceiling is given: then the call is taken to cost that,
    once for each model, however many of its units have no price.
    """
    counted: set[str] = set()
    return tuple([_line(usage, _billed(usage), book, ceiling_micro_usd, counted) for usage in usages])


class Billed(NamedTuple):
    """The model that a bill is for, and the region by which it is priced."""

    service: Service
    provider: str
    model: str
    region: str


def bill(
    usages: Iterable[Usage], of: Billed, book: PriceBook, *, ceiling_micro_usd: int | None = None
) -> tuple[ChargeLine, ...]:
    """Return the lines of ``charge_lines`` for usages that are all of one model."""
    counted: set[str] = set()
    return tuple([_line(usage, of, book, ceiling_micro_usd, counted) for usage in usages])


def total_cost(lines: Iterable[ChargeLine]) -> GenerationCost:
    """Return the sum of a bill, its breakdown by service, model and unit, what is unknown or was in vain.

    Amounts are dollars with six decimals.
    """
    kept = tuple(lines)
    return GenerationCost(
        generation_cost_usd=format_usd(sum(line.micro_usd for line in kept)),
        cost_breakdown=_breakdown(kept),
        unknown_usd=format_usd(sum(line.micro_usd for line in kept if line.state == "unknown")),
        failed_usd=format_usd(sum(line.micro_usd for line in kept if line.failed)),
    )


def line_micro_usd(quantity: int, price: Price) -> int:
    """Return what so many units cost, rounded up to a whole micro-dollar."""
    return -(-quantity * price.micro_usd // price.per)


def _billed(usage: ModelUsage) -> Billed:
    return Billed(usage.service, usage.provider, usage.model, usage.region)


def _line(
    usage: Usage, of: Billed, book: PriceBook, ceiling_micro_usd: int | None, counted: set[str]
) -> ChargeLine:
    micro_usd, price = _amount(usage, of, book, ceiling_micro_usd, counted)
    values = {
        "service": of.service,
        "provider": of.provider,
        "model": of.model,
        "unit": usage.unit,
        "quantity": usage.quantity,
        "micro_usd": micro_usd,
        "price": price,
        "state": "settled",
        "failed": False,
    }
    return trusted(ChargeLine, values)


def _amount(
    usage: Usage, of: Billed, book: PriceBook, ceiling_micro_usd: int | None, counted: set[str]
) -> tuple[int, str]:
    if usage.reported_micro_usd is not None:
        return usage.reported_micro_usd, f"reported by {of.provider}"
    if of.provider == OURS:
        return 0, "free: an engine of ours"
    if usage.quantity == 0:
        return 0, "nothing used"
    try:
        price = book.price(of.model, usage.unit, of.region)
    except PriceUnknown as error:
        if ceiling_micro_usd is None:
            raise
        return _ceiling(of.model, ceiling_micro_usd, counted), f"ceiling: {error.message}"
    return line_micro_usd(usage.quantity, price), _described(price)


def _ceiling(model: str, micro_usd: int, counted: set[str]) -> int:
    """Return the ceiling the first time that a model needs it, and nothing after that."""
    first = model not in counted
    counted.add(model)
    return micro_usd if first else 0


def _described(price: Price) -> str:
    return _said(price.micro_usd, price.per, price.unit, price.as_of)


@lru_cache(maxsize=512)
def _said(micro_usd: int, per: int, unit: str, as_of: date) -> str:
    units = f"{per:,} {unit}" if per > 1 else unit
    return f"${format_usd(micro_usd)} per {units} as of {as_of}"


def _breakdown(lines: tuple[ChargeLine, ...]) -> tuple[CostLine, ...]:
    quantities: dict[tuple[Service, str, str], int] = defaultdict(int)
    amounts: dict[tuple[Service, str, str], int] = defaultdict(int)
    for line in lines:
        key = (line.service, line.model, line.unit)
        quantities[key] += line.quantity
        amounts[key] += line.micro_usd
    return tuple(
        CostLine(
            service=service,
            model=model,
            unit=unit,
            quantity=quantities[service, model, unit],
            cost_usd=format_usd(amount),
        )
        for (service, model, unit), amount in sorted(amounts.items())
    )
