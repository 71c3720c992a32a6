"""The cut: clips joined and sound laid under them by stream copy, with captions, chapters and a title.

Nothing is encoded again, so a cut costs next to nothing and equal parts make equal bytes.
"""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from reelwright.production.schema import Chapter
from reelwright.production.text import clean_line, clean_text
from reelwright.storage.files import storage_error, write_whole
from reelwright.video.boxes import switch_off_subtitles
from reelwright.video.captions import Cue, cues, to_srt, to_vtt
from reelwright.video.errors import AssemblyFailed, ClipMismatch, SoundtrackUnfit
from reelwright.video.languages import iso_639_2
from reelwright.video.probe import VideoTrack, open_media, probe
from reelwright.video.schema import AssembledCut, AssemblyRequest

if TYPE_CHECKING:
    from av.container.core import Chapter as MediaChapter  # it exists in the stubs only

__all__ = ["PyAvAssembler"]

_SOUND_TOLERANCE_SECONDS = 0.1
_MILLISECONDS = Fraction(1, 1000)
_MAX_SAMPLE_BYTES = 0xFFFF
_OPTIONS = {
    "movflags": "+faststart",
    "fflags": "+bitexact",  # no version and no time of making: equal parts make equal bytes
    "movie_timescale": "48000",  # exact for every frame rate in use; milliseconds round the length
}
_TEXT_STYLE = (
    "[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, Alignment\n"
    "Style: Default,Arial,18,&HFFFFFF,&H0,2\n"
)


@dataclass(frozen=True, slots=True)
class _Reel:
    """The joined picture: its first clip's track speaks for all."""

    track: VideoTrack
    frames: int

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.track.rate


class PyAvAssembler:
    """A CutAssembler on the FFmpeg libraries."""

    def assemble(self, request: AssemblyRequest) -> AssembledCut:
        """Write ``cut.mp4``, ``captions.srt`` and ``captions.vtt`` to the request's folder.

        ClipMismatch and SoundtrackUnfit when the parts do not fit, CutUnreadable when one is not
        media, StorageFull and StorageUnwritable when the folder cannot take the cut.
        """
        reel = _joinable([probe(clip).video for clip in request.clips])
        _check_soundtrack(request.soundtrack, float(reel.seconds))
        captions = cues(request.words, until_seconds=float(reel.seconds))
        srt, vtt = request.work_dir / "captions.srt", request.work_dir / "captions.vtt"
        write_whole(srt, to_srt(captions).encode())
        write_whole(vtt, to_vtt(captions).encode())
        return AssembledCut(
            video=_written(request, reel, captions),
            captions_srt=srt,
            captions_vtt=vtt,
            duration_seconds=float(reel.seconds),
        )


def _written(request: AssemblyRequest, reel: _Reel, captions: Sequence[Cue]) -> Path:
    out = request.work_dir / "cut.mp4"
    try:
        _multiplex(request, reel, captions, out)
        with _writing(out):
            switch_off_subtitles(out)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return out


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise storage_error(error, out) from error
    except av.FFmpegError as error:
        raise AssemblyFailed(
            f"The cut could not be put together: {error.strerror}.",
            next_step="Run the step again; if it fails the same way, shoot the scenes again.",
            context={"path": out},
        ) from error


