"""A piece of the user's own as a bed: as long as the video, repeated where it is shorter, with soft ends."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.engine.music.instruments import RATE, Stereo
from reelwright.audio.errors import MusicUnusable
from reelwright.audio.loudness import LoudnessMeter
from reelwright.audio.own_music import SILENT_LUFS, blocks_of

__all__ = ["OwnBed"]

_FADE_IN_SECONDS: Final = 1.2
_FADE_OUT_SECONDS: Final = 3.0
_SEAM_SECONDS: Final = 2.0
"""How long a repetition and the one before sound together."""
_MOST_OF_PIECE: Final = 0.25
_FULL_SCALE: Final = 32_767


class OwnBed:
    """Any stretch of the bed can be asked for, in any order.

    What is needed of the piece lies on disk in 16 bits, not in memory.
    """

    def __init__(self, piece: Path, duration_seconds: float, scratch: Path) -> None:
        """Decode as much of the piece as the video lasts; MusicUnusable if it cannot be."""
        self._total = round(duration_seconds * RATE)
        self.loudness_lufs = _unpack(piece, self._total, scratch)
        self._sound: NDArray[np.int16] = np.memmap(scratch, dtype=np.int16, mode="r").reshape(-1, 2)
        length = len(self._sound)
        self._seam = round(min(_SEAM_SECONDS * RATE, length * _MOST_OF_PIECE))
        self._period = length - self._seam

    @property
    def rounds(self) -> int:
        """How many times it is played."""
        return 1 if len(self._sound) >= self._total else -(-(self._total - self._seam) // self._period)

    def block(self, first: int, count: int) -> Stereo:
        """Return ``count`` samples from sample ``first`` on, with the fades at both ends."""
        mix = np.zeros((2, count), dtype=np.float32)
        for number in range(max(0, (first - self._seam) // self._period), self.rounds):
            begin = number * self._period
            low, high = max(first, begin), min(first + count, begin + len(self._sound))
            if begin >= first + count:
                break
            if low < high:
                piece = self._sound[low - begin : high - begin].T.astype(np.float32) / _FULL_SCALE
                mix[:, low - first : high - first] += piece * self._seams(low - begin, high - begin, number)
        return mix * self._ends(first, count)

    def _seams(self, low: int, high: int, number: int) -> NDArray[np.float32]:
        """Return gains that hand over from one round to the next with equal power."""
        place = np.arange(low, high, dtype=np.float32)
        gain = np.ones(high - low, dtype=np.float32)
        if number > 0:
            gain *= np.sin(np.pi / 2 * np.clip((place + 1) / self._seam, 0, 1))
        if number < self.rounds - 1:
            gain *= np.sin(np.pi / 2 * np.clip((len(self._sound) - place) / self._seam, 0, 1))
        return gain

    def _ends(self, first: int, count: int) -> NDArray[np.float32]:
        """Return gains that rise at the start and fall at the end of the video."""
        place = np.arange(first, first + count, dtype=np.float32)
        rise = min(_FADE_IN_SECONDS * RATE, self._total / 3)
        fall = min(_FADE_OUT_SECONDS * RATE, self._total / 3)
        near = np.minimum((place + 1) / rise, (self._total - place) / fall)
        gain: NDArray[np.float32] = np.sin(np.pi / 2 * np.clip(near, 0, 1)).astype(np.float32)
        return gain


def _unpack(piece: Path, most: int, scratch: Path) -> float:
    """Write no more of the piece than is needed, in 16 bits, and return how loud that is."""
    meter, written = LoudnessMeter(RATE, 2), 0
    with scratch.open("wb") as file:
        for block in blocks_of(piece):
            needed = block[:, : most - written]
            meter.feed(needed)
            file.write((np.clip(needed, -1, 1) * _FULL_SCALE).astype(np.int16).T.tobytes())
            written += needed.shape[1]
            if written >= most:
                break
    loudness = meter.integrated_lufs()
    if loudness < SILENT_LUFS:
        raise MusicUnusable(
            f"The music cannot be used: its first {written / RATE:.0f} seconds are silent, or nearly.",
            next_step="Give a piece that can be heard from its start.",
            context={"music": piece.name},
        )
    return loudness
