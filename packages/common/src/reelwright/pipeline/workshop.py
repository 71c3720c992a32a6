"""Everything that a runner works with, whichever runtime it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from reelwright.clock import Clock
from reelwright.pipeline.context import ManagersFor
from reelwright.pipeline.declaration import Step
from reelwright.pipeline.ports import ProductionStore, StepResult
from reelwright.production.schema import Production
from reelwright.storage.ports import ArtifactStore

__all__ = ["FanOutMapper", "Finisher", "PromptCount", "Workshop", "count_nothing"]


class FanOutMapper(Protocol):
    """How the items of a step that fans out are run."""

    def __call__(self, run: Callable[[int], StepResult], count: int, /) -> list[StepResult]:
        """Return the results in item order; raise the first error after the running ones ended."""
        ...


class Finisher(Protocol):
    """What is done with a production whose steps are all stored, before it counts as completed."""

    def __call__(self, production: Production, values: dict[str, Any], /) -> None:
        """Write what depends on the whole record. May run again after a crash."""
        ...


PromptCount = Callable[[Production, dict[str, Any]], None]
"""Told of every production that ends, with what its steps produced if it completed. It never raises."""


def count_nothing(production: Production, values: dict[str, Any]) -> None:
    """Keep no account of what became of prompts."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Everything a runner works with."""

    steps: tuple[Step, ...]
    store: ProductionStore
    artifacts: ArtifactStore
    managers_for: ManagersFor
    clock: Clock
    work_root: Path
    mapper: FanOutMapper
    finish: Finisher
    count_prompts: PromptCount = count_nothing
