"""The box structure of an MP4 file, as far as a track has to be switched off in it (ISO/IEC 14496-12)."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["switch_off_subtitles"]

_ENABLED = 0x01
"""Lowest flag of a track header: players show the track without being asked."""


def switch_off_subtitles(path: Path) -> None:
    """Clear the enabled flag of every subtitle track, in place.

    The multiplexer always enables the first track of a kind; captions should wait to be chosen.
    """
    with path.open("r+b") as file:
        for start, end in _boxes(file, 0, path.stat().st_size, b"moov"):
            for track in _boxes(file, start, end, b"trak"):
                if _is_subtitle(file, *track):
                    _disable(file, *track)


def _boxes(file: BinaryIO, start: int, end: int, kind: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the content of each box of a kind starts and ends."""
    while start + 8 <= end:
        file.seek(start)
        size, found = int.from_bytes(file.read(4)), file.read(4)
        content = start + 8
        if size == 1:
            size, content = int.from_bytes(file.read(8)), start + 16
        size = size or end - start
        if found == kind:
            yield content, start + size
        start += max(size, 8)


def _is_subtitle(file: BinaryIO, start: int, end: int) -> bool:
    for media in _boxes(file, start, end, b"mdia"):
        for handler, _ in _boxes(file, *media, b"hdlr"):
            file.seek(handler + 8)  # version and flags, then a reserved word
            return file.read(4) == b"sbtl"
    return False


def _disable(file: BinaryIO, start: int, end: int) -> None:
    for header, _ in _boxes(file, start, end, b"tkhd"):
        file.seek(header + 3)  # the version, then 24 bits of flags
        flags = file.read(1)[0]
        file.seek(header + 3)
        file.write(bytes([flags & ~_ENABLED]))
