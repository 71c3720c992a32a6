"""A clip of a brand is looked at before anything is paid: whole, and short enough for an end of a video.

Where FFmpeg is at hand it is played from end to end. A function that only begins productions has none: there
an MP4 is held to what its boxes say, which finds one that is cut off or too long.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from reelwright.video.errors import MediaRefused

__all__ = ["LONGEST_SECONDS", "boxed_seconds", "wrong_with"]

LONGEST_SECONDS: Final = 15.0
"""Of an intro, and of an outro."""
_HEAD: Final = 8
_LONG_HEAD: Final = 16
_DAMAGED: Final = "it is cut off or damaged"


def wrong_with(clip: Path) -> str:
    """Return why a clip cannot be an end of a video; nothing if it can."""
    if find_spec("av") is None:
        return _told(boxed_seconds(clip.read_bytes()))
    from reelwright.video.normalising import inspect  # noqa: PLC0415 (FFmpeg, only for brands with clips)

    try:
        return _told(inspect(clip).seconds)
    except MediaRefused as error:
        return error.message.rpartition(f"{clip.name} cannot be used ")[2].rstrip(".")


def boxed_seconds(content: bytes) -> float | None:
    """Return how long an MP4 says that it is; None for one that is not whole, 0 for what is no MP4."""
    if content[4:8] != b"ftyp":
        return 0.0
    boxes = _boxes(content)
    if boxes is None or b"mdat" not in boxes:
        return None
    inner = _boxes(boxes.get(b"moov", b""))
    told = inner.get(b"mvhd", b"") if inner else b""
    wide = told[:1] == b"\x01"
    scale, length = (told[20:24], told[24:32]) if wide else (told[12:16], told[16:20])
    ticks = int.from_bytes(scale)
    return int.from_bytes(length) / ticks if ticks and len(length) == (8 if wide else 4) else None


def _told(seconds: float | None) -> str:
    if seconds is None:
        return _DAMAGED
    return (
        f"it lasts {seconds:.1f} s, and {LONGEST_SECONDS:g} s are the most"
        if seconds > LONGEST_SECONDS
        else ""
    )


def _boxes(content: bytes) -> dict[bytes, bytes] | None:
    """Return the boxes of a file or of a box, the first of each name; None where one is cut off."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(content):
        size, name, head = int.from_bytes(content[at : at + 4]), content[at + 4 : at + _HEAD], _HEAD
        if size == 1:
            size, head = int.from_bytes(content[at + _HEAD : at + _LONG_HEAD]), _LONG_HEAD
        size = size or len(content) - at
        if size < head or at + size > len(content):
            return None
        found.setdefault(name, content[at + head : at + size])
        at += size
    return found
