"""Batches on one machine: a SQLite file, and a lock file for whoever makes one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from os import O_CLOEXEC, O_CREAT, O_RDWR, close
from os import open as open_handle
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from reelwright.errors import ReelwrightError
from reelwright.ids import check_batch_id
from reelwright.pipeline.batch.errors import BatchBusy, BatchNotFound
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from reelwright.pipeline.errors import StoreDamaged
from reelwright.sqlite import Layout, SqliteError, SqliteFile, is_damaged
from reelwright.storage.errors import StorageUnwritable
from reelwright.storage.files import storage_error, writing_to

__all__ = ["SqliteBatches"]

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS batches (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT",
    """CREATE TABLE IF NOT EXISTS items (
    batch TEXT NOT NULL REFERENCES batches (id), number INTEGER NOT NULL, item TEXT NOT NULL, outcome TEXT,
    PRIMARY KEY (batch, number)) STRICT, WITHOUT ROWID""",
)
_VERSION: Final = 1
_BUSY_SECONDS: Final = 30.0


class SqliteBatches:
    """Batches in ``root``: ``batches.db`` and ``claims/``. Everything is durable on return.

    A claim is a lock on a file, which the system gives back the moment its holder dies.
    """

    def __init__(self, root: Path) -> None:
        self._claims = root / "claims"
        layout = Layout(_VERSION, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(root / "batches.db", layout, _refusal)
        self._file.open()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def create(self, batch: Batch, items: Iterable[BatchItem]) -> None:
        """Store a batch with all its items, or nothing."""
        rows = [(batch.id, item.number, item.model_dump_json()) for item in items]
        with self._file.writing() as connection:
            connection.execute("INSERT INTO batches VALUES (?, ?)", (batch.id, batch.model_dump_json()))
            connection.executemany("INSERT INTO items VALUES (?, ?, ?, NULL)", rows)

    def load(self, batch_id: str) -> Batch:
        """Return a batch; BatchNotFound."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT record FROM batches WHERE id = ?", (check_batch_id(batch_id),)
            ).fetchone()
        if found is None:
            raise BatchNotFound(
                f"There is no batch {batch_id} here.",
                next_step="Resume it in the folder in which it was begun.",
                context={"batch_id": batch_id},
            )
        return Batch.model_validate_json(found[0])

    def items(self, batch_id: str) -> tuple[BatchItem, ...]:
        """Return all items, in order."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT item FROM items WHERE batch = ? ORDER BY number", (batch_id,))
            return tuple(BatchItem.model_validate_json(text) for (text,) in rows)

    def outcomes(self, batch_id: str) -> dict[int, Outcome]:
        """Return what became of items so far, by their numbers."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT outcome FROM items WHERE batch = ? AND outcome IS NOT NULL", (batch_id,)
            )
            found = [Outcome.model_validate_json(text) for (text,) in rows]
        return {outcome.number: outcome for outcome in found}

    def put(self, batch_id: str, outcome: Outcome) -> None:
        """Note what became of an item, in place of what was noted before."""
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE items SET outcome = ? WHERE batch = ? AND number = ?",
                (outcome.model_dump_json(), batch_id, outcome.number),
            )

    @contextmanager
    def claim(self, batch_id: str) -> Iterator[None]:
        """Hold the right to make a batch; BatchBusy while another process does."""
        path = self._claims / check_batch_id(batch_id)
        with writing_to(path):
            self._claims.mkdir(parents=True, exist_ok=True)
            handle = open_handle(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try:
            _lock(handle, batch_id)
            yield
        finally:
            close(handle)


def _lock(handle: int, batch_id: str) -> None:
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError as error:
        raise BatchBusy(
            f"The batch {batch_id} is being made by another process.",
            next_step="Wait for it, or stop that process and resume.",
            context={"batch_id": batch_id},
        ) from error


def _bring_up(connection: Connection, _found: int) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _refusal(error: SqliteError, file: Path) -> ReelwrightError:
    if isinstance(error, OSError):
        return storage_error(error, file)
    context = {"file": str(file)}
    if is_damaged(error):
        return StoreDamaged(
            f"{file} is not a readable database.",
            next_step="Move it away; a new one is made.",
            context=context,
        )
    return StorageUnwritable(
        f"{file} cannot be used: {error}.", next_step="Check the folder and its permissions.", context=context
    )
