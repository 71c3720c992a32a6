"""Playing the score, block by block: any stretch of the bed can be asked for, in any order."""

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.engine.music.instruments import PLUCK_SOUNDS_SECONDS, RATE, Stereo, bass_note, pad_chord, pluck_note, room
from reelwright.audio.engine.music.score import Chord, Note, Score

__all__ = ["MusicBed"]

_BLEND_SECONDS = 1.0
"""Neighbouring chords fade into one another for so long."""
_FADE_IN_SECONDS = 1.2
_FADE_OUT_SECONDS = 3.0
_PAD_STEP = 65_537
"""Each bar starts elsewhere in its pad, so that a repeated chord is not added to itself in phase."""
_PAD_GAIN = 1.0
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
            max(0, min(last_bar, int((start - _BLEND_SECONDS) / bar))), min(last_bar, int((end + _BLEND_SECONDS) / bar)) + 1
        ):
            self._play_chord(mix, first, index)
            self._play_bass(mix, first, index)
        for note in self._notes_sounding(start, end):
            self._play_pluck(mix, first, note)
        mix *= self._fades(first, count)
        return mix

    def _play_chord(self, mix: Stereo, first: int, index: int) -> None:
        """Add one chord, blended into its neighbours with equal power."""
        chord, bar = self._score.chords[index], self._score.bar_seconds
        begin, end = index * bar, self._chord_end(index)
        blend = _BLEND_SECONDS / 2
        low = max(0, round((begin - blend) * RATE) - first)
        high = min(mix.shape[1], round((end + blend) * RATE) - first)
        if low >= high:
            return
        time = (np.arange(first + low, first + high) / RATE).astype(np.float32)
        rise = np.clip((time - np.float32(begin - blend)) / np.float32(_BLEND_SECONDS), 0, 1)
        fall = np.clip((np.float32(end + blend) - time) / np.float32(_BLEND_SECONDS), 0, 1)
        envelope = np.sin(np.float32(np.pi / 2) * np.minimum(rise, fall)) * np.float32(_PAD_GAIN)
        pad = self._pad(chord)
        places = np.arange(first + low + index * _PAD_STEP, first + high + index * _PAD_STEP) % pad.shape[1]
        mix[:, low:high] += pad[:, places] * envelope

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
        low, high = bisect_left(self._pluck_times, start - PLUCK_SOUNDS_SECONDS), bisect_right(self._pluck_times, end)
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

    def _fades(self, first: int, count: int) -> NDArray[np.float32]:
        """Rise at the start and fall at the end; a piece shorter than both fades shares itself out."""
        duration = self._score.duration_seconds
        fade_in, fade_out = min(_FADE_IN_SECONDS, duration / 3), min(_FADE_OUT_SECONDS, duration / 2)
        time = (np.arange(first, first + count) / RATE).astype(np.float32)
        rise = np.clip(time / np.float32(fade_in), 0, 1)
        fall = np.clip((np.float32(duration) - time) / np.float32(fade_out), 0, 1)
        return np.sin(np.float32(np.pi / 2) * np.minimum(rise, fall)) ** 2


def _add(mix: Stereo, first: int, begin: int, sound: NDArray[np.float32]) -> None:
    """Add the part of a sound that falls into the block."""
    low, high = max(begin, first), min(begin + sound.shape[1], first + mix.shape[1])
    if low < high:
        mix[:, low - first : high - first] += sound[:, low - begin : high - begin]
