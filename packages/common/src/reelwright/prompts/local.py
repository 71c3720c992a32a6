"""What became of prompts on one machine: a SQLite file that all its processes share."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from reelwright.prompts.outcomes import OutcomesUnavailable, PromptOutcome, in_order, parse_outcome
from reelwright.sqlite import Layout, SqliteFile

__all__ = ["SqliteOutcomes"]

_BUSY_SECONDS: Final = 30.0
_TABLE: Final = """CREATE TABLE IF NOT EXISTS outcomes (
    prompt TEXT NOT NULL, key TEXT NOT NULL, stage INTEGER NOT NULL, outcome TEXT NOT NULL,
    PRIMARY KEY (prompt, key)
) STRICT, WITHOUT ROWID"""
_PUT: Final = """INSERT INTO outcomes VALUES (?, ?, ?, ?)
    ON CONFLICT (prompt, key) DO UPDATE SET stage = excluded.stage, outcome = excluded.outcome
    WHERE excluded.stage > stage"""

_LATEST: Final = "SELECT outcome FROM outcomes WHERE prompt = ? ORDER BY key DESC LIMIT ?"
_ALL: Final = -1


class SqliteOutcomes:
    """An OutcomeStore in a file. A connection a call: they are few."""

    def __init__(self, path: Path) -> None:
        layout = Layout(1, _bring_up, synchronous="FULL", busy_seconds=_BUSY_SECONDS)
        self._file = SqliteFile(path, layout, _refusal)

    def put(self, outcome: PromptOutcome) -> bool:
        """Keep an outcome, unless as much is known; OutcomesUnavailable if the file cannot be written."""
        row = (outcome.prompt, outcome.key, outcome.stage, outcome.model_dump_json())
        with closing(self._file), self._file.writing() as connection:
            return connection.execute(_PUT, row).rowcount == 1

    def of(self, prompt: str, *, latest: int | None = None) -> tuple[PromptOutcome, ...]:
        """Return the outcomes of a prompt; OutcomesUnavailable if the file cannot be read."""
        if not self._file.path.is_file():
            return ()
        with closing(self._file), self._file.reading() as connection:
            rows = connection.execute(_LATEST, (prompt, _ALL if latest is None else latest)).fetchall()
        return in_order(parse_outcome(text, where=self._file.path.name) for (text,) in rows)


def _bring_up(connection: sqlite3.Connection, _found: int) -> None:
    connection.execute(_TABLE)


def _refusal(error: object, file: Path) -> OutcomesUnavailable:
    return OutcomesUnavailable(
        f"The file {file.name}, which keeps what became of prompts, cannot be used: {error}",
        next_step="Free disk space, or make the folder writable.",
        context={"file": file},
    )
