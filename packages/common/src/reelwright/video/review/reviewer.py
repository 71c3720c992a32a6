"""The reviewer: it plays the finished file once, from end to end, and asks every check what it saw."""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet

from reelwright.production.schema import Review
from reelwright.video.probe import facts_of, open_media, playable
from reelwright.video.review.captions import CaptionWatch
from reelwright.video.review.contrast import ContrastWatch
from reelwright.video.review.drawn import drawn_scenes
from reelwright.video.review.likeness import LikenessWatch
from reelwright.video.review.motion import MotionWatch
from reelwright.video.review.picture import PictureWatch
from reelwright.video.review.places import place_checks
from reelwright.video.review.sound import SoundWatch
from reelwright.video.review.structure import DamageWatch, structure_checks
from reelwright.video.schema import ReviewRequest

__all__ = ["PyAvReviewer"]

_STRICT = {"err_detect": "explode"}
"""By default the decoder hides damage behind what the picture before it showed."""


class PyAvReviewer:
    """A CutReviewer on the FFmpeg libraries; its measure of loudness is not the one used for mastering."""

    def review(self, request: ReviewRequest) -> Review:
        """Return every check with what was found; CutUnreadable if no demuxer makes sense of the file."""
        scenes = drawn_scenes(request)
        contrast, likeness = ContrastWatch(request, scenes), LikenessWatch(request, scenes)
        motion = MotionWatch(request, scenes)
        picture, sound = PictureWatch(request, (contrast, likeness, motion)), SoundWatch(request)
        captions, damage = CaptionWatch(request), DamageWatch()
        with open_media(request.video) as media:
            facts = facts_of(media)
            decoders = _decoders(media, picture, sound, captions)
            for packet in _packets(media, damage):
                if decode := decoders.get(packet.stream.index):
                    damage.guard(packet, decode)
        sound.finish()
        return Review(
            checks=(
                *structure_checks(request, facts),
                *damage.checks(),
                *picture.checks(),
                *motion.checks(),
                *contrast.checks(),
                *place_checks(scenes),
                *likeness.checks(),
                *sound.checks(),
                *captions.checks(),
            )
        )


def _packets(media: InputContainer, damage: DamageWatch) -> Iterator[Packet[Any]]:
    """Yield packets until the file ends or breaks off."""
    try:
        yield from media.demux()
    except (av.FFmpegError, OSError) as error:
        damage.broken_off(error)


def _decoders(
    media: InputContainer, picture: PictureWatch, sound: SoundWatch, captions: CaptionWatch
) -> dict[int, Callable[[Packet[Any]], None]]:
    """Return who looks at the packets of each stream: the first of a kind; a check counts the rest."""
    decoders: dict[int, Callable[[Packet[Any]], None]] = {}
    for video in playable(media.streams.video)[:1]:
        video.codec_context.options = _STRICT
        decoders[video.index] = partial(_each, look=picture.see)
    for audio in playable(media.streams.audio)[:1]:
        audio.codec_context.options = _STRICT
        decoders[audio.index] = partial(_each, look=sound.hear)
    for text in playable(media.streams.subtitles)[:1]:
        decoders[text.index] = captions.read
    return decoders


def _each(packet: Packet[Any], look: Callable[[Any], None]) -> None:
    for frame in packet.decode():
        look(frame)
