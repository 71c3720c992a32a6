"""Shared state of one machine: a SQLite file that its processes share.

::

    states    one row a key: its version, its failures in a row, and the rest of the state as JSON
    counts    one row a key, bucket and name: counts only ever grow, by atomic upserts

What a power cut takes is what the system had not written yet, a second or so: these are statistics.
"""

import json
import sqlite3
from collections import defaultdict
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Final

from reelwright.resilience.ports import HealthStoreUnavailable, KeyState, Snapshot, Tally, changes
from reelwright.sqlite import Layout, SqliteFile

__all__ = ["SqliteHealth"]

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS states (
        key TEXT PRIMARY KEY, version INTEGER NOT NULL, failures_in_a_row INTEGER NOT NULL, rest TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS counts (
        key TEXT NOT NULL, start_ms INTEGER NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (key, start_ms, name)
    ) STRICT, WITHOUT ROWID""",
)
_BUSY_SECONDS: Final = 5.0
"""A call waits no longer for others to finish writing, which takes them a millisecond."""
_COLUMNS: Final = ("version", "failures_in_a_row")
_FIELDS: Final = frozenset(field.name for field in fields(KeyState))
"""A later version of this program may have written more."""

_READ_STATE: Final = "SELECT version, failures_in_a_row, rest FROM states WHERE key = ?"
_WRITE_STATE: Final = "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?)"
_ADD: Final = """INSERT INTO counts VALUES (?, ?, ?, ?)
    ON CONFLICT (key, start_ms, name) DO UPDATE SET count = count + excluded.count"""


class SqliteHealth:
    """A HealthStore in a file, which is made if need be. Safe between threads and processes."""

    def __init__(self, file: Path) -> None:
        layout = Layout(1, _bring_up, synchronous="NORMAL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(file, layout, _refusal)

    def read(self, key: str, since_ms: int) -> Snapshot:
        """Return the state and the buckets from a moment on."""
        buckets: defaultdict[int, dict[str, int]] = defaultdict(dict)
        with self._file.reading() as connection:
            state = _state(connection, key)
            rows = connection.execute(
                "SELECT start_ms, name, count FROM counts WHERE key = ? AND start_ms >= ?", (key, since_ms)
            )
            for start, name, count in rows:
                buckets[start][name] = count
        return Snapshot(state, dict(buckets))

    def state(self, key: str) -> KeyState:
        """Return the state."""
        with self._file.reading() as connection:
            return _state(connection, key)

    def swap(self, key: str, before: KeyState, after: KeyState) -> bool:
        """Write what differs if the version is still that of ``before``."""
        with self._file.writing() as connection:
            now = _state(connection, key)
            if now.version != before.version:
                return False
            _put(connection, key, replace(now, **changes(before, after), version=now.version + 1))
            return True

    def count_failure(self, key: str, *, afresh: bool) -> KeyState:
        """Add one to the failures in a row, or begin again at one."""
        with self._file.writing() as connection:
            now = _state(connection, key)
            counted = replace(now, failures_in_a_row=1 if afresh else now.failures_in_a_row + 1)
            _put(connection, key, counted)
            return counted

    def add(self, key: str, start_ms: int, tally: Tally, *, keep_seconds: float) -> None:
        """Add to the counts of a bucket, and drop those that are older than this one by the time to keep."""
        oldest = start_ms - int(keep_seconds * 1000)
        with self._file.writing() as connection:
            connection.executemany(_ADD, [(key, start_ms, name, count) for name, count in tally.items()])
            connection.execute("DELETE FROM counts WHERE key = ? AND start_ms < ?", (key, oldest))

    def forget(self, key: str) -> None:
        """Drop all that is known of a key."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM states WHERE key = ?", (key,))
            connection.execute("DELETE FROM counts WHERE key = ?", (key,))

    def close(self) -> None:
        """Let the file go; it is opened again if it is needed again."""
        self._file.close()


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _refusal(error: object, file: Path) -> HealthStoreUnavailable:
    return HealthStoreUnavailable(
        f"{file} cannot be used: {error}.",
        next_step="Check the folder and its permissions; if the file is damaged, delete it.",
        context={"file": file},
    )


def _state(connection: sqlite3.Connection, key: str) -> KeyState:
    row = connection.execute(_READ_STATE, (key,)).fetchone()
    if row is None:
        return KeyState()
    try:
        rest = {name: value for name, value in json.loads(row[2]).items() if name in _FIELDS}
        return KeyState(version=row[0], failures_in_a_row=row[1], **rest)
    except (ValueError, TypeError, AttributeError) as error:
        raise sqlite3.DataError(f"the state of {key} cannot be read") from error


def _put(connection: sqlite3.Connection, key: str, state: KeyState) -> None:
    rest = {name: value for name, value in asdict(state).items() if name not in _COLUMNS}
    connection.execute(_WRITE_STATE, (key, state.version, state.failures_in_a_row, json.dumps(rest)))
