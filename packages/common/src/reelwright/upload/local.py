"""Publications on one machine: a SQLite file that all its processes share."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from reelwright.sqlite import Layout, SqliteFile
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.record import PublicationKey, PublicationRecord, QuotaRecord

__all__ = ["SqlitePublications"]

_BUSY_SECONDS: Final = 30.0
_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS publications
    (platform TEXT NOT NULL, production_id TEXT NOT NULL, account TEXT NOT NULL, version INTEGER NOT NULL,
    record TEXT NOT NULL, PRIMARY KEY (platform, production_id, account)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS quotas
    (platform TEXT NOT NULL, account TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (platform, account)) STRICT, WITHOUT ROWID""",
)
_PUT: Final = """INSERT INTO publications VALUES (:platform, :production_id, :account, :version, :record)
    ON CONFLICT (platform, production_id, account) DO UPDATE SET version = :version, record = :record
    WHERE version = :version - 1 RETURNING version"""
_PUT_QUOTA: Final = """INSERT INTO quotas VALUES (:platform, :account, :version, :record)
    ON CONFLICT (platform, account) DO UPDATE SET version = :version, record = :record
    WHERE version = :version - 1 RETURNING version"""


class SqlitePublications:
    """A PublicationStore in a file, a connection a call. StorageUnavailable if it cannot be used."""

    def __init__(self, path: Path) -> None:
        layout = Layout(1, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(path, layout, _refusal)

    def get(self, key: PublicationKey) -> PublicationRecord | None:
        """Return the record."""
        query = "SELECT record FROM publications WHERE platform = ? AND production_id = ? AND account = ?"
        text = self._text(query, (key.platform, key.production_id, key.account))
        return None if text is None else PublicationRecord.model_validate_json(text)

    def put(self, record: PublicationRecord) -> bool:
        """Store the record if it follows what is stored."""
        row = {
            "platform": record.platform,
            "production_id": record.production_id,
            "account": record.account,
            "version": record.version,
            "record": record.model_dump_json(),
        }
        return self._put(_PUT, row, "publications", record.version)

    def recent(self, platform: str, limit: int) -> tuple[PublicationRecord, ...]:
        """Return the newest."""
        query = """SELECT record FROM publications WHERE platform = ?
            ORDER BY production_id DESC, account DESC LIMIT ?"""
        return self._records(query, (platform, limit))

    def of_production(self, platform: str, production_id: str) -> tuple[PublicationRecord, ...]:
        """Return a production's."""
        query = """SELECT record FROM publications WHERE platform = ? AND production_id = ?
            ORDER BY account"""
        return self._records(query, (platform, production_id))

    def quota(self, platform: str, account: str) -> QuotaRecord:
        """Return what was taken."""
        query = "SELECT record FROM quotas WHERE platform = ? AND account = ?"
        text = self._text(query, (platform, account))
        empty = QuotaRecord(platform=platform, account=account)
        return empty if text is None else QuotaRecord.model_validate_json(text)

    def put_quota(self, record: QuotaRecord) -> bool:
        """Store the record if it follows what is stored."""
        row = {
            "platform": record.platform,
            "account": record.account,
            "version": record.version,
            "record": record.model_dump_json(),
        }
        return self._put(_PUT_QUOTA, row, "quotas", record.version)

    def _put(self, statement: str, row: dict[str, object], table: str, version: int) -> bool:
        with closing(self._file), self._file.writing() as connection:
            if version > 1 and not _has(connection, table, row):
                return False
            return connection.execute(statement, row).fetchone() is not None

    def _records(self, query: str, values: tuple[object, ...]) -> tuple[PublicationRecord, ...]:
        if not self._file.path.is_file():
            return ()
        with closing(self._file), self._file.reading() as connection:
            rows = connection.execute(query, values).fetchall()
        return tuple(PublicationRecord.model_validate_json(row[0]) for row in rows)

    def _text(self, query: str, values: tuple[str, ...]) -> str | None:
        if not self._file.path.is_file():
            return None
        with closing(self._file), self._file.reading() as connection:
            row = connection.execute(query, values).fetchone()
        return None if row is None else str(row[0])


def _has(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> bool:
    """Return whether there is any version: a later one does not come first."""
    if table == "quotas":
        query = "SELECT 1 FROM quotas WHERE platform = :platform AND account = :account"
    else:
        query = """SELECT 1 FROM publications
            WHERE platform = :platform AND production_id = :production_id AND account = :account"""
    return connection.execute(query, row).fetchone() is not None


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    for table in _TABLES:
        connection.execute(table)


def _refusal(error: object, file: Path) -> StorageUnavailable:
    return StorageUnavailable(
        f"The file {file.name}, which keeps publications, cannot be used: {error}",
        next_step="Free disk space, or make the folder writable.",
        context={"file": file},
    )
