"""Where batches are kept."""

from collections.abc import Iterable
from typing import Protocol

from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome

__all__ = ["BatchStore"]


class BatchStore(Protocol):
    """Batches with their items, and what became of them. Everything is durable on return."""

    def create(self, batch: Batch, items: Iterable[BatchItem]) -> None:
        """Store a batch with all its items, or nothing."""
        ...

    def load(self, batch_id: str) -> Batch:
        """Return a batch; BatchNotFound."""
        ...

    def items(self, batch_id: str) -> tuple[BatchItem, ...]:
        """Return all items, in order."""
        ...

    def outcomes(self, batch_id: str) -> dict[int, Outcome]:
        """Return what became of items so far, by their numbers."""
        ...

    def put(self, batch_id: str, outcome: Outcome) -> None:
        """Note what became of an item, in place of what was noted before."""
        ...
