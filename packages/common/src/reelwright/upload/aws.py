"""Packages in a bucket: what is added when a production is over, and fetching one."""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, FlexibleChecksumError
from pydantic import ValidationError

from reelwright.production.schema import Production
from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.files import copy_hashing, replacing, sha256_of, sync, writing_to
from reelwright.upload.platforms.bucket import package_prefix
from reelwright.upload.receipt import RECEIPT_NAME, Receipt

__all__ = ["BucketPackages", "PackageFetcher"]

_ACCOUNT = ("report.html", "production.json")
_ABSENT = {"NoSuchKey", "404"}
_TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json"}


class BucketPackages:
    """A PackageWriter for packages in a bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def write(self, production: Production, name: str, content: bytes) -> None:
        """Write an object into the production's package; S3 checks the content's hash."""
        with typed(f"The bucket {self._bucket}"):
            self._client.put_object(
                Bucket=self._bucket,
                Key=package_prefix(production.id) + name,
                Body=content,
                ContentType=_TYPES.get(f".{name.rpartition('.')[2]}", "application/octet-stream"),
                ChecksumSHA256=b64encode(hashlib.sha256(content).digest()).decode(),
            )


class PackageFetcher:
    """Brings packages from a bucket to a folder, every file whole and verified."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def fetch(self, production_id: str, folder: Path) -> None:
        """Bring a package; what is there already is kept. ``production.json`` comes last.

        A production that was published elsewhere has no receipt here: only its account is brought.
        ArtifactMissing or ArtifactDamaged for a file that is gone or was changed; StorageUnavailable;
        StorageFull or StorageUnwritable if the folder refuses.
        """
        prefix = package_prefix(production_id)
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
        for name, sha256 in self._published(prefix).items():
            if not _is_whole(folder / name, sha256):
                self._bring(prefix, name, folder, sha256)
        for name in _ACCOUNT:
            self._bring(prefix, name, folder, None)

    def _published(self, prefix: str) -> dict[str, str]:
        try:
            content = self._open(prefix, RECEIPT_NAME).read()
        except ArtifactMissing:
            return {}
        try:
            return Receipt.model_validate_json(content).sha256
        except ValidationError as error:
            raise self._damaged(prefix, RECEIPT_NAME) from error

    def _bring(self, prefix: str, name: str, folder: Path, sha256: str | None) -> None:
        """Write one file beside its place and rename it; S3's checksum stands in where no hash is known."""
        with writing_to(folder / name), replacing(folder) as (file, partial):
            with typed(f"The bucket {self._bucket}"):
                try:
                    found, _ = copy_hashing(self._open(prefix, name), file)
                except FlexibleChecksumError as error:
                    raise self._damaged(prefix, name) from error
            if sha256 is not None and found != sha256:
                raise self._damaged(prefix, name)
            sync(file)
            partial.replace(folder / name)

    def _open(self, prefix: str, name: str) -> Any:
        with typed(f"The bucket {self._bucket}"):
            try:
                return self._client.get_object(
                    Bucket=self._bucket, Key=prefix + name, ChecksumMode="ENABLED"
                )["Body"]
            except ClientError as error:
                if code_of(error) not in _ABSENT:
                    raise
                raise ArtifactMissing(
                    f"s3://{self._bucket}/{prefix}{name} is not there.",
                    next_step="Resume the production; if it is completed, its package was removed.",
                    context={"file": name},
                ) from error

    def _damaged(self, prefix: str, name: str) -> ArtifactDamaged:
        return ArtifactDamaged(
            f"s3://{self._bucket}/{prefix}{name} is not what was published.",
            next_step="Restore an earlier version of the object, or make the video again.",
            context={"file": name},
        )


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
