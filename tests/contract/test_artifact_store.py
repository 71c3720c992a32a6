"""One suite for every ArtifactStore."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.storage.aws import S3Artifacts
from reelwright.storage.errors import ArtifactMissing
from reelwright.storage.local import FolderArtifacts
from reelwright.storage.memory import MemoryArtifacts
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from tests.contract.aws_places import BUCKET, a_bucket

Lose = Callable[[Artifact], None]


def in_s3(tmp_path: Path) -> tuple[ArtifactStore, Lose]:
    client = a_bucket(versions=False)

    def lose(artifact: Artifact) -> None:
        name = artifact.sha256
        client.delete_object(Bucket=BUCKET, Key=f"artifacts/{name[:2]}/{name[2:4]}/{name}")

    return S3Artifacts(client, BUCKET, tmp_path / "scratch"), lose


@pytest.fixture(params=["folder", "memory", "s3"])
def store_and_lose(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ArtifactStore, Lose]]:
    """Return a store and a way to lose an artifact behind its back."""
    memory = MemoryArtifacts(tmp_path / "scratch")
    folder = FolderArtifacts(tmp_path / "store")
    if request.param == "memory":
        yield memory, memory.lose
    elif request.param == "folder":
        yield folder, lambda artifact: folder.local_path(artifact).unlink()
    else:
        with mock_aws():
            yield in_s3(tmp_path)


@pytest.fixture
def store(store_and_lose: tuple[ArtifactStore, Lose]) -> ArtifactStore:
    return store_and_lose[0]


@pytest.fixture
def lose(store_and_lose: tuple[ArtifactStore, Lose]) -> Lose:
    return store_and_lose[1]


def absent() -> Artifact:
    return Artifact(sha256="0" * 64, size_bytes=3, media_type="text/plain")


def test_the_name_is_the_sha256_of_the_content(store: ArtifactStore) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")

    assert artifact.sha256 == hashlib.sha256(b"sea").hexdigest()
    assert (artifact.size_bytes, artifact.media_type) == (3, "text/plain")


@given(data=st.binary(max_size=5000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_put_is_what_is_read(store: ArtifactStore, data: bytes) -> None:
    artifact = store.put_bytes(data, "application/octet-stream")

    assert store.read_bytes(artifact) == data
    assert store.local_path(artifact).read_bytes() == data


def test_a_file_and_its_bytes_are_one_artifact(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(b"tide" * 700_000)

    from_file = store.put_file(source, "video/mp4")

    assert from_file == store.put_bytes(source.read_bytes(), "video/mp4")


def test_the_original_stays_the_callers_to_write(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "source.bin"
    source.write_bytes(b"before")
    artifact = store.put_file(source, "text/plain")

    with source.open("r+b") as file:
        file.write(b"after!")

    assert store.read_bytes(artifact) == b"before"


def test_a_source_that_cannot_be_read_is_named(store: ArtifactStore, tmp_path: Path) -> None:
    for source in (tmp_path / "nowhere.bin", tmp_path):
        with pytest.raises(ArtifactMissing, match=str(source)):
            store.put_file(source, "text/plain")


def test_an_unknown_artifact_is_missing(store: ArtifactStore) -> None:
    with pytest.raises(ArtifactMissing):
        store.read_bytes(absent())
    with pytest.raises(ArtifactMissing):
        store.local_path(absent())


def test_a_lost_artifact_is_missing_until_it_is_put_again(store: ArtifactStore, lose: Lose) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    lose(artifact)

    with pytest.raises(ArtifactMissing):
        store.read_bytes(artifact)
    store.put_bytes(b"sea", "text/plain")
    assert store.read_bytes(artifact) == b"sea"


@given(key=st.text(max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_key_is_remembered(store: ArtifactStore, key: str) -> None:
    artifact = store.put_bytes(key.encode("utf-8", "replace"), "text/plain")
    store.remember(key, artifact)

    assert store.recall(key) == artifact


def test_a_key_never_remembered_recalls_nothing(store: ArtifactStore) -> None:
    store.remember("one", store.put_bytes(b"1", "text/plain"))

    assert store.recall("two") is None
    assert store.recall("../../one") is None


def test_the_later_artifact_of_a_key_wins(store: ArtifactStore) -> None:
    store.remember("scene", store.put_bytes(b"old", "text/plain"))
    newer = store.put_bytes(b"new", "video/mp4")
    store.remember("scene", newer)

    assert store.recall("scene") == newer


def test_recall_forgets_what_is_lost(store: ArtifactStore, lose: Lose) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    store.remember("scene", artifact)
    lose(artifact)

    assert store.recall("scene") is None
