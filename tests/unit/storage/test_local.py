import errno
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.storage.errors import ArtifactDamaged, StorageFull, StorageUnwritable
from reelwright.storage.local import FolderArtifacts
from reelwright.storage.schema import Artifact

FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from reelwright.storage.errors import StorageFull
from reelwright.storage.local import FolderArtifacts

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    FolderArtifacts(Path(sys.argv[1])).put_bytes(bytes(200_000), "video/mp4")
except StorageFull as error:
    print(error.code)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> FolderArtifacts:
    return FolderArtifacts(root)


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def damage(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)


def test_nothing_is_created_before_the_first_write(root: Path, store: FolderArtifacts) -> None:
    assert store.recall("anything") is None
    assert not root.exists()


def test_objects_fan_out_over_two_levels(root: Path, store: FolderArtifacts) -> None:
    name = store.put_bytes(b"sea", "text/plain").sha256

    assert files_in(root) == [root / "objects" / name[:2] / name[2:4] / name]


def test_stored_files_are_read_only(store: FolderArtifacts) -> None:
    path = store.local_path(store.put_bytes(b"sea", "text/plain"))

    assert path.stat().st_mode & 0o222 == 0


def test_the_same_bytes_are_stored_once(root: Path, store: FolderArtifacts) -> None:
    store.put_bytes(b"sea", "text/plain")
    store.put_bytes(b"sea", "text/plain")

    assert len(files_in(root)) == 1


def test_changed_bytes_are_damage_wherever_they_are_read(store: FolderArtifacts) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    damage(store.local_path(artifact))

    for read in (store.read_bytes, store.local_path):
        with pytest.raises(ArtifactDamaged, match="changed"):
            read(artifact)


def test_a_folder_in_place_of_the_file_is_damage(store: FolderArtifacts) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    path = store.local_path(artifact)
    path.unlink()
    path.mkdir()

    with pytest.raises(ArtifactDamaged, match="cannot be read"):
        store.read_bytes(artifact)


def test_recall_forgets_a_damaged_artifact_and_putting_mends_it(store: FolderArtifacts) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    store.remember("scene", artifact)
    damage(store.local_path(artifact))

    assert store.recall("scene") is None
    assert store.put_bytes(b"sea", "text/plain") == artifact
    assert store.recall("scene") is None, "the entry was dropped, not only skipped"
    assert store.read_bytes(artifact) == b"sea"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"sha256": "../../etc/passwd"}', b"null"])
def test_a_broken_entry_recalls_nothing_and_is_removed(
    root: Path, store: FolderArtifacts, content: bytes
) -> None:
    store.remember("scene", store.put_bytes(b"sea", "text/plain"))
    (entry,) = files_in(root / "remembered")
    entry.chmod(0o644)
    entry.write_bytes(content)

    assert store.recall("scene") is None
    assert not entry.exists()


def test_a_file_where_the_root_should_be_is_named(root: Path, store: FolderArtifacts) -> None:
    root.write_text("in the way")

    with pytest.raises(StorageUnwritable, match=str(root)):
        store.put_bytes(b"sea", "text/plain")
    with pytest.raises(StorageUnwritable, match=str(root)):
        store.remember("scene", Artifact(sha256="0" * 64, size_bytes=0, media_type="text/plain"))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EACCES, StorageUnwritable),
        (errno.EROFS, StorageUnwritable),
        (errno.EIO, StorageUnwritable),
    ],
)
def test_a_refused_write_is_typed_and_leaves_nothing(
    root: Path,
    store: FolderArtifacts,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    expected: type[Exception],
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    for call in ("fsync", "fchmod"):
        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuse)
            with pytest.raises(expected, match=str(root)):
                store.put_bytes(b"sea", "text/plain")
        assert files_in(root) == []


def test_a_disk_that_fills_while_writing_keeps_nothing(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(root)], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "storage_full"
    assert files_in(root) == []


def test_a_folder_without_permission_is_unwritable(root: Path, store: FolderArtifacts) -> None:
    root.mkdir(mode=0o500)
    if os.access(root, os.W_OK):
        pytest.skip("this user may write anywhere")

    with pytest.raises(StorageUnwritable, match=str(root)):
        store.put_bytes(b"sea", "text/plain")


def test_abandoned_files_are_swept_and_young_ones_kept(root: Path) -> None:
    incoming = root / "incoming"
    incoming.mkdir(parents=True)
    old, young = incoming / "old.partial", incoming / "young.partial"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    os.utime(old, (0, (now - timedelta(days=2)).timestamp()))
    os.utime(young, (0, (now - timedelta(hours=1)).timestamp()))

    FolderArtifacts(root, VirtualClock(now)).put_bytes(b"sea", "text/plain")

    assert not old.exists()
    assert young.exists()


def _put_many(root: Path, count: int) -> list[str]:
    store = FolderArtifacts(root)
    names = []
    for number in range(count):
        artifact = store.put_bytes(b"%d" % number * 1000, "text/plain")
        store.remember(f"scene {number}", artifact)
        names.append(store.local_path(artifact).name)
    return names


def test_processes_share_a_root(root: Path) -> None:
    with get_context("spawn").Pool(3) as pool:
        results = pool.starmap(_put_many, [(root, 40)] * 3)

    assert results[0] == results[1] == results[2]
    store = FolderArtifacts(root)
    assert [store.recall(f"scene {number}") is not None for number in range(40)] == [True] * 40
    assert files_in(root / "incoming") == []


def test_a_killed_process_leaves_nothing_that_looks_finished(root: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from reelwright.storage.local import FolderArtifacts\n"
        "store = FolderArtifacts(Path(sys.argv[1]))\n"
        "store.put_bytes(b'sea', 'text/plain'); print('go', flush=True)\n"
        "number = 0\n"
        "while True:\n"
        "    number += 1; store.put_bytes(b'%d' % number * 500_000, 'text/plain')\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(root)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    time.sleep(0.05)
    writer.kill()
    writer.communicate()

    store = FolderArtifacts(root)
    for path in files_in(root / "objects"):
        artifact = Artifact(sha256=path.name, size_bytes=0, media_type="text/plain")
        assert store.local_path(artifact) == path
