"""A world for configuration: a schema with every shape of value, sources that obey, time that stands."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Annotated, Any

from pydantic import Field, JsonValue

from reelwright.clock import VirtualClock
from reelwright.config.manager import ConfigurationManager
from reelwright.config.memory import MemoryLastKnownGood, ScriptedSource
from reelwright.config.schema import Layer
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.environment.secret import ApiKey, Secret
from reelwright.observability.metrics import Metric
from reelwright.storage.memory import MemoryAuditLog, MemoryDocuments


class Wide(Settings):
    """Settings with a place for any shape of value; each may be missing."""

    number: int = 0
    names: Annotated[list[str], Field(default_factory=list)]
    table: Annotated[dict[str, JsonValue], Field(default_factory=dict)]
    key: Secret[ApiKey] | None = None
    keys: Annotated[dict[str, Secret[ApiKey]], Field(default_factory=dict)]


PLAIN: dict[str, Any] = load_environment("dev").settings.model_dump(mode="json")
OF_ONE_PRODUCTION = {Layer.REQUEST, Layer.FLAGS}
"""Layers that no source gives: they are laid over a snapshot when a production begins."""
BELOW_REQUEST = tuple(layer for layer in Layer if layer not in OF_ONE_PRODUCTION)


class Noted:
    """Metrics that can be looked at."""

    def __init__(self) -> None:
        self.values: list[tuple[Metric, float, dict[str, str]]] = []

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        self.values.append((metric, value, details))

    def count(self, metric: Metric, source: str) -> int:
        return sum(1 for one, _, details in self.values if one is metric and details["source"] == source)


class World:
    """One source for each layer, and a manager for as many processes as one likes."""

    def __init__(self, said: Mapping[Layer, Mapping[str, JsonValue]] | None = None) -> None:
        self.clock = VirtualClock()
        self.memory = MemoryLastKnownGood()
        self.metrics = Noted()
        self.store = MemoryDocuments(self.clock)
        self.audit = MemoryAuditLog(clock=self.clock)
        told = {Layer.DEFAULTS: PLAIN} | dict(said or {})
        self.sources = {
            layer: ScriptedSource(
                layer, told.get(layer), ttl_seconds=0.0 if layer is Layer.DEFAULTS else 30.0
            )
            for layer in BELOW_REQUEST
        }

    def __getitem__(self, layer: Layer) -> ScriptedSource:
        return self.sources[layer]

    def process(self, **options: Any) -> ConfigurationManager:
        """A manager as a process that has just started would have it."""
        sources: Iterable[Any] = options.pop("sources", self.sources.values())
        given: dict[str, Any] = {
            "memory": self.memory,
            "clock": self.clock,
            "rng": Random(7),
            "metrics": self.metrics,
            "audit": self.audit,
            "schema": Wide,
            "patience_seconds": 1.0,
        }
        return ConfigurationManager("dev", list(sources), **(given | options))
