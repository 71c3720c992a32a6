"""A vendor's footage made over into a clip like ours: same size, same rate, same frames, same coding.

Cuts are joined by stream copy, so every clip must come out of one encoder with one setting.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from reelwright.models.schema import ShotRequest
from reelwright.storage.files import writing_to
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.planes import Bytes, Frame
from reelwright.video.errors import CutUnreadable
from reelwright.video.probe import open_media, playable

__all__ = ["fit"]

_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""The same pixels on every processor."""
_HD_LINES = 720
"""Pictures of fewer lines that do not say otherwise are coded after BT.601, others after BT.709."""
_UNSPECIFIED = 2
"""ISO/IEC 23091-2: no matrix is stated."""


def fit(footage: Path, request: ShotRequest, out: Path) -> None:
    """Write ``out``: the footage at the request's size, rate and frames, coded as the embedded engine does.

    The picture is scaled to fill and cropped around its middle. Each frame is the one of the footage
    whose time is nearest; what is too long is cut off at the end, and the last frame stays if it is too
    short. Sound is dropped. Equal footage makes equal bytes. ``out`` appears only when it is whole.
    CutUnreadable for footage that is no video, StorageFull and StorageUnwritable for the file.
    """
    partial = out.with_suffix(f".{os.getpid()}.part")
    clip = ClipFormat(request.width, request.height, request.fps, request.frames)
    try:
        with writing_to(out), closing(_Reel(footage, clip)) as reel:
            encode(partial, clip, reel.paint)
            partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A frame of the footage, and the last moment at which it is the nearest one, from the first frame."""

    frame: VideoFrame
    pixel_aspect: float
    until_seconds: float

    def filling(self, width: int, height: int) -> Frame:
        """Return the planes of its middle, scaled so that nothing of the size stays empty."""
        across = self.frame.width * self.pixel_aspect
        scale = max(width / across, height / self.frame.height)
        wide, high = _even(across * scale, width), _even(self.frame.height * scale, height)
        return _middle(_scaled(self.frame, wide, high), width, height)


class _Reel:
    """Footage that is played forward once, for times that only rise."""

    def __init__(self, footage: Path, clip: ClipFormat) -> None:
        self._pictures = _pictures(footage)
        self._clip = clip
        self._until_seconds = float("-inf")
        self._planes: tuple[Bytes, ...] = ()

    def paint(self, onto: Frame, seconds: float) -> None:
        """Copy the picture of a time."""
        self._advance(seconds)
        for plane, source in zip((onto.y, onto.u, onto.v), self._planes, strict=True):
            np.copyto(plane, source)

    def close(self) -> None:
        """Let go of the file."""
        self._pictures.close()

    def _advance(self, seconds: float) -> None:
        found = None
        while seconds > self._until_seconds:
            found = next(self._pictures)  # the last one lasts for ever
            self._until_seconds = found.until_seconds
        if found is not None:
            shown = found.filling(self._clip.width, self._clip.height)
            self._planes = (shown.y, shown.u, shown.v)


def _pictures(footage: Path) -> Generator[_Picture, None, None]:
    with open_media(footage) as media:
        streams = playable(media.streams.video)
        if not streams:
            raise _no_picture(footage)
        aspect = float(streams[0].codec_context.sample_aspect_ratio or 1)
        yield from _lasting(media.decode(streams[0]), aspect, footage)


def _lasting(frames: Iterator[VideoFrame], aspect: float, footage: Path) -> Iterator[_Picture]:
    """Yield each frame once the time of the next is known."""
    held = next(frames, None)
    if held is None:
        raise _no_picture(footage)
    start = held.time or 0.0
    for following in frames:
        yield _Picture(held, aspect, ((held.time or 0.0) + (following.time or 0.0)) / 2 - start)
        held = following
    yield _Picture(held, aspect, float("inf"))


def _even(length: float, least: int) -> int:
    """Return the even number of pixels nearest to a length, and no fewer than needed."""
    return max(least, round(length / 2) * 2)


def _scaled(frame: VideoFrame, width: int, height: int) -> VideoFrame:
    """Return the frame as yuv420p, BT.709, limited range, in a new size."""
    untold = Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601
    return frame.reformat(
        width,
        height,
        "yuv420p",
        src_colorspace=untold if frame.colorspace == _UNSPECIFIED else frame.colorspace,
        dst_colorspace=Colorspace.ITU709,
        interpolation=_SCALING,
        src_color_range=frame.color_range or ColorRange.MPEG,
        dst_color_range=ColorRange.MPEG,
        threads=1,
    )


def _middle(scaled: VideoFrame, width: int, height: int) -> Frame:
    """Return a view of the middle; it begins at even pixels, for the colour planes have half of them."""
    left, top = (scaled.width - width) // 4 * 2, (scaled.height - height) // 4 * 2
    y, u, v = (_plane(scaled, number) for number in range(3))
    whole = slice(top, top + height), slice(left, left + width)
    half = slice(top // 2, (top + height) // 2), slice(left // 2, (left + width) // 2)
    return Frame(y[whole], u[half], v[half])


def _plane(frame: VideoFrame, number: int) -> Bytes:
    plane = frame.planes[number]
    levels: Bytes = np.frombuffer(memoryview(plane), np.uint8)
    return levels.reshape(-1, plane.line_size)


def _no_picture(footage: Path) -> CutUnreadable:
    return CutUnreadable(
        f"{footage.name} has no picture.", next_step="Shoot the scene again.", context={"path": footage}
    )
