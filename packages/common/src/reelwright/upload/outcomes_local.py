"""Outcomes on one machine: a SQLite file that all its processes share."""

import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Final

from reelwright.sqlite import Layout, SqliteFile
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.record import PublicationKey

__all__ = ["SqliteOutcomes"]

_BUSY_SECONDS: Final = 30.0
_TABLE: Final = """CREATE TABLE IF NOT EXISTS outcomes
    (platform TEXT NOT NULL, account TEXT NOT NULL, production_id TEXT NOT NULL, collected_at TEXT NOT NULL,
    point TEXT NOT NULL,
    PRIMARY KEY (platform, account, production_id, collected_at)) STRICT, WITHOUT ROWID"""
_APPEND: Final = "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?)"
_SERIES: Final = """SELECT point FROM outcomes WHERE platform = ? AND account = ? AND production_id = ?
    ORDER BY collected_at"""
_NEWEST: Final = f"{_SERIES} DESC LIMIT 1"


class SqliteOutcomes:
    """An OutcomeStore in a file, a connection a call. StorageUnavailable if it cannot be used."""

    def __init__(self, path: Path) -> None:
        layout = Layout(1, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(path, layout, _refusal)

    def append(self, point: OutcomePoint) -> None:
        """Add a point."""
        moment = point.collected_at.astimezone(UTC).isoformat(timespec="microseconds")
        row = (point.platform, point.account, point.production_id, moment, point.model_dump_json())
        with closing(self._file), self._file.writing() as connection:
            connection.execute(_APPEND, row)

    def newest(self, key: PublicationKey) -> OutcomePoint | None:
        """Return the last point."""
        return next(iter(self._points(_NEWEST, key)), None)

    def series(self, key: PublicationKey) -> tuple[OutcomePoint, ...]:
        """Return all points, oldest first."""
        return self._points(_SERIES, key)

    def _points(self, query: str, key: PublicationKey) -> tuple[OutcomePoint, ...]:
        if not self._file.path.is_file():
            return ()
        with closing(self._file), self._file.reading() as connection:
            rows = connection.execute(query, (key.platform, key.account, key.production_id)).fetchall()
        return tuple(OutcomePoint.model_validate_json(row[0]) for row in rows)


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    connection.execute(_TABLE)


def _refusal(error: object, file: Path) -> StorageUnavailable:
    return StorageUnavailable(
        f"The file {file.name}, which keeps outcomes, cannot be used: {error}",
        next_step="Free disk space, or make the folder writable.",
        context={"file": file},
    )
