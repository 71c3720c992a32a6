"""Sound that is like speech where it matters to a machine: a burst for every word, gaps, pauses, one voice.

Deterministic from the words alone, so that two requests for the same text give the same sound, and a test
knows to the sample when each word is heard.
"""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["COMMA_SECONDS", "GAP_SECONDS", "LEAD_SECONDS", "SENTENCE_SECONDS", "TAIL_SECONDS", "speechlike"]

LEAD_SECONDS = 0.06
"""Silence before the first word."""
GAP_SECONDS = 0.045
"""Silence between two words."""
COMMA_SECONDS = 0.14
SENTENCE_SECONDS = 0.4
"""Silence behind a word with a full stop, a question mark, an exclamation mark."""
TAIL_SECONDS = 0.12

_SECONDS_PER_LETTER = 0.062
_SHORTEST_SECONDS = 0.11
_ATTACK_SECONDS = 0.008
_PEAK = 0.5
_FIRST_HARMONICS = 9
_CLOSERS = "\"'”’»)]}"


def speechlike(
    words: Sequence[str],
    rate: int,
    *,
    pace: float | Sequence[float] = 1.0,
    pauses: Mapping[int, float] | None = None,
    lead: float = LEAD_SECONDS,
) -> tuple[bytes, tuple[tuple[float, float], ...]]:
    """Return mono 16-bit little-endian PCM, and when each word starts and ends in seconds.

    A word's last mark decides the pause behind it; ``pauses`` adds to it by the word's place. ``pace`` above
    1 is faster, for all words or word by word. A word without a letter or figure has no sound.
    """
    paces = [pace] * len(words) if isinstance(pace, float | int) else list(pace)
    parts = [_silence(lead, rate)]
    at = len(parts[0])
    times: list[tuple[float, float]] = []
    for index, word in enumerate(words):
        sound = _burst(word, rate, paces[index])
        times.append((at / rate, (at + len(sound)) / rate))
        behind = _pause_behind(word, last=index == len(words) - 1) / paces[index]
        rest = _silence(behind + (pauses or {}).get(index, 0.0), rate)
        parts += [sound, rest]
        at += len(sound) + len(rest)
    wave = np.concatenate(parts)
    return np.round(wave * 32_767).astype("<i2").tobytes(), tuple(times)


def _pause_behind(word: str, *, last: bool) -> float:
    if last:
        return TAIL_SECONDS
    mark = word.rstrip(_CLOSERS)[-1:]
    if mark in tuple(".!?…。！？"):
        return SENTENCE_SECONDS
    return COMMA_SECONDS if mark in tuple(",;:—") else GAP_SECONDS


def _burst(word: str, rate: int, pace: float) -> np.ndarray:
    letters = [letter for letter in word if letter.isalnum()]
    if not letters:
        return np.zeros(0)
    seconds = max(_SHORTEST_SECONDS, _SECONDS_PER_LETTER * len(letters)) / pace
    rng = np.random.default_rng(zlib.crc32(word.casefold().encode()))
    times = np.arange(round(seconds * rate)) / rate
    pitch = 120.0 * (1 + 0.06 * np.sin(2 * np.pi * 2.5 * times + rng.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    weights = rng.uniform(0.2, 1.0, _FIRST_HARMONICS) / np.arange(1, _FIRST_HARMONICS + 1) ** 0.7
    voiced = sum(weight * np.sin((n + 1) * phase) for n, weight in enumerate(weights))
    breath = 0.05 * rng.standard_normal(len(times))
    syllables = 0.75 + 0.25 * np.cos(2 * np.pi * 5.0 * times)
    shaped = (voiced / np.abs(voiced).max() + breath) * syllables * _envelope(len(times), rate)
    loudest: np.ndarray = _PEAK * shaped / np.abs(shaped).max()
    return loudest


def _envelope(samples: int, rate: int) -> np.ndarray:
    edge = min(round(_ATTACK_SECONDS * rate), samples // 2)
    ramp = np.ones(samples)
    ramp[:edge] = np.linspace(0.15, 1.0, edge)
    ramp[samples - edge :] = np.linspace(1.0, 0.15, edge)
    return ramp


def _silence(seconds: float, rate: int) -> np.ndarray:
    return np.zeros(round(seconds * rate))
