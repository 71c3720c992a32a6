"""Charges in a SQLite file, shared by the processes of one machine.

WAL with ``synchronous = FULL``: every change is synced before the call returns. It survives the death of any
process at any moment, and the loss of power as far as the disk keeps what it says that it has written.
The file must be on a local disk: SQLite's locks do not hold on network shares.
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from reelwright.cost.errors import LedgerUnavailable
from reelwright.cost.ledger_rules import added, budget_exceeded, lapsed, no_such_charge
from reelwright.cost.ledger_store import Turn
from reelwright.cost.schema import Charge, Totals
from reelwright.errors import Permanent, ReelwrightError
from reelwright.sqlite import Layout, SqliteError, SqliteFile, is_damaged

__all__ = ["SqliteCharges"]

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS budgets (
    name TEXT PRIMARY KEY, ceiling INTEGER, reserved INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS charges (
    key TEXT PRIMARY KEY, created_at TEXT NOT NULL, due_at TEXT, charge TEXT NOT NULL) STRICT""",
    """CREATE TABLE IF NOT EXISTS entries (
    budget TEXT NOT NULL, created_at TEXT NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (budget, created_at, key)) STRICT, WITHOUT ROWID""",
    """INSERT OR IGNORE INTO entries
    SELECT value, created_at, charges.key FROM charges, json_each(charge, '$.budgets')""",
    "CREATE INDEX IF NOT EXISTS charges_by_time ON charges (created_at, key)",
    "CREATE INDEX IF NOT EXISTS charges_due ON charges (due_at) WHERE due_at IS NOT NULL",
)
_VERSION: Final = 2
"""Of the tables; 1 had no entries."""
_BUSY_SECONDS: Final = 120.0
_ROW: Final = "SELECT name, ceiling, reserved, settled, unknown FROM budgets WHERE name = ?"
_STRETCH: Final = """SELECT charge FROM charges
    WHERE created_at >= ? AND created_at < ? ORDER BY created_at, key"""
_STRETCH_OF_BUDGET: Final = """SELECT charge FROM entries CROSS JOIN charges USING (key)
    WHERE budget = ? AND entries.created_at >= ? AND entries.created_at < ?
    ORDER BY entries.created_at, key"""


class SqliteCharges:
    """A LedgerStore in a file, which is made with its folder if it is not there."""

    def __init__(self, file: Path) -> None:
        layout = Layout(_VERSION, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS, in_order=True)
        self._file = SqliteFile(file, layout, _refusal)
        self._file.open()

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set or take off a limit."""
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO budgets (name, ceiling) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET ceiling = excluded.ceiling",
                (budget, micro_usd),
            )

    def add(self, charge: Charge) -> Charge:
        """Store a reservation if every budget has room for it."""
        with self._file.writing() as connection:
            stored = self._find(connection, charge.key)
            if stored is not None:
                return stored
            for budget in charge.budgets:
                totals = _totals(connection, budget)
                if totals.limit is not None and totals.committed + charge.reserved_micro_usd > totals.limit:
                    raise budget_exceeded(totals, charge.reserved_micro_usd)
            _store(connection, None, charge)
            connection.executemany(
                "INSERT INTO entries VALUES (?, ?, ?)",
                [(budget, _text(charge.created_at), charge.key) for budget in charge.budgets],
            )
        return charge

    def change(self, key: str, turn: Turn) -> Charge:
        """Replace a charge and count the difference."""
        with self._file.writing() as connection:
            stored = self._find(connection, key)
            if stored is None:
                raise no_such_charge(key)
            turned = turn(stored)
            if turned is not stored:
                _store(connection, stored, turned)
        return turned

    def lapse(self, now: datetime) -> tuple[Charge, ...]:
        """Store as lapsed what has lapsed; nothing is locked if nothing has."""
        with self._file.reading() as connection:
            if not self._due(connection, now):
                return ()
        changed = []
        with self._file.writing() as connection:
            for stored in self._due(connection, now):
                turned = lapsed(stored, now)
                _store(connection, stored, turned)
                changed.append(turned)
        return tuple(changed)

    def find(self, key: str) -> Charge | None:
        """Return a charge."""
        with self._file.reading() as connection:
            return self._find(connection, key)

    def listed(
        self, budget: str | None, since: datetime | None, until: datetime | None
    ) -> tuple[Charge, ...]:
        """Return the charges of a stretch of time."""
        stretch = (_text(since) if since else "", _text(until) if until else "~")
        with self._file.reading() as connection:
            if budget is None:
                return self._charges(connection, _STRETCH, stretch)
            return self._charges(connection, _STRETCH_OF_BUDGET, (budget, *stretch))

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget."""
        with self._file.reading() as connection:
            return _totals(connection, budget)

    def budgets(self) -> tuple[str, ...]:
        """Return all names."""
        with self._file.reading() as connection:
            return tuple(sorted(row[0] for row in connection.execute("SELECT name FROM budgets")))

    def close(self) -> None:
        """Let the file go; it is opened again if the ledger is used again."""
        self._file.close()

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
            raise _damaged(self._file.path, "a charge in it cannot be read") from error


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    for statement in _SCHEMA:
        connection.execute(statement)


def _refusal(error: SqliteError, file: Path) -> ReelwrightError:
    if is_damaged(error):
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
