"""How every model does, put together from the catalogue, the prices, the fleet's health and the vendors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from reelwright.cli.modelling import SERVICES, credential_of, price_problem, prices_that_count
from reelwright.cli.models_routes import requirements_for, route_table
from reelwright.errors import BudgetExceeded, ReelwrightError, Retryable

if TYPE_CHECKING:
    from datetime import date

    from reelwright.cli.models_routes import RouteTable
    from reelwright.cost.price_book import PriceBook
    from reelwright.environment.schema import Settings
    from reelwright.models.checking import ModelCheck
    from reelwright.models.parts import ModelParts
    from reelwright.models.ports import Call, Probe
    from reelwright.models.schema import Model, Standing

__all__ = ["Look", "Reached", "Survey", "look_at_all"]

_STILL_WANTED: Final = frozenset({"health", "price", "budget"})
"""Kinds of reason for which a route passes over a model that the settings ask for all the same."""


_SOON_DAYS: Final = 30
"""Before the end of a price in which somebody should look for the next one."""


@dataclass(slots=True)
class Reached:
    """Which providers were asked, and what was wrong with those that did not answer."""

    asked: dict[str, str] = field(default_factory=dict)
    """By provider: why it could not be asked, or nothing."""
    away: set[str] = field(default_factory=set)
    """Providers that nobody could reach; one that answers with a refusal was reached."""

    @property
    def answered(self) -> bool:
        """Whether anybody did."""
        return bool(self.asked.keys() - self.away)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of one model now."""

    check: "ModelCheck"
    standing: "Standing"
    credential: str
    is_routed: bool
    """Whether a route would use it now, or would if it were well."""
    price_matters: bool
    price_until: "date | None"
    """The last day on which all of its prices are believed."""
    today: "date"

    @property
    def model(self) -> "Model":
        """The model."""
        return self.check.model

    @property
    def findings(self) -> tuple[str, ...]:
        """What is wrong with it."""
        return tuple(filter(None, self._findings()))

    @property
    def state(self) -> Literal["well", "warned", "broken", "out"]:
        """``out``: no route would use it, whatever is wrong with it."""
        if not self.is_routed:
            return "out"
        if self.findings:
            return "broken"
        return "warned" if self.warnings or self.standing.state != "healthy" else "well"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What will be wrong with it before long."""
        until = self.price_until
        if until is None or not 0 <= (until - self.today).days < _SOON_DAYS:
            return self.check.warnings
        return (*self.check.warnings, f"its price is believed until {until} only")

    def _findings(self) -> Iterator[str]:
        if self.check.lifecycle == "retired":
            instead = f"; use {self.model.replaced_by}" if self.model.replaced_by else ""
            yield f"retired by its provider{instead}"
        yield self.check.price_problem if self.price_matters else ""
        yield self.check.problem
        yield self.standing.reason if self.standing.state == "open" else ""


@dataclass(frozen=True, slots=True)
class Survey:
    """All models, and the services that no model could serve now."""

    looks: tuple[Look, ...]
    reached: Reached
    no_route: Mapping[str, str]
    """By service: why."""
    stopped: Mapping[str, str]
    """Services for which a budget lets nobody be asked: nothing is wrong with their models by that."""


class _Noting:
    """A probe that notes whether its provider was reached."""

    def __init__(self, provider: str, probe: "Probe", reached: Reached) -> None:
        self._provider = provider
        self._probe = probe
        self._reached = reached

    def probe(self, models: "Sequence[Model]", call: "Call") -> tuple[tuple[str, str], ...]:
        """Ask, and note what came of it."""
        self._reached.asked[self._provider] = ""
        try:
            return self._probe.probe(models, call)
        except ReelwrightError as error:
            self._reached.asked[self._provider] = error.message
            if isinstance(error, Retryable):
                self._reached.away.add(self._provider)
            raise


def look_at_all(parts: "ModelParts", settings: "Settings", *, probe: bool) -> Survey:
    """Return a look at every model of the catalogue; with ``probe`` those with a way in are asked.

    HealthStoreUnavailable if the fleet's state cannot be read: all would seem well.
    """
    reached, book = Reached(), parts.book_for(settings)
    catalogue = parts.catalogue_for(settings)
    checks = _checker(parts, settings, _probes(parts, settings, reached) if probe else {}).check()
    tables = [route_table(parts, settings, each, requirements_for(settings, each)) for each in SERVICES]
    routed, health = _routed(tables), parts.health_for(settings)
    parts.health.state(f"{catalogue[0].provider}/{catalogue[0].name}")
    looks = tuple(
        Look(
            check=check,
            standing=health.look(check.model),
            credential=credential_of(check.model, settings),
            is_routed=check.model.name in routed,
            price_matters=settings.costs.unknown_price == "refuse",
            price_until=_price_until(check.model, book),
            today=book.on,
        )
        for check in checks
    )
    errors = {table.service: table.error for table in tables if table.error}
    stopped = {key: error.message for key, error in errors.items() if isinstance(error, BudgetExceeded)}
    no_route = {key: error.message for key, error in errors.items() if key not in stopped}
    return Survey(looks, reached, no_route, stopped)


def _price_until(model: "Model", book: "PriceBook") -> "date | None":
    return min((price.valid_until for price in prices_that_count(model, book)), default=None)


def _checker(parts: "ModelParts", settings: "Settings", probes: "Mapping[str, Probe]") -> Any:
    from reelwright.models.access import access_to  # noqa: PLC0415 (heavy)
    from reelwright.models.checking import ModelChecker  # noqa: PLC0415 (heavy)

    book = parts.book_for(settings)
    return ModelChecker(
        parts.catalogue_for(settings),
        probes,
        settings,
        parts.clock,
        lambda name: access_to(name, settings.providers.get(name), parts.secrets),
        price_problem=lambda model: price_problem(model, book),
        stopped=parts.switched_off,
    )


def _probes(parts: "ModelParts", settings: "Settings", reached: Reached) -> "dict[str, Probe]":
    """Return the probes of providers that there is a way in to; the others have nothing to say."""
    missing = {
        model.provider
        for model in parts.catalogue_for(settings)
        if credential_of(model, settings) == "missing"
    }
    return {
        provider: _Noting(provider, probe, reached)
        for provider, probe in parts.providers.probes.items()
        if provider not in missing
    }


def _routed(tables: "Sequence[RouteTable]") -> set[str]:
    """Return the models that a route would use, and those that it leaves only because they are ill."""
    routes = [table.route for table in tables if table.route]
    used = {each.model.name for route in routes for each in route.candidates}
    wanted = {each.model for route in routes for each in route.rejected if each.because in _STILL_WANTED}
    return used | wanted