def _multiplex(request: AssemblyRequest, reel: _Reel, captions: Sequence[Cue], out: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(_writing(out))
        cut = stack.enter_context(av.open(str(out.absolute()), "w", format="mp4", container_options=_OPTIONS))
        sound = stack.enter_context(open_media(request.soundtrack))
        first = stack.enter_context(open_media(request.clips[0]))
        video = cut.add_stream_from_template(first.streams.video[0])
        audio = cut.add_stream_from_template(sound.streams.audio[0])
        text = _text_stream(cut)
        video.time_base = 1 / reel.track.rate
        audio.metadata["language"] = text.metadata["language"] = iso_639_2(request.language)
        _describe(cut, request, reel)
        tracks = (
            _pictures(request.clips, reel, video),
            _sounds(sound.demux(audio=0), reel.seconds, audio),
            _texts(captions, text),
        )
        for packet in heapq.merge(*tracks, key=_decoding_time):
            with _writing(out):  # here, so that a full disk is not taken for a clip that cannot be read
                cut.mux(packet)


# What fits together


def _joinable(tracks: Sequence[Sequence[VideoTrack]]) -> _Reel:
    """Return the reel that the clips make; ClipMismatch names the clip that differs, and how."""
    for number, found in enumerate(tracks, start=1):
        if len(found) != 1 or not found[0].frames or not found[0].rate:
            raise _mismatch(
                number, "it has no picture" if not found else "its picture is not one steady track"
            )
        for name, value, expected in _differences(found[0], tracks[0][0]):
            raise _mismatch(number, f"its {name} is {value}, that of clip 1 is {expected}")
    if not tracks:
        raise ClipMismatch("There are no clips to join.", next_step="Shoot the scenes first.")
    return _Reel(tracks[0][0], sum(found[0].frames for found in tracks))


def _differences(track: VideoTrack, first: VideoTrack) -> Iterator[tuple[str, object, object]]:
    pairs = {
        "codec": (track.codec, first.codec),
        "size": (f"{track.width}x{track.height}", f"{first.width}x{first.height}"),
        "frame rate": (track.rate, first.rate),
        "pixel format": (track.pixel_format, first.pixel_format),
        "codec set-up": (track.setup.hex(), first.setup.hex()),
    }
    return ((name, found, expected) for name, (found, expected) in pairs.items() if found != expected)


def _mismatch(number: int, reason: str) -> ClipMismatch:
    return ClipMismatch(
        f"Clip {number} cannot be joined: {reason}.",
        next_step="Shoot the scene again with the settings of the others.",
        context={"clip": number},
    )


def _check_soundtrack(path: Path, video_seconds: float) -> None:
    tracks = probe(path).audio
    if [track.codec for track in tracks] != ["aac"]:
        codecs = ", ".join(track.codec for track in tracks) or "no sound"
        raise SoundtrackUnfit(
            f"The soundtrack must be one AAC track; {path.name} has {codecs}.",
            next_step="Master the sound again.",
        )
    if abs(tracks[0].duration_seconds - video_seconds) > _SOUND_TOLERANCE_SECONDS:
        raise SoundtrackUnfit(
            f"The soundtrack lasts {tracks[0].duration_seconds:.3f} s, the picture {video_seconds:.3f} s.",
            next_step="Master the sound again for the length of the picture.",
        )


# Packets, each track in the order of decoding


def _decoding_time(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _pictures(clips: Iterable[Path], reel: _Reel, stream: Stream) -> Iterator[Packet[Any]]:
    """Yield the packets of all clips, counted in frames from the start of the cut."""
    done = 0
    for number, clip in enumerate(clips, start=1):
        with open_media(clip) as media:
            places = set()
            for packet in _real(media.demux(video=0)):
                _count_in_frames(packet, reel.track.rate)
                places.add(packet.pts)
                packet.pts, packet.dts = done + (packet.pts or 0), done + (packet.dts or 0)
                packet.stream = stream
                yield packet
        if places != set(range(len(places))):
            raise _mismatch(number, "its frames are not evenly spaced from 0")
        done += len(places)


def _count_in_frames(packet: Packet[Any], rate: Fraction) -> None:
    per_frame = packet.time_base * rate
    packet.pts, packet.dts = round((packet.pts or 0) * per_frame), round((packet.dts or 0) * per_frame)
    packet.duration, packet.time_base = 1, 1 / rate


def _sounds(packets: Iterable[Packet[Any]], seconds: Fraction, stream: Stream) -> Iterator[Packet[Any]]:
    """Yield the sound up to the last frame; the last packet is cut short, not the picture."""
    for packet in _real(packets):
        left = int(seconds / packet.time_base) - (packet.pts or 0)
        if left > 0:
            packet.duration = min(packet.duration or left, left)
            packet.stream = stream
            yield packet


def _real(packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
    """Leave out the empty packet that ends a stream."""
    return (packet for packet in packets if packet.dts is not None)


def _texts(captions: Iterable[Cue], stream: Stream) -> Iterator[Packet[Any]]:
    """Yield 3GPP timed text samples: a 16-bit length, then UTF-8, which is never markup."""
    for cue in captions:
        text = "\n".join(cue.lines).encode()[:_MAX_SAMPLE_BYTES].decode(errors="ignore").encode()
        packet: Packet[Any] = Packet(len(text).to_bytes(2) + text)
        packet.pts = packet.dts = round(cue.start_seconds * 1000)
        packet.duration = round(cue.end_seconds * 1000) - packet.pts
        packet.time_base = _MILLISECONDS
        packet.stream = stream
        yield packet


# What the file says about itself


def _text_stream(cut: OutputContainer) -> av.subtitles.stream.SubtitleStream:
    """Add a timed text track; the encoder is there to write its sample description, no more."""
    stream = cut.add_stream("mov_text")
    stream.codec_context.subtitle_header = _TEXT_STYLE.encode()
    stream.time_base = _MILLISECONDS
    return stream


def _describe(cut: OutputContainer, request: AssemblyRequest, reel: _Reel) -> None:
    """Set title, description and chapters; marks become the comment, a line each."""
    marks = (f"{clean_line(name)}: {clean_line(value)}" for name, value in request.marks)
    tags = {
        "title": str(clean_line(request.title)),
        "description": str(clean_text(request.description)),
        "comment": "\n".join(marks),
    }
    cut.metadata.update({name: value for name, value in tags.items() if value})
    cut.set_chapters(_chapters(request.chapters, round(reel.seconds * 1000)))


def _chapters(chapters: Iterable[Chapter], end: int) -> list[MediaChapter]:
    """Return the chapters in milliseconds; each lasts until the next, and none is empty."""
    titles = {round(chapter.start_seconds * 1000): str(clean_line(chapter.title)) for chapter in chapters}
    starts = sorted(start for start in titles if start < end)
    return [
        {
            "id": number,
            "start": start,
            "end": until,
            "time_base": _MILLISECONDS,
            "metadata": {"title": titles[start]},
        }
        for number, (start, until) in enumerate(zip(starts, [*starts, end][1:], strict=True))
    ]
