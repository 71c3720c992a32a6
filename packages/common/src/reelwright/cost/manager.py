"""From charges to the cost of a video."""

from collections import defaultdict
from collections.abc import Iterable

from reelwright.cost.schema import ChargeLine, CostLine, GenerationCost, Service, format_usd

__all__ = ["calculate_generation_cost"]


def calculate_generation_cost(charges: Iterable[ChargeLine]) -> GenerationCost:
    """Return the total of what was used, and its breakdown by service, model and unit."""
    quantities: dict[tuple[Service, str, str], int] = defaultdict(int)
    amounts: dict[tuple[Service, str, str], int] = defaultdict(int)
    for charge in charges:
        line = (charge.service, charge.model, charge.unit)
        quantities[line] += charge.quantity
        amounts[line] += charge.micro_usd
    return GenerationCost(
        generation_cost_usd=format_usd(sum(amounts.values())),
        cost_breakdown=tuple(
            CostLine(
                service=service,
                model=model,
                unit=unit,
                quantity=quantities[service, model, unit],
                cost_usd=format_usd(amount),
            )
            for (service, model, unit), amount in sorted(amounts.items())
        ),
    )
