"""What only S3 can do to artifacts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from reelwright.storage import aws_artifacts
from reelwright.storage.aws import S3Artifacts
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing, StorageFull, StorageUnavailable
from reelwright.storage.schema import Artifact
from tests.contract.aws_places import BUCKET, Meddling, a_bucket, raising, refusal


@pytest.fixture
def client() -> Iterator[Meddling]:
    with mock_aws():
        yield Meddling(a_bucket(versions=False))


@pytest.fixture
def store(client: Meddling, tmp_path: Path) -> S3Artifacts:
    return S3Artifacts(client, BUCKET, tmp_path / "scratch")


def key(artifact: Artifact) -> str:
    name = artifact.sha256
    return f"artifacts/{name[:2]}/{name[2:4]}/{name}"


def overwrite(client: Meddling, artifact: Artifact, content: bytes) -> None:
    client.client.put_object(Bucket=BUCKET, Key=key(artifact), Body=content)


def test_an_object_is_named_by_its_content_and_has_its_type(store: S3Artifacts, client: Meddling) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")

    head = client.client.head_object(Bucket=BUCKET, Key=key(artifact))
    assert (head["ContentLength"], head["ContentType"]) == (3, "text/plain")


def test_what_is_there_is_not_uploaded_again(store: S3Artifacts, client: Meddling, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"sea")

    for _ in range(3):
        store.put_file(source, "text/plain")

    assert client.calls.count("put_object") == 1


@pytest.mark.parametrize("content", [b"se", b"seashore", b"lie"])
def test_changed_bytes_are_damage_and_putting_mends_them(
    store: S3Artifacts, client: Meddling, content: bytes
) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    overwrite(client, artifact, content)

    for read in (store.read_bytes, store.local_path):
        with pytest.raises(ArtifactDamaged, match="changed"):
            read(artifact)
    if len(content) != 3:
        store.put_bytes(b"sea", "text/plain")
        assert store.read_bytes(artifact) == b"sea"


def test_a_large_file_goes_up_in_parts(
    store: S3Artifacts, client: Meddling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_artifacts, "_WHOLE_BYTES", 1 << 20)
    source = tmp_path / "source"
    source.write_bytes(b"tide" * 3_000_000)

    artifact = store.put_file(source, "video/mp4")

    assert "put_object" not in client.calls
    assert store.local_path(artifact).read_bytes() == source.read_bytes()
    client.calls.clear()
    assert store.put_file(source, "video/mp4") == artifact
    assert client.calls == ["head_object"]


def test_a_large_file_that_is_written_to_meanwhile_is_not_kept(
    store: S3Artifacts, client: Meddling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_artifacts, "_WHOLE_BYTES", 10)
    source = tmp_path / "source"
    source.write_bytes(b"tide" * 100)
    client.before["upload_fileobj"] = [lambda: source.write_bytes(b"ebb!" * 100)]

    with pytest.raises(ArtifactMissing, match="written to meanwhile"):
        store.put_file(source, "video/mp4")
    assert "Contents" not in client.client.list_objects_v2(Bucket=BUCKET)


def test_a_file_is_downloaded_once_and_read_only(store: S3Artifacts, client: Meddling) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    path = store.local_path(artifact)
    client.calls.clear()

    assert store.local_path(artifact) == path
    assert client.calls == []
    assert path.stat().st_mode & 0o222 == 0


def test_a_downloaded_file_that_was_changed_is_downloaded_again(store: S3Artifacts) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    path = store.local_path(artifact)
    path.chmod(0o644)
    path.write_bytes(b"lie")

    assert store.local_path(artifact).read_bytes() == b"sea"


def test_a_download_that_breaks_off_leaves_nothing(
    store: S3Artifacts, client: Meddling, tmp_path: Path
) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    client.before["get_object"] = [raising(ReadTimeoutError(endpoint_url="http://127.0.0.1"))]

    with pytest.raises(StorageUnavailable):
        store.local_path(artifact)
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []


def test_a_full_disk_is_named(store: S3Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(aws_artifacts, "copy_hashing", full)
    with pytest.raises(StorageFull):
        store.local_path(artifact)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"sha256": "../../etc/passwd"}'])
def test_a_broken_entry_recalls_nothing(store: S3Artifacts, client: Meddling, content: bytes) -> None:
    store.remember("scene", store.put_bytes(b"sea", "text/plain"))
    (entry,) = client.client.list_objects_v2(Bucket=BUCKET, Prefix="remembered/")["Contents"]
    client.client.put_object(Bucket=BUCKET, Key=entry["Key"], Body=content)

    assert store.recall("scene") is None


def test_recall_forgets_an_artifact_of_another_size(store: S3Artifacts, client: Meddling) -> None:
    artifact = store.put_bytes(b"sea", "text/plain")
    store.remember("scene", artifact)
    overwrite(client, artifact, b"seashore")

    assert store.recall("scene") is None


@pytest.mark.parametrize("call", ["get_object", "head_object"])
def test_an_outage_is_not_forgetting(store: S3Artifacts, client: Meddling, call: str) -> None:
    store.remember("scene", store.put_bytes(b"sea", "text/plain"))
    client.before[call] = [raising(refusal("SlowDown", 503, "HeadObject"))]

    with pytest.raises(StorageUnavailable):
        store.recall("scene")
