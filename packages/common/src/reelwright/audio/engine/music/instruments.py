"""Three soft instruments, each note made once: a pad, a plucked string with a room, and a bass."""

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.engine.music.score import Chord

__all__ = ["PLUCK_SOUNDS_SECONDS", "RATE", "Stereo", "bass_note", "pad_chord", "pluck_note", "room"]

RATE = 48_000
Stereo = NDArray[np.float32]
"""Two rows of samples."""

_PAD_SAMPLES = 1 << 18
_PAD_PARTIALS = 9
_PAD_SPREAD_CENTS = 22.0
_PAD_DARKNESS_HZ = 1100.0
_PLUCK_SECONDS = 1.7
_PLUCK_PARTIALS = ((1.0, 1.0, 0.55), (2.0, 0.42, 0.4), (3.0, 0.16, 0.3), (4.03, 0.07, 0.2))
"""Frequency ratio, amplitude and seconds to decay by 1/e."""
_ATTACK_SECONDS = 0.006
_RELEASE_SECONDS = 0.3
_ROOM_SECONDS = 1.0
_ROOM_DECAY_SECONDS = 0.25
_ROOM_DARKNESS_HZ = 2400.0
_WET = 0.5
PLUCK_SOUNDS_SECONDS = _PLUCK_SECONDS + _ROOM_SECONDS
"""How long a plucked note and its room are heard."""


def pad_chord(chord: Chord, rng: np.random.Generator) -> Stereo:
    """Return 5.5 s of a chord that repeats without a seam, at an RMS of about 0.1.

    Every partial is a narrow band of noise instead of a line, drawn in the spectrum with random
    phases and transformed once, after Paul Nasca's PADsynth; each channel has phases of its own.
    """
    spectrum = np.zeros(_PAD_SAMPLES // 2 + 1, dtype=np.float32)
    for tone in chord.tones:
        for partial in range(1, _PAD_PARTIALS + 1):
            _add_band(spectrum, _hertz(tone) * partial, 1 / partial**1.3)
    phases = rng.random((2, len(spectrum)), dtype=np.float32) * np.float32(2 * np.pi)
    sound = np.fft.irfft(spectrum * np.exp(1j * phases), _PAD_SAMPLES)
    return _levelled(sound, 0.1)


def pluck_note(pitch: int, room: Stereo) -> Stereo:
    """Return one plucked note in its room, in the middle of the stereo field."""
    dry = _struck(pitch)
    size = 1 << (len(dry) + room.shape[1] - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(room, size), size)[:, : len(dry) + room.shape[1]]
    wet *= _WET
    wet[:, : len(dry)] += dry
    return np.asarray(wet * 0.25, dtype=np.float32)


def room(rng: np.random.Generator) -> Stereo:
    """Return the impulse response of a small dark room: decaying noise, different on either side."""
    count = round(_ROOM_SECONDS * RATE)
    noise = np.fft.rfft(rng.standard_normal((2, count), dtype=np.float32))
    noise *= 1 / (1 + (np.fft.rfftfreq(count, 1 / RATE) / _ROOM_DARKNESS_HZ) ** 2)
    decay = np.exp(-np.arange(count) / (RATE * _ROOM_DECAY_SECONDS)) * np.linspace(1.0, 0.0, count)
    tail = np.fft.irfft(noise, count) * decay
    return np.asarray(tail / np.linalg.norm(tail, axis=1, keepdims=True), dtype=np.float32)


def bass_note(pitch: int, seconds: float) -> NDArray[np.float32]:
    """Return one bass note, mono: two sines that swell softly and die away."""
    time = np.arange(round(seconds * RATE), dtype=np.float32) / RATE
    turn = np.float32(2 * np.pi * _hertz(pitch)) * time
    swell = np.minimum(1.0, time / np.float32(0.09)) * np.minimum(
        1.0, (np.float32(seconds) - time) / np.float32(0.35)
    )
    tone = np.sin(turn) + np.float32(0.35) * np.sin(2 * turn) + np.float32(0.08) * np.sin(3 * turn)
    return np.asarray(tone * swell * np.exp(-time / np.float32(seconds)) * 0.12, dtype=np.float32)


def _struck(pitch: int) -> NDArray[np.float32]:
    """Return the note without its room: a few partials that die at different speeds."""
    time = np.arange(round(_PLUCK_SECONDS * RATE), dtype=np.float32) / RATE
    note = np.zeros(len(time), dtype=np.float32)
    for ratio, amplitude, decay in _PLUCK_PARTIALS:
        turn = np.float32(2 * np.pi * _hertz(pitch) * ratio) * time
        note += np.float32(amplitude) * np.sin(turn) * np.exp(-time / np.float32(decay))
    note *= np.minimum(1.0, time / np.float32(_ATTACK_SECONDS))
    note *= np.minimum(1.0, (np.float32(_PLUCK_SECONDS) - time) / np.float32(_RELEASE_SECONDS))
    return note


def _hertz(pitch: float) -> float:
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def _add_band(spectrum: NDArray[np.float32], centre: float, amplitude: float) -> None:
    """Add a bell of energy around ``centre`` in hertz; the pad grows darker with frequency."""
    width, step = centre * (2 ** (_PAD_SPREAD_CENTS / 1200) - 1), RATE / _PAD_SAMPLES
    first, last = max(1, int((centre - 4 * width) / step)), int((centre + 4 * width) / step) + 2
    places = np.arange(first, min(last, len(spectrum)))
    bell = np.exp(-(((places * step - centre) / width) ** 2)) / np.sqrt(width)
    spectrum[places] += (amplitude / (1 + (centre / _PAD_DARKNESS_HZ) ** 2) * bell).astype(np.float32)


def _levelled(sound: NDArray[np.floating], rms: float) -> Stereo:
    return np.asarray(sound * (rms / np.sqrt((sound**2).mean())), dtype=np.float32)
