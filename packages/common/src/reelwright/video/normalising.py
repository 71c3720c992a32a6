"""Media of any size, rate, codec, colour and posture made over into a clip like ours.

Cuts are joined by stream copy, so every clip must come out of one encoder with one setting.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)

from reelwright.storage.files import writing_to
from reelwright.video.decoding import ANY_VIDEO, LIMITS, Limits, Reel, Timed, reading
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.planes import Bytes, Frame

__all__ = ["MediaFound", "inspect", "normalise"]

_SCALING = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""The same pixels on every processor."""
_HD_LINES = 720
"""Pictures of fewer lines that do not say otherwise are coded after BT.601, others after BT.709."""
_UNSPECIFIED = 2
"""ISO/IEC 23091-2: no matrix, no transfer is stated."""
_HDR: Final = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}
_ALIKE_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class MediaFound:
    """What media hold, by playing them from end to end. Size is as it is shown: turned, pixels square."""

    codec: str
    width: int
    height: int
    seconds: float
    frames: int
    traits: tuple[str, ...]
    """What is unlike our clips: ``turned by 90°``, ``variable frame rate``, ``HDR (PQ)``, ``10 bits`` …"""


def inspect(media: Path, formats: str = ANY_VIDEO, limits: Limits = LIMITS) -> MediaFound:
    """Play media from end to end; MediaRefused says by name why a clip cannot be made of them."""
    with reading(media, formats, limits) as reel:
        watch = _Watch(reel)
        for picture in reel.pictures():
            watch.see(picture)
        return watch.found(media)


def normalise(
    media: Path,
    clip: ClipFormat,
    out: Path,
    *,
    formats: str = ANY_VIDEO,
    limits: Limits = LIMITS,
    again: bool = False,
    speed: float = 1.0,
    over: Callable[[Frame, float], None] | None = None,
) -> tuple[str, ...]:
    """Write ``out``, a clip as the embedded engine codes it, and return what was done to the media.

    The picture is turned upright, scaled to fill and cropped around its middle, in BT.709; HDR is mapped
    to it. Each frame is the one of the media whose time is nearest, whatever their rate; what is too long
    is cut off at the end, and the last frame stays if it is too short, or, if ``again``, what moves begins
    from the start. ``speed`` below 1 plays it slower. ``over`` paints on each frame, in the
    same pass. Sound is dropped. Equal media make equal bytes.
    ``out`` appears only when it is whole.
    MediaRefused, StorageFull, StorageUnwritable.
    """
    partial = out.with_suffix(f".{os.getpid()}.part")
    player = _Player(clip, lambda: reading(media, formats, limits), again=again, speed=speed, over=over)
    try:
        with writing_to(out), closing(player):
            encode(partial, clip, player.paint)
            partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return player.done()


