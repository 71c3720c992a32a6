"""Sound to AAC in an M4A file; what is long is encoded in pieces, several at once, and joins without a seam.

A packet of AAC overlaps with the next and knows of others only by how windows follow each other and how many
bits are left. An encoder that begins a second before its piece has both, where the piece begins, as one that
began with the file. Where pieces begin depends on the length alone: the same sound is one file anywhere.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from reelwright.audio.decoding import Block

__all__ = ["RATE", "Sound", "write_aac"]

RATE = 48_000

Sound: TypeAlias = Callable[[int, int], Iterator[tuple[int, Block]]]
"""Gives the stereo blocks from one sample to before another, each with the place of its first sample."""

_BIT_RATE: Final = 192_000
_OPTIONS: Final = {"aac_coder": "fast"}
"""The fast coder is also the more exact one at this rate."""
_LEAST_PIECE: Final = 60 * RATE
_MOST_PIECES: Final = 4


def write_aac(sound: Sound, samples: int, block_samples: int, out: Path) -> None:
    """Write so many samples; pieces begin where blocks do, whose length is a whole number of packets."""
    import av  # noqa: PLC0415 (part of the optional render group)

    pieces = _pieces(samples, block_samples)
    with (
        av.open(str(out), "w", format="ipod") as container,
        ThreadPoolExecutor(min(len(pieces), os.cpu_count() or 1)) as threads,
    ):
        stream: Any = container.add_stream("aac", rate=RATE, layout="stereo", options=dict(_OPTIONS))
        stream.bit_rate = _BIT_RATE
        flags = stream.codec_context.flags
        for packets in threads.map(lambda piece: _packets(sound, piece, block_samples, flags), pieces):
            for packet in packets:
                packet.stream = stream
                container.mux(packet)


def _pieces(samples: int, block_samples: int) -> list[tuple[int, int]]:
    """Return where each piece begins and ends; the last ends with the block that has the last sample."""
    count = max(1, min(_MOST_PIECES, samples // _LEAST_PIECE))
    blocks = -(-samples // block_samples)
    return list(pairwise(blocks * place // count * block_samples for place in range(count + 1)))


def _packets(sound: Sound, piece: tuple[int, int], margin: int, flags: int) -> list[Any]:
    """Encode a piece with what lies around it, and return the packets that are its own."""
    coder, (begin, end) = _coder(flags), piece
    made = [
        packet
        for first, block in sound(max(0, begin - margin), end + margin)
        for packet in coder.encode(_frame(block, first))
    ]
    made += coder.encode(None)
    return [packet for packet in made if packet.pts < end and (packet.pts >= begin or not begin)]


def _coder(flags: int) -> Any:
    import av  # noqa: PLC0415 (part of the optional render group)

    coder: Any = av.CodecContext.create("aac", "w")
    coder.sample_rate, coder.layout, coder.format = RATE, "stereo", "fltp"
    coder.bit_rate, coder.options, coder.flags = _BIT_RATE, dict(_OPTIONS), flags
    coder.time_base = Fraction(1, RATE)
    return coder


def _frame(block: Block, first: int) -> Any:
    import av  # noqa: PLC0415 (part of the optional render group)

    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout="stereo")
    frame.sample_rate = RATE
    frame.pts = first
    return frame
