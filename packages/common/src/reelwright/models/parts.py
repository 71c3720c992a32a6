"""What calls to models need in one process, and how a manager is made of it for a production's settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from random import Random
from threading import Lock
from typing import get_args

from reelwright.clock import Clock
from reelwright.cost.ledger import CostLedger
from reelwright.cost.ports import Ledger
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Service
from reelwright.cost.tracker import SimpleCostTracker
from reelwright.environment.schema import HealthSettings, Settings
from reelwright.models.access import Revealer, access_to
from reelwright.models.answers import Answers
from reelwright.models.catalogue import load_catalogue
from reelwright.models.health import FleetHealth
from reelwright.models.manager import AIModelManager, Providers
from reelwright.models.memory import MemoryAnswers
from reelwright.models.outside import Outside
from reelwright.models.ports import AnswerStore
from reelwright.models.routing import RouteBuilder, service_settings
from reelwright.models.schema import Model
from reelwright.models.spending import Spender
from reelwright.observability.metrics import Metrics, NoMetrics
from reelwright.resilience.bulkhead import Bulkhead
from reelwright.resilience.memory import MemoryHealth
from reelwright.resilience.ports import HealthStore
from reelwright.resilience.retry import RetryBudget
from reelwright.storage.ports import ArtifactStore

__all__ = ["ModelParts", "in_memory", "no_switch"]


def no_switch(name: str) -> str:  # noqa: ARG001 (every switch takes one)
    """Return that no operator has stopped a provider, or a platform."""
    return ""


@dataclass(slots=True)
class _Shared:
    """What outlives one production in a process."""

    lock: Lock = field(default_factory=Lock)
    bulkheads: dict[tuple[str, int], Bulkhead] = field(default_factory=dict)
    budgets: dict[int, RetryBudget] = field(default_factory=dict)
    health: dict[HealthSettings, FleetHealth] = field(default_factory=dict)
    books: dict[tuple[date, str], PriceBook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelParts:
    """Everything that calls to models need, bound. ``manager_for`` adds a production's settings."""

    environment: str
    providers: Providers
    ledger: Ledger
    health: HealthStore
    answers: AnswerStore
    artifacts: ArtifactStore
    secrets: Revealer | None
    clock: Clock
    rng: Random
    metrics: Metrics = field(default_factory=NoMetrics)
    switched_off: Callable[[str], str] = no_switch
    """Why an operator has stopped a provider just now, or nothing."""
    catalogue: tuple[Model, ...] | None = None
    """Instead of the bundled one with the settings' corrections."""
    _shared: _Shared = field(default_factory=_Shared, repr=False)

    def manager_for(self, settings: Settings) -> AIModelManager:
        """Return the manager of one production's settings; CatalogueInvalid, PricesInvalid."""
        spender = self._spender(settings)
        health = self.health_for(settings)
        catalogue = self.catalogue_for(settings)
        return AIModelManager(
            providers=self.providers,
            settings=settings,
            routes=RouteBuilder(
                catalogue=catalogue,
                settings=settings,
                health=health,
                installed=self._installed,
                has_credential=partial(_has_credential, settings),
                switched_off=self.switched_off,
            ),
            spender=spender,
            answers=Answers(
                self.answers,
                self.artifacts,
                models={model.name: model for model in catalogue},
                cache_seconds=settings.costs.cache_seconds,
            ),
            outside=Outside(
                health=health,
                retry_budget=self._retry_budget(settings.retry.budget_percent),
                bulkhead_for=partial(self._bulkhead, settings),
                access_for=lambda name: access_to(name, settings.providers.get(name), self.secrets),
                clock=self.clock,
                rng=self.rng,
                switched_off=self.switched_off,
            ),
        )

    def catalogue_for(self, settings: Settings) -> tuple[Model, ...]:
        """Return the models that these settings know."""
        return load_catalogue(settings.catalog) if self.catalogue is None else self.catalogue

    def book_for(self, settings: Settings) -> PriceBook:
        """Return today's prices under these settings."""
        today = self.clock.now().date()
        corrections = settings.catalog.model_dump_json(include={"prices"})
        with self._shared.lock:
            if (today, corrections) not in self._shared.books:
                book = PriceBook.bundled(on=today, overrides=settings.catalog.prices)
                self._shared.books = {(today, corrections): book}
            return self._shared.books[today, corrections]

    def health_for(self, settings: Settings) -> FleetHealth:
        """Return the fleet's health as these settings judge it."""
        with self._shared.lock:
            if settings.health not in self._shared.health:
                self._shared.health[settings.health] = FleetHealth(
                    self.health,
                    settings.health,
                    self.clock,
                    self.rng,
                    self.metrics,
                    timeouts={
                        service: float(service_settings(settings, service).timeout_seconds)
                        for service in get_args(Service)
                    },
                )
            return self._shared.health[settings.health]

    def tracker_for(self, settings: Settings) -> SimpleCostTracker:
        """Return what keeps the spending of this environment under these settings."""
        return SimpleCostTracker(
            self.ledger, settings.budgets, environment=self.environment, clock=self.clock
        )

    def flush(self) -> None:
        """Deliver what was counted of models' health, as before a function is frozen."""
        for health in self._shared.health.values():
            health.flush()

    def close(self) -> None:
        """Write down what is only in memory, and let go of files."""
        for health in self._shared.health.values():
            health.close()
        self.ledger.close()

    def _spender(self, settings: Settings) -> Spender:
        return Spender(
            ledger=self.ledger,
            tracker=self.tracker_for(settings),
            book=self.book_for(settings),
            costs=settings.costs,
            retries=settings.retry,
            clock=self.clock,
            rng=self.rng,
            environment=self.environment,
        )

    def _installed(self, model: Model) -> str:
        return "" if self.providers.serve(model) else f"provider {model.provider!r} is not installed"

    def _bulkhead(self, settings: Settings, provider: str) -> Bulkhead:
        told = settings.providers.get(provider)
        limit = told.max_concurrent if told else 1
        with self._shared.lock:
            found = self._shared.bulkheads.get((provider, limit)) or Bulkhead(limit, name=provider)
            self._shared.bulkheads[provider, limit] = found
        return found

    def _retry_budget(self, percent: int) -> RetryBudget:
        with self._shared.lock:
            return self._shared.budgets.setdefault(percent, RetryBudget(percent))


def in_memory(
    *,
    providers: Providers,
    artifacts: ArtifactStore,
    clock: Clock,
    rng: Random,
    catalogue: tuple[Model, ...] | None = None,
    environment: str = "local",
    secrets: Revealer | None = None,
) -> ModelParts:
    """Return parts that keep money, health and answers in this process."""
    return ModelParts(
        environment=environment,
        providers=providers,
        ledger=CostLedger.open("memory:", clock=clock),
        health=MemoryHealth(),
        answers=MemoryAnswers(clock),
        artifacts=artifacts,
        secrets=secrets,
        clock=clock,
        rng=rng,
        catalogue=catalogue,
    )


def _has_credential(settings: Settings, provider: str) -> bool:
    told = settings.providers.get(provider)
    return told is not None and told.credential is not None
