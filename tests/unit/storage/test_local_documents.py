import errno
import json
import os
import stat
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.storage.errors import (
    DocumentConflict,
    DocumentDamaged,
    StorageFull,
    StorageUnavailable,
    StorageUnwritable,
)
from reelwright.storage.local_documents import FolderDocuments
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author

ANN = Author(actor="ann", reason="to try")
DYING = Path(__file__).with_name("dying.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def store(root: Path) -> FolderDocuments:
    return FolderDocuments(root, VirtualClock())


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_reading_creates_nothing(root: Path, store: FolderDocuments) -> None:
    assert store.names() == store.history("settings") == ()
    assert not root.exists()


def test_a_version_is_two_read_only_files(root: Path, store: FolderDocuments) -> None:
    version = store.put("prompts/hook", b"sea", expect=ABSENT, author=ANN).version

    files = {path.name: path for path in (root / "prompts~hook").iterdir()}
    assert sorted(files) == [f"{version}.content", f"{version}.json", "lock"]
    assert files[f"{version}.content"].read_bytes() == b"sea"
    assert all(path.stat().st_mode & 0o222 == 0 for name, path in files.items() if name != "lock")


def test_it_may_die_at_any_call_to_the_disk(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(DYING), "documents", str(root)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 12, "it was killed at every call to the disk that a put makes"


def test_each_file_is_on_the_disk_before_the_next_is_begun(
    store: FolderDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("settings", b"one", expect=ABSENT, author=ANN)
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def syncing(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def replacing(self: Path, target: Path) -> Path:
        done.append(target.suffix)
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(Path, "replace", replacing)
    store.put("settings", b"two", expect=None, author=ANN)

    assert done == ["file", ".content", "folder", "file", ".json", "folder"]


@pytest.mark.parametrize("changed", [{"size_bytes": 4}, {"author": {"actor": "ben", "reason": "to try"}}])
def test_a_record_that_was_altered_is_damage(
    root: Path, store: FolderDocuments, changed: dict[str, object]
) -> None:
    version = store.put("settings", b"sea", expect=ABSENT, author=ANN).version
    record = root / "settings" / f"{version}.json"
    overwrite(record, json.dumps(json.loads(record.read_bytes()) | changed).encode())

    for ask in (store.read, store.history):
        with pytest.raises(DocumentDamaged, match="record was altered"):
            ask("settings")


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_a_record_that_is_none_is_damage(root: Path, store: FolderDocuments, content: bytes) -> None:
    version = store.put("settings", b"sea", expect=ABSENT, author=ANN).version
    overwrite(root / "settings" / f"{version}.json", content)

    with pytest.raises(DocumentDamaged, match="not what was written"):
        store.read("settings")


def test_a_record_in_the_place_of_another_is_damage(root: Path, store: FolderDocuments) -> None:
    first = store.put("settings", b"one", expect=ABSENT, author=ANN).version
    second = store.put("settings", b"two", expect=first, author=ANN).version
    overwrite(root / "settings" / f"{second}.json", (root / "settings" / f"{first}.json").read_bytes())

    with pytest.raises(DocumentDamaged, match="that of another"):
        store.read("settings")
    assert store.read("settings", first).content == b"one"


def test_content_that_is_gone_is_damage_and_not_absence(root: Path, store: FolderDocuments) -> None:
    version = store.put("settings", b"sea", expect=ABSENT, author=ANN).version
    (root / "settings" / f"{version}.content").unlink()

    with pytest.raises(DocumentDamaged, match="is gone"):
        store.read("settings")
    with pytest.raises(DocumentConflict):
        store.put("settings", b"new", expect=ABSENT, author=ANN)


def test_a_disk_that_refuses_to_be_read_is_no_absence(
    store: FolderDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("settings", b"sea", expect=ABSENT, author=ANN)

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    for call in ("iterdir", "read_bytes"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, call, refuse)
            with pytest.raises(StorageUnavailable, match="cannot be read"):
                store.read("settings")


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, StorageFull), (errno.EROFS, StorageUnwritable)]
)
def test_a_refused_write_is_typed_and_is_no_version(
    store: FolderDocuments, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    version = store.put("settings", b"sea", expect=ABSENT, author=ANN).version

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(expected):
            store.put("settings", b"new", expect=version, author=ANN)
    assert [it.version for it in store.history("settings")] == [version]


def test_a_file_where_the_root_should_be_is_named(root: Path, store: FolderDocuments) -> None:
    root.write_text("in the way")

    with pytest.raises(StorageUnwritable, match=str(root)):
        store.put("settings", b"sea", expect=ABSENT, author=ANN)
    with pytest.raises(StorageUnavailable, match=str(root)):
        store.names()


def _count_up(root: Path, times: int) -> None:
    store = FolderDocuments(root)
    done = 0
    while done < times:
        seen = store.read("settings")
        try:
            store.put("settings", b"%d" % (int(seen.content) + 1), expect=seen.version, author=ANN)
        except DocumentConflict:
            continue
        done += 1


def test_processes_that_count_together_lose_no_count(root: Path, store: FolderDocuments) -> None:
    store.put("settings", b"0", expect=ABSENT, author=ANN)

    with get_context("spawn").Pool(3) as pool:
        pool.starmap(_count_up, [(root, 25)] * 3)

    assert store.read("settings").content == b"75"
    contents = [store.read("settings", it.version).content for it in store.history("settings")]
    assert contents == [b"%d" % number for number in range(75, -1, -1)]
