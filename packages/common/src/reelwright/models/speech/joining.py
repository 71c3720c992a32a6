"""Pieces of speech made into one recording: silence trimmed off, pauses put in, every time kept true.

Without numpy: whatever only knows of a vendor should not load it.
"""

import sys
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.storage.files import writing_to

__all__ = ["Joined", "Take", "join", "peak_of", "sound_ends", "trim", "write_wav"]

_BYTES_PER_SAMPLE = 2
_FRAME_SECONDS = 0.005
_SILENCE = 0.01
"""Share of a take's peak, -40 dB, below which a frame counts as silent."""
_FAINTEST = 24
"""Sample value, -63 dBFS, below which sound counts as silence even in a faint take."""
_MARGIN_SECONDS = 0.02
"""Kept around the sound: the onset of a consonant is fainter than what is found."""


@dataclass(frozen=True, slots=True)
class Take:
    """One stretch of speech, as mono 16-bit little-endian samples, and its words in samples of it."""

    pcm: bytes
    rate: int
    words: tuple[tuple[int, int], ...]
    """Start and end of each, rising."""

    @property
    def samples(self) -> int:
        """Length of the sound."""
        return len(self.pcm) // _BYTES_PER_SAMPLE


@dataclass(frozen=True, slots=True)
class Joined:
    """One recording, the words of all takes in its samples, and where each take begins."""

    take: Take
    starts: tuple[int, ...]


def peak_of(pcm: bytes) -> int:
    """Return the largest deviation from silence, 0 to 32,768."""
    return _peak(_samples(pcm))


def trim(take: Take) -> Take:
    """Cut silence off both ends, so that pauses are ours alone; a take without sound stays as it is.

    Nothing that belongs to a word is cut, whatever its loudness.
    """
    loud = _loud_span(take)
    if loud is None:
        return take
    margin = round(_MARGIN_SECONDS * take.rate)
    begin = max(0, min([loud[0] - margin, *(start for start, _ in take.words[:1])]))
    end = min(take.samples, max([loud[1] + margin, *(end for _, end in take.words[-1:])]))
    return Take(
        pcm=take.pcm[begin * _BYTES_PER_SAMPLE : end * _BYTES_PER_SAMPLE],
        rate=take.rate,
        words=tuple((start - begin, stop - begin) for start, stop in take.words),
    )


def sound_ends(pcm: bytes, rate: int, starts: Sequence[int]) -> tuple[int, ...]:
    """Return where the sound that begins at each start ends: at the silence before the next, if there is.

    ``starts`` are samples, rising. Vendors' marks tell when a word begins, and leave its end open.
    """
    samples = _samples(pcm)
    threshold = _threshold(samples)
    frame = max(1, round(_FRAME_SECONDS * rate))
    bounds = [*starts[1:], len(samples)]
    return tuple(
        _last_loud(samples, start, end, frame, threshold) for start, end in zip(starts, bounds, strict=False)
    )


def join(takes: Sequence[Take], pauses: Sequence[float], lead: float) -> Joined:
    """Return the lead-in, then every take with the pause behind it (seconds). All have the first's rate."""
    rate = takes[0].rate
    parts = [_silence(lead, rate)]
    at = len(parts[0]) // _BYTES_PER_SAMPLE
    words: list[tuple[int, int]] = []
    starts: list[int] = []
    for take, pause in zip(takes, pauses, strict=True):
        starts.append(at)
        words += [(at + start, at + end) for start, end in take.words]
        parts += [take.pcm, _silence(pause, rate)]
        at += take.samples + len(parts[-1]) // _BYTES_PER_SAMPLE
    return Joined(Take(b"".join(parts), rate, tuple(words)), tuple(starts))


def write_wav(take: Take, path: Path) -> None:
    """Write mono 16-bit PCM; StorageFull or StorageUnwritable if that cannot be done."""
    with writing_to(path), path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_BYTES_PER_SAMPLE)
        file.setframerate(take.rate)
        file.writeframes(take.pcm)


def _loud_span(take: Take) -> tuple[int, int] | None:
    samples = _samples(take.pcm)
    threshold = _threshold(samples)
    frame = max(1, round(_FRAME_SECONDS * take.rate))
    for first in range(0, len(samples), frame):
        if _is_loud(samples[first : first + frame], threshold):
            return first, _last_loud(samples, first, len(samples), frame, threshold)
    return None


def _last_loud(samples: "array[int]", start: int, end: int, frame: int, threshold: float) -> int:
    """Return the end of the last loud frame between two samples; the start if there is none."""
    for stop in range(end, start, -frame):
        if _is_loud(samples[max(start, stop - frame) : stop], threshold):
            return stop
    return start


def _is_loud(samples: "array[int]", threshold: float) -> bool:
    return max(samples) > threshold or min(samples) < -threshold


def _threshold(samples: "array[int]") -> float:
    return max(_FAINTEST, _SILENCE * _peak(samples))


def _peak(samples: "array[int]") -> int:
    if not samples:
        return 0
    highest, lowest = max(samples), min(samples)
    return max(highest, -lowest)


def _samples(pcm: bytes) -> "array[int]":
    samples = array("h", pcm[: len(pcm) // _BYTES_PER_SAMPLE * _BYTES_PER_SAMPLE])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _silence(seconds: float, rate: int) -> bytes:
    return bytes(round(seconds * rate) * _BYTES_PER_SAMPLE)
