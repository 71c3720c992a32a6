"""Answers on one machine: a SQLite file that all its processes share."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from reelwright.clock import Clock
from reelwright.models.errors import AnswersUnavailable

__all__ = ["SqliteAnswers"]

_BUSY_SECONDS = 30.0
_TABLE = """CREATE TABLE IF NOT EXISTS answers
    (key TEXT PRIMARY KEY, answer BLOB NOT NULL, lapses_at REAL NOT NULL) WITHOUT ROWID"""
_PUT = """INSERT INTO answers (key, answer, lapses_at) VALUES (:key, :answer, :lapses_at)
    ON CONFLICT (key) DO UPDATE SET answer = :answer, lapses_at = :lapses_at WHERE lapses_at <= :now"""


class SqliteAnswers:
    """An AnswerStore in a file. A connection a call: they are few, and a fork inherits none."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def get(self, key: str) -> bytes | None:
        """Return what is stored and has not lapsed; AnswersUnavailable if the file cannot be read."""
        if not self._path.is_file():
            return None
        now = self._clock.now().timestamp()
        with self._open() as connection:
            query = "SELECT answer FROM answers WHERE key = ? AND lapses_at > ?"
            row = connection.execute(query, (key, now)).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, key: str, answer: bytes, *, ttl_seconds: float) -> None:
        """Store an answer; one that is there and has not lapsed stays. AnswersUnavailable."""
        now = self._clock.now().timestamp()
        row = {"key": key, "answer": answer, "lapses_at": now + ttl_seconds, "now": now}
        with self._open() as connection:
            connection.execute("DELETE FROM answers WHERE lapses_at <= ?", (now,))
            connection.execute(_PUT, row)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection, connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(_TABLE)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise AnswersUnavailable(
                f"The file {self._path.name}, which keeps paid answers, cannot be used: {error}",
                next_step="Free disk space, or make the folder writable.",
                context={"file": self._path},
            ) from error
