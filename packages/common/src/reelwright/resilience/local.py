"""Shared state of one machine: a SQLite file that its processes share.

::

    states    one row a key: its version, its failures in a row, and the rest of the state as JSON
    counts    one row a key, bucket and name: counts only ever grow, by atomic upserts

What a power cut takes is what the system had not written yet, a second or so: these are statistics.
"""

import json
import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Final
from weakref import WeakSet

from reelwright.resilience.ports import HealthStoreUnavailable, KeyState, Snapshot, Tally, changes

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
_PRAGMAS: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL")
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
        self._file = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        with _FORKING:
            _LIVING.add(self)

    def read(self, key: str, since_ms: int) -> Snapshot:
        """Return the state and the buckets from a moment on."""
        buckets: defaultdict[int, dict[str, int]] = defaultdict(dict)
        with self._reading() as connection:
            state = _state(connection, key)
            rows = connection.execute(
                "SELECT start_ms, name, count FROM counts WHERE key = ? AND start_ms >= ?", (key, since_ms)
            )
            for start, name, count in rows:
                buckets[start][name] = count
        return Snapshot(state, dict(buckets))

    def state(self, key: str) -> KeyState:
        """Return the state."""
        with self._reading() as connection:
            return _state(connection, key)

    def swap(self, key: str, before: KeyState, after: KeyState) -> bool:
        """Write what differs if the version is still that of ``before``."""
        with self._writing() as connection:
            now = _state(connection, key)
            if now.version != before.version:
                return False
            _put(connection, key, replace(now, **changes(before, after), version=now.version + 1))
            return True

    def count_failure(self, key: str, *, afresh: bool) -> KeyState:
        """Add one to the failures in a row, or begin again at one."""
        with self._writing() as connection:
            now = _state(connection, key)
            counted = replace(now, failures_in_a_row=1 if afresh else now.failures_in_a_row + 1)
            _put(connection, key, counted)
            return counted

    def add(self, key: str, start_ms: int, tally: Tally, *, keep_seconds: float) -> None:
        """Add to the counts of a bucket, and drop those that are older than this one by the time to keep."""
        oldest = start_ms - int(keep_seconds * 1000)
        with self._writing() as connection:
            connection.executemany(_ADD, [(key, start_ms, name, count) for name, count in tally.items()])
            connection.execute("DELETE FROM counts WHERE key = ? AND start_ms < ?", (key, oldest))

    def forget(self, key: str) -> None:
        """Drop all that is known of a key."""
        with self._writing() as connection:
            connection.execute("DELETE FROM states WHERE key = ?", (key,))
            connection.execute("DELETE FROM counts WHERE key = ?", (key,))

    def close(self) -> None:
        """Let the file go; it is opened again if it is needed again."""
        with self._lock:
            self._let_go()

    def put_down(self) -> None:
        """Let the file go, and keep everybody off it until ``take_up``."""
        self._lock.acquire()
        self._let_go()

    def take_up(self) -> None:
        """Let everybody use it again."""
        self._lock.release()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._block("BEGIN")

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._block("BEGIN IMMEDIATE")

    @contextmanager
    def _block(self, begin: str) -> Iterator[sqlite3.Connection]:
        """Hold a transaction; it counts as soon as the block ends well."""
        with self._lock, self._errors():
            connection = self._open()
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connected(self._file)
        return self._connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, ValueError, TypeError) as error:
            raise HealthStoreUnavailable(
                f"{self._file} cannot be used: {error}.",
                next_step="Check the folder and its permissions; if the file is damaged, delete it.",
                context={"file": self._file},
            ) from error


_LIVING: Final[WeakSet[SqliteHealth]] = WeakSet()
_FORKING: Final = threading.Lock()
_PUT_DOWN: Final[list[SqliteHealth]] = []
"""Stores that wait for a fork to be over: SQLite forbids a child to use, or even to close, a connection that
was open when it was forked (sqlite.org/howtocorrupt.html, 2.6)."""


def _before_fork() -> None:
    _FORKING.acquire()
    for store in list(_LIVING):
        store.put_down()
        _PUT_DOWN.append(store)


def _after_fork() -> None:
    while _PUT_DOWN:
        _PUT_DOWN.pop().take_up()
    _FORKING.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for statement in (*_PRAGMAS, *_SCHEMA):
            connection.execute(statement)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _state(connection: sqlite3.Connection, key: str) -> KeyState:
    row = connection.execute(_READ_STATE, (key,)).fetchone()
    if row is None:
        return KeyState()
    rest = {name: value for name, value in json.loads(row[2]).items() if name in _FIELDS}
    return KeyState(version=row[0], failures_in_a_row=row[1], **rest)


def _put(connection: sqlite3.Connection, key: str, state: KeyState) -> None:
    rest = {name: value for name, value in asdict(state).items() if name not in _COLUMNS}
    connection.execute(_WRITE_STATE, (key, state.version, state.failures_in_a_row, json.dumps(rest)))
