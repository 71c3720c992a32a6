"""The folder platform in a bucket: the same package under a prefix, complete or without a receipt.

::

    packages/prod_01K8…/        video.mp4  thumbnail.png  captions.srt  captions.vtt  script.json
        .publication.json       written last: when it was published, and the SHA-256 of each file

Nothing there is ever replaced: every object is written only where there is none. Whoever finds another
content in its place has a conflict, and the first receipt is the publication.
"""

import hashlib
import io
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from botocore.exceptions import ClientError
from pydantic import ValidationError

from reelwright.clock import Clock
from reelwright.ids import check_production_id
from reelwright.production.schema import Publication
from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.contents import SCRIPT_NAME, media_files, package_hashes, script_json, unreadable
from reelwright.upload.errors import PublicationConflict
from reelwright.upload.receipt import RECEIPT_NAME, Receipt
from reelwright.upload.schema import Package

__all__ = ["BucketFolder", "package_prefix"]

_TYPES = {
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".json": "application/json",
}
_ABSENT = {"NoSuchKey", "404"}
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


def package_prefix(production_id: str) -> str:
    """Return where the package of a production is, in the bucket."""
    return f"packages/{check_production_id(production_id)}/"


class BucketFolder:
    """A Platform under ``packages/`` of a bucket. Its name is that on a machine: briefs fit both."""

    name = "folder"

    def __init__(self, client: Any, bucket: str, clock: Clock) -> None:
        self._client = client
        self._bucket = bucket
        self._clock = clock
        self._place = f"The bucket {bucket}"

    def find(self, package: Package) -> Publication | None:
        """Return the publication if it has its receipt and is whole; PublicationConflict if it differs."""
        prefix = package_prefix(package.production_id)
        receipt = self._receipt(prefix)
        if receipt is None:
            return None
        if receipt.sha256 != package_hashes(package):
            raise self._conflict(prefix, "it holds another cut of the production")
        self._check_objects(prefix, receipt.sha256)
        return self._publication(prefix, receipt)

    def publish(self, package: Package) -> Publication:
        """Publish, or return the publication that is already there: also after an answer that was lost."""
        found = self.find(package)
        if found:
            return found
        prefix = package_prefix(package.production_id)
        hashes = package_hashes(package)
        for name, sha256 in hashes.items():
            with _content(package, name) as content:
                if not self._put_new(prefix + name, content, sha256):
                    self._check_objects(prefix, {name: sha256})
        receipt = Receipt(published_at=self._clock.now(), sha256=hashes)
        text = receipt.model_dump_json(indent=2).encode()
        if self._put_new(prefix + RECEIPT_NAME, io.BytesIO(text), hashlib.sha256(text).hexdigest()):
            return self._publication(prefix, receipt)
        found = self.find(package)
        if found is None:
            raise StorageUnavailable(
                f"{self._place} is writing the same package twice just now.",
                next_step="Try again in a moment.",
            )
        return found

    def _put_new(self, key: str, content: BinaryIO, sha256: str) -> bool:
        """Write an object if there is none; return whether it was written. S3 checks the content's hash."""
        with typed(self._place):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=content,
                    ContentType=_TYPES[f".{key.rpartition('.')[2]}"],
                    ChecksumSHA256=b64encode(bytes.fromhex(sha256)).decode(),
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if code_of(error) in _TAKEN:
                    return False
                raise
        return True

    def _receipt(self, prefix: str) -> Receipt | None:
        content = self._get(prefix + RECEIPT_NAME)
        try:
            return Receipt.model_validate_json(content) if content is not None else None
        except ValidationError as error:
            raise self._conflict(prefix, "its receipt was not written here") from error

    def _check_objects(self, prefix: str, hashes: Mapping[str, str]) -> None:
        for name, sha256 in hashes.items():
            found = self._sha256(prefix + name)
            if found is None:
                raise self._conflict(prefix, f"its {name} is missing")
            if found != sha256:
                raise self._conflict(prefix, f"its {name} is another, or was changed")

    def _sha256(self, key: str) -> str | None:
        """Return the hash of an object: S3's own where it has one of the whole, else of what it holds."""
        with typed(self._place):
            try:
                head = self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return None
                raise
        checksum = head.get("ChecksumSHA256", "-")
        if "-" not in checksum and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
            return _hexadecimal(checksum)
        content = self._get(key)
        return None if content is None else hashlib.sha256(content).hexdigest()

    def _get(self, key: str) -> bytes | None:
        with typed(self._place):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return None
                raise
            content: bytes = answer["Body"].read()
        return content

    def _publication(self, prefix: str, receipt: Receipt) -> Publication:
        return Publication(
            platform=self.name,
            remote_id=prefix.split("/")[1],
            location=f"s3://{self._bucket}/{prefix}",
            published_at=receipt.published_at,
        )

    def _conflict(self, prefix: str, reason: str) -> PublicationConflict:
        place = f"s3://{self._bucket}/{prefix}"
        return PublicationConflict(
            f"{place} is in the way: {reason}.",
            next_step="Remove what is under that prefix, then resume the production.",
            context={"place": place, "reason": reason},
        )


@contextmanager
def _content(package: Package, name: str) -> Iterator[BinaryIO]:
    """Open a file of the package: a video may be larger than the memory of a function."""
    if name == SCRIPT_NAME:
        yield io.BytesIO(script_json(package))
        return
    path = media_files(package)[name]
    try:
        file = path.open("rb")
    except OSError as error:
        raise unreadable(name, path, error) from error
    with file:
        yield file


def _hexadecimal(checksum: str) -> str:
    return b64decode(checksum).hex()
