"""Whether footage that a vendor delivered is what was ordered, told by a real demuxer and decoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.errors import CutUnreadable
from reelwright.video.probe import VideoTrack, facts_of, open_media, playable
from reelwright.video.review.picture import alike, brightness, is_black

__all__ = ["objection_to_footage"]

_ASPECT_TOLERANCE = 0.02
"""1376 x 768 is sold as 16:9."""
_LEAST_SHARE_OF_SIZE = 0.5
_STRICT = {"err_detect": "explode"}
_LOOKS_PER_SECOND = 4
_ROUNDING_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class _Footage:
    """What was found by playing it from end to end."""

    tracks: tuple[VideoTrack, ...]
    seconds: float
    black: bool
    frozen: bool


def objection_to_footage(request: ShotRequest, response: ShotResponse) -> str:
    """Return why the footage cannot be used, with what was found and what is allowed; nothing if it can.

    It must decode whole, be long enough to a frame, have the shape that was asked for within 2 % and at
    least half its size, and show something that moves.
    """
    try:
        found = _played(response.media)
    except CutUnreadable as error:
        return f"the footage cannot be played: {error.message.removesuffix('.')}"
    return next(filter(None, _objections(request, found)), "")


def _objections(request: ShotRequest, found: _Footage) -> Iterator[str]:
    if not found.tracks:
        yield "the footage has no picture; a track of video is needed"
        return
    yield _too_short(request, found.seconds)
    yield _misshapen(request, found.tracks[0])
    yield _too_small(request, found.tracks[0])
    yield "the footage is black from end to end; some of it must show something" if found.black else ""
    yield "the footage is frozen from end to end; something in it must move" if found.frozen else ""


def _too_short(request: ShotRequest, seconds: float) -> str:
    least = request.seconds - 1 / request.fps
    if seconds >= least - _ROUNDING_SECONDS:
        return ""
    return f"the footage lasts {seconds:.3f} s; at least {least:.3f} s are needed"


def _misshapen(request: ShotRequest, track: VideoTrack) -> str:
    found, asked = track.width / max(1, track.height), request.width / request.height
    if abs(found / asked - 1) <= _ASPECT_TOLERANCE:
        return ""
    return (
        f"the footage is {track.width}x{track.height}, {found:.3f} times as wide as high; "
        f"{asked:.3f} is needed, give or take {_ASPECT_TOLERANCE:.0%}"
    )


def _too_small(request: ShotRequest, track: VideoTrack) -> str:
    width, height = request.width * _LEAST_SHARE_OF_SIZE, request.height * _LEAST_SHARE_OF_SIZE
    if track.width >= width and track.height >= height:
        return ""
    return f"the footage is {track.width}x{track.height}; at least {width:.0f}x{height:.0f} is needed"


def _played(path: Path) -> _Footage:
    """Decode every frame; CutUnreadable for a packet that does not decode, even if others do."""
    with open_media(path) as media:
        streams = playable(media.streams.video)[:1]
        if not streams:
            return _Footage((), 0.0, black=False, frozen=False)
        streams[0].codec_context.options = _STRICT
        streams[0].codec_context.thread_count = 1  # several hide what one of them could not decode
        watch = _Watch()
        for frame in media.decode(streams[0]):
            watch.see(frame)
        return watch.verdict(facts_of(media).video)


class _Watch:
    """Remembers of all frames what the verdict needs."""

    def __init__(self) -> None:
        self._start: float | None = None
        self._last = 0.0
        self._next_look = 0.0
        self._first: NDArray[np.int16] | None = None
        self._black, self._moved, self._looks = True, False, 0

    def see(self, frame: av.VideoFrame) -> None:
        """Take the next frame."""
        time = frame.time or 0.0
        self._start = time if self._start is None else self._start
        self._last = time
        if time - self._start >= self._next_look:
            self._next_look += 1 / _LOOKS_PER_SECOND
            self._look(brightness(frame))

    def verdict(self, tracks: tuple[VideoTrack, ...]) -> _Footage:
        """Return what was seen; the last frame lasts as long as the rate says."""
        if self._start is None:
            return _Footage((), 0.0, black=False, frozen=False)
        each = float(1 / tracks[0].rate) if tracks[0].rate else 0.0
        frozen = self._looks > 1 and not self._moved
        return _Footage(tracks, self._last - self._start + each, black=self._black, frozen=frozen)

    def _look(self, luma: NDArray[np.int16]) -> None:
        self._black = self._black and is_black(luma)
        self._looks += 1
        if self._first is None:
            self._first = luma
        self._moved = self._moved or not alike(self._first, luma)
