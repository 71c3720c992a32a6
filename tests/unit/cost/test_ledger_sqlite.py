"""What goes wrong with a file: deaths at every statement, forks, damage, and a disk that refuses."""

import os
import signal
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from reelwright import sqlite
from reelwright.clock import VirtualClock
from reelwright.cost import CostLedger, local
from reelwright.cost.errors import ChargeConflict, LedgerUnavailable
from reelwright.cost.local import SqliteCharges
from reelwright.cost.schema import Charge, Totals
from reelwright.errors import BudgetExceeded, Permanent

HOUR = 3600.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(file: Path) -> Iterator[CostLedger]:
    opened = at(file)
    yield opened
    opened.close()


def at(file: Path, seconds: float = 0.0) -> CostLedger:
    clock = VirtualClock()
    clock.advance(seconds)
    return CostLedger.open(f"sqlite:///{file}", clock=clock)


def found(ledger: CostLedger, key: str) -> Charge:
    charge = ledger.charge(key)
    assert charge
    return charge


def in_child(work: Callable[[], int]) -> int:
    """Run something in a fork of this process and return its exit code, or minus the signal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads of the test run are idle
        pid = os.fork()
    if pid == 0:
        try:
            os._exit(work())
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def prepared(file: Path) -> None:
    """A file with charges in every state that something can be done with."""
    for path in file.parent.glob("ledger.db*"):
        path.unlink()
    ledger = at(file)
    ledger.set_limit("day", 100)
    for key in ("reserved", "intended", "unknown"):
        ledger.reserve(["day", "video"], 10, key=key)
    ledger.intend(found(ledger, "intended"))
    ledger.mark_unknown(found(ledger, "unknown"))
    ledger.close()


ACTS: dict[str, Callable[[CostLedger], object]] = {
    "set_limit": lambda ledger: ledger.set_limit("day", 60),
    "reserve": lambda ledger: ledger.reserve(["day", "new"], 70, key="new"),
    "intend": lambda ledger: ledger.intend(found(ledger, "reserved")),
    "attach": lambda ledger: ledger.attach(found(ledger, "intended"), "job-7"),
    "settle": lambda ledger: ledger.settle(found(ledger, "intended"), 7),
    "settle_unknown": lambda ledger: ledger.settle(found(ledger, "unknown"), 12),
    "release": lambda ledger: ledger.release(found(ledger, "reserved")),
    "mark_unknown": lambda ledger: ledger.mark_unknown(found(ledger, "intended")),
    "expire": lambda ledger: ledger.expire(),
}
SECONDS = {"expire": HOUR}


def act(file: Path, name: str) -> None:
    ledger = at(file, SECONDS.get(name, 0.0))
    ACTS[name](ledger)
    ledger.close()


def stored(file: Path) -> tuple[list[object], list[Totals]]:
    ledger = at(file)
    charges = [charge.model_dump(exclude={"updated_at"}) for charge in ledger.charges()]
    totals = [ledger._store.totals(budget) for budget in ("day", "video", "new")]
    ledger.close()
    return list(charges), totals


def killed_at(file: Path, name: str, statement: int) -> bool:
    """Do something in a child that is killed before its so many-th statement; whether it came so far."""

    def work() -> int:
        ledger = at(file, SECONDS.get(name, 0.0))
        store = ledger._store
        assert isinstance(store, SqliteCharges)
        statements = count()

        def strike(_: str) -> None:
            if next(statements) == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        store._file._open().connection.set_trace_callback(strike)
        ACTS[name](ledger)
        return 0

    code = in_child(work)
    assert code in (0, -signal.SIGKILL)
    return code != 0


@pytest.mark.parametrize("name", ACTS)
def test_a_worker_killed_at_any_statement_and_started_again(file: Path, name: str) -> None:
    prepared(file)
    act(file, name)
    undisturbed = stored(file)
    kills = 0
    while True:
        prepared(file)
        came_so_far = killed_at(file, name, kills)
        if came_so_far or name != "intend":
            act(file, name)
        assert stored(file) == undisturbed
        if not came_so_far:
            break
        kills += 1
    assert kills >= 3


def test_what_fails_halfway_leaves_nothing(ledger: CostLedger) -> None:
    store = ledger._store
    assert isinstance(store, SqliteCharges)
    charge = ledger.reserve(["day", "video"], 10, key="a")
    store._file._open().connection.execute(
        "CREATE TRIGGER refuse BEFORE UPDATE ON budgets WHEN new.name = 'video'"
        " BEGIN SELECT raise(ABORT, 'no'); END"
    )

    with pytest.raises(LedgerUnavailable, match="cannot be used: no"):
        ledger.settle(charge, 5)
    assert ledger.charge("a") == charge
    assert [ledger.totals(budget).reserved for budget in ("day", "video")] == [10, 10]
    store._file._open().connection.execute("DROP TRIGGER refuse")
    assert ledger.settle(charge, 5).state == "settled"


def test_a_fork_goes_on_with_a_connection_of_its_own(ledger: CostLedger) -> None:
    ledger.set_limit("day", 100)
    charge = ledger.reserve("day", 10, key="a")

    def work() -> int:
        ledger.settle(charge, 7)
        for number in range(20):
            ledger.reserve("day", 1, key=f"child-{number}")
        ledger.close()
        return 0

    assert in_child(work) == 0
    ledger.reserve("day", 73, key="b")
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 1, key="c")
    assert ledger.totals("day") == Totals(budget="day", limit=100, reserved=93, settled=7)


def test_a_fork_outlives_its_parents_connection(file: Path, ledger: CostLedger) -> None:
    """The last connection to close deletes the log of the file, so a child must be seen to have one."""
    ledger.reserve("day", 1, key="parent")
    written, go_on = os.pipe(), os.pipe()
    ledger.charge("parent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads of the test run are idle
        child = os.fork()
    if child == 0:
        ledger.reserve("day", 1, key="child-1")
        os.write(written[1], b"x")
        os.read(go_on[0], 1)
        ledger.reserve("day", 1, key="child-2")
        os._exit(0)
    os.read(written[0], 1)
    ledger.charge("parent")
    ledger.close()
    os.write(go_on[1], b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    again = at(file)
    assert [charge.key for charge in again.charges()] == ["child-1", "child-2", "parent"]
    again.close()
    for end in (*written, *go_on):
        os.close(end)


def test_forks_in_the_middle_of_changes_are_not_stuck(ledger: CostLedger) -> None:
    stop = Event()

    def keep_writing(name: str) -> int:
        for number in count():
            if stop.is_set():
                return number
            ledger.reserve("day", 1, key=f"{name}-{number}")
        raise AssertionError

    with ThreadPoolExecutor(2) as pool:
        written = [pool.submit(keep_writing, name) for name in ("a", "b")]
        try:
            for number in range(10):
                key = f"child-{number}"
                assert in_child(lambda key=key: ledger.reserve("day", 1, key=key).settled_micro_usd) == 0
        finally:
            stop.set()
    assert ledger.totals("day").reserved == 10 + sum(each.result() for each in written)


def test_threads_share_one_connection(ledger: CostLedger) -> None:
    ledger.set_limit("day", 50)

    def work(number: int) -> bool:
        try:
            ledger.settle(ledger.intend(ledger.reserve("day", 1, key=f"k{number}")), 1)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(work, range(200))) == 50
    assert ledger.totals("day").settled == 50


def test_the_queue_is_for_fairness_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who does not queue, such as another program, gets in the way and nothing worse."""
    monkeypatch.setattr(sqlite, "_first_in", lambda _: nullcontext())
    ledgers = [at(file) for _ in range(4)]
    ledgers[0].set_limit("day", 50)

    def work(number: int) -> bool:
        ledger = ledgers[number % 4]
        try:
            ledger.settle(ledger.reserve("day", 1, key=f"k{number}"), 1)
        except BudgetExceeded:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(80))) == 50
    assert ledgers[0].totals("day").settled == 50
    for ledger in ledgers:
        ledger.close()


