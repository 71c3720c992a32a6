"""The state of flag deployments in memory, for tests."""

from collections.abc import Mapping
from threading import Lock

from reelwright.flags.deployments import FlagState

__all__ = ["MemoryFlagStates"]


class MemoryFlagStates:
    """FlagStates that last as long as this object."""

    def __init__(self) -> None:
        self._states: dict[str, FlagState] = {}
        self._lock = Lock()

    def save(self, state: FlagState) -> bool:
        """Keep the state unless a later one is kept."""
        with self._lock:
            kept = self._states.get(state.profile)
            if kept and kept.progress > state.progress:
                return False
            self._states[state.profile] = state
            return True

    def load(self) -> Mapping[str, FlagState]:
        """Return the states by profile."""
        with self._lock:
            return dict(self._states)
