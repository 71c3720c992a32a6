"""Pictures out of media that nobody vouches for: whole or refused by name, and never more than is bounded.

Only the containers that are asked for are opened, and only this one file: a playlist dressed up as a video
must not make the demuxer open others. What a header says of its size is judged before a picture is decoded,
and what decodes is counted, for a few kilobytes can hold hours of pictures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelwright.video.errors import CutUnreadable, MediaRefused, WhyRefused
from reelwright.video.probe import ONLY_MP4, VideoTrack, facts_of, playable

__all__ = ["ANY_VIDEO", "LIMITS", "Limits", "Reel", "Timed", "reading", "refusal"]

ANY_VIDEO: Final = f"{ONLY_MP4},matroska,webm,avi,mpegts,mpeg,ogg,gif,flv,asf"
"""Containers that hold their pictures themselves, by the names of FFmpeg's demuxers."""

_DEFAULT_RATE: Final = Fraction(25)
"""Of media that do not say theirs."""
_LEAST_SHARE: Final = 0.9
_SPARE_SECONDS: Final = 0.5
"""A last picture may stay, and sound outlast it a little."""
_BOX_HEAD: Final = 8
_LONG_BOX_HEAD: Final = 16
_MOST_BOXES: Final = 10_000
_TO_THE_END, _LONG = 0, 1
"""Lengths of a box that are none: up to the end of the file, and in the next eight bytes."""
_NEXT_STEPS: Final[dict[WhyRefused, str]] = {
    "missing": "Check the path.",
    "not_a_video": "Give a video: MP4, MOV, Matroska, WebM, AVI, MPEG-TS, Ogg or GIF.",
    "truncated": "Copy or download the file again: its end is missing.",
    "damaged": "Export the file again from where it was made.",
    "no_picture": "Give a file with a track of pictures.",
    "no_frames": "Export the file again: it has a track of pictures, and none in it.",
    "too_large": "Scale the video down, to 4K or less.",
    "too_small": "Give a video of a larger size.",
    "too_narrow": "Crop the video.",
    "too_long": "Cut the part out that is to be shown.",
    "too_much": "Cut the part out that is to be shown, or encode it at 60 frames a second or fewer.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of one file and no more."""

    longest_side: int = 8_192
    shortest_side: int = 16
    pixels: int = 7_680 * 4_320
    """Of one picture."""
    times_as_long: float = 8
    """One side of a picture as the other: what is narrower would grow without bounds to fill a frame."""
    seconds: float = 3_600
    pixels_decoded: int = 3_840 * 2_160 * 60 * 90
    """Of all pictures together: 90 s of 4K at 60 a second, 6 minutes of Full HD."""
    frames: int = 100_000


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Timed:
    """A picture, and when it begins, in seconds from the first."""

    frame: VideoFrame
    seconds: float

    @property
    def quarter_turns(self) -> int:
        """How often it is turned by 90° against the clock to stand upright, 0 to 3."""
        return round(self.frame.rotation / 90) % 4

    def shown_size(self, pixel_aspect: float) -> tuple[int, int]:
        """Return width and height as it is shown: upright, in square pixels."""
        size = round(self.frame.width * pixel_aspect), self.frame.height
        return (size[1], size[0]) if self.quarter_turns % 2 else size


class Reel:
    """The first track of pictures of an open file."""

    def __init__(self, path: Path, media: InputContainer, stream: VideoStream, limits: Limits) -> None:
        self._path = path
        self._media = media
        self._stream = stream
        self._limits = limits
        self.track: VideoTrack = facts_of(media).video[0]
        self.declared_seconds = self.track.duration_seconds or facts_of(media).duration_seconds
        self.sounds = len(media.streams.audio)
        self._check_size(self.track.width, self.track.height)

    @property
    def pixel_aspect(self) -> float:
        """How many times as wide as high a pixel is shown."""
        return float(self._stream.codec_context.sample_aspect_ratio or 1)

    @property
    def frame_seconds(self) -> float:
        """How long one picture lasts, after the rate that the file says."""
        return float(1 / (self.track.rate or _DEFAULT_RATE))

    def pictures(self) -> Iterator[Timed]:
        """Decode in the order of showing, times rising. MediaRefused for damage, none, and too much."""
        start, last, pixels = None, 0.0, 0
        for number, frame in enumerate(self._media.decode(self._stream), 1):
            pixels += frame.width * frame.height
            self._check(frame, number, pixels)
            told = frame.time
            start = (told or 0.0) if start is None else start
            last = (
                last + self.frame_seconds if told is None and number > 1 else max(last, (told or 0) - start)
            )
            yield Timed(frame, last)
        if start is None:
            raise refusal(self._path, "no_frames", "no picture in it decodes")

    def check_whole(self, seconds: float) -> None:
        """MediaRefused if what was played is much shorter than the file says that it is."""
        if seconds < self.declared_seconds * _LEAST_SHARE - _SPARE_SECONDS:
            told = f"it says that it lasts {self.declared_seconds:.2f} s, and {seconds:.2f} s of it are there"
            raise refusal(self._path, "truncated", told)

    def _check_size(self, width: int, height: int) -> None:
        found = _objection_to_size(width, height, self.pixel_aspect, self._limits)
        if found is not None:
            raise refusal(self._path, *found)

    def _check(self, frame: VideoFrame, number: int, pixels: int) -> None:
        self._check_size(frame.width, frame.height)
        if number > self._limits.frames or pixels > self._limits.pixels_decoded:
            told = f"it decodes to more than {number - 1} pictures of {frame.width}x{frame.height}"
            raise refusal(self._path, "too_much", told)


@contextmanager
def reading(path: Path, formats: str = ONLY_MP4, limits: Limits = LIMITS) -> Iterator[Reel]:
    """Open the pictures of a file of one of some formats.

    MediaRefused, here or later inside the block, says by name what is wrong with the file.
    """
    options = {"format_whitelist": formats, "protocol_whitelist": "file"}
    try:
        with av.open(
            str(path.absolute()), "r", container_options=options, metadata_errors="replace"
        ) as media:
            yield _reel(path, media, limits)
    except CutUnreadable:
        raise
    except (av.FFmpegError, OSError) as error:
        raise _named(path, formats, error) from error


def refusal(path: Path, why: WhyRefused, told: str) -> MediaRefused:
    """Return the error for a file, with the rule that it breaks."""
    return MediaRefused(
        f"{path.name} cannot be used ({why.replace('_', ' ')}): {told}.",
        next_step=_NEXT_STEPS[why],
        context={"path": path},
        why=why,
    )


def _reel(path: Path, media: InputContainer, limits: Limits) -> Reel:
    streams = playable(media.streams.video)
    if not streams:
        raise refusal(path, "no_picture", "it has no picture")
    stream = streams[0]
    stream.codec_context.options = {"err_detect": "explode", "max_pixels": str(limits.pixels)}
    stream.codec_context.thread_count = 1  # several hide what one of them could not decode
    reel = Reel(path, media, stream, limits)
    if reel.declared_seconds > limits.seconds:
        told = f"it lasts {reel.declared_seconds:.0f} s, and {limits.seconds:.0f} s are the most"
        raise refusal(path, "too_long", told)
    return reel


def _objection_to_size(
    width: int, height: int, pixel_aspect: float, limits: Limits
) -> tuple[WhyRefused, str] | None:
    size = f"it is {width}x{height}"
    if not width or not height:
        return "no_frames", "its pictures have no size"
    if max(width, height) > limits.longest_side or width * height > limits.pixels:
        return "too_large", f"{size}; {limits.longest_side} a side, {limits.pixels} pixels are the most"
    if min(width, height) < limits.shortest_side:
        return "too_small", f"{size}; {limits.shortest_side} a side are the least"
    shape = width * pixel_aspect / height
    if max(shape, 1 / shape) > limits.times_as_long:
        return (
            "too_narrow",
            f"{size}, pixels {pixel_aspect:g} as wide; {limits.times_as_long:g}:1 is the most",
        )
    return None


def _named(path: Path, formats: str, error: Exception) -> MediaRefused:
    told = str(getattr(error, "strerror", "") or type(error).__name__)
    if isinstance(error, FileNotFoundError):
        return refusal(path, "missing", told)
    if not path.is_file() or not path.stat().st_size:
        return refusal(path, "not_a_video", "it is empty, or no file")
    if _breaks_off(path):
        return refusal(path, "truncated", f"it ends before its parts do ({told})")
    opened = _opens(path, formats)
    return refusal(path, "damaged" if opened else "not_a_video", told)


def _opens(path: Path, formats: str) -> bool:
    options = {"format_whitelist": formats, "protocol_whitelist": "file"}
    try:
        with av.open(str(path.absolute()), "r", container_options=options, metadata_errors="replace"):
            return True
    except (av.FFmpegError, OSError):
        return False


def _breaks_off(path: Path) -> bool:
    """Tell whether an MP4 ends inside one of its boxes, or has no index (ISO/IEC 14496-12, 4.2)."""
    size, place = path.stat().st_size, 0
    kinds: list[bytes] = []
    with path.open("rb") as file:
        while place + _BOX_HEAD <= size and len(kinds) < _MOST_BOXES:
            file.seek(place)
            length, kind = _box(file.read(_LONG_BOX_HEAD), size - place)
            kinds.append(kind)
            place += max(length, _BOX_HEAD)
    is_mp4 = kinds[:1] == [b"ftyp"]
    return is_mp4 and (place > size or size - place in range(1, _BOX_HEAD) or b"moov" not in kinds)


def _box(head: bytes, left: int) -> tuple[int, bytes]:
    length, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if length == _TO_THE_END:
        return left, kind
    return (int.from_bytes(head[8:16], "big") if length == _LONG else length), kind