def test_what_is_written_is_there_for_the_next(file: Path) -> None:
    first = at(file)
    first.set_limit("day", 10)
    charge = first.reserve("day", 10, key="a")
    second = at(file)
    first.close()

    assert second.charge("a") == charge
    with pytest.raises(ChargeConflict):
        second.reserve("day", 9, key="a")
    second.close()


def test_every_commit_is_synced(ledger: CostLedger) -> None:
    store = ledger._store
    assert isinstance(store, SqliteCharges)
    connection = store._file._open().connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_bytes(b"no database at all, and long enough to be looked at" * 20)

    with pytest.raises(Permanent, match="is damaged: it is not a readable database"):
        at(file)


def test_a_damaged_charge(file: Path, ledger: CostLedger) -> None:
    ledger.reserve("day", 1, key="a")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE charges SET charge = '{}'")
    connection.close()

    with pytest.raises(Permanent, match="a charge in it cannot be read"):
        ledger.charge("a")
    assert ledger.totals("day").reserved == 1


def test_a_file_of_a_later_version(file: Path) -> None:
    at(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()

    with pytest.raises(LedgerUnavailable, match="it is of version 9, and this program knows 2"):
        at(file)


def test_a_file_of_the_first_version(file: Path, ledger: CostLedger) -> None:
    charge = ledger.reserve(["day", "video"], 1, key="a")
    ledger.close()
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE entries")
        connection.execute("PRAGMA user_version = 1")
    connection.close()

    again = at(file)
    assert again.charges(budget="video") == (charge,)
    again.reserve("video", 1, key="b")
    assert [each.key for each in again.charges(budget="video")] == ["a", "b"]
    again.close()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")

    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        at(tmp_path / "folder" / "ledger.db")
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        at(tmp_path)


def test_a_file_that_somebody_holds_for_too_long(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at(file).close()
    monkeypatch.setattr(local, "_BUSY_SECONDS", 0.05)
    ledger = at(file)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(LedgerUnavailable, match="locked"):
        ledger.reserve("day", 1, key="a")
    holder.execute("ROLLBACK")
    holder.close()
    assert ledger.reserve("day", 1, key="a").state == "reserved"
    ledger.close()


def test_relative_addresses_are_under_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ledger = CostLedger.open("sqlite:///state/costs.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    ledger.reserve("day", 1, key="a")
    ledger.close()

    assert (tmp_path / "state" / "costs.db").exists()
    again = CostLedger.open(f"sqlite:///{tmp_path}/state/costs.db")
    assert again.totals("day").reserved == 1
    again.close()


def test_many_processes_may_make_the_file_at_once(file: Path) -> None:
    program = "import sys; from reelwright.cost import CostLedger as L; l = L.open(sys.argv[1]);"
    program += "l.reserve('day', 1, key=sys.argv[2]); l.close()"
    started = [
        subprocess.Popen([sys.executable, "-c", program, f"sqlite:///{file}", str(number)])
        for number in range(6)
    ]
    assert [process.wait() for process in started] == [0] * 6
    ledger = at(file)
    assert ledger._store.totals("day").reserved == 6
    ledger.close()
