"""Asking a store that may be away, without waiting for it again and again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from reelwright.clock import Clock
from reelwright.resilience.ports import HealthStore, HealthStoreUnavailable

__all__ = ["Reach"]

_LOG = logging.getLogger(__name__)
_LEAST_PAUSE_SECONDS: Final = 1.0


class Reach:
    """A store, and whether it was away a moment ago: then it is left alone for ``pause_seconds``."""

    def __init__(self, store: HealthStore, clock: Clock, *, pause_seconds: float) -> None:
        self.store = store
        self._clock = clock
        self._pause = max(_LEAST_PAUSE_SECONDS, pause_seconds)
        self._away_until = float("-inf")
        self._is_away = False

    @contextmanager
    def block(self) -> Iterator[HealthStore]:
        """Yield the store; whatever goes wrong in the block is HealthStoreUnavailable, logged once."""
        if self._clock.monotonic() < self._away_until:
            raise HealthStoreUnavailable("The shared state of models was away a moment ago.")
        try:
            yield self.store
        except Exception as error:
            self._note_away(error)
            raise HealthStoreUnavailable("The shared state of models is away.") from error
        if self._is_away:
            self._is_away = False
            _LOG.info("The shared state of models is back.")

    def _note_away(self, error: Exception) -> None:
        self._away_until = self._clock.monotonic() + self._pause
        if not self._is_away:
            self._is_away = True
            _LOG.warning("The shared state of models is away; until it is back all count as well: %s", error)
