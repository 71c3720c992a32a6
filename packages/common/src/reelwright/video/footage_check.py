"""Whether footage that a vendor delivered is what was ordered, told by a real demuxer and decoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.decoding import Timed, reading
from reelwright.video.errors import CutUnreadable
from reelwright.video.review.picture import alike, brightness, is_black

__all__ = ["objection_to_footage"]

_ASPECT_TOLERANCE = 0.02
"""1376 x 768 is sold as 16:9."""
_LEAST_SHARE_OF_SIZE = 0.5
_LOOKS_PER_SECOND = 4
_ROUNDING_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class _Footage:
    """What was found by playing it from end to end."""

    width: int
    height: int
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
    yield _too_short(request, found.seconds)
    yield _misshapen(request, found)
    yield _too_small(request, found)
    yield "the footage is black from end to end; some of it must show something" if found.black else ""
    yield "the footage is frozen from end to end; something in it must move" if found.frozen else ""


def _too_short(request: ShotRequest, seconds: float) -> str:
    least = request.seconds - 1 / request.fps
    if seconds >= least - _ROUNDING_SECONDS:
        return ""
    return f"the footage lasts {seconds:.3f} s; at least {least:.3f} s are needed"


def _misshapen(request: ShotRequest, footage: _Footage) -> str:
    found, asked = footage.width / max(1, footage.height), request.width / request.height
    if abs(found / asked - 1) <= _ASPECT_TOLERANCE:
        return ""
    return (
        f"the footage is {footage.width}x{footage.height}, {found:.3f} times as wide as high; "
        f"{asked:.3f} is needed, give or take {_ASPECT_TOLERANCE:.0%}"
    )


def _too_small(request: ShotRequest, footage: _Footage) -> str:
    width, height = request.width * _LEAST_SHARE_OF_SIZE, request.height * _LEAST_SHARE_OF_SIZE
    if footage.width >= width and footage.height >= height:
        return ""
    return f"the footage is {footage.width}x{footage.height}; at least {width:.0f}x{height:.0f} is needed"


def _played(path: Path) -> _Footage:
    """Decode every frame; CutUnreadable for a packet that does not decode, even if others do."""
    with reading(path) as reel:
        watch = _Watch(reel.pixel_aspect)
        for picture in reel.pictures():
            watch.see(picture)
        return watch.verdict(reel.frame_seconds)


class _Watch:
    """Remembers of all frames what the verdict needs."""

    def __init__(self, pixel_aspect: float) -> None:
        self._pixel_aspect = pixel_aspect
        self._size = 0, 0
        self._last = 0.0
        self._next_look = 0.0
        self._first: NDArray[np.int16] | None = None
        self._black, self._moved, self._looks = True, False, 0

    def see(self, picture: Timed) -> None:
        """Take the next picture."""
        self._last = picture.seconds
        if picture.seconds >= self._next_look:
            self._next_look += 1 / _LOOKS_PER_SECOND
            self._size = picture.shown_size(self._pixel_aspect)
            self._look(brightness(picture.frame))

    def verdict(self, each: float) -> _Footage:
        """Return what was seen; the last picture lasts as long as the rate says."""
        frozen = self._looks > 1 and not self._moved
        return _Footage(*self._size, self._last + each, black=self._black, frozen=frozen)

    def _look(self, luma: NDArray[np.int16]) -> None:
        self._black = self._black and is_black(luma)
        self._looks += 1
        if self._first is None:
            self._first = luma
        self._moved = self._moved or not alike(self._first, luma)
