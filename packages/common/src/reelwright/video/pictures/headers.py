"""What the first bytes of a picture say of it, read without decoding it: any function can afford that.

Layouts of the formats: PNG (W3C, Third Edition, sections 5 and 11), JPEG (ITU-T T.81, annex B), WebP (RFC
9649, section 2).
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

__all__ = ["Header", "kind_of", "read_header"]

_OTHERS: Final = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"BM", "a BMP"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"8BPS", "a Photoshop file"),
    (b"PK\x03\x04", "an archive"),
)
_BRANDS: Final = {b"heic": "a HEIC", b"heix": "a HEIC", b"mif1": "a HEIC", b"avif": "an AVIF"}
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HAS_ALPHA: Final = {4, 6}
_MOST_CHUNKS: Final = 4_096


class Header(NamedTuple):
    """What a picture claims to be."""

    media_type: str
    width: int
    height: int
    alpha: bool
    """Whether it can be clear in places."""
    animated: bool


def read_header(content: bytes) -> Header | None:
    """Return what a PNG, JPEG or WebP says of itself, as it lies; None for anything else."""
    with suppress(struct.error, IndexError, ValueError):
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    return None


def kind_of(content: bytes) -> str:
    """Return in words what something is that is no picture of ours, as far as its first bytes tell."""
    start = content[:1024]
    if b"<svg" in start.lower():
        return "an SVG"
    if start[4:8] == b"ftyp":
        return _BRANDS.get(start[8:12], "a film")
    if not content:
        return "empty"
    return next((name for begin, name in _OTHERS if start.startswith(begin)), "not a picture")


def _png(content: bytes) -> Header:
    width, height, _, colour = struct.unpack(">IIBB", content[16:26])
    chunks = set(_png_chunks(content))
    alpha = colour in _HAS_ALPHA or b"tRNS" in chunks
    return Header("image/png", width, height, alpha, b"acTL" in chunks)


def _png_chunks(content: bytes) -> Iterator[bytes]:
    """Yield the types of the chunks before the image data."""
    at = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"IDAT":
            return
        yield kind
        at += length + 12


def _jpeg(content: bytes) -> Header | None:
    at = 2
    for _ in range(_MOST_CHUNKS):
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        mark, length = struct.unpack(">xBH", content[at : at + 4])
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Header("image/jpeg", width, height, alpha=False, animated=False)
        at += length + 2
    return None


def _webp(content: bytes) -> Header | None:
    kind, body = content[12:16], content[20:]
    if kind == b"VP8X":
        width, height = (int.from_bytes(side, "little") + 1 for side in (body[4:7], body[7:10]))
        return _as_webp(width, height, alpha=bool(body[0] & 0x10), animated=bool(body[0] & 0x02))
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return _as_webp((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, alpha=bool(bits >> 28 & 1))
    if kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", body[6:10]))
        return _as_webp(width, height)
    return None


def _as_webp(width: int, height: int, *, alpha: bool = False, animated: bool = False) -> Header:
    return Header("image/webp", width, height, alpha, animated)
