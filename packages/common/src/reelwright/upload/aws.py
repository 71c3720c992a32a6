"""Packages in a bucket: what is added when a production is over, and fetching one."""

import hashlib
from base64 import b64encode
from typing import Any

from reelwright.production.schema import Production
from reelwright.storage.aws_errors import typed
from reelwright.upload.platforms.bucket import package_prefix

__all__ = ["BucketPackages"]

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
