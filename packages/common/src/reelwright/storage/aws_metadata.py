"""What travels with a document as S3 object metadata: who wrote it, why, and the hash of its content.

S3 takes ASCII only, folds blanks together, and allows 2 KB in all. Plain text stays as it is, so that the
console shows it; anything else is packed.
"""

import base64
import re
import zlib
from collections.abc import Mapping

from pydantic import ValidationError

from reelwright.errors import InvalidInput
from reelwright.storage.schema import Author

__all__ = ["UNKNOWN_AUTHOR", "author_from", "pack_text", "to_metadata", "unpack_text"]

UNKNOWN_AUTHOR = Author(actor="unknown", reason="Written by other means than Reelwright.")
"""The author of an object without our metadata, such as one that was uploaded in the console."""

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_PACKED = "packed:"
_LIMIT_BYTES = 2048
_TEXT_BYTES = 4000
"""More than any actor or reason has; what unpacks to more is not ours."""


def pack_text(text: str) -> str:
    """Return the text as S3 can carry it unchanged."""
    if _PLAIN.fullmatch(text) and not text.startswith(_PACKED):
        return text
    return _PACKED + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()


def unpack_text(text: str) -> str:
    """Return what ``pack_text`` packed; ValueError if it is damaged."""
    if not text.startswith(_PACKED):
        return text
    packed = base64.urlsafe_b64decode(text.removeprefix(_PACKED).encode())
    try:
        return zlib.decompressobj().decompress(packed, _TEXT_BYTES).decode()
    except zlib.error as error:
        raise ValueError("not packed by us") from error


def to_metadata(author: Author, **more: str) -> dict[str, str]:
    """Return the metadata of an object; InvalidInput if it is more than S3 takes."""
    metadata = {"actor": pack_text(author.actor), "reason": pack_text(author.reason), **more}
    size = sum(len(name) + len(value) for name, value in metadata.items())
    if size <= _LIMIT_BYTES:
        return metadata
    raise InvalidInput(
        f"The reason and the name of the author take {size} bytes packed, and S3 carries {_LIMIT_BYTES}.",
        next_step="Give a shorter reason.",
    )


def author_from(metadata: Mapping[str, str]) -> Author:
    """Return who wrote an object; UNKNOWN_AUTHOR where it does not say so in our way."""
    try:
        actor, reason = unpack_text(metadata["actor"]), unpack_text(metadata["reason"])
        return Author(actor=actor, reason=reason)
    except (KeyError, ValueError, ValidationError):
        return UNKNOWN_AUTHOR
