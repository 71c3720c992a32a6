"""Compressed speech made into samples, where the packages for it are installed."""

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Decoder", "decode_with_pyav", "find_decoder"]


class Decoder(Protocol):
    """Decodes what a vendor compressed."""

    def __call__(self, encoded: bytes, rate: int, /) -> bytes:
        """Return mono 16-bit little-endian samples at this rate; ValueError if it is no sound."""
        ...


def find_decoder() -> Decoder | None:
    """Return a decoder if PyAV is installed, as it is with the group render; else None."""
    return decode_with_pyav if find_spec("av") else None


def decode_with_pyav(encoded: bytes, rate: int) -> bytes:
    """Decode any format that FFmpeg knows, as :class:`Decoder` says."""
    import av  # noqa: PLC0415 (part of the optional render group)

    try:
        return b"".join(_decoded(encoded, rate))
    except (av.FFmpegError, IndexError) as error:
        raise ValueError(f"not a sound file: {error}") from error


def _decoded(encoded: bytes, rate: int) -> "Iterator[bytes]":
    import av  # noqa: PLC0415 (part of the optional render group)

    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    with av.open(io.BytesIO(encoded), "r") as container:
        for frame in container.decode(container.streams.audio[0]):
            yield from (part.to_ndarray().astype("<i2").tobytes() for part in resampler.resample(frame))
        yield from (part.to_ndarray().astype("<i2").tobytes() for part in resampler.resample(None))
