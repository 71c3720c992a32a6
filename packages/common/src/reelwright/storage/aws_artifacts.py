"""Artifacts in S3: ``artifacts/ab/cd/<sha256>``, and ``remembered/<sha256 of the key>``."""

import base64
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from pydantic import ValidationError

from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.files import copy_hashing, replacing, sha256_of, writing_to
from reelwright.storage.schema import Artifact

__all__ = ["S3Artifacts"]

_MISSING = {"NoSuchKey", "404"}
_WHOLE_BYTES = 64 << 20
"""Up to here S3 gets a file in one request, and checks our SHA-256 of it before it stores it."""
_READ_ONLY = 0o444
_Source = io.BufferedReader | io.BytesIO


class S3Artifacts:
    """An ArtifactStore in S3; files that are asked for are kept under ``scratch_dir``, verified each time.

    What is there already is not uploaded again. Storing the bytes again mends an object of the wrong size or
    checksum. Errors of AWS are StorageUnavailable or StorageUnwritable; a full disk is StorageFull.
    """

    def __init__(self, client: Any, bucket: str, scratch_dir: Path) -> None:
        self._client = client
        self._bucket = bucket
        self._scratch_dir = scratch_dir
        self._place = f"The bucket {bucket}"

    def put_file(self, path: Path, media_type: str) -> Artifact:
        """Store a copy of the file; ArtifactMissing if it cannot be read, or is written to meanwhile."""
        with _open_source(path) as source:
            artifact = self._put(source, media_type)
            if artifact.size_bytes > _WHOLE_BYTES and sha256_of(path) != artifact.sha256:
                raise self._changed(path, artifact)
        return artifact

    def put_bytes(self, data: bytes, media_type: str) -> Artifact:
        """Store the bytes."""
        return self._put(io.BytesIO(data), media_type)

    def read_bytes(self, artifact: Artifact) -> bytes:
        """Return the bytes, verified, from S3 itself."""
        with typed(self._place), _found(artifact):
            body = self._client.get_object(Bucket=self._bucket, Key=_key(artifact))["Body"]
            data: bytes = body.read(artifact.size_bytes + 1)  # more is damage, and may fill the memory
        _verify(artifact, hashlib.sha256(data).hexdigest())
        return data

    def local_path(self, artifact: Artifact) -> Path:
        """Return a verified file with the bytes, downloaded if it is not there already; it is read-only."""
        path = self._scratch_dir / _key(artifact)
        if not _is_whole(path, artifact):
            with writing_to(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                self._download(artifact, path)
        return path

    def remember(self, key: str, artifact: Artifact) -> None:
        """Name an artifact by the content hash of what it was made from; a later name wins."""
        body = artifact.model_dump_json().encode()
        with typed(self._place):
            self._client.put_object(Bucket=self._bucket, Key=_entry_key(key), Body=body)

    def recall(self, key: str) -> Artifact | None:
        """Return the artifact remembered under ``key`` if S3 still has it, of that size and checksum."""
        with typed(self._place):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=_entry_key(key))
                artifact = Artifact.model_validate_json(answer["Body"].read())
            except ValidationError:
                return None
            except ClientError as error:
                if code_of(error) in _MISSING:
                    return None
                raise
            return artifact if self._is_there(artifact) else None

    def _put(self, source: _Source, media_type: str) -> Artifact:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        artifact = Artifact(sha256=sha256, size_bytes=source.seek(0, io.SEEK_END), media_type=media_type)
        source.seek(0)
        with typed(self._place):
            if not self._is_there(artifact):
                self._upload(source, artifact)
        return artifact

    def _upload(self, source: _Source, artifact: Artifact) -> None:
        if artifact.size_bytes > _WHOLE_BYTES:
            more = {"ContentType": artifact.media_type, "ChecksumAlgorithm": "SHA256"}
            self._client.upload_fileobj(source, self._bucket, _key(artifact), ExtraArgs=more)
            return
        self._client.put_object(
            Bucket=self._bucket,
            Key=_key(artifact),
            Body=source.read(),
            ContentType=artifact.media_type,
            ChecksumSHA256=_checksum(artifact),
        )

    def _is_there(self, artifact: Artifact) -> bool:
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=_key(artifact), ChecksumMode="ENABLED")
        except ClientError as error:
            if code_of(error) in _MISSING:
                return False
            raise
        if head["ContentLength"] != artifact.size_bytes:
            return False
        known = head.get("ChecksumSHA256", "-")
        of_parts = "-" in known or artifact.size_bytes > _WHOLE_BYTES
        return bool(of_parts or known == _checksum(artifact))

    def _download(self, artifact: Artifact, path: Path) -> None:
        with replacing(path.parent, _READ_ONLY) as (file, partial), typed(self._place):
            with _found(artifact):
                body = self._client.get_object(Bucket=self._bucket, Key=_key(artifact))["Body"]
            sha256, _ = copy_hashing(body, file)
            file.flush()
            _verify(artifact, sha256)
            partial.replace(path)

    def _changed(self, path: Path, artifact: Artifact) -> ArtifactMissing:
        """Take back what was uploaded: in parts, S3 cannot check the whole."""
        with typed(self._place):
            self._client.delete_object(Bucket=self._bucket, Key=_key(artifact))
        return ArtifactMissing(
            f"{path} cannot be stored because it was written to meanwhile.",
            next_step="Run the step again: it makes the file anew.",
            context={"path": path},
        )


def _key(artifact: Artifact) -> str:
    name = artifact.sha256
    return f"artifacts/{name[:2]}/{name[2:4]}/{name}"


def _entry_key(key: str) -> str:
    return f"remembered/{hashlib.sha256(key.encode()).hexdigest()}"


def _checksum(artifact: Artifact) -> str:
    return base64.b64encode(bytes.fromhex(artifact.sha256)).decode()


def _is_whole(path: Path, artifact: Artifact) -> bool:
    try:
        return sha256_of(path) == artifact.sha256
    except OSError:
        return False


@contextmanager
def _open_source(path: Path) -> Iterator[io.BufferedReader]:
    try:
        source = path.open("rb")
    except OSError as error:
        raise ArtifactMissing(
            f"{path} cannot be stored because it cannot be read: {error.strerror}.",
            next_step="Run the step again: it makes the file anew.",
            context={"path": path},
        ) from error
    with source:
        yield source


@contextmanager
def _found(artifact: Artifact) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) not in _MISSING:
            raise
        raise ArtifactMissing(
            f"The artifact {artifact.sha256[:12]}… is not in the store.",
            next_step="Make the production again: what is missing is made anew.",
            context={"sha256": artifact.sha256, "media_type": artifact.media_type},
        ) from error


def _verify(artifact: Artifact, sha256: str) -> None:
    if sha256 != artifact.sha256:
        raise ArtifactDamaged(
            f"The artifact {artifact.sha256[:12]}… is damaged: its content has changed since it was stored.",
            next_step="Make the production again: what is damaged is made anew.",
            context={"sha256": artifact.sha256, "media_type": artifact.media_type},
        )