class _Watch:
    """Remembers of all pictures what is to be told of them."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._first: Timed | None = None
        self._frames, self._last = 0, 0.0
        self._gaps: tuple[float, float] = (float("inf"), 0.0)

    def see(self, picture: Timed) -> None:
        """Take the next picture."""
        if self._first is None:
            self._first = picture
        else:
            gap = picture.seconds - self._last
            self._gaps = min(self._gaps[0], gap), max(self._gaps[1], gap)
        self._frames, self._last = self._frames + 1, picture.seconds

    def found(self, media: Path) -> MediaFound:
        """Return what was seen; MediaRefused if the file says that it is much longer than it is."""
        seconds = self._last + self._reel.frame_seconds
        self._reel.check_whole(seconds)
        assert self._first is not None, media  # noqa: S101 (a reel without a picture is refused before)
        width, height = self._first.shown_size(self._reel.pixel_aspect)
        told = _traits(self._first, self._reel)
        steady = self._gaps[1] - self._gaps[0] <= 2 * _ALIKE_SECONDS + self._reel.frame_seconds / 2
        if self._frames > 2 and not steady:
            told = (*told, "variable frame rate")
        return MediaFound(self._reel.track.codec, width, height, seconds, self._frames, told)


class _Player:
    """Media that are played forward once, for times that only rise."""

    def __init__(
        self,
        clip: ClipFormat,
        open_reel: Callable[[], AbstractContextManager[Reel]],
        *,
        again: bool,
        speed: float,
        over: Callable[[Frame, float], None] | None,
    ) -> None:
        self._clip, self._again, self._rounds, self._speed = clip, again, 0, speed
        self._over = over
        self._scaler = _Scaler(clip)
        self._pictures = self._rounds_of(open_reel)
        self._until_seconds = float("-inf")
        self._planes: tuple[Bytes, ...] = ()
        self._traits: tuple[str, ...] = ()
        self._last: Timed
        self._ended_seconds: float | None = None

    def paint(self, onto: Frame, seconds: float) -> None:
        """Copy the picture of a time."""
        self._advance(seconds * self._speed)
        for plane, source in zip((onto.y, onto.u, onto.v), self._planes, strict=True):
            np.copyto(plane, source)
        if self._over is not None:
            self._over(onto, seconds)

    def close(self) -> None:
        """Let go of the file."""
        self._pictures.close()

    def done(self) -> tuple[str, ...]:
        """Return what was unlike a clip of ours, and how much is a picture that stays."""
        if self._rounds > 1:
            return (*self._traits, f"it is played {self._rounds} times over")
        ended = (self._ended_seconds or float("inf")) / self._speed
        held = self._clip.frames / self._clip.fps - ended
        if held <= 1 / self._clip.fps:
            return self._traits
        return (*self._traits, f"the last picture stays for {held:.1f} s")

    def _advance(self, seconds: float) -> None:
        found = None
        while seconds > self._until_seconds:
            found, self._until_seconds = next(self._pictures)  # the last one lasts for ever
        if found is not None:
            shown = self._scaler.filling(found)
            self._planes = (shown.y, shown.u, shown.v)

    def _rounds_of(
        self, open_reel: Callable[[], AbstractContextManager[Reel]]
    ) -> Generator[tuple[Timed, float], None, None]:
        begins, more = 0.0, True
        while more:
            with open_reel() as reel:
                self._rounds += 1
                yield from self._lasting(reel, begins)
                ends = self._ended_seconds or 0.0
                more = self._again and ends - begins > reel.frame_seconds * 1.5
                if not more:
                    yield self._last, float("inf")
            begins = ends

    def _lasting(self, reel: Reel, begins: float) -> Iterator[tuple[Timed, float]]:
        """Yield each picture with the last moment at which it is nearest: known once the next one is."""
        self._scaler.pixel_aspect = reel.pixel_aspect
        decoded = reel.pictures()
        first = next(decoded)  # a reel without a picture is refused
        self._traits = _traits(first, reel)
        pictures = _deinterlaced(first, decoded)
        held = next(pictures)
        for following in pictures:
            yield held, begins + (held.seconds + following.seconds) / 2
            held = following
        self._last, self._ended_seconds = held, begins + held.seconds + reel.frame_seconds
        if self._again:
            yield held, self._ended_seconds - reel.frame_seconds / 2


class _Scaler:
    """Pictures turned, scaled and brought to our colours. It keeps its tables: HDR's take seconds to make."""

    def __init__(self, clip: ClipFormat) -> None:
        self._width, self._height = clip.width, clip.height
        self._reformatter = VideoReformatter()
        self.pixel_aspect = 1.0

    def filling(self, picture: Timed) -> Frame:
        """Return the planes of the picture's middle, scaled so that nothing of the size stays empty."""
        turns = picture.quarter_turns
        lying = turns % 2 == 1
        width, height = (self._height, self._width) if lying else (self._width, self._height)
        across = picture.frame.width * self.pixel_aspect
        scale = max(width / across, height / picture.frame.height)
        wide, high = _even(across * scale, width), _even(picture.frame.height * scale, height)
        middle = _middle(self._scaled(picture.frame, wide, high), width, height)
        return Frame(np.rot90(middle.y, turns), np.rot90(middle.u, turns), np.rot90(middle.v, turns))

    def _scaled(self, frame: VideoFrame, width: int, height: int) -> VideoFrame:
        """Return the picture as yuv420p, BT.709, limited range, in a new size."""
        hdr = frame.color_trc in _HDR
        untold = Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601
        return self._reformatter.reformat(
            frame,
            width,
            height,
            "yuv420p",
            src_colorspace=untold if frame.colorspace == _UNSPECIFIED else frame.colorspace,
            dst_colorspace=Colorspace.ITU709,
            interpolation=_SCALING,
            src_color_range=frame.color_range or ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            dst_color_trc=ColorTrc.BT709 if hdr else None,
            dst_color_primaries=ColorPrimaries.BT709 if hdr else None,
            threads=1,
        )


def _deinterlaced(first: Timed, pictures: Iterator[Timed]) -> Iterator[Timed]:
    """Yield pictures without combs: those of television are two half pictures of two moments."""
    if not first.frame.interlaced_frame:
        yield first
        yield from pictures
        return
    graph = av.filter.Graph()
    frame, each = first.frame, first.frame.time_base
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=each)
    graph.link_nodes(source, graph.add("yadif", "deint=interlaced"), graph.add("buffersink")).configure()
    yield from _through(graph, first, pictures)


def _through(graph: av.filter.Graph, first: Timed, pictures: Iterable[Timed]) -> Iterator[Timed]:
    waiting = deque([first])
    graph.vpush(first.frame)
    for picture in pictures:
        graph.vpush(picture.frame)
        waiting.append(picture)
        yield from _pulled(graph, waiting)
    graph.vpush(None)
    yield from _pulled(graph, waiting)


def _pulled(graph: av.filter.Graph, waiting: deque[Timed]) -> Iterator[Timed]:
    while waiting:
        try:
            frame = graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield Timed(frame, waiting.popleft().seconds)


def _traits(picture: Timed, reel: Reel) -> tuple[str, ...]:
    frame, told = picture.frame, []
    if picture.quarter_turns:
        told.append(f"turned by {picture.quarter_turns * 90}°")
    if frame.interlaced_frame:
        told.append("interlaced")
    if frame.color_trc in _HDR:
        told.append(f"HDR ({_HDR[frame.color_trc]})")
    bits = max(component.bits for component in frame.format.components)
    told += [f"{bits} bits"] if bits > 8 else []
    told += [f"pixels {reel.pixel_aspect:.2f} as wide as high"] if reel.pixel_aspect != 1 else []
    told += ["with sound, which is dropped"] if reel.sounds else []
    return tuple(told)


def _even(length: float, least: int) -> int:
    """Return the even number of pixels nearest to a length, and no fewer than needed."""
    return max(least, round(length / 2) * 2)


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
