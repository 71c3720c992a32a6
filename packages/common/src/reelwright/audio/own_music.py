"""A piece of music out of a file that nobody vouches for: whole, or refused by name, and bounded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from reelwright.audio.decoding import Block
from reelwright.audio.errors import MusicUnusable
from reelwright.audio.loudness import LoudnessMeter

__all__ = ["SILENT_LUFS", "MusicFound", "blocks_of", "hear"]

_FORMATS: Final = "mp3,wav,w64,aiff,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac,matroska,webm"
"""Containers that hold their sound themselves, by the names of FFmpeg's demuxers."""
_RATE: Final = 48_000
_GATHERED_SAMPLES: Final = 32_768
_LEAST_SECONDS: Final = 3.0
_MOST_SECONDS: Final = 1_800.0
_LEAST_SHARE: Final = 0.9
"""Of the length that the file says it has."""
SILENT_LUFS: Final = -55.0
"""What is less loud cannot be heard, and would be lifted to noise."""
_MICROSECONDS: Final = 1_000_000
_AGAIN: Final = "Export the piece again as WAV, MP3, M4A, Ogg or FLAC."


class MusicFound(NamedTuple):
    """What a piece measures, by playing all of it."""

    seconds: float
    loudness_lufs: float


def hear(path: Path) -> MusicFound:
    """Play a piece from end to end; MusicUnusable says by name why it cannot lie under a voice."""
    meter, samples = LoudnessMeter(_RATE, 2), 0
    for block in blocks_of(path):
        meter.feed(block)
        samples += block.shape[1]
    seconds, loudness = samples / _RATE, meter.integrated_lufs()
    if seconds < _LEAST_SECONDS:
        told = f"it lasts {seconds:.1f} s, and {_LEAST_SECONDS:g} s are the least"
        raise _unusable(path, told, "Give a longer piece: it is repeated where the video is longer.")
    if loudness < SILENT_LUFS:
        raise _unusable(path, "it is silent, or nearly", "Give a piece that can be heard.")
    return MusicFound(seconds, loudness)


def blocks_of(path: Path) -> Iterator[Block]:
    """Return the sound of a piece as stereo at 48 kHz, in blocks; MusicUnusable as ``hear``."""
    import av  # noqa: PLC0415 (part of the optional render group)

    try:
        with av.open(
            str(path.absolute()),
            "r",
            container_options={"format_whitelist": _FORMATS, "protocol_whitelist": "file"},
            metadata_errors="replace",
        ) as media:
            if not media.streams.audio:
                raise _unusable(path, "it has no sound", _AGAIN)
            yield from _gathered(_decoded(path, media))
    except av.FFmpegError as error:
        told = f"it cannot be decoded ({str(error.strerror or 'damaged').lower()})"
        raise _unusable(path, told, _AGAIN) from error


def _decoded(path: Path, media: Any) -> Iterator[Block]:
    import av  # noqa: PLC0415 (part of the optional render group)

    declared = (media.duration or 0) / _MICROSECONDS
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_RATE)
    samples = 0
    for frame in media.decode(media.streams.audio[0]):
        for part in resampler.resample(frame):
            samples += part.samples
            if samples > _MOST_SECONDS * _RATE:
                raise _unusable(
                    path, f"it is longer than {_MOST_SECONDS / 60:g} minutes", "Give a shorter piece."
                )
            yield _clean(part.to_ndarray())
    for part in resampler.resample(None):
        samples += part.samples
        yield _clean(part.to_ndarray())
    if samples / _RATE < _LEAST_SHARE * declared:
        told = f"it says that it lasts {declared:.1f} s, and ends after {samples / _RATE:.1f} s"
        raise _unusable(path, told, "Copy or download it again: its end is missing.")


def _clean(samples: Any) -> Block:
    """Return samples without what is no number, within ten times full scale: floats may be either."""
    found: Block = np.nan_to_num(np.asarray(samples, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(found, -10.0, 10.0)


def _gathered(parts: Iterator[Block]) -> Iterator[Block]:
    held: list[Block] = []
    count = 0
    for part in parts:
        held.append(part)
        count += part.shape[1]
        if count >= _GATHERED_SAMPLES:
            yield np.concatenate(held, axis=1)
            held, count = [], 0
    if held:
        yield np.concatenate(held, axis=1)


def _unusable(path: Path, problem: str, next_step: str) -> MusicUnusable:
    return MusicUnusable(
        f"The music {path.name[:200]} cannot be used: {problem}.",
        next_step=next_step,
        context={"music": path.name},
    )
