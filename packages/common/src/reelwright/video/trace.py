"""The trace of a drawn scene: which text stood where in which frame, as data beside the clip.

Whoever draws a scene states it, and the review measures it in the finished file. Places are in pixels and
moments in frames of the clip, counted from its first. The letters themselves are given as a mask, so that a
measure knows what of a box is ink and what is the ground around it, whatever their colours came out as.
"""

import gzip
import zlib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.video.errors import TraceUnreadable

__all__ = [
    "Area",
    "Rectangle",
    "Role",
    "SceneTrace",
    "TextSpan",
    "TracedMask",
    "TracedPart",
    "TracedText",
    "mask_of",
    "read_trace",
    "unmasked",
    "write_trace",
]

Role = Literal["headline", "label", "caption"]
_LEVELS = 15
_STEP = 255 // _LEVELS


class Rectangle(NamedTuple):
    """Left and top inside, right and bottom outside, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


class TextSpan(NamedTuple):
    """Frames in which a text stands still and is to be read: from ``first`` to before ``until``."""

    first: int
    until: int
    left: int
    top: int
    """Where the corner of its mask is."""
    window: Rectangle | None = None
    """What may be seen of the mask, from its own corner; all of it when None."""


class Area(NamedTuple):
    """Frames in which something else lies in one place."""

    first: int
    until: int
    box: Rectangle


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TracedMask(_Frozen):
    """Ink: how much of each pixel is covered, 0 to 15, a byte each, deflated and in base 64."""

    width: int
    height: int
    ink: str


class TracedText(_Frozen):
    """One piece of text, mostly a word."""

    text: str
    role: Role
    large: bool
    """Large enough for the lower of the two contrasts that WCAG asks for."""
    mask: int
    """Which of the trace's masks."""
    spans: tuple[TextSpan, ...]


class TracedPart(_Frozen):
    """What lies on the frame besides text: a caption's pill, or what of a picture is where pills are."""

    kind: Literal["pill", "picture"]
    name: str = ""
    areas: tuple[Area, ...]


class SceneTrace(_Frozen):
    """Everything that is told of one scene."""

    layout: str
    width: int
    height: int
    fps: int
    frames: int
    safe: Rectangle
    """Where text may stand that is no caption."""
    caption_safe: Rectangle
    """Where captions may stand."""
    masks: tuple[TracedMask, ...]
    texts: tuple[TracedText, ...]
    parts: tuple[TracedPart, ...]


def mask_of(coverage: NDArray[np.uint8]) -> TracedMask:
    """Return a mask of 0 to 255 as it is told."""
    levels = ((coverage.astype(np.uint16) + _STEP // 2) // _STEP).astype(np.uint8)
    ink = b64encode(zlib.compress(levels.tobytes(), 6)).decode()
    return TracedMask(width=coverage.shape[1], height=coverage.shape[0], ink=ink)


def unmasked(mask: TracedMask) -> NDArray[np.float32]:
    """Return how much of each pixel is ink, 0 to 1; TraceUnreadable if it is no mask."""
    try:
        levels = np.frombuffer(zlib.decompress(b64decode(mask.ink)), np.uint8)
        return levels.reshape(mask.height, mask.width).astype(np.float32) / np.float32(_LEVELS)
    except (ValueError, zlib.error) as error:
        raise _unreadable(str(error)) from error


def write_trace(path: Path, trace: SceneTrace) -> None:
    """Write a trace as compressed JSON: the same bytes for the same trace."""
    path.write_bytes(gzip.compress(trace.model_dump_json().encode(), 6, mtime=0))


def read_trace(path: Path) -> SceneTrace:
    """Return what was written; TraceUnreadable if it is no trace."""
    try:
        return SceneTrace.model_validate_json(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error, ValidationError) as error:
        raise _unreadable(path.name) from error


def _unreadable(what: str) -> TraceUnreadable:
    return TraceUnreadable(
        f"The trace of a scene cannot be read ({what}).", next_step="Make the video again without the cache."
    )
