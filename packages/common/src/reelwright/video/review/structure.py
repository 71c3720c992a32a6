"""What the file is made of: its tracks, their lengths, its size, and whether every packet decodes."""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

from collections.abc import Callable, Iterator
from typing import Any

import av
from av.packet import Packet

from reelwright.production.schema import Check
from reelwright.video.probe import AudioTrack, MediaFacts, VideoTrack
from reelwright.video.schema import ReviewRequest

__all__ = ["DamageWatch", "structure_checks"]

_SOUND_TOLERANCE_SECONDS = 0.05
"""Two AAC frames: one of priming, one that the end may cut through."""
_MIN_BYTES_PER_SECOND = 2000
"""Far below what the sound alone takes; a file this small holds no real picture or sound."""
_MEGABYTE = 1_000_000


class DamageWatch:
    """Counts the packets that the decoders refuse."""

    def __init__(self) -> None:
        self._refused = 0
        self._first_at: float | None = None
        self._reason = ""

    def guard(self, packet: Packet[Any], decode: Callable[[Packet[Any]], None]) -> None:
        """Decode a packet; a refusal is noted with its time, and the rest of the file goes on."""
        try:
            decode(packet)
        except av.FFmpegError as error:
            self._note(error, float((packet.pts or 0) * packet.time_base))

    def broken_off(self, error: av.FFmpegError | OSError) -> None:
        """Note that the file ends in the middle."""
        self._note(error, None)

    def checks(self) -> Iterator[Check]:
        """Yield the finding."""
        found = f"{self._refused} refused: {self._reason}" if self._refused else "every packet decodes"
        at_seconds = None if self._first_at is None else max(0.0, self._first_at)
        yield Check(
            name="decoding",
            passed=not self._refused,
            found=found,
            allowed="every packet decodes",
            at_seconds=at_seconds,
        )

    def _note(self, error: av.FFmpegError | OSError, at_seconds: float | None) -> None:
        if not self._refused:
            self._reason, self._first_at = str(error.strerror), at_seconds
        self._refused += 1


def structure_checks(request: ReviewRequest, facts: MediaFacts) -> Iterator[Check]:
    """Yield what the headers and the size of the file say."""
    yield _tracks(facts)
    yield _picture_format(request, facts.video[:1])
    yield _sound_format(facts.audio[:1])
    yield from _durations(request, facts)
    yield _size(request, facts.size_bytes)


def _tracks(facts: MediaFacts) -> Check:
    counts = (len(facts.video), len(facts.audio), len(facts.subtitles), facts.others)
    return Check(
        name="tracks",
        passed=counts[:3] == (1, 1, 1) and counts[3] <= 1,
        found="{} video, {} audio, {} subtitle, {} other".format(*counts),
        allowed="1 video, 1 audio, 1 subtitle, at most 1 other (chapters)",
    )


def _picture_format(request: ReviewRequest, tracks: tuple[VideoTrack, ...]) -> Check:
    found = [
        f"{track.codec} {track.pixel_format} {track.width}x{track.height} at {track.rate} fps"
        for track in tracks
    ]
    allowed = f"h264 yuv420p {request.width}x{request.height} at {request.fps} fps"
    return Check(
        name="picture_format", passed=found == [allowed], found=" ".join(found) or "none", allowed=allowed
    )


def _sound_format(tracks: tuple[AudioTrack, ...]) -> Check:
    found = [f"{track.codec} {track.sample_rate} Hz, {track.channels} channels" for track in tracks]
    allowed = "aac 48000 Hz, 2 channels"
    return Check(
        name="sound_format", passed=found == [allowed], found=" ".join(found) or "none", allowed=allowed
    )


def _durations(request: ReviewRequest, facts: MediaFacts) -> Iterator[Check]:
    """Yield a finding each for the whole, the picture (to half a frame) and the sound."""
    lengths = {
        "duration": (facts.duration_seconds, _SOUND_TOLERANCE_SECONDS),
        "picture_duration": (_first_length(facts.video), 0.5 / request.fps),
        "sound_duration": (_first_length(facts.audio), _SOUND_TOLERANCE_SECONDS),
    }
    for name, (seconds, tolerance) in lengths.items():
        yield Check(
            name=name,
            passed=abs(seconds - request.duration_seconds) <= tolerance,
            found=f"{seconds:.3f} s",
            allowed=f"{request.duration_seconds:.3f} s ± {tolerance:.3f}",
        )


def _first_length(tracks: tuple[VideoTrack, ...] | tuple[AudioTrack, ...]) -> float:
    return tracks[0].duration_seconds if tracks else 0.0


def _size(request: ReviewRequest, size_bytes: int) -> Check:
    least = _MIN_BYTES_PER_SECOND * request.duration_seconds
    most = request.thresholds.max_megabytes_per_minute * _MEGABYTE * request.duration_seconds / 60
    return Check(
        name="file_size",
        passed=least <= size_bytes <= most,
        found=f"{size_bytes / _MEGABYTE:.3f} MB",
        allowed=f"{least / _MEGABYTE:.3f} to {most / _MEGABYTE:.3f} MB",
    )
