"""Audio files as blocks of samples."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["AudioFormat", "Block", "audio_format", "decode_audio"]

Block = NDArray[np.float32]
"""Samples by channel: the shape is (channels, samples), full scale is 1."""

_GATHERED_SAMPLES = 32_768


class AudioFormat(NamedTuple):
    """How a file's first audio stream is sampled."""

    rate: int
    layout: str
    channels: int


def audio_format(path: Path) -> AudioFormat:
    """Return the format of a file's first audio stream; av.FFmpegError or IndexError if it has none."""
    import av  # noqa: PLC0415 (part of the optional render group)

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return AudioFormat(stream.rate, stream.layout.name, stream.channels)


def decode_audio(path: Path, rate: int, layout: str) -> Iterator[Block]:
    """Return the sound of a file in blocks of a second or so; errors as :func:`audio_format`."""
    held: list[Block] = []
    for frame in _frames(path, rate, layout):
        held.append(frame)
        if sum(part.shape[1] for part in held) >= _GATHERED_SAMPLES:
            yield np.concatenate(held, axis=1)
            held = []
    if held:
        yield np.concatenate(held, axis=1)


def _frames(path: Path, rate: int, layout: str) -> Iterator[Block]:
    import av  # noqa: PLC0415 (part of the optional render group)

    resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            yield from (np.asarray(part.to_ndarray(), dtype=np.float32) for part in resampler.resample(frame))
        yield from (np.asarray(part.to_ndarray(), dtype=np.float32) for part in resampler.resample(None))
