"""A SQLite file that threads, processes and forks may share: one connection each, in turn, in order."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Final
from weakref import WeakSet

from reelwright.cost.errors import LedgerUnavailable
from reelwright.errors import Permanent, ReelwrightError

__all__ = ["LedgerFile", "damaged"]

_PRAGMAS: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
_BUSY_SECONDS: Final = 120.0
_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class _Open:
    """A connection, and the lock file in which writers queue."""

    def __init__(self, file: Path, schema: Sequence[str], version: int) -> None:
        self.queue = os.open(f"{file}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with _first_in(self.queue):
                self.connection = _connect(file, schema, version)
        except BaseException:
            os.close(self.queue)
            raise

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self.connection.close()
        os.close(self.queue)


class LedgerFile:
    """A database of the statements in ``schema``, made with its folder if it is not there.

    The threads of a process take one connection in turn, and no process forks while it has one. Writers queue
    for a lock on a file beside it, in the order in which they come: SQLite's own waiting is by sleeping, with
    which the unlucky of 64 processes starve. LedgerUnavailable if the file cannot be used, Permanent if it is
    damaged.
    """

    def __init__(self, file: Path, *, schema: Sequence[str], version: int) -> None:
        self.path = file.absolute()
        self._schema = schema
        self._version = version
        self._lock = Lock()
        self._opened: _Open | None = None
        with _FORKING, self._errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._open()
            _LIVING.add(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection."""
        with self._errors(), self._lock:
            yield self._open().connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone; what was changed counts when the block ends well, and nothing otherwise."""
        with self._errors(), self._lock:
            ours = self._open()
            with _first_in(ours.queue), _alone(ours.connection):
                yield ours.connection

    def close(self) -> None:
        """Let the file go; it is opened again when it is used again."""
        with self._lock:
            self._let_go()

    def put_down(self) -> None:
        """Let the file go, and keep everybody off it until ``take_up``."""
        self._lock.acquire()
        self._let_go()

    def take_up(self) -> None:
        """Let everybody use it again."""
        self._lock.release()

    def _open(self) -> _Open:
        if self._opened is None:
            self._opened = _Open(self.path, self._schema, self._version)
        return self._opened

    def _let_go(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise _typed(error, self.path) from error


_LIVING: Final[WeakSet[LedgerFile]] = WeakSet()
_FORKING: Final = Lock()
_PUT_DOWN: Final[list[LedgerFile]] = []
"""Files that wait for a fork to be over. SQLite keeps books of its locks, which a child inherits without the
locks: others do not see a connection that the child opens then, and delete the log that it writes to. So all
connections are closed, and the threads that use them wait, while a process forks."""


def _before_fork() -> None:
    _FORKING.acquire()
    for each in list(_LIVING):
        each.put_down()
        _PUT_DOWN.append(each)


def _after_fork() -> None:
    while _PUT_DOWN:
        _PUT_DOWN.pop().take_up()
    _FORKING.release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


def damaged(file: Path, said: str) -> Permanent:
    """Return the refusal of a file that nobody can read any more."""
    return Permanent(
        f"The ledger {file} is damaged: {said}.",
        next_step="Put a backup in its place. A new one would forget what was spent.",
        context={"file": str(file)},
    )


def _connect(file: Path, schema: Sequence[str], version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        _make_tables(connection, schema, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection, schema: Sequence[str], version: int) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == version:
        return
    if found > version:
        raise sqlite3.NotSupportedError(f"it is of version {found}, and this program knows {version}")
    with _alone(connection):
        for statement in (*schema, f"PRAGMA user_version = {version}"):
            connection.execute(statement)


@contextmanager
def _alone(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _first_in(queue: int) -> Iterator[None]:
    """Wait for one's turn to write; the system gives it on when a process dies."""
    fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)


def _typed(error: OSError | sqlite3.Error, file: Path) -> ReelwrightError:
    if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
        return damaged(file, "it is not a readable database")
    return LedgerUnavailable(
        f"The ledger {file} cannot be used: {error}.",
        next_step="Check the folder, its permissions and the space on the disk. Nothing paid begins before.",
        context={"file": str(file)},
    )
