"""What a media file says it is, read by a real demuxer."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
from av.container import InputContainer
from av.stream import Stream

from reelwright.video.errors import CutUnreadable

__all__ = [
    "ONLY_MP4",
    "AudioTrack",
    "MediaFacts",
    "VideoTrack",
    "facts_of",
    "open_media",
    "playable",
    "probe",
]

StreamT = TypeVar("StreamT", bound=Stream)

_MICROSECONDS = 1_000_000
ONLY_MP4 = "mov,mp4,m4a,3gp,3g2,mj2"
"""The names of FFmpeg's demuxer of MP4 files and their like."""
_ONLY_MP4_FILES = {"format_whitelist": ONLY_MP4, "protocol_whitelist": "file"}
"""A playlist dressed up as a video must not make the demuxer open other files or addresses."""


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """One track of pictures."""

    codec: str
    pixel_format: str
    width: int
    height: int
    rate: Fraction
    """Frames per second."""
    frames: int
    duration_seconds: float
    setup: bytes
    """The decoder's settings; tracks that share them can be joined without encoding."""


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One track of sound."""

    codec: str
    sample_rate: int
    channels: int
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """The tracks of a file by kind. ``others`` counts the rest, such as a chapter track."""

    duration_seconds: float
    size_bytes: int
    video: tuple[VideoTrack, ...]
    audio: tuple[AudioTrack, ...]
    subtitles: tuple[str, ...]
    """The codec of each."""
    others: int


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open an MP4 file and no other kind; CutUnreadable if that fails, also later inside the block."""
    try:
        with av.open(
            str(path.absolute()), "r", container_options=_ONLY_MP4_FILES, metadata_errors="replace"
        ) as media:
            if not playable((*media.streams.video, *media.streams.audio)):
                raise _unreadable(path, "it holds neither picture nor sound")
            yield media
    except (av.FFmpegError, OSError) as error:
        raise _unreadable(path, str(error.strerror)) from error


def probe(path: Path) -> MediaFacts:
    """Return what the file's headers say; CutUnreadable if it is not an MP4."""
    with open_media(path) as media:
        return facts_of(media)


def facts_of(media: InputContainer) -> MediaFacts:
    """Return what the headers of an open file say."""
    video, audio = playable(media.streams.video), playable(media.streams.audio)
    subtitles = playable(media.streams.subtitles)
    return MediaFacts(
        duration_seconds=(media.duration or 0) / _MICROSECONDS,
        size_bytes=media.size,
        video=tuple(map(_video_track, video)),
        audio=tuple(map(_audio_track, audio)),
        subtitles=tuple(stream.codec_context.name for stream in subtitles),
        others=len(media.streams) - len(video) - len(audio) - len(subtitles),
    )


def playable(streams: Iterable[StreamT]) -> list[StreamT]:
    """Return the streams that have a decoder; a damaged header can leave one without."""
    return [stream for stream in streams if stream.codec_context is not None]


def _unreadable(path: Path, reason: str) -> CutUnreadable:
    return CutUnreadable(
        f"{path.name} cannot be read as a video: {reason}.",
        next_step="Make the file again; if it came from elsewhere, check that it is an MP4.",
        context={"path": path},
    )


def _video_track(stream: av.VideoStream) -> VideoTrack:
    context = stream.codec_context
    return VideoTrack(
        codec=context.name,
        pixel_format=context.pix_fmt or "unknown",
        width=context.width,
        height=context.height,
        rate=Fraction(stream.average_rate or 0),
        frames=stream.frames,
        duration_seconds=_seconds(stream),
        setup=context.extradata or b"",
    )


def _audio_track(stream: av.AudioStream) -> AudioTrack:
    return AudioTrack(
        codec=stream.codec_context.name,
        sample_rate=stream.codec_context.sample_rate,
        channels=stream.codec_context.layout.nb_channels,
        duration_seconds=_seconds(stream),
    )


def _seconds(stream: av.VideoStream | av.AudioStream) -> float:
    return float((stream.duration or 0) * (stream.time_base or 0))
