import errno
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from reelwright.clock import SystemClock, VirtualClock
from reelwright.production.schema import Script
from reelwright.storage.errors import StorageFull, StorageUnwritable
from reelwright.upload.errors import PublicationConflict
from reelwright.upload.platforms.folder import FolderPlatform
from reelwright.upload.schema import Package
from tests.unit.upload.packages import PRODUCTION_ID, package

FILL_THE_DISK = """
import resource, sys
from pathlib import Path
from reelwright.clock import SystemClock
from reelwright.storage.errors import StorageFull
from reelwright.upload.platforms.folder import FolderPlatform
from reelwright.upload.schema import Package

package = Package.model_validate_json(sys.stdin.read())
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    FolderPlatform(SystemClock()).publish(package)
except StorageFull as error:
    print(error.code)
"""


@pytest.fixture
def platform() -> FolderPlatform:
    return FolderPlatform(VirtualClock())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def target(out: Path) -> Path:
    return out / PRODUCTION_ID


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_folder_holds_the_package(platform: FolderPlatform, tmp_path: Path, target: Path) -> None:
    publication = platform.publish(package(tmp_path))

    assert publication.location == str(target)
    assert names(target.parent) == [PRODUCTION_ID]
    assert names(target) == [
        ".publication.json",
        "captions.srt",
        "captions.vtt",
        "script.json",
        "thumbnail.png",
        "video.mp4",
    ]
    for name, source in {
        "video.mp4": "cut.mp4",
        "thumbnail.png": "still.png",
        "captions.srt": "words.srt",
    }.items():
        assert (target / name).read_bytes() == (tmp_path / source).read_bytes()


def test_the_script_has_the_description_of_the_real_cut(
    platform: FolderPlatform, tmp_path: Path, target: Path
) -> None:
    platform.publish(package(tmp_path))
    script = Script.model_validate_json((target / "script.json").read_bytes())

    assert script.seo.description == "The sea.\n0:00 High water"
    assert script.title == "Tides"


def test_the_published_files_are_copies(platform: FolderPlatform, tmp_path: Path, target: Path) -> None:
    platform.publish(package(tmp_path))
    (tmp_path / "cut.mp4").write_bytes(b"overwritten")

    assert (target / "video.mp4").read_bytes() == b"moving picture"


def test_files_added_later_do_not_matter(platform: FolderPlatform, tmp_path: Path, target: Path) -> None:
    first = platform.publish(package(tmp_path))
    (target / "report.html").write_text("<html>")

    assert platform.publish(package(tmp_path)) == first


def test_a_leftover_is_cleared(platform: FolderPlatform, tmp_path: Path, out: Path) -> None:
    leftover = out / f".{PRODUCTION_ID}.partial"
    (leftover / "deep").mkdir(parents=True)
    (leftover / "video.mp4").write_bytes(b"half")
    platform.publish(package(tmp_path))

    assert names(out) == [PRODUCTION_ID]
    assert "deep" not in names(out / PRODUCTION_ID)


def test_a_link_planted_as_leftover_is_not_followed(
    platform: FolderPlatform, tmp_path: Path, out: Path
) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "keep.txt").write_text("keep")
    out.mkdir()
    (out / f".{PRODUCTION_ID}.partial").symlink_to(precious)
    platform.publish(package(tmp_path))

    assert names(precious) == ["keep.txt"]
    assert names(out) == [PRODUCTION_ID]


def plant_link(target: Path) -> None:
    elsewhere = target.parent.parent / "elsewhere"
    elsewhere.mkdir()
    target.symlink_to(elsewhere)


def plant_dangling_link(target: Path) -> None:
    target.symlink_to(target.parent / "nowhere")


def plant_file(target: Path) -> None:
    target.write_text("a file")


def plant_folder(target: Path) -> None:
    target.mkdir()
    (target / "diary.txt").write_text("somebody's")


def plant_false_receipt(target: Path) -> None:
    target.mkdir()
    (target / ".publication.json").write_text('{"published_at": "yesterday"}')


@pytest.mark.parametrize(
    "plant", [plant_link, plant_dangling_link, plant_file, plant_folder, plant_false_receipt, Path.mkdir]
)
def test_what_is_in_the_way_stays_and_is_named(
    platform: FolderPlatform, tmp_path: Path, target: Path, plant: Callable[[Path], None]
) -> None:
    target.parent.mkdir()
    plant(target)
    before = names(target) if target.is_dir() else []

    with pytest.raises(PublicationConflict, match=str(target)):
        platform.publish(package(tmp_path))
    assert os.path.lexists(target)
    assert (names(target) if target.is_dir() else []) == before
    assert names(target.parent) == [PRODUCTION_ID]


@pytest.mark.parametrize("name", ["video.mp4", "script.json"])
def test_a_published_file_that_was_changed_or_lost_is_found(
    platform: FolderPlatform, tmp_path: Path, target: Path, name: str
) -> None:
    platform.publish(package(tmp_path))
    (target / name).write_bytes(b"tampered")
    with pytest.raises(PublicationConflict, match=f"{name} was changed"):
        platform.publish(package(tmp_path))

    (target / name).unlink()
    with pytest.raises(PublicationConflict, match=f"{name} cannot be read"):
        platform.find(package(tmp_path))


def test_an_output_folder_that_is_a_file_is_named(
    platform: FolderPlatform, tmp_path: Path, out: Path
) -> None:
    out.write_text("a file")

    with pytest.raises(StorageUnwritable, match=str(out)):
        platform.publish(package(tmp_path))


def test_an_output_folder_without_permission_is_named(
    platform: FolderPlatform, tmp_path: Path, out: Path
) -> None:
    out.mkdir(mode=0o500)
    if os.access(out, os.W_OK):
        pytest.skip("this user may write anywhere")

    with pytest.raises(StorageUnwritable, match=str(out)):
        platform.publish(package(tmp_path))


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, StorageFull), (errno.EROFS, StorageUnwritable)]
)
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_refused_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception], call: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    wanted = package(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        with pytest.raises(expected, match=str(tmp_path)):
            FolderPlatform(VirtualClock()).publish(wanted)
    assert names(tmp_path / "out") == []
    assert FolderPlatform(VirtualClock()).publish(wanted).remote_id == PRODUCTION_ID


def test_a_disk_that_fills_while_writing_keeps_nothing(tmp_path: Path, out: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK],
        input=package(tmp_path, video=bytes(200_000)).model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == "storage_full"
    assert names(out) == []


def _publish(wanted: Package) -> datetime:
    return FolderPlatform(SystemClock()).publish(wanted).published_at


def test_workers_that_publish_at_once_publish_once(tmp_path: Path, out: Path) -> None:
    wanted = package(tmp_path, video=b"picture" * 100_000)
    with get_context("spawn").Pool(4) as pool:
        times = pool.map(_publish, [wanted] * 8)

    assert len(set(times)) == 1
    assert names(out) == [PRODUCTION_ID]
