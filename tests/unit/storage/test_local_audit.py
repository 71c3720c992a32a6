import errno
import os
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.storage.errors import StorageFull, StorageUnavailable, StorageUnwritable
from reelwright.storage.local_audit import FolderAuditLog
from reelwright.storage.schema import AuditEntry

DYING = Path(__file__).with_name("dying.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "audit"


@pytest.fixture
def log(root: Path) -> FolderAuditLog:
    return FolderAuditLog(root, clock=VirtualClock())


def note(log: FolderAuditLog, number: int = 0) -> AuditEntry:
    return log.append(actor="ann", action="a", subject="s", reason="r", details={"n": number})


def test_reading_creates_nothing(root: Path, log: FolderAuditLog) -> None:
    assert log.entries() == log.verify() == ()
    assert not root.exists()


def test_it_may_die_at_any_call_to_the_disk(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(DYING), "audit", str(root)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 8, "it was killed at every call to the disk that an append makes"


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_half_a_line_of_somebody_who_died_is_cut_off(root: Path, log: FolderAuditLog, share: float) -> None:
    note(log, 1)
    head = (root / "head.json").read_bytes()
    size = (root / "audit.jsonl").stat().st_size
    note(log, 2)
    line = (root / "audit.jsonl").read_bytes()[size:-1]
    os.truncate(root / "audit.jsonl", size + max(1, int(len(line) * share)))
    (root / "head.json").write_bytes(head)

    assert log.verify() == ()
    assert [it.details["n"] for it in log.entries()] == [1]
    assert note(log, 3).sequence == 2
    assert log.verify() == ()
    assert [it.details["n"] for it in log.entries()] == [3, 1]


def test_an_entry_that_the_head_did_not_come_to_know_is_taken_up(root: Path, log: FolderAuditLog) -> None:
    note(log, 1)
    head = (root / "head.json").read_bytes()
    note(log, 2)
    (root / "head.json").write_bytes(head)

    assert log.verify() == ()
    assert note(log, 3).sequence == 3
    assert log.verify() == ()


def test_half_a_line_that_the_head_knows_was_whole_is_no_accident(root: Path, log: FolderAuditLog) -> None:
    note(log, 1)
    note(log, 2)
    file = root / "audit.jsonl"
    os.truncate(file, file.stat().st_size - 5)

    assert log.verify() != ()
    note(log, 3)
    assert log.verify() != ()
    assert [it.details["n"] for it in log.entries()] == [3, 1]


def test_appending_reads_no_more_of_a_long_trail(
    root: Path, log: FolderAuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        note(log, number)
    read: list[int] = []
    take = FolderAuditLog._bytes

    def counting(self: FolderAuditLog, offset: int) -> bytes:
        data = take(self, offset)
        read.append(len(data))
        return data

    monkeypatch.setattr(FolderAuditLog, "_bytes", counting)
    note(log, 50)

    assert sum(read) == 0
    assert (root / "audit.jsonl").stat().st_size > 10_000


def _note_many(root: Path, count: int) -> None:
    log = FolderAuditLog(root)
    for number in range(count):
        note(log, number)


def test_processes_make_one_chain(root: Path, log: FolderAuditLog) -> None:
    with get_context("spawn").Pool(3) as pool:
        pool.starmap(_note_many, [(root, 30)] * 3)

    assert len(log.entries()) == 90
    assert log.verify() == ()


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, StorageFull), (errno.EROFS, StorageUnwritable)]
)
def test_a_refused_write_is_typed_and_the_chain_stays_whole(
    log: FolderAuditLog, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    note(log, 1)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    for call in ("write", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuse)
            with pytest.raises(expected):
                note(log, 2)
        assert log.verify() == ()
    note(log, 3)
    assert log.verify() == ()


def test_a_trail_that_cannot_be_read_says_so(root: Path, log: FolderAuditLog) -> None:
    note(log)
    (root / "audit.jsonl").unlink()
    (root / "audit.jsonl").mkdir()

    for ask in (log.entries, log.verify):
        with pytest.raises(StorageUnavailable, match="cannot be read"):
            ask()
