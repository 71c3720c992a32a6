"""Clips of one scene made one clip, by stream copy: nothing is encoded again, and no frame is lost."""

from __future__ import annotations  # PyAV's packets are generic in the stubs only

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from reelwright.storage.files import writing_to
from reelwright.video.errors import ClipMismatch
from reelwright.video.probe import VideoTrack, open_media, probe

if TYPE_CHECKING:
    from av.packet import Packet

__all__ = ["join_pieces"]

_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact"}
"""No version and no time of making: equal pieces make equal bytes."""


def join_pieces(pieces: Sequence[Path], out: Path) -> None:
    """Write ``out``, the pieces one after the other; all must come out of one encoder with one setting.

    ClipMismatch, CutUnreadable, StorageFull, StorageUnwritable. ``out`` appears only when it is whole.
    """
    tracks = [probe(piece).video[0] for piece in pieces]
    if len({(each.codec, each.width, each.height, each.rate, each.setup) for each in tracks}) != 1:
        raise ClipMismatch(
            "The pieces of a scene do not fit together.", next_step="Shoot the scene again from the start."
        )
    partial = out.with_suffix(f".{os.getpid()}.part")
    try:
        with writing_to(out):
            _copied(pieces, tracks, partial)
            partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _copied(pieces: Sequence[Path], tracks: Sequence[VideoTrack], out: Path) -> None:
    rate = tracks[0].rate
    assert rate is not None, out  # noqa: S101 (a clip of ours has one steady rate)
    with ExitStack() as stack:
        joined = stack.enter_context(av.open(str(out), "w", format="mp4", container_options=_OPTIONS))
        first = stack.enter_context(open_media(pieces[0]))
        stream = joined.add_stream_from_template(first.streams.video[0])
        stream.time_base = 1 / rate
        for packet in _packets(pieces, tracks, rate):
            packet.stream = stream
            joined.mux(packet)


def _packets(pieces: Sequence[Path], tracks: Sequence[VideoTrack], rate: Fraction) -> Iterator[Packet[Any]]:
    """Yield the packets of all pieces, counted in frames from the start of the first."""
    done = 0
    for piece, track in zip(pieces, tracks, strict=True):
        with open_media(piece) as media:
            for packet in media.demux(video=0):
                if packet.dts is None:
                    continue  # the empty one that ends a stream
                per_frame = packet.time_base * rate
                packet.pts = done + round((packet.pts or 0) * per_frame)
                packet.dts = done + round(packet.dts * per_frame)
                packet.duration, packet.time_base = 1, 1 / rate
                yield packet
        done += track.frames
