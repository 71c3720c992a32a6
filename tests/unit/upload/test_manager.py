from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.errors import GuardrailRefused, InvalidInput
from reelwright.production.schema import Brief
from reelwright.upload.errors import PlatformStopped
from reelwright.upload.manager import UploadManager
from reelwright.upload.memory import MemoryPlatform
from tests.unit.upload.packages import package


@pytest.fixture
def platforms() -> dict[str, MemoryPlatform]:
    return {name: MemoryPlatform(VirtualClock(), name) for name in ("folder", "attic")}


def test_a_brief_for_known_platforms_passes(platforms: dict[str, MemoryPlatform]) -> None:
    UploadManager(platforms).check(Brief(topic="tides", platforms=("folder", "attic")))


def test_an_unknown_platform_is_named_beside_the_known_ones(platforms: dict[str, MemoryPlatform]) -> None:
    with pytest.raises(InvalidInput, match=r"no platform 'cellar'.*attic, folder"):
        UploadManager(platforms).check(Brief(topic="tides", platforms=("folder", "cellar")))


def test_a_package_goes_to_the_platform_it_is_meant_for(
    platforms: dict[str, MemoryPlatform], tmp_path: Path
) -> None:
    publication = UploadManager(platforms).publish(package(tmp_path), "attic")

    assert publication.platform == "attic"
    assert platforms["attic"].publications == (publication,)
    assert platforms["folder"].publications == ()


def test_nothing_is_published_on_an_unknown_platform(
    platforms: dict[str, MemoryPlatform], tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="cellar"):
        UploadManager(platforms).publish(package(tmp_path), "cellar")


def test_nothing_new_is_published_where_an_operator_says_stop_until_it_is_put_back(
    platforms: dict[str, MemoryPlatform], tmp_path: Path
) -> None:
    pulled = {"folder"}
    manager = UploadManager(platforms, stopped=lambda name: "stopped by Ada" if name in pulled else "")
    with pytest.raises(PlatformStopped, match="folder, which is stopped by Ada") as refused:
        manager.publish(package(tmp_path), "folder")
    assert isinstance(refused.value, GuardrailRefused)
    assert "Resume" in refused.value.next_step
    assert platforms["folder"].publications == ()
    assert manager.publish(package(tmp_path), "attic").platform == "attic"
    pulled.clear()
    assert manager.publish(package(tmp_path), "folder").platform == "folder"


def test_what_is_published_already_is_found_whoever_is_stopped(
    platforms: dict[str, MemoryPlatform], tmp_path: Path
) -> None:
    published = UploadManager(platforms).publish(package(tmp_path), "folder")
    stopping = UploadManager(platforms, stopped=lambda _: "stopped")
    assert stopping.publish(package(tmp_path), "folder") == published
