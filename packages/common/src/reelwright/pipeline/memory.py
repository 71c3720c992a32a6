"""Productions in memory, for tests and simulations: the same promises, with leases instead of locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from reelwright.clock import Clock
from reelwright.config.schema import Pinned
from reelwright.ids import check_production_id
from reelwright.pipeline.errors import ClaimLost, ProductionBusy, ProductionExists, ProductionNotFound
from reelwright.pipeline.ports import Claim, StepKey, StepResult
from reelwright.production.schema import Production

__all__ = ["MemoryProductions"]


class MemoryProductions:
    """A ProductionStore whose claims are leases: a holder that stalls past the lease can lose it.

    That is how a table in the cloud behaves, and what a lock file on one machine never shows.
    """

    def __init__(self, clock: Clock, *, lease_seconds: float = 900.0) -> None:
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._lock = Lock()
        self._records: dict[str, str] = {}
        self._pinned: dict[str, str] = {}
        self._fences: dict[str, int] = {}
        self._leases: dict[str, float] = {}
        self._results: dict[StepKey, StepResult] = {}

    def create(self, production: Production, pinned: Pinned) -> None:
        """Keep a new production with the configuration it pins."""
        with self._lock:
            if production.id in self._records:
                raise ProductionExists(f"Production {production.id} exists already.")
            self._records[production.id] = production.model_dump_json()
            self._pinned[production.id] = pinned.model_dump_json()

    def load(self, production_id: str) -> Production:
        """Return the record."""
        return Production.model_validate_json(self._known(production_id))

    def pinned(self, production_id: str) -> Pinned:
        """Return the pinned configuration."""
        self._known(production_id)
        return Pinned.model_validate_json(self._pinned[production_id])

    def recent(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions, or so many of them, newest first."""
        newest = sorted(self._records, reverse=True)[:limit]
        return tuple(Production.model_validate_json(self._records[key]) for key in newest)

    @contextmanager
    def claim(self, production_id: str) -> Iterator[Claim]:
        """Hold a lease on a production, and raise its fence."""
        self._known(production_id)
        with self._lock:
            if self._leases.get(production_id, 0.0) > self._clock.monotonic():
                raise ProductionBusy(f"Production {production_id} is being made by another worker.")
            fence = self._fences.get(production_id, 0) + 1
            self._fences[production_id] = fence
            self._leases[production_id] = self._clock.monotonic() + self._lease_seconds
        try:
            yield Claim(production_id, fence)
        except Exception:
            self._give_back(production_id, fence)
            raise
        self._give_back(production_id, fence)

    def save(self, production: Production, claim: Claim) -> None:
        """Replace the record if no later claim was given."""
        with self._lock:
            if self._fences.get(production.id, 0) != claim.fence:
                raise ClaimLost(f"Production {production.id} was taken over by another worker.")
            self._records[production.id] = production.model_dump_json()

    def result(self, key: StepKey) -> StepResult | None:
        """Return what is stored for the key."""
        return self._results.get(key)

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        """Keep a result unless a finished one is there; return the one that counts."""
        with self._lock:
            stored = self._results.get(key)
            if stored is None or not stored.is_done:
                self._results[key] = StepResult.model_validate_json(result.model_dump_json())
            return self._results[key]

    def _give_back(self, production_id: str, fence: int) -> None:
        """Not called when a BaseException passes: a dead process gives nothing back."""
        with self._lock:
            if self._fences[production_id] == fence:
                self._leases.pop(production_id, None)

    def _known(self, production_id: str) -> str:
        check_production_id(production_id)
        try:
            return self._records[production_id]
        except KeyError as error:
            raise ProductionNotFound(
                f"There is no production {production_id} here.", context={"production_id": production_id}
            ) from error
