"""Who watches a file, and how it is played to them from end to end, whatever state it is in."""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame

from reelwright.video.probe import MediaFacts, facts_of, open_media, playable
from reelwright.video.review.captions import CaptionWatch
from reelwright.video.review.contrast import ContrastWatch
from reelwright.video.review.drawn import DrawnScene
from reelwright.video.review.likeness import LikenessWatch
from reelwright.video.review.motion import MotionWatch
from reelwright.video.review.picture import Eye, PictureWatch
from reelwright.video.review.sound import SoundWatch
from reelwright.video.review.structure import DamageWatch
from reelwright.video.schema import ReviewRequest

__all__ = ["STRICT", "Watches", "watched_through"]

STRICT = {"err_detect": "explode"}
"""Of decoders: by default they hide damage behind what the picture before it showed."""


class Watches:
    """All that watch one file, and what its headers say."""

    def __init__(self, request: ReviewRequest, scenes: Sequence[DrawnScene]) -> None:
        self.contrast = ContrastWatch(request, scenes)
        self.likeness = LikenessWatch(request, scenes)
        self.motion = MotionWatch(request, scenes)
        self.picture = PictureWatch(request, (self.motion,))
        self.sound = SoundWatch(request)
        self.captions = CaptionWatch(request)
        self.damage = DamageWatch()
        self.facts = MediaFacts(0.0, 0, (), (), (), 0)


def watched_through(request: ReviewRequest, scenes: Sequence[DrawnScene]) -> Watches:
    """Play the file from end to end; what is damaged is noted, and the rest goes on.

    CutUnreadable if no demuxer makes sense of it.
    """
    watches = Watches(request, scenes)
    eye = Eye(request.fps, (watches.contrast, watches.likeness))
    with open_media(request.video) as media:
        watches.facts = facts_of(media)
        decoders = _decoders(media, eye, watches)
        for packet in _packets(media, watches.damage):
            if decode := decoders.get(packet.stream.index):
                watches.damage.guard(packet, decode)
    watches.picture.end(eye)
    watches.sound.finish()
    return watches


def _packets(media: InputContainer, damage: DamageWatch) -> Iterator[Packet[Any]]:
    """Yield packets until the file ends or breaks off."""
    try:
        yield from media.demux()
    except (av.FFmpegError, OSError) as error:
        damage.broken_off(error)


def _decoders(media: InputContainer, eye: Eye, watches: Watches) -> dict[int, Callable[[Packet[Any]], None]]:
    """Return who looks at the packets of each stream: the first of a kind; a check counts the rest."""

    def see(frame: VideoFrame) -> None:
        for glance in eye.see(frame):
            watches.picture.follow(glance)

    decoders: dict[int, Callable[[Packet[Any]], None]] = {}
    for video in playable(media.streams.video)[:1]:
        video.codec_context.options = STRICT
        decoders[video.index] = partial(_each, look=see)
    for audio in playable(media.streams.audio)[:1]:
        audio.codec_context.options = STRICT
        decoders[audio.index] = partial(_each, look=watches.sound.hear)
    for text in playable(media.streams.subtitles)[:1]:
        decoders[text.index] = watches.captions.read
    return decoders


def _each(packet: Packet[Any], look: Callable[[Any], None]) -> None:
    for frame in packet.decode():
        look(frame)
