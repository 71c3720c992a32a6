"""A whole file looked at in pieces, several at a time, which gives what playing it through gives.

A piece is some whole scenes: each begins with a picture that needs none before it, because scenes are
encoded for themselves and joined as they are. Decoding lets other threads run. Where anything is not as it
should be, a packet refused, a frame too many, a border in another place, nothing is told of the file: then it
has to be played from end to end, for only so one knows what a player makes of it.
"""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from reelwright.video.errors import CutUnreadable
from reelwright.video.probe import facts_of, open_media, playable
from reelwright.video.review.contrast import ContrastWatch
from reelwright.video.review.drawn import DrawnScene
from reelwright.video.review.likeness import LikenessWatch
from reelwright.video.review.picture import Eye, Glance
from reelwright.video.review.watching import STRICT, Watches
from reelwright.video.schema import ReviewRequest

__all__ = ["watched_in_pieces"]

_LEAST_SECONDS: Final = 10.0
"""Of a piece: opening the file and finding its place takes some milliseconds."""


class _OddError(Exception):
    """Something is not as in a file that is whole."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Frames of the file, from the first to before the end; the last piece ends with the file."""

    first: int
    end: int
    last: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen of a piece."""

    eye: Eye
    contrast: ContrastWatch
    likeness: LikenessWatch
    glances: tuple[Glance, ...]


def watched_in_pieces(request: ReviewRequest, scenes: Sequence[DrawnScene], jobs: int) -> Watches | None:
    """Look at the file with ``jobs`` threads; None if it has to be played through."""
    pieces = _pieces(scenes, request.fps)
    if jobs < 2 or len(pieces) < 2:
        return None
    watches = Watches(request, scenes)
    with ThreadPoolExecutor(jobs) as pool:
        try:
            heard = pool.submit(_hear, request, watches)
            for seen in pool.map(partial(_see, request, scenes), pieces):
                _take(watches, seen)
            heard.result()
        except (CutUnreadable, _OddError):
            pool.shutdown(cancel_futures=True)
            return None
    return watches


def _pieces(scenes: Sequence[DrawnScene], fps: int) -> list[_Piece]:
    borders = [0]
    for scene in scenes:
        if scene.first - borders[-1] >= _LEAST_SECONDS * fps:
            borders.append(scene.first)
    total = scenes[-1].first + scenes[-1].frames if scenes else 0
    ends = [*borders[1:], total]
    return [_Piece(first, end, end == total) for first, end in zip(borders, ends, strict=True)]


def _take(watches: Watches, seen: _Seen) -> None:
    """Let those who follow the pictures in order see what was kept of the next piece."""
    for glance in seen.glances:
        watches.picture.follow(glance)
    watches.picture.end(seen.eye)
    watches.contrast.add(seen.contrast)
    watches.likeness.add(seen.likeness)


def _see(request: ReviewRequest, scenes: Sequence[DrawnScene], piece: _Piece) -> _Seen:
    contrast, likeness = ContrastWatch(request, scenes), LikenessWatch(request, scenes)
    eye = Eye(request.fps, (contrast, likeness), piece.first)
    with open_media(request.video) as media:
        stream = next(iter(playable(media.streams.video)), None)
        if stream is None:
            raise _OddError
        stream.codec_context.options = STRICT
        glances = tuple(
            glance
            for packet in _packets(media, stream, piece, request.fps)
            for frame in stream.decode(packet)
            for glance in eye.see(frame)
        )
    if eye.frames != piece.end:
        raise _OddError
    return _Seen(eye, contrast, likeness, glances)


def _packets(
    media: InputContainer, stream: VideoStream, piece: _Piece, fps: int
) -> Iterator[Packet[Any] | None]:
    """Yield the packets of a piece, and None that ends it; _OddError if they are not those."""
    start = round(piece.first / fps / stream.time_base) if stream.time_base else 0
    media.seek(start, stream=stream)
    packets = (packet for packet in media.demux(stream) if packet.dts is not None)
    first = next(packets, None)
    if first is None or not first.is_keyframe or first.pts != start:
        raise _OddError
    yield first
    yield from islice(packets, piece.end - piece.first - 1)
    after = next(packets, None)
    if piece.last != (after is None) or not (after is None or after.is_keyframe):
        raise _OddError
    yield None


def _hear(request: ReviewRequest, watches: Watches) -> None:
    """Listen to the first track of sound, and read the first of captions."""
    with open_media(request.video) as media:
        watches.facts = facts_of(media)
        sounds, texts = playable(media.streams.audio)[:1], playable(media.streams.subtitles)[:1]
        if not sounds or not texts:
            raise _OddError
        sounds[0].codec_context.options = STRICT
        for packet in media.demux(sounds[0], texts[0]):
            if packet.stream.index == texts[0].index:
                watches.captions.read(packet)
                continue
            for frame in sounds[0].decode(packet):
                watches.sound.hear(frame)
    watches.sound.finish()
