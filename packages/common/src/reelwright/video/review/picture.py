"""What is seen: frames complete and evenly spaced, no black stretch, no frozen stretch.

Eyes look at frames, each at a piece of the file and several at a time; what depends on the pictures before is
followed in their order by one watch, from small pictures that the eyes hand on.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from reelwright.production.schema import Check
from reelwright.video.review.stretch import Stretch
from reelwright.video.schema import ReviewRequest

__all__ = [
    "Eye",
    "Follower",
    "Glance",
    "Looker",
    "PictureWatch",
    "alike",
    "brightness",
    "is_black",
    "look_step",
]

_LOOKS_PER_SECOND = 12
_BLOCK_PIXELS = 8
"""Luma is averaged over squares of this side: coding noise vanishes, slow drifts stay."""
_BLACK_MEAN, _BLACK_SPREAD = 6.0, 3.0
"""In levels of 0 to 255. A dark palette is brighter than the first or, with anything on it, spreads wider."""
_MOVED_LEVELS = 3
"""Still pictures differ by up to two levels from one key frame to the next (measured, x264 at CRF 21)."""
_MOVED_SHARE = 1 / 4000
"""Share of blocks that may move in a picture that still counts as the same one."""


class Glance(NamedTuple):
    """What is kept of a frame that was looked at."""

    number: int
    """From 0."""
    height: int
    """Of the frame, in pixels."""
    luma: NDArray[np.uint8]
    """Its brightness, 0 to 255, one value for each block."""


class Looker(Protocol):
    """Somebody who looks at the same frames, and needs to know nothing of other scenes."""

    def look(self, frame: VideoFrame, number: int) -> None:
        """Look at the frame of a number, from 0."""
        ...


class Follower(Protocol):
    """Somebody who follows the pictures from the first to the last."""

    def follow(self, glance: Glance) -> None:
        """Take the next one."""
        ...


class Eye:
    """Counts every frame of a piece of the file and looks closely at some of them."""

    def __init__(self, fps: int, lookers: Sequence[Looker], first: int = 0) -> None:
        self.frames = first
        """The number of the frame that comes next."""
        self.uneven_at: float | None = None
        self._fps, self._step = fps, look_step(fps)
        self._lookers = lookers

    def see(self, frame: VideoFrame) -> Iterator[Glance]:
        """Take the next frame; yield what is kept of it, if it is one of those."""
        number, due = self.frames, self.frames / self._fps
        if self.uneven_at is None and abs((frame.time or 0.0) - due) > 0.5 / self._fps:
            self.uneven_at = due
        self.frames += 1
        if number % self._step == 0:
            for looker in self._lookers:
                looker.look(frame, number)
            yield Glance(number, frame.height, _blocks(frame))


class PictureWatch:
    """Follows the pictures in their order.

    A picture is frozen while it stays nearly what it was when the stretch began, not what it was
    a frame ago: slow motion adds up, coding noise does not.
    """

    def __init__(self, request: ReviewRequest, others: Sequence[Follower] = ()) -> None:
        self._request = request
        self._others = others
        self._frames = 0
        self._uneven_at: float | None = None
        self._black, self._frozen = Stretch(), Stretch()
        self._reference: NDArray[np.int16] | None = None

    def follow(self, glance: Glance) -> None:
        """Take the next picture."""
        start = glance.number / self._request.fps
        self._look(
            glance.luma.astype(np.int16), start, start + look_step(self._request.fps) / self._request.fps
        )
        for other in self._others:
            other.follow(glance)

    def end(self, eye: Eye) -> None:
        """Note what an eye has counted when its piece is over."""
        self._frames = eye.frames
        self._uneven_at = eye.uneven_at if self._uneven_at is None else self._uneven_at

    def checks(self) -> Iterator[Check]:
        """Yield the findings."""
        thresholds = self._request.thresholds
        yield self._complete()
        yield self._black.check("black", thresholds.max_black_seconds)
        yield self._frozen.check("frozen", thresholds.max_frozen_seconds)

    def _look(self, luma: NDArray[np.int16], start: float, end: float) -> None:
        self._black.look(is_black(luma), start, end)
        still = self._reference is not None and alike(self._reference, luma)
        if not still:
            self._reference = luma
            self._frozen.look(holds=False, start=start, end=end)
        self._frozen.look(holds=True, start=start, end=end)

    def _complete(self) -> Check:
        expected = round(self._request.duration_seconds * self._request.fps)
        spacing = "uneven" if self._uneven_at is not None else "evenly spaced"
        return Check(
            name="frames",
            passed=self._frames == expected and self._uneven_at is None,
            found=f"{self._frames} frames, {spacing}",
            allowed=f"{expected} frames, evenly spaced",
            at_seconds=self._uneven_at,
        )


def look_step(fps: int) -> int:
    """Return at every how manieth frame a closer look is taken."""
    return max(1, round(fps / _LOOKS_PER_SECOND))


def brightness(frame: VideoFrame) -> NDArray[np.int16]:
    """Return the frame's brightness, 0 to 255, one value for each block."""
    return _blocks(frame).astype(np.int16)


def _blocks(frame: VideoFrame) -> NDArray[np.uint8]:
    width, height = frame.width // _BLOCK_PIXELS, frame.height // _BLOCK_PIXELS
    levels = _LEVELS.get(frame.format.name)
    if levels is not None and width and height:
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return levels[_sums(rows[: height * _BLOCK_PIXELS, : width * _BLOCK_PIXELS])]
    small = frame.reformat(max(1, width), max(1, height), "gray", interpolation="AREA")
    return np.asarray(small.to_ndarray(), np.uint8)


def _sums(luma: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the sum of each square of 8 by 8 pixels: eight pixels of a row are one number of 64 bits.

    Every other pixel and its neighbour make four sums of 16 bits side by side, which eight rows cannot fill;
    the product adds the four up in its highest 16 bits. It takes a third of the time that scaling does.
    """
    eights = luma.view(np.uint64)
    pairs = (eights & _EVERY_OTHER) + (eights >> np.uint64(8) & _EVERY_OTHER)
    rows = pairs.reshape(-1, _BLOCK_PIXELS, pairs.shape[1]).sum(axis=1)
    sums: NDArray[np.uint64] = rows * _ADD_UP >> np.uint64(48)
    return sums


def _levels(black: int, white: int) -> NDArray[np.uint8]:
    """Return the brightness, 0 to 255, by the sum of a square whose samples lie between black and white."""
    means = np.arange(255 * _BLOCK_PIXELS**2 + 1) / _BLOCK_PIXELS**2
    return np.clip(np.rint((means - black) * 255 / (white - black)), 0, 255).astype(np.uint8)


_EVERY_OTHER: Final = np.uint64(0x00FF_00FF_00FF_00FF)
_ADD_UP: Final = np.uint64(0x0001_0001_0001_0001)
_LEVELS: Final = {"yuv420p": _levels(16, 235), "yuvj420p": _levels(0, 255)}
"""Of formats that are looked at without being scaled: what most files have."""


def is_black(luma: NDArray[np.int16]) -> bool:
    """Return whether a picture shows nothing at all."""
    return float(luma.mean()) <= _BLACK_MEAN and float(luma.std()) <= _BLACK_SPREAD


def alike(one: NDArray[np.int16], other: NDArray[np.int16]) -> bool:
    """Return whether two pictures differ by coding noise only; those of two sizes differ."""
    if one.shape != other.shape:
        return False
    moved = int(np.count_nonzero(np.abs(one - other) >= _MOVED_LEVELS))
    return moved <= one.size * _MOVED_SHARE
