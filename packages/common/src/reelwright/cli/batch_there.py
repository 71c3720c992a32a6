"""The part of `reelwright batch` that has a deployed environment make the batch."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from reelwright.cli.batch_told import Teller
from reelwright.cli.places import ROOT

if TYPE_CHECKING:
    from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
    from reelwright.pipeline.ports import Maker

__all__ = ["AT_A_TIME", "is_there", "load_there", "make_there"]

AT_A_TIME = 8
"""Videos that an environment makes at a time, unless it is told."""
_Telling = Callable[["Sequence[BatchItem]"], AbstractContextManager[Teller]]


def is_there(planned: "Batch") -> bool:
    """Tell whether a deployed environment makes the batch, rather than this machine."""
    return planned.environment != "local" and not planned.here


def load_there(batch_id: str, environment: str) -> "Batch":
    """Return a batch that an environment was asked for; BatchNotFound."""
    from reelwright.pipeline.batch.remote import RemoteBatches  # noqa: PLC0415 (heavy)

    return RemoteBatches.for_environment(environment, root=ROOT).store.load(batch_id)


def make_there(
    studio: "Maker",
    planned: "Batch",
    items: "Sequence[BatchItem]",
    *,
    at_a_time: int,
    tolerated_percent: float,
    telling: _Telling,
) -> "tuple[Sequence[BatchItem], Mapping[int, Outcome]]":
    """Have the environment make what is left, bring the packages here, and return items and outcomes.

    Whoever stops watching stops nothing: the same batch is watched again, and gone on with once it is over.
    """
    from reelwright.pipeline.batch.remote import RemoteBatches  # noqa: PLC0415 (heavy)

    batches = RemoteBatches.for_environment(planned.environment, root=ROOT)
    if items:
        batches.create(planned, items)
    every = batches.store.items(planned.id)
    with telling(every) as teller:
        outcomes = batches.run(
            planned, at_a_time=at_a_time, tolerated_percent=tolerated_percent, listener=teller.tell
        )
        for item in every:
            if item.number in outcomes and outcomes[item.number].status == "done":
                production = studio.production(item.production_id)
                batches.fetch(production.id, studio.package_dir(production))
    return every, outcomes
