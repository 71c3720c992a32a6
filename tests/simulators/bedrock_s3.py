"""As much of S3 as footage needs: objects of buckets that lie in regions."""

import hashlib
from collections.abc import Mapping
from xml.sax.saxutils import escape

from tests.simulators.server import Answer, Received

__all__ = ["TinyS3", "s3_error"]

_STATUSES = {
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "AccessDenied": 403,
    "SlowDown": 503,
    "InternalError": 500,
    "InvalidRange": 416,
    "PreconditionFailed": 412,
    "MethodNotAllowed": 405,
}


class TinyS3:
    """Buckets by name with their regions, path-style addresses: PUT, GET with ranges, HEAD, list."""

    def __init__(self, buckets: Mapping[str, str]) -> None:
        self.buckets = dict(buckets)
        self.objects: dict[tuple[str, str], bytes] = {}

    def answer(self, request: Received) -> Answer:
        """Do what the request asks."""
        bucket, _, key = request.path.lstrip("/").partition("/")
        if bucket not in self.buckets:
            return s3_error("NoSuchBucket")
        if request.method == "PUT":
            self.objects[bucket, key] = request.body
            return Answer(200, b"", {"etag": _etag(request.body)})
        if request.method == "GET" and not key:
            return self._listed(bucket, request.query.get("prefix", ""))
        if request.method not in {"GET", "HEAD"}:
            return s3_error("MethodNotAllowed")
        if (bucket, key) not in self.objects:
            return s3_error("NoSuchKey")
        return _read(self.objects[bucket, key], request)

    def _listed(self, bucket: str, prefix: str) -> Answer:
        keys = sorted(key for place, key in self.objects if place == bucket and key.startswith(prefix))
        entries = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in keys)
        body = f"<ListBucketResult><KeyCount>{len(keys)}</KeyCount>{entries}</ListBucketResult>"
        return Answer(200, body.encode(), {"content-type": "application/xml"})


def s3_error(code: str) -> Answer:
    """Return an error as S3 says it."""
    body = f"<Error><Code>{code}</Code><Message>simulated {code}</Message><RequestId>s3-1</RequestId></Error>"
    return Answer(_STATUSES[code], body.encode(), {"content-type": "application/xml"})


def _read(content: bytes, request: Received) -> Answer:
    headers = {"etag": _etag(content), "content-type": "video/mp4", "accept-ranges": "bytes"}
    if request.headers.get("if-match", _etag(content)) != _etag(content):
        return s3_error("PreconditionFailed")
    wanted = request.headers.get("range", "").removeprefix("bytes=")
    if not wanted:
        return Answer(200, content, headers)
    first, _, last = wanted.partition("-")
    start, end = int(first), min(int(last), len(content) - 1)
    if start >= len(content):
        return s3_error("InvalidRange")
    return Answer(
        206, content[start : end + 1], {**headers, "content-range": f"bytes {start}-{end}/{len(content)}"}
    )


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
