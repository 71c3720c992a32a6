"""What flags need: a place for the state of deployments."""

from collections.abc import Mapping
from typing import Protocol

from reelwright.flags.deployments import FlagState

__all__ = ["FlagStates"]


class FlagStates(Protocol):
    """The state of the newest deployment of each profile, in one place for all workers."""

    def save(self, state: FlagState) -> bool:
        """Keep the state; False, and nothing changes, if a later one of its profile is kept already."""
        ...

    def load(self) -> Mapping[str, FlagState]:
        """Return the states that are kept, by profile."""
        ...
