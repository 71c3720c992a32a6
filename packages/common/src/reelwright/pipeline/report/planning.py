"""Which model would be asked under given settings on a given day, if all were well and money no object.

The route itself, without the health of the fleet and without budgets: for what is worked out before, or
after, and not while calls are made.
"""

from collections.abc import Callable
from dataclasses import dataclass

from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Service
from reelwright.cost.tracker import Spending
from reelwright.environment.schema import Settings
from reelwright.models.estimating import estimate_required_micro_usd
from reelwright.models.routing import RouteBuilder, micro_usd_of
from reelwright.models.schema import Failure, Model, Requirements, Route, Standing

__all__ = ["Planner", "credentials_of", "price_ceiling"]


class _AllWell:
    """A HealthRecord of a fleet in which nothing fails."""

    def standing(self, model: Model) -> Standing:  # noqa: ARG002 (all are)
        return Standing()

    def may_ask(self, model: Model) -> bool:  # noqa: ARG002 (all may be)
        return True

    def give_back(self, model: Model) -> None:
        """Nothing was taken."""

    def note(self, model: Model, failure: Failure | None, seconds: float) -> None:
        """Nothing is remembered."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Routes of one catalogue, one price book and its day, and one set of settings."""

    settings: Settings
    catalogue: tuple[Model, ...]
    book: PriceBook
    has_credential: Callable[[str], bool]

    def select(self, service: Service, requirements: Requirements) -> Route:
        """Return the choices as ``AIModelManager.select`` does; NoModelAvailable."""
        ceiling = price_ceiling(self.settings)
        routes = RouteBuilder(
            catalogue=self.catalogue,
            settings=self.settings,
            health=_AllWell(),
            installed=_nothing_against,
            has_credential=self.has_credential,
            switched_off=_nothing_against,
        )
        return routes.build(
            service,
            requirements,
            on=self.book.on,
            estimate=lambda model: estimate_required_micro_usd(model, requirements, self.book, ceiling),
            spending=Spending(),
        )


def credentials_of(settings: Settings) -> Callable[[str], bool]:
    """Return what tells whether a provider has a key under these settings."""

    def has_credential(provider: str) -> bool:
        told = settings.providers.get(provider)
        return told is not None and told.credential is not None

    return has_credential


def price_ceiling(settings: Settings) -> int | None:
    """Return what a call of unknown price is taken to cost, in micro-dollars; None if it is refused."""
    costs = settings.costs
    return micro_usd_of(costs.unknown_price_usd) if costs.unknown_price == "ceiling" else None


def _nothing_against(_: object) -> str:
    return ""
