"""Everything that a runner works with, whichever runtime it belongs to."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from reelwright.clock import Clock
from reelwright.cost.schema import ChargeLine
from reelwright.errors import ReelwrightError
from reelwright.pipeline.context import ManagersFor
from reelwright.pipeline.declaration import Step
from reelwright.pipeline.ports import ProductionStore, StepResult
from reelwright.production.schema import Production
from reelwright.storage.ports import ArtifactStore

__all__ = ["Bill", "FanOutMapper", "Finisher", "PromptCount", "Workshop", "as_told", "count_nothing"]

_LOG = logging.getLogger(__name__)


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


Bill = Callable[[str, Sequence[ChargeLine]], tuple[ChargeLine, ...]]
"""Returns what was charged for all calls whose keys begin so, given what of it is told."""


def as_told(_key: str, told: Sequence[ChargeLine]) -> tuple[ChargeLine, ...]:
    """Take a bill as it is told, where there is no ledger."""
    return tuple(told)


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
    bill: Bill = as_told

    def charged(self, production: Production, step: Step) -> tuple[ChargeLine, ...]:
        """Return what a failed step was charged; without the ledger, as much of it as the record tells."""
        told = production.step(step.name).charges
        if not step.asks_models:
            return told
        try:
            return self.bill(f"{production.id}/{step.name}/", told)
        except ReelwrightError as error:
            _LOG.warning("The record may tell less than was spent: %s", error.message)
            return told
