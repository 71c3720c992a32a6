"""One suite for every Platform."""

from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.upload.errors import PackageIncomplete, PublicationConflict
from reelwright.upload.manager import UploadManager
from reelwright.upload.memory import MemoryPlatform
from reelwright.upload.platforms.folder import FolderPlatform
from reelwright.upload.ports import Platform
from tests.unit.upload.packages import OTHER_ID, PRODUCTION_ID, package


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(params=[FolderPlatform, MemoryPlatform])
def platform(request: pytest.FixtureRequest, clock: VirtualClock) -> Platform:
    made: Platform = request.param(clock)
    return made


def test_nothing_is_found_before_it_is_published(platform: Platform, tmp_path: Path) -> None:
    assert platform.find(package(tmp_path)) is None


def test_a_publication_says_where_and_when(platform: Platform, tmp_path: Path, clock: VirtualClock) -> None:
    clock.advance(90)
    publication = platform.publish(package(tmp_path))

    assert publication.platform == platform.name
    assert publication.remote_id == PRODUCTION_ID
    assert PRODUCTION_ID in publication.location
    assert publication.published_at == clock.now()


def test_publishing_again_is_the_same_publication(
    platform: Platform, tmp_path: Path, clock: VirtualClock
) -> None:
    first = platform.publish(package(tmp_path))
    clock.advance(3600)

    assert platform.publish(package(tmp_path)) == first
    assert platform.find(package(tmp_path)) == first


def test_productions_are_published_apart(platform: Platform, tmp_path: Path) -> None:
    one = platform.publish(package(tmp_path))
    other = platform.publish(package(tmp_path, OTHER_ID))

    assert one.location != other.location
    assert platform.find(package(tmp_path)) == one


def test_another_cut_of_the_same_production_is_a_conflict(platform: Platform, tmp_path: Path) -> None:
    platform.publish(package(tmp_path))
    other_cut = package(tmp_path, video=b"another picture")

    for call in (platform.find, platform.publish):
        with pytest.raises(PublicationConflict, match=PRODUCTION_ID):
            call(other_cut)


@pytest.mark.parametrize("name", ["cut.mp4", "still.png", "words.srt", "words.vtt"])
def test_an_incomplete_package_is_not_published(platform: Platform, tmp_path: Path, name: str) -> None:
    incomplete = package(tmp_path)
    (tmp_path / name).unlink()

    with pytest.raises(PackageIncomplete, match=name):
        platform.publish(incomplete)
    assert platform.publish(package(tmp_path)) == platform.find(package(tmp_path))


@pytest.mark.parametrize(
    "production_id", ["../prod", "prod_/etc", "", ".", "prod_01K8\n", "prod_" + "0" * 25]
)
def test_only_production_ids_name_publications(
    platform: Platform, tmp_path: Path, production_id: str
) -> None:
    bad = package(tmp_path, production_id)

    for call in (platform.find, platform.publish):
        with pytest.raises(InvalidInput, match="not a production id"):
            call(bad)


def test_the_manager_finds_before_it_publishes(
    platform: Platform, tmp_path: Path, clock: VirtualClock
) -> None:
    manager = UploadManager({platform.name: platform})
    first = manager.publish(package(tmp_path), platform.name)
    clock.advance(60)

    assert manager.publish(package(tmp_path), platform.name) == first
