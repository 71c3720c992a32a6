"""What kind of media a file begins like; what a server calls it proves nothing."""

from typing import Final, Literal, TypeAlias

__all__ = ["SNIFFED_BYTES", "MediaKind", "media_kind"]

MediaKind: TypeAlias = Literal["mp4", "matroska", "avi", "ogg", "gif", "flv", "mpegts", "mpeg"]

SNIFFED_BYTES: Final = 189
"""A packet of a transport stream, and the first byte of the next."""

_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot")
"""What an MP4 or a film of QuickTime may begin with."""
_BEGINNINGS: Final[tuple[tuple[bytes, MediaKind], ...]] = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"OggS", "ogg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"FLV\x01", "flv"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpeg"),
)
_SYNC: Final = 0x47
_PACKET_BYTES: Final = 188


def media_kind(beginning: bytes) -> MediaKind | None:
    """Return the kind of a file whose first ``SNIFFED_BYTES`` these are; None for whatever is no video."""
    if beginning[4:8] in _BOXES:
        return "mp4"
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"AVI ":
        return "avi"
    if len(beginning) == SNIFFED_BYTES and beginning[0] == beginning[_PACKET_BYTES] == _SYNC:
        return "mpegts"
    return next((kind for start, kind in _BEGINNINGS if beginning.startswith(start)), None)
