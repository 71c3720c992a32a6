"""The last good flags in a file: private, whole whatever happens, and shared by processes."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reelwright.config.errors import SourceUnreachable
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.flags.ports import RememberedState
from reelwright.flags.remembering import FileFlagMemory
from reelwright.storage.errors import StorageUnwritable

START = datetime(2026, 1, 1, tzinfo=UTC)


def remembered(number: int, *, at: int = 0, profile: str = "flags") -> RememberedState:
    version = FlagVersion(version=str(number), document={"version": "1", "flags": {"é": {}}, "n": 1.5})
    state = FlagState(
        profile=profile, number=number, phase="DEPLOYING", percentage=33.3, old=version, new=version
    )
    return RememberedState(state, START + timedelta(seconds=at))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dev" / "flags.json"


def test_what_is_remembered_is_the_same_in_the_next_process(path: Path) -> None:
    assert FileFlagMemory(path).load() == {}
    FileFlagMemory(path).save(remembered(1))
    FileFlagMemory(path).save(remembered(2, profile="kill-switches"))

    assert FileFlagMemory(path).load() == {
        "flags": remembered(1),
        "kill-switches": remembered(2, profile="kill-switches"),
    }


def test_only_its_owner_may_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        FileFlagMemory(path).save(remembered(1))
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in path.parent.iterdir()) == ["flags.json", "flags.lock"]


def test_what_is_older_never_replaces_what_is_newer(path: Path) -> None:
    memory = FileFlagMemory(path)
    memory.save(remembered(2, at=10))
    memory.save(remembered(1, at=9))
    assert memory.load() == {"flags": remembered(2, at=10)}

    memory.save(remembered(1, at=10))
    assert memory.load() == {"flags": remembered(1, at=10)}


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"profiles": {"flags": {}}}', b"\xff"])
def test_a_damaged_file_is_told_and_begun_anew(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(SourceUnreachable, match=r"flags\.json cannot be read or is damaged"):
        FileFlagMemory(path).load()

    FileFlagMemory(path).save(remembered(1))
    assert FileFlagMemory(path).load() == {"flags": remembered(1)}


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageUnwritable, match="file"):
        FileFlagMemory(tmp_path / "file" / "flags.json").save(remembered(1))


def test_threads_lose_nobody_elses_profile(path: Path) -> None:
    profiles = [f"p{number}" for number in range(12)]
    threads = [
        threading.Thread(target=FileFlagMemory(path).save, args=(remembered(1, profile=profile),))
        for profile in profiles
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(FileFlagMemory(path).load()) == sorted(profiles)


WRITING = """
import sys
from pathlib import Path
from tests.unit.flags.test_remembering import remembered
from reelwright.flags.remembering import FileFlagMemory
memory = FileFlagMemory(Path(sys.argv[1]))
print("on", flush=True)
for number in range(1, 1_000_000):
    memory.save(remembered(number, at=number))
"""


def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_file(path: Path) -> None:
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITING, str(path)], stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        assert process.stdout
        assert process.stdout.readline() == b"on\n"
        while not path.exists():
            pass
        found = [FileFlagMemory(path).load()["flags"].state.number for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert found == sorted(found)
        assert FileFlagMemory(path).load()["flags"].state.number >= found[-1]
        path.unlink()
