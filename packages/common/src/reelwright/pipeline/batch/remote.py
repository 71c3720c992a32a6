"""Batches that a deployed environment makes: begun, watched and gone on with from the command line."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Self

from reelwright.clock import Clock, SystemClock
from reelwright.environment.aws import aws_client, find_deployment
from reelwright.environment.deployment import Deployment
from reelwright.environment.errors import InvalidEnvironment
from reelwright.pipeline.batch.advancing import BatchRow
from reelwright.pipeline.batch.aws import CloudBatches, batch_prefix
from reelwright.pipeline.batch.running import BatchListener, BatchNews
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from reelwright.pipeline.executions import RUNNING, Executions, execution_name
from reelwright.pipeline.functions import ExecutionInput
from reelwright.pipeline.remote import RemoteClients
from reelwright.storage.aws_artifacts import S3Artifacts
from reelwright.storage.errors import StorageUnavailable
from reelwright.storage.ports import ArtifactStore
from reelwright.upload.aws import PackageFetcher
from reelwright.video.pictures.keeping import keep_pictures

__all__ = ["RemoteBatches", "row_of"]

_ROWS: Final = "rows.jsonl"
_POLL_SECONDS: Final = 2.0
_SILENCES: Final = 10
"""Polls in a row that may go unanswered before watching is given up; the batch goes on all the same."""
_UPLOADS: Final = 8

_Look = Callable[[], Mapping[str, Any] | None]


class RemoteBatches:
    """Has a state machine make batches. When watching ends, the batch goes on: running it watches again.

    An execution is called as its batch, and one that goes on with it ``<id>-r<n>``. What is asked for lies in
    the bucket, each brief with its pictures as artifacts; productions have the ids that were planned, so that
    none is begun twice.
    """

    def __init__(self, deployment: Deployment, clients: RemoteClients, *, clock: Clock, room: Path) -> None:
        if not deployment.batch_machine:
            raise _without_machine(deployment)
        bucket, table = deployment.artifacts_bucket, deployment.productions_table
        self.store = CloudBatches(clients.s3, bucket, clients.dynamodb, table)
        self._executions = Executions(clients.stepfunctions, deployment.batch_machine)
        self._artifacts = S3Artifacts(clients.s3, bucket, room / "artifacts")
        self._packages = PackageFetcher(clients.s3, bucket)
        self._clock = clock

    @classmethod
    def for_environment(cls, name: str, *, root: Path = Path(".reelwright")) -> Self:
        """Return the batches of a deployed environment; InvalidEnvironment, AwsUnavailable."""
        clients = RemoteClients(*(aws_client(each) for each in ("stepfunctions", "dynamodb", "s3")))
        room = root.resolve() / "remote" / name
        return cls(find_deployment(name), clients, clock=SystemClock(), room=room)

    def create(self, batch: Batch, items: Iterable[BatchItem]) -> None:
        """Bring a batch there: the rows that the state machine reads, then the batch itself.

        What stops it before its end leaves nothing that could be begun.
        """
        items = tuple(items)
        able = [item for item in items if item.error is None]
        with ThreadPoolExecutor(_UPLOADS) as pool:
            rows = list(pool.map(self._row, able))
        lines = "".join(f"{row.model_dump_json(exclude_defaults=True)}\n" for row in rows)
        self.store.write(batch.id, _ROWS, lines.encode(), "application/jsonl")
        self.store.create(batch, items)

    def run(
        self, batch: Batch, *, at_a_time: int, tolerated_percent: float, listener: BatchListener
    ) -> dict[int, Outcome]:
        """Have everything made that is not, or watch who is at it; return what became of each item.

        The listener hears of each item that ends. With more than ``tolerated_percent`` of failures the rest
        is given up; what runs by then goes to its end.
        """
        if all(item.error is not None for item in self.store.items(batch.id)):
            return {}
        number, status = self._executions.last(batch.id)
        if status != RUNNING:
            number += 1
            asked = {
                "batch_id": batch.id,
                "rows": f"{batch_prefix(batch.id)}{_ROWS}",
                "at_a_time": at_a_time,
                "tolerated_failure_percentage": tolerated_percent,
            }
            self._executions.start(execution_name(batch.id, number), asked)
        return self._follow(batch, execution_name(batch.id, number), listener)

    def fetch(self, production_id: str, folder: Path) -> None:
        """Bring the package of what was made; what is there already is kept. Errors as PackageFetcher's."""
        self._packages.fetch(production_id, folder)

    def _row(self, item: BatchItem) -> BatchRow:
        return row_of(item, self._artifacts)

    def _follow(self, batch: Batch, execution: str, listener: BatchListener) -> dict[int, Outcome]:
        items = {item.number: item for item in self.store.items(batch.id)}
        told = self.store.outcomes(batch.id) if execution != batch.id else {}
        while True:
            described = self._patiently(lambda: self._executions.describe(execution))
            outcomes = self.store.outcomes(batch.id)
            for number in sorted(outcomes):
                if told.get(number) != outcomes[number]:
                    listener(_news(items[number], outcomes[number]))
            told = outcomes
            if described is not None and described["status"] != RUNNING:
                return told
            self._clock.sleep(_POLL_SECONDS)

    def _patiently(self, look: _Look) -> Mapping[str, Any] | None:
        for _ in range(_SILENCES):
            try:
                return look()
            except StorageUnavailable:
                self._clock.sleep(_POLL_SECONDS)
        return look()


def row_of(item: BatchItem, artifacts: ArtifactStore) -> BatchRow:
    """Return what the state machine reads of an item that can be made; its brief is put into the store."""
    assert item.brief is not None  # noqa: S101 (only an item with an error has none)
    brief = keep_pictures(item.brief, artifacts)
    asked = ExecutionInput(
        production_id=item.production_id,
        brief=artifacts.put_bytes(brief.model_dump_json().encode(), "application/json"),
        seed=item.seed,
        overrides=item.settings,
    )
    return BatchRow(number=item.number, asked=asked)


def _news(item: BatchItem, outcome: Outcome) -> BatchNews:
    return BatchNews(item, outcome.status, error=outcome.error)


def _without_machine(deployment: Deployment) -> InvalidEnvironment:
    return InvalidEnvironment(
        f"The stack of {deployment.environment} does not say which state machine makes batches.",
        next_step=f"Deploy it again with: make deploy ENV={deployment.environment}",
        context={"environment": deployment.environment},
    )
