"""What flags need: a place for the state of deployments, and somebody who answers for them."""

from collections.abc import Mapping
from typing import Protocol

from reelwright.flags.deployments import FlagState
from reelwright.flags.evaluation import Context, Evaluation

__all__ = ["FlagEvaluator", "FlagSource", "FlagStates"]


class FlagStates(Protocol):
    """The state of the newest deployment of each profile, in one place for all workers."""

    def save(self, state: FlagState) -> bool:
        """Keep the state; False, and nothing changes, if a later one of its profile is kept already."""
        ...

    def load(self) -> Mapping[str, FlagState]:
        """Return the states that are kept, by profile."""
        ...


class FlagEvaluator(Protocol):
    """Answers for the flags of one document. Nothing here raises."""

    @property
    def origin(self) -> str:
        """Where the document comes from, and what was wrong with better places, for people."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The flags that it can answer for, in order."""
        ...

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Return the whole answer of a flag, with the reason for it."""
        ...


class FlagSource(Protocol):
    """Finds the flag document that one production takes, and answers for it."""

    def evaluator_for(self, production_id: str) -> FlagEvaluator:
        """Return the evaluator of the document that this production takes; never raises.

        That is the old or the new one while a deployment is under way, the last good one while the source
        is down, and what code defines before any was read.
        """
        ...
