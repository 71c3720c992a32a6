"""Answers on one machine: a SQLite file that all its processes share."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from reelwright.clock import Clock
from reelwright.models.errors import AnswersUnavailable
from reelwright.sqlite import Layout, SqliteFile

__all__ = ["SqliteAnswers"]

_BUSY_SECONDS: Final = 30.0
_TABLE: Final = """CREATE TABLE IF NOT EXISTS answers
    (key TEXT PRIMARY KEY, answer BLOB NOT NULL, lapses_at REAL NOT NULL) WITHOUT ROWID"""
_PUT: Final = """INSERT INTO answers (key, answer, lapses_at) VALUES (:key, :answer, :lapses_at)
    ON CONFLICT (key) DO UPDATE SET answer = :answer, lapses_at = :lapses_at WHERE lapses_at <= :now"""


class SqliteAnswers:
    """An AnswerStore in a file. A connection a call: they are few."""

    def __init__(self, path: Path, clock: Clock) -> None:
        layout = Layout(1, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(path, layout, _refusal)
        self._clock = clock

    def get(self, key: str) -> bytes | None:
        """Return what is stored and has not lapsed; AnswersUnavailable if the file cannot be read."""
        if not self._file.path.is_file():
            return None
        now = self._clock.now().timestamp()
        with closing(self._file), self._file.reading() as connection:
            query = "SELECT answer FROM answers WHERE key = ? AND lapses_at > ?"
            row = connection.execute(query, (key, now)).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, key: str, answer: bytes, *, ttl_seconds: float) -> None:
        """Store an answer; one that is there and has not lapsed stays. AnswersUnavailable."""
        now = self._clock.now().timestamp()
        row = {"key": key, "answer": answer, "lapses_at": now + ttl_seconds, "now": now}
        with closing(self._file), self._file.writing() as connection:
            connection.execute("DELETE FROM answers WHERE lapses_at <= ?", (now,))
            connection.execute(_PUT, row)


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    connection.execute(_TABLE)


def _refusal(error: object, file: Path) -> AnswersUnavailable:
    return AnswersUnavailable(
        f"The file {file.name}, which keeps paid answers, cannot be used: {error}",
        next_step="Free disk space, or make the folder writable.",
        context={"file": file},
    )
