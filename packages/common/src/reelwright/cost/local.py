"""Charges in a SQLite file, shared by the processes of one machine.

WAL with ``synchronous = FULL``: every change is synced before the call returns. It survives the death of any
process at any moment, and the loss of power as far as the disk keeps what it says that it has written.
The file must be on a local disk: SQLite's locks do not hold on network shares.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from pydantic import ValidationError

from reelwright.cost.errors import LedgerUnavailable
from reelwright.cost.ledger_rules import added, budget_exceeded, lapsed, no_such_charge
from reelwright.cost.ledger_store import Turn
from reelwright.cost.schema import Charge, Totals
from reelwright.errors import Permanent, ReelwrightError

__all__ = ["SqliteCharges"]

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS budgets (
    name TEXT PRIMARY KEY, ceiling INTEGER, reserved INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS charges (
    key TEXT PRIMARY KEY, created_at TEXT NOT NULL, due_at TEXT, charge TEXT NOT NULL) STRICT""",
    "CREATE INDEX IF NOT EXISTS charges_by_time ON charges (created_at, key)",
    "CREATE INDEX IF NOT EXISTS charges_due ON charges (due_at) WHERE due_at IS NOT NULL",
)
_VERSION: Final = 1
_PRAGMAS: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
_BUSY_SECONDS: Final = 120.0
_ROW: Final = "SELECT name, ceiling, reserved, settled, unknown FROM budgets WHERE name = ?"
_STRETCH: Final = """SELECT charge FROM charges
    WHERE created_at >= ? AND created_at < ? ORDER BY created_at, key"""
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class _Open:
    """The connection of one process, which its threads take in turn.

    A connection must not cross a fork, not even to be closed: a child keeps its parent's in ``inherited``,
    untouched, and opens its own.
    """

    def __init__(self, file: Path, inherited: "_Open | None") -> None:
        self.pid = os.getpid()
        self.inherited = inherited
        self.lock = Lock()
        self.queue = os.open(f"{file}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with _first_in(self.queue):
                self.connection = _connect(file)
        except BaseException:
            os.close(self.queue)
            raise

    def close(self) -> None:
        with self.lock:
            self.connection.close()
            if self.queue >= 0:
                os.close(self.queue)
            self.queue = -1


class SqliteCharges:
    """A LedgerStore in a file, which is made with its folder if it is not there.

    Safe between threads, processes and forks. Writers queue for a lock on a file beside it, in the order in
    which they come: SQLite's own waiting is by sleeping, with which the unlucky of 64 processes starve.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.absolute()
        with self._errors():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._open = _Open(self._file, None)

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set or take off a limit."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO budgets (name, ceiling) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET ceiling = excluded.ceiling",
                (budget, micro_usd),
            )

    def add(self, charge: Charge) -> Charge:
        """Store a reservation if every budget has room for it."""
        with self._writing() as connection:
            stored = self._find(connection, charge.key)
            if stored is not None:
                return stored
            for budget in charge.budgets:
                totals = _totals(connection, budget)
                if totals.limit is not None and totals.committed + charge.reserved_micro_usd > totals.limit:
                    raise budget_exceeded(totals, charge.reserved_micro_usd)
            _store(connection, None, charge)
        return charge

    def change(self, key: str, turn: Turn) -> Charge:
        """Replace a charge and count the difference."""
        with self._writing() as connection:
            stored = self._find(connection, key)
            if stored is None:
                raise no_such_charge(key)
            turned = turn(stored)
            if turned is not stored:
                _store(connection, stored, turned)
        return turned

    def lapse(self, now: datetime) -> tuple[Charge, ...]:
        """Store as lapsed what has lapsed; nothing is locked if nothing has."""
        with self._reading() as connection:
            if not self._due(connection, now):
                return ()
        changed = []
        with self._writing() as connection:
            for stored in self._due(connection, now):
                turned = lapsed(stored, now)
                _store(connection, stored, turned)
                changed.append(turned)
        return tuple(changed)

    def find(self, key: str) -> Charge | None:
        """Return a charge."""
        with self._reading() as connection:
            return self._find(connection, key)

    def listed(self, since: datetime | None, until: datetime | None) -> tuple[Charge, ...]:
        """Return the charges of a stretch of time."""
        stretch = (_text(since) if since else "", _text(until) if until else "~")
        with self._reading() as connection:
            return self._charges(connection, _STRETCH, stretch)

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget."""
        with self._reading() as connection:
            return _totals(connection, budget)

    def budgets(self) -> tuple[str, ...]:
        """Return all names."""
        with self._reading() as connection:
            return tuple(sorted(row[0] for row in connection.execute("SELECT name FROM budgets")))

    def close(self) -> None:
        """Let the file go, in this process."""
        if self._open.pid == os.getpid():
            self._open.close()

    def _find(self, connection: sqlite3.Connection, key: str) -> Charge | None:
        found = self._charges(connection, "SELECT charge FROM charges WHERE key = ?", (key,))
        return found[0] if found else None

    def _due(self, connection: sqlite3.Connection, now: datetime) -> tuple[Charge, ...]:
        due = "SELECT charge FROM charges WHERE due_at <= ? ORDER BY due_at, key"
        return self._charges(connection, due, (_text(now),))

    def _charges(
        self, connection: sqlite3.Connection, query: str, values: Sequence[str]
    ) -> tuple[Charge, ...]:
        try:
            return tuple(
                Charge.model_validate_json(text) for (text,) in connection.execute(query, tuple(values))
            )
        except ValidationError as error:
            raise _damaged(self._file, "a charge in it cannot be read") from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._errors():
            ours = self._ours()
            with ours.lock:
                yield ours.connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone; what was changed counts when the block ends well, and nothing otherwise."""
        with self._errors():
            ours = self._ours()
            with ours.lock, _first_in(ours.queue):
                ours.connection.execute("BEGIN IMMEDIATE")
                try:
                    yield ours.connection
                    ours.connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        ours.connection.execute("ROLLBACK")
                    raise

    def _ours(self) -> _Open:
        if self._open.pid != os.getpid():
            self._open = _Open(self._file, self._open)
        return self._open

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise _typed(error, self._file) from error


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        _make_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == _VERSION:
        return
    if version > _VERSION:
        raise sqlite3.NotSupportedError(f"it is of version {version}, and this program knows {_VERSION}")
    connection.execute("BEGIN IMMEDIATE")
    for statement in (*_SCHEMA, f"PRAGMA user_version = {_VERSION}"):
        connection.execute(statement)
    connection.execute("COMMIT")


@contextmanager
def _first_in(queue: int) -> Iterator[None]:
    """Wait for one's turn to write; the system gives it on when a process dies."""
    fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)


