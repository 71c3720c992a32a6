"""Documents in a versioned S3 bucket: an object each, its versions are the document's."""

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from reelwright.clock import Clock, SystemClock
from reelwright.errors import InvalidInput
from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.aws_metadata import author_from, to_metadata
from reelwright.storage.documents import check_document_name, check_expected, check_hash, document_missing
from reelwright.storage.errors import StorageUnwritable
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author, DocumentVersion, StoredDocument

__all__ = ["S3Documents"]

_VERSION = re.compile(r"[!-~]{1,1024}")
_MISSING = {"NoSuchKey", "NoSuchVersion", "404", "405", "MethodNotAllowed"}
_NO_VERSION_ID = {"InvalidArgument", "400"}
_CONFLICT = {"PreconditionFailed", "ConditionalRequestConflict", "409", "412", *_MISSING}


class S3Documents:
    """A DocumentStore in S3. The bucket must keep versions; their VersionId is the version's name.

    ``put`` compares the VersionId, then lets S3 compare the ETag while it writes, so of two writers one gets
    DocumentConflict. An object that was uploaded by other means is a version like any other, by an unknown
    author. A deleted object is a document that is missing; its history stays and can be restored from.
    """

    def __init__(
        self,
        client: Any,
        bucket: str,
        *,
        prefix: str = "documents/",
        clock: Clock | None = None,
        rng: Random | None = None,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._clock = clock or SystemClock()
        self._rng = rng or Random()
        self._place = f"The bucket {bucket}"

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        """Return the newest or the named version, verified; StorageUnavailable if S3 does not answer."""
        key = self._key(name)
        if version is not None and not _VERSION.fullmatch(version):
            raise document_missing(name, version)
        with typed(self._place):
            answer = self._get(key, name, version)
            content = answer["Body"].read()
        record = self._describe(name, answer["VersionId"], answer, content)
        return check_hash(StoredDocument(**dict(record), content=content))

    def put(
        self,
        name: str,
        content: bytes,
        *,
        expect: str | None,
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        """Write a new version. InvalidInput if author and reason are more than S3 carries."""
        key = self._key(name)
        digest = hashlib.sha256(content)
        now = self._clock.now()
        more = {"restored-from": restored_from} if restored_from is not None else {}
        metadata = to_metadata(
            author,
            sha256=digest.hexdigest(),
            written=now.isoformat(),
            write=f"{self._rng.getrandbits(64):016x}",
            **more,
        )
        with typed(self._place):
            version = self._write(
                name,
                expect,
                Key=key,
                Body=content,
                Metadata=metadata,
                ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
            )
        return DocumentVersion(
            name=name,
            version=version,
            sha256=digest.hexdigest(),
            size_bytes=len(content),
            written_at=now,
            author=author,
            restored_from=restored_from,
        )

    def history(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return all versions, newest first. Asks S3 once for each version."""
        key = self._key(name)
        with typed(self._place):
            return tuple(self._head(name, key, version) for version in self._version_ids(key))

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents that are not deleted, sorted."""
        pages = self._client.get_paginator("list_objects_v2")
        with typed(self._place):
            keys = [
                item["Key"].removeprefix(self._prefix)
                for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix)
                for item in page.get("Contents", [])
            ]
        return tuple(sorted(filter(_is_name, keys)))

    def _key(self, name: str) -> str:
        return self._prefix + check_document_name(name)

    def _get(self, key: str, name: str, version: str | None) -> Any:
        wanted = {} if version is None else {"VersionId": version}
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **wanted)
        except ClientError as error:
            missing = _MISSING if version is None else _MISSING | _NO_VERSION_ID
            if code_of(error) in missing:
                raise document_missing(name, version) from error
            raise

    def _write(self, name: str, expect: str | None, **request: Any) -> str:
        condition = self._condition(name, request["Key"], expect)
        try:
            answer = self._client.put_object(Bucket=self._bucket, **request, **condition)
        except ClientError as error:
            if not condition or code_of(error) not in _CONFLICT:
                raise
            return self._after_refusal(name, expect, request, error)
        if answer.get("VersionId") in (None, "null"):
            raise StorageUnwritable(
                f"{self._place} keeps no versions, so what was there before is lost.",
                next_step="Turn on versioning for the bucket.",
            )
        return str(answer["VersionId"])

    def _condition(self, name: str, key: str, expect: str | None) -> dict[str, str]:
        if expect is None:
            return {}
        if expect == ABSENT:
            return {"IfNoneMatch": "*"}
        current = self._current(key)
        check_expected(name, expect, current.get("VersionId", ABSENT))
        return {"IfMatch": current["ETag"]}

    def _after_refusal(self, name: str, expect: str | None, request: Any, error: ClientError) -> str:
        """Return our own version if it is there: an answer was lost, and the client's own retry met it."""
        for version in self._version_ids(request["Key"]):
            if version == expect:
                break
            head = self._client.head_object(Bucket=self._bucket, Key=request["Key"], VersionId=version)
            if head["Metadata"].get("write") == request["Metadata"]["write"]:
                return version
        newest = self._current(request["Key"]).get("VersionId", ABSENT)
        check_expected(name, expect, newest if newest != expect else "another version just now")
        raise error

    def _current(self, key: str) -> Any:
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if code_of(error) in _MISSING:
                return {}
            raise

    def _version_ids(self, key: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket, Prefix=key):
            for item in page.get("Versions", []):
                if item["Key"] != key:
                    return  # keys come in order: this one only shares the beginning
                yield item["VersionId"]

    def _head(self, name: str, key: str, version: str) -> DocumentVersion:
        answer = self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version)
        content = None if "sha256" in answer["Metadata"] else self._get(key, name, version)["Body"].read()
        return self._describe(name, version, answer, content)

    def _describe(self, name: str, version: str, answer: Any, content: bytes | None) -> DocumentVersion:
        metadata = answer["Metadata"]
        return DocumentVersion(
            name=name,
            version=version,
            sha256=metadata.get("sha256") or hashlib.sha256(content or b"").hexdigest(),
            size_bytes=answer["ContentLength"],
            written_at=_written_at(metadata) or answer["LastModified"],
            author=author_from(metadata),
            restored_from=metadata.get("restored-from"),
        )


def _is_name(name: str) -> bool:
    try:
        return bool(check_document_name(name))
    except InvalidInput:
        return False


def _written_at(metadata: dict[str, str]) -> datetime | None:
    try:
        return datetime.fromisoformat(metadata["written"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
