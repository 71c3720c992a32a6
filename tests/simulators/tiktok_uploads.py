"""TikTok's uploads as the wire sees them: pieces in their order, each of the size that was announced."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulators.server import Answer, Received

__all__ = ["ADDRESS_LASTS", "Upload", "piece_of", "problem_of_source", "take"]

ADDRESS_LASTS = timedelta(hours=1)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_MOST_CHUNKS = 1000


@dataclass
class Upload:
    """One direct post, from init on."""

    publish_id: str
    post_info: dict[str, Any]
    size: int
    chunk_size: int
    chunks: int
    expires_at: datetime
    content: bytearray = field(default_factory=bytearray)
    completed_at: datetime | None = None
    """When the last byte came: the post is made then."""
    fail_reason: str = ""
    post_id: str = ""
    """Of a post that did not fail; it is told of public ones only, and later."""
    forgotten: bool = False
    sha256: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_public(self) -> bool:
        """Whether others than the account may see it."""
        return bool(self.post_info["privacy_level"] != "SELF_ONLY")


def problem_of_source(source: dict[str, Any], least: int, most: int) -> str:
    """Return what is wrong with how the file is announced; nothing if it is well."""
    size, chunk, count = (source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count"))
    if source.get("source") != "FILE_UPLOAD" or not size or not chunk:
        return "a source that is no file"
    if size < least and chunk != size:
        return "a small file in pieces"
    if size >= least and not least <= chunk <= most:
        return "pieces of a size that is not allowed"
    if count != size // chunk or not 1 <= count <= _MOST_CHUNKS:
        return "another number of pieces than the sizes make"
    return ""


def piece_of(request: Received) -> tuple[int, int, int] | None:
    """Return first byte, last byte and size of the whole that a request tells; None if it does not."""
    found = _RANGE.fullmatch(request.headers.get("content-range", ""))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def take(upload: Upload, request: Received, keep: int | None) -> Answer | str:
    """Take a piece, or ``keep`` bytes of it; return the answer, or what is wrong with the request."""
    piece = piece_of(request)
    if piece is None:
        return "no Content-Range, or none that can be read"
    first, last, size = piece
    if size != upload.size or len(request.body) != last - first + 1:
        return "the piece is not what its Content-Range says"
    number, is_last = first // upload.chunk_size, last + 1 == size
    if first % upload.chunk_size or number >= upload.chunks:
        return "a piece that begins where none does"
    if is_last != (number == upload.chunks - 1) or (not is_last and len(request.body) != upload.chunk_size):
        return "a piece of another size than was announced"
    if len(upload.content) > last or first > len(upload.content):
        return Answer(416, headers=_so_far(upload))
    upload.content[first:] = request.body[:keep]
    return Answer(201 if len(upload.content) == size else 206, headers=_so_far(upload))


def _so_far(upload: Upload) -> dict[str, str]:
    return {"content-range": f"bytes 0-{len(upload.content) - 1}/{upload.size}"} if upload.content else {}
