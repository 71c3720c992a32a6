"""What flags need: a place for the state of deployments, and somebody who answers for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reelwright.flags.deployments import FlagState
from reelwright.flags.evaluation import Context, Evaluation

__all__ = [
    "FlagEvaluator",
    "FlagMemory",
    "FlagSource",
    "FlagStates",
    "ReadableFlagStates",
    "RememberedState",
]


class ReadableFlagStates(Protocol):
    """The state of the newest deployment of each profile, for those who only read it."""

    def load(self) -> Mapping[str, FlagState]:
        """Return the states that are kept, by profile; SourceUnreachable or SourceFailed if that fails."""
        ...


class FlagStates(ReadableFlagStates, Protocol):
    """The state of the newest deployment of each profile, in one place for all workers."""

    def save(self, state: FlagState) -> bool:
        """Keep the state; False, and nothing changes, if a later one of its profile is kept already."""
        ...


@dataclass(frozen=True, slots=True)
class RememberedState:
    """The state of a profile when it was last read and every document in it could be evaluated."""

    state: FlagState
    at: datetime


class FlagMemory(Protocol):
    """Remembers the last good state of each profile, across processes."""

    def load(self) -> Mapping[str, RememberedState]:
        """Return what is remembered, by profile; SourceUnreachable if the memory cannot be read."""
        ...

    def save(self, remembered: RememberedState) -> None:
        """Remember; an older state never replaces a newer one."""
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
