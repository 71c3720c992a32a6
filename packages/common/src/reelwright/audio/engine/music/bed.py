"""Playing the score, block by block: any stretch of the bed can be asked for, in any order."""

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.engine.music.instruments import (
    PLUCK_SOUNDS_SECONDS,
    RATE,
    Stereo,
    bass_note,
    pad_chord,
    pluck_note,
    room,
)
from reelwright.audio.engine.music.score import Chord, Note, Score

__all__ = ["MusicBed"]

_BLEND_SECONDS = 1.0
"""Neighbouring chords fade into one another for so long."""
_FADE_IN_SECONDS = 1.2
_FADE_OUT_SECONDS = 1.6
_PAD_STEP = 65_537
"""Each bar starts elsewhere in its pad, so that a repeated chord is not added to itself in phase."""
_PLUCK_GAIN = 0.5
_BASS_GAIN = 0.9


class MusicBed:
    """The bed of one video. Sounds are made when first needed and kept; blocks are sums of them."""

    def __init__(self, score: Score, seed: int) -> None:
        self._score = score
        self._seed = seed
        self._pads: dict[Chord, Stereo] = {}
        self._plucks: dict[int, Stereo] = {}
        self._basses: dict[tuple[int, int], NDArray[np.float32]] = {}
        self._room = room(np.random.default_rng([seed, 1]))
        self._pluck_times = [note.at_seconds for note in score.plucks]

    def block(self, first: int, count: int) -> Stereo:
        """Return ``count`` samples from sample ``first`` on, with the fades at both ends."""
        mix = np.zeros((2, count), dtype=np.float32)
        bar = self._score.bar_seconds
        start, end = first / RATE, (first + count) / RATE
        last_bar = len(self._score.chords) - 1
        for index in range(
            max(0, min(last_bar, int((start - _BLEND_SECONDS) / bar))),
            min(last_bar, int((end + _BLEND_SECONDS) / bar)) + 1,
        ):
            self._play_chord(mix, first, index)
            self._play_bass(mix, first, index)
        for note in self._notes_sounding(start, end):
            self._play_pluck(mix, first, note)
        fades = self._fades(first, count)
        return mix if fades is None else mix * fades**2

    def _play_chord(self, mix: Stereo, first: int, index: int) -> None:
        """Add one chord, blended into its neighbours with equal power."""
        chord, bar = self._score.chords[index], self._score.bar_seconds
        begin, end = index * bar, self._chord_end(index)
        blend = _BLEND_SECONDS / 2
        low = max(0, round((begin - blend) * RATE) - first)
        high = min(mix.shape[1], round((end + blend) * RATE) - first)
        if low >= high:
            return
        stretch = _around(self._pad(chord), first + low + index * _PAD_STEP, high - low)
        swell = _swell(first + low, high - low, (begin - blend, begin + blend), (end - blend, end + blend))
        mix[:, low:high] += stretch if swell is None else stretch * swell

    def _play_bass(self, mix: Stereo, first: int, index: int) -> None:
        begin = round(index * self._score.bar_seconds * RATE)
        length = round(self._chord_end(index) * RATE) - begin
        key = (self._score.basses[index], length)
        if key not in self._basses:
            self._basses[key] = bass_note(key[0], length / RATE)
        _add(mix, first, begin, self._basses[key][np.newaxis, :] * np.float32(_BASS_GAIN))

    def _play_pluck(self, mix: Stereo, first: int, note: Note) -> None:
        sides = np.array([[1 - max(0.0, note.pan)], [1 + min(0.0, note.pan)]], dtype=np.float32)
        gain = sides * np.float32(_PLUCK_GAIN * note.velocity)
        _add(mix, first, round(note.at_seconds * RATE), self._pluck(note.pitch) * gain)

    def _notes_sounding(self, start: float, end: float) -> tuple[Note, ...]:
        low, high = (
            bisect_left(self._pluck_times, start - PLUCK_SOUNDS_SECONDS),
            bisect_right(self._pluck_times, end),
        )
        return self._score.plucks[low:high]

    def _chord_end(self, index: int) -> float:
        is_last = index == len(self._score.chords) - 1
        return self._score.duration_seconds if is_last else (index + 1) * self._score.bar_seconds

    def _pad(self, chord: Chord) -> Stereo:
        if chord not in self._pads:
            self._pads[chord] = pad_chord(chord, np.random.default_rng([self._seed, 2, *chord.tones]))
        return self._pads[chord]

    def _pluck(self, pitch: int) -> Stereo:
        if pitch not in self._plucks:
            self._plucks[pitch] = pluck_note(pitch, self._room)
        return self._plucks[pitch]

    def _fades(self, first: int, count: int) -> NDArray[np.float32] | None:
        """Rise at the start and fall at the end; a piece shorter than both fades shares itself out."""
        duration = self._score.duration_seconds
        fade_in, fade_out = min(_FADE_IN_SECONDS, duration / 3), min(_FADE_OUT_SECONDS, duration / 2)
        return _swell(first, count, (0.0, fade_in), (duration - fade_out, duration))


def _swell(
    first: int, count: int, rise: tuple[float, float], fall: tuple[float, float]
) -> NDArray[np.float32] | None:
    """Return a quarter sine up and one down again, or None where it is 1 throughout."""
    if rise[1] <= first / RATE and (first + count) / RATE <= fall[0]:
        return None
    time = np.arange(first, first + count) / RATE
    up = (time - rise[0]) / (rise[1] - rise[0])
    down = (fall[1] - time) / (fall[1] - fall[0])
    return np.sin(np.pi / 2 * np.clip(np.minimum(up, down), 0, 1)).astype(np.float32)


def _around(loop: Stereo, start: int, count: int) -> Stereo:
    """Return a stretch of a sound that repeats for ever."""
    length = loop.shape[1]
    start %= length
    if start + count <= length:
        return loop[:, start : start + count]
    return np.take(loop, np.arange(start, start + count), axis=1, mode="wrap")


def _add(mix: Stereo, first: int, begin: int, sound: NDArray[np.float32]) -> None:
    """Add the part of a sound that falls into the block."""
    low, high = max(begin, first), min(begin + sound.shape[1], first + mix.shape[1])
    if low < high:
        mix[:, low - first : high - first] += sound[:, low - begin : high - begin]
