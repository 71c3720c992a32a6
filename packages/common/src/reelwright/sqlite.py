"""A SQLite file that threads, processes and forks share: one connection a process, taken in turn."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, Literal, TypeAlias
from weakref import WeakSet, finalize

from reelwright.errors import ReelwrightError

__all__ = ["Layout", "SqliteError", "SqliteFile", "is_damaged"]

SqliteError: TypeAlias = OSError | sqlite3.Error
"""What becomes of a file that cannot be used."""

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@dataclass(frozen=True, slots=True)
class Layout:
    """What is in a file.

    ``bring_up`` makes the tables of ``version`` from those of the version that it is told, 0 for a new file;
    it holds the file alone. ``synchronous`` FULL keeps every commit through a loss of power, NORMAL those of
    a second before it. In a file of ``in_order`` writers queue in the order in which they come: SQLite's own
    waiting is by sleeping, with which the unlucky of 64 processes starve.
    """

    version: int
    bring_up: Callable[[sqlite3.Connection, int], None]
    synchronous: Literal["FULL", "NORMAL"]
    busy_seconds: float
    in_order: bool = False


class SqliteFile:
    """A file of a layout in WAL mode, made with its folder when it is first used.

    No process forks while it has a connection. What goes wrong is raised as what ``refusal`` makes of it.
    """

    def __init__(
        self, path: Path, layout: Layout, refusal: Callable[[SqliteError, Path], ReelwrightError]
    ) -> None:
        self.path = path.absolute()
        self._layout = layout
        self._refusal = refusal
        self._lock = Lock()
        self._opened: _Open | None = None
        with _FORKING:
            _LIVING.add(self)

    def open(self) -> None:
        """Open the file before it is needed, to know that it can be used."""
        with self._errors(), self._lock:
            self._open()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection, and see the file as it is at the first look."""
        with self._errors(), self._lock, _transaction(self._open().connection, "BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone; what was changed counts when the block ends well, and nothing otherwise."""
        with self._errors(), self._lock:
            ours = self._open()
            with self._turn(ours), _transaction(ours.connection, "BEGIN IMMEDIATE") as connection:
                yield connection

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

    def _turn(self, ours: "_Open") -> AbstractContextManager[None]:
        return _first_in(ours.queue) if self._layout.in_order else nullcontext()

    def _open(self) -> "_Open":
        if self._opened is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._opened = _Open(self.path, self._layout)
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
            raise self._refusal(error, self.path) from error


def is_damaged(error: SqliteError) -> bool:
    """Tell whether the file is no database any more."""
    return getattr(error, "sqlite_errorcode", None) in _DAMAGED


class _Open:
    """A connection, and the lock file in which those queue who open or write.

    A new file becomes one of WAL mode by a lock for which SQLite does not wait: of two that open it at the
    same moment, one would be told that it is locked.
    """

    def __init__(self, file: Path, layout: Layout) -> None:
        self.queue = os.open(f"{file}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with _first_in(self.queue):
                self.connection = _connect(file, layout)
        except BaseException:
            os.close(self.queue)
            raise
        # Also for whoever lets go of a file without closing it: nobody else knows of the queue.
        self._closing = finalize(self, _close, self.connection, self.queue)

    def close(self) -> None:
        self._closing()


def _close(connection: sqlite3.Connection, queue: int) -> None:
    with suppress(sqlite3.Error):
        connection.close()
    os.close(queue)


_LIVING: Final[WeakSet[SqliteFile]] = WeakSet()
_FORKING: Final = Lock()
_PUT_DOWN: Final[list[SqliteFile]] = []
"""Files that wait for a fork to be over. SQLite keeps books of its locks, which a child inherits without the
locks: others do not see a connection that the child opens then, and delete the log that it writes to
(sqlite.org/howtocorrupt.html, 2.6). So all connections are closed, and the threads that use them wait, while
a process forks."""


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


def _connect(file: Path, layout: Layout) -> sqlite3.Connection:
    connection = sqlite3.connect(
        file, timeout=layout.busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {layout.synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        _bring_up(connection, layout)
    except BaseException:
        connection.close()
        raise
    return connection


def _bring_up(connection: sqlite3.Connection, layout: Layout) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == layout.version:
        return
    if found > layout.version:
        raise sqlite3.NotSupportedError(f"it is of version {found}, and this program knows {layout.version}")
    with _transaction(connection, "BEGIN IMMEDIATE"):
        layout.bring_up(connection, found)
        connection.execute(f"PRAGMA user_version = {layout.version}")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    connection.execute(begin)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _first_in(queue: int) -> Iterator[None]:
    """Wait for one's turn; the system gives it on when a process dies."""
    fcntl.flock(queue, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(queue, fcntl.LOCK_UN)
