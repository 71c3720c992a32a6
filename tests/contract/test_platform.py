"""One suite for every Platform."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.errors import PackageIncomplete, PublicationConflict
from reelwright.upload.manager import UploadManager
from reelwright.upload.memory import MemoryPlatform
from reelwright.upload.platforms.bucket import BucketFolder
from reelwright.upload.platforms.folder import FolderPlatform
from reelwright.upload.ports import Platform
from tests.unit.upload.packages import OTHER_ID, PRODUCTION_ID, package


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


BUCKET = "artifacts"


@pytest.fixture
def s3() -> Iterator[Any]:
    """A client of an empty bucket."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture(params=[FolderPlatform, MemoryPlatform, BucketFolder])
def platform(request: pytest.FixtureRequest, clock: VirtualClock) -> Platform:
    if request.param is BucketFolder:
        return BucketFolder(request.getfixturevalue("s3"), BUCKET, clock)
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


class Losing:
    """A client that does the work and loses the answer, at the writes that it is told of."""

    def __init__(self, client: Any, lost: set[int]) -> None:
        self._client, self._lost, self._writes = client, lost, 0

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            answer = getattr(self._client, operation)(**request)
            if operation == "put_object":
                self._writes += 1
                if self._writes in self._lost:
                    raise ReadTimeoutError(endpoint_url="s3")
            return answer

        return call


@pytest.mark.parametrize("lost", range(1, 7))
def test_an_answer_lost_by_the_bucket_makes_no_second_publication(
    s3: Any, tmp_path: Path, clock: VirtualClock, lost: int
) -> None:
    platform = BucketFolder(Losing(s3, {lost}), BUCKET, clock)
    with pytest.raises(StorageUnavailable):
        platform.publish(package(tmp_path))
    clock.advance(60)

    publication = platform.publish(package(tmp_path))

    assert (publication.published_at == clock.now()) is (lost < 6)
    assert platform.publish(package(tmp_path)) == publication
    names = [item["Key"].rpartition("/")[2] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert sorted(names) == [
        ".publication.json",
        "captions.srt",
        "captions.vtt",
        "script.json",
        "thumbnail.png",
        "video.mp4",
    ]


def test_many_at_once_publish_into_a_bucket_once(s3: Any, tmp_path: Path) -> None:
    published = []
    clocks = [VirtualClock() for _ in range(6)]
    barrier = threading.Barrier(len(clocks))

    def publish(number: int) -> None:
        clocks[number].advance(number)
        barrier.wait()
        published.append(BucketFolder(s3, BUCKET, clocks[number]).publish(made))

    made = package(tmp_path)
    threads = [threading.Thread(target=publish, args=(number,)) for number in range(len(clocks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(published) == len(clocks)
    assert len(set(published)) == 1


@pytest.mark.parametrize("name", ["video.mp4", "script.json"])
def test_a_file_that_was_changed_in_the_bucket_is_found(
    s3: Any, tmp_path: Path, clock: VirtualClock, name: str
) -> None:
    platform = BucketFolder(s3, BUCKET, clock)
    platform.publish(package(tmp_path))
    s3.put_object(Bucket=BUCKET, Key=f"packages/{PRODUCTION_ID}/{name}", Body=b"something else")

    with pytest.raises(PublicationConflict, match=name):
        platform.find(package(tmp_path))


def test_a_file_that_was_removed_from_the_bucket_is_found(
    s3: Any, tmp_path: Path, clock: VirtualClock
) -> None:
    platform = BucketFolder(s3, BUCKET, clock)
    platform.publish(package(tmp_path))
    s3.delete_object(Bucket=BUCKET, Key=f"packages/{PRODUCTION_ID}/captions.srt")

    with pytest.raises(PublicationConflict, match=r"captions\.srt is missing"):
        platform.find(package(tmp_path))


def test_what_lies_without_a_receipt_is_not_overwritten(s3: Any, tmp_path: Path, clock: VirtualClock) -> None:
    key = f"packages/{PRODUCTION_ID}/video.mp4"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"somebody else's")

    with pytest.raises(PublicationConflict, match=r"video\.mp4"):
        BucketFolder(s3, BUCKET, clock).publish(package(tmp_path))
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"somebody else's"
    with pytest.raises(ClientError):
        s3.get_object(Bucket=BUCKET, Key=f"packages/{PRODUCTION_ID}/.publication.json")
