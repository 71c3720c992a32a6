"""A file that many share from its first moment on."""

import gc
import multiprocessing
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from reelwright.errors import Permanent
from reelwright.sqlite import Layout, SqliteError, SqliteFile, is_damaged
from tests.chaos.process import Life


class Refused(Permanent):
    """What the files of these tests raise."""


def bring_up(connection: sqlite3.Connection, found: int) -> None:
    if found == 0:
        connection.execute("CREATE TABLE lines (line TEXT NOT NULL UNIQUE) STRICT")
    connection.execute("INSERT INTO lines VALUES (?)", (f"since {found}",))


LAYOUT = Layout(1, bring_up, synchronous="NORMAL", busy_seconds=30.0)


def refusal(error: SqliteError, path: Path) -> Refused:
    kind = "damaged" if is_damaged(error) else "unusable"
    return Refused(f"{path.name} is {kind}: {error}", next_step="Look at it.")


def at(path: Path, layout: Layout = LAYOUT) -> SqliteFile:
    return SqliteFile(path, layout, refusal)


def add(file: SqliteFile, line: str) -> None:
    with file.writing() as connection:
        connection.execute("INSERT INTO lines VALUES (?)", (line,))


def lines(file: SqliteFile) -> list[str]:
    with file.reading() as connection:
        return [line for (line,) in connection.execute("SELECT line FROM lines ORDER BY rowid")]


def open_files() -> int:
    gc.collect()
    return len([*Path("/dev/fd").iterdir()])


def opened_at_once(count: int, file: Callable[[], SqliteFile]) -> None:
    barrier = Barrier(count)

    def open_one(number: int) -> None:
        one = file()
        barrier.wait(30)
        add(one, str(number))
        one.close()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(open_one, range(count)))


@pytest.mark.parametrize("layout", [LAYOUT, replace(LAYOUT, in_order=True)], ids=["free", "in-order"])
def test_many_may_open_a_new_file_at_the_same_moment(tmp_path: Path, layout: Layout) -> None:
    for attempt in range(20):
        path = tmp_path / f"{attempt}.db"
        opened_at_once(4, lambda path=path: at(path, layout))

        file = at(path)
        assert sorted(lines(file)) == ["0", "1", "2", "3", "since 0"]
        file.close()


def test_a_block_that_ends_badly_counts_for_nothing(tmp_path: Path) -> None:
    file = at(tmp_path / "a.db")

    with pytest.raises(Refused, match="UNIQUE"), file.writing() as connection:
        connection.executemany("INSERT INTO lines VALUES (?)", [("lost",), ("lost",)])
    add(file, "kept")

    assert lines(file) == ["since 0", "kept"]
    file.close()


def test_a_reader_sees_one_moment(tmp_path: Path) -> None:
    first, second = at(tmp_path / "a.db"), at(tmp_path / "a.db")
    with first.reading() as connection:
        before = connection.execute("SELECT count(*) FROM lines").fetchone()
        add(second, "meanwhile")
        assert connection.execute("SELECT count(*) FROM lines").fetchone() == before
    assert "meanwhile" in lines(first)
    first.close()
    second.close()


def test_an_earlier_file_is_brought_up_once_and_a_later_one_is_refused(tmp_path: Path) -> None:
    old = at(tmp_path / "a.db")
    add(old, "mine")
    old.close()
    newer = replace(LAYOUT, version=2)

    opened_at_once(3, lambda: at(tmp_path / "a.db", newer))

    file = at(tmp_path / "a.db", newer)
    assert lines(file)[:3] == ["since 0", "mine", "since 1"]
    file.close()
    with pytest.raises(Refused, match=r"a\.db is unusable: it is of version 2, and this program knows 1"):
        at(tmp_path / "a.db").open()


def test_what_is_no_database_is_damaged_and_what_cannot_be_opened_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"a letter to the lighthouse keeper, long enough to look at" * 9)
    with pytest.raises(Refused, match=r"a\.db is damaged"):
        at(tmp_path / "a.db").open()
    with pytest.raises(Refused, match=r"b\.db is unusable"):
        at(tmp_path / "a.db" / "b.db").open()


def test_a_child_of_a_fork_writes_what_its_parent_reads(tmp_path: Path) -> None:
    assert not Life(tmp_path, _forks_with_an_open_file, tmp_path / "a.db").was_killed()


def _forks_with_an_open_file(path: Path) -> None:
    file = at(path)
    add(file, "parent")
    child = multiprocessing.get_context("fork").Process(target=add, args=(file, "child"))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert lines(file) == ["since 0", "parent", "child"]


def test_closed_files_leave_nothing_open(tmp_path: Path) -> None:
    before = set(Path("/proc/self/fd").iterdir())
    file = at(tmp_path / "a.db")
    add(file, "a")
    file.close()
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_a_file_that_nobody_closed_leaves_nothing_open(tmp_path: Path) -> None:
    before = open_files()
    file = at(tmp_path / "lines.db")
    add(file, "one")
    assert open_files() > before
    del file
    assert open_files() <= before
