"""Productions on one machine: a SQLite file, and a lock file for each claim."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from reelwright.config.schema import Pinned
from reelwright.errors import ReelwrightError
from reelwright.ids import check_production_id
from reelwright.pipeline.errors import (
    ClaimLost,
    ProductionBusy,
    ProductionExists,
    ProductionNotFound,
    StoreDamaged,
)
from reelwright.pipeline.ports import Claim, StepKey, StepResult
from reelwright.production.schema import Production
from reelwright.sqlite import Layout, SqliteError, SqliteFile, is_damaged
from reelwright.storage.errors import StorageUnwritable
from reelwright.storage.files import storage_error

__all__ = ["SqliteProductions"]

_Record = TypeVar("_Record", bound=BaseModel)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS productions (
    id TEXT PRIMARY KEY, record TEXT NOT NULL, pinned TEXT NOT NULL, fence INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS results (
    production_id TEXT NOT NULL REFERENCES productions (id), step TEXT NOT NULL, item INTEGER NOT NULL,
    input_hash TEXT NOT NULL, done INTEGER NOT NULL, result TEXT NOT NULL,
    PRIMARY KEY (production_id, step, item, input_hash)
) STRICT;
"""
_VERSION = 1
"""Of the tables, kept in the file's ``user_version``. 0 pinned plain settings, before providers had any."""
_SINCE_0 = (
    "ALTER TABLE productions RENAME COLUMN settings TO pinned",
    """UPDATE productions SET pinned =
    json_object('settings', json_insert(pinned, '$.providers', json('{}'))) WHERE json_valid(pinned)""",
)
_BUSY_SECONDS: Final = 30.0


class SqliteProductions:
    """A ProductionStore in ``root``: ``reelwright.db`` and ``claims/``. Safe between threads and processes.

    A claim is an advisory lock on a file, which the system gives back the moment its holder dies.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        layout = Layout(_VERSION, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(root / "reelwright.db", layout, _typed)
        with self._errors():
            (root / "claims").mkdir(parents=True, exist_ok=True)
        self._file.open()

    def close(self) -> None:
        """Let the file go; it is opened again if it is needed again."""
        self._file.close()

    def create(self, production: Production, pinned: Pinned) -> None:
        """Store a new production with the configuration it pins."""
        row = (production.id, production.model_dump_json(), pinned.model_dump_json())
        stored = self._write(
            "INSERT INTO productions (id, record, pinned) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            row,
        )
        if not stored:
            raise ProductionExists(f"Production {production.id} exists already.")

    def load(self, production_id: str) -> Production:
        """Return the record."""
        record, _ = self._row(production_id)
        return _read(Production, record, production_id)

    def pinned(self, production_id: str) -> Pinned:
        """Return the pinned configuration."""
        _, pinned = self._row(production_id)
        return _read(Pinned, pinned, production_id)

    def recent(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions, or so many of them, newest first: ids begin with their time."""
        at_most = -1 if limit is None else limit
        rows = self._rows("SELECT id, record FROM productions ORDER BY id DESC LIMIT ?", (at_most,))
        return tuple(_read(Production, str(record), str(production_id)) for production_id, record in rows)

    @contextmanager
    def claim(self, production_id: str) -> Iterator[Claim]:
        """Hold the lock file of a production, and raise its fence."""
        check_production_id(production_id)
        with self._errors():
            handle = os.open(
                self._root / "claims" / production_id, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        try:
            _lock_or_refuse(handle, production_id)
            raised = "UPDATE productions SET fence = fence + 1 WHERE id = ? RETURNING fence"
            fences = self._write(raised, (production_id,))
            if not fences:
                raise _not_found(production_id)
            yield Claim(production_id, int(str(fences[0][0])))
        finally:
            os.close(handle)

    def save(self, production: Production, claim: Claim) -> None:
        """Replace the record if no later claim was given."""
        changed = self._write(
            "UPDATE productions SET record = ? WHERE id = ? AND fence = ? RETURNING id",
            (production.model_dump_json(), production.id, claim.fence),
        )
        if not changed:
            raise ClaimLost(f"Production {production.id} was taken over by another worker.")

    def result(self, key: StepKey) -> StepResult | None:
        """Return what is stored for the key."""
        rows = self._rows(
            "SELECT result FROM results WHERE production_id = ? AND step = ? AND item = ? AND input_hash = ?",
            (key.production_id, key.step, key.index, key.input_hash),
        )
        return _read(StepResult, str(rows[0][0]), str(key)) if rows else None

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        """Store a result unless a finished one is there; return the one that counts."""
        self._write(
            "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET done = excluded.done, result = excluded.result WHERE results.done = 0",
            (
                key.production_id,
                key.step,
                key.index,
                key.input_hash,
                int(result.is_done),
                result.model_dump_json(),
            ),
        )
        return self.result(key) or result

    def _row(self, production_id: str) -> tuple[str, str]:
        check_production_id(production_id)
        rows = self._rows("SELECT record, pinned FROM productions WHERE id = ?", (production_id,))
        if not rows:
            raise _not_found(production_id)
        return str(rows[0][0]), str(rows[0][1])

    def _rows(self, sql: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        with self._file.reading() as connection:
            return connection.execute(sql, tuple(values)).fetchall()

    def _write(self, sql: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        with self._file.writing() as connection:
            return connection.execute(sql, tuple(values)).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise storage_error(error, self._file.path) from error


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    """Make the tables, or change those of an earlier version."""
    if connection.execute(
        "SELECT 1 FROM pragma_table_info('productions') WHERE name = 'settings'"
    ).fetchone():
        for change in _SINCE_0:
            connection.execute(change)
    for table in _SCHEMA.split(";"):
        connection.execute(table)


def _lock_or_refuse(handle: int, production_id: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ProductionBusy(
            f"Production {production_id} is being made by another process.",
            next_step="Wait for it, or stop that process and resume.",
        ) from error


def _not_found(production_id: str) -> ProductionNotFound:
    return ProductionNotFound(
        f"There is no production {production_id} here.",
        next_step="List them with: reelwright productions list",
        context={"production_id": production_id},
    )


def _read(schema: type[_Record], text: str, name: str) -> _Record:
    try:
        return schema.model_validate_json(text)
    except ValidationError as error:
        raise StoreDamaged(
            f"The stored record of {name} cannot be read: {error.error_count()} problems in it.",
            next_step="It may have been written by another version. Make the video again.",
        ) from error


def _typed(error: SqliteError, file: Path) -> ReelwrightError:
    if isinstance(error, OSError):
        return storage_error(error, file)
    context = {"file": str(file)}
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return storage_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), file)
    if is_damaged(error):
        return StoreDamaged(
            f"{file} is not a readable database.",
            next_step="Move it away; a new one is made.",
            context=context,
        )
    return StorageUnwritable(
        f"{file} cannot be used: {error}.", next_step="Check the folder and its permissions.", context=context
    )