def _store(connection: sqlite3.Connection, before: Charge | None, after: Charge) -> None:
    connection.execute(
        "INSERT INTO charges VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
        " SET due_at = excluded.due_at, charge = excluded.charge",
        (
            after.key,
            _text(after.created_at),
            _text(after.expires_at) if after.state == "reserved" else None,
            after.model_dump_json(),
        ),
    )
    change = added(before, after)
    if before is None or any(change):
        connection.executemany(
            "INSERT INTO budgets (name, reserved, settled, unknown) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET reserved = reserved + excluded.reserved,"
            " settled = settled + excluded.settled, unknown = unknown + excluded.unknown",
            [(budget, *change) for budget in after.budgets],
        )


def _totals(connection: sqlite3.Connection, budget: str) -> Totals:
    row = connection.execute(_ROW, (budget,)).fetchone() or (budget, None, 0, 0, 0)
    name, limit, reserved, settled, unknown = row
    return Totals(budget=name, limit=limit, reserved=reserved, settled=settled, unknown=unknown)


def _text(moment: datetime) -> str:
    """Return a time, in UTC, as text that sorts as times do."""
    return moment.isoformat(timespec="microseconds")


def _typed(error: OSError | sqlite3.Error, file: Path) -> ReelwrightError:
    if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
        return _damaged(file, "it is not a readable database")
    return LedgerUnavailable(
        f"The ledger {file} cannot be used: {error}.",
        next_step="Check the folder, its permissions and the space on the disk. Nothing paid begins before.",
        context={"file": str(file)},
    )


def _damaged(file: Path, said: str) -> Permanent:
    return Permanent(
        f"The ledger {file} is damaged: {said}.",
        next_step="Put a backup in its place. A new one would forget what was spent.",
        context={"file": str(file)},
    )
