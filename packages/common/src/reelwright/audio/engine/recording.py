"""Joining phrases into one recording, and where every word of it is."""

import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.engine.acoustic import FRAME_SAMPLES, SAMPLE_RATE, Utterance
from reelwright.audio.engine.pacing import LEAD_SECONDS
from reelwright.audio.engine.phrasing import Phrase

__all__ = ["Take", "TimedWord", "join_takes", "trim", "write_wav"]

_ATTACK_FRAMES = 3
"""Frames kept before the first symbol: the sound of some consonants begins there."""
_DECAY_FRAMES = 3
_FADE_SAMPLES = 110
_WRITTEN_SAMPLES = 10 * SAMPLE_RATE
_STRESSES = "ˈˌ"
_VOWELS = frozenset("aeiouæɑɐəɛɜɚɪɔʊʌᵻ")  # noqa: RUF001 (the phonetic alphabet)


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A spoken word of a written word, in samples."""

    passage: int
    written: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Take:
    """One phrase as it was spoken, without the silence around it; word times count from its start."""

    samples: NDArray[np.float32]
    words: tuple[TimedWord, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / SAMPLE_RATE


def trim(phrase: Phrase, utterance: Utterance) -> Take:
    """Cut the model's own silence off, so that pauses are ours alone, and place the words."""
    _, spans = phrase.symbols()
    begin = max(0, utterance.starts[spans[0][0]] - _ATTACK_FRAMES) * FRAME_SAMPLES
    end = min(len(utterance.samples), (utterance.ends[spans[-1][1] - 1] + _DECAY_FRAMES) * FRAME_SAMPLES)
    samples = utterance.samples[begin:end].copy()
    fade = np.linspace(0.0, 1.0, min(_FADE_SAMPLES, len(samples)), dtype=np.float32)
    samples[: len(fade)] *= fade
    samples[len(samples) - len(fade) :] *= fade[::-1]
    return Take(samples, tuple(_timed(phrase, spans, utterance, index, begin) for index in range(len(spans))))


def _timed(
    phrase: Phrase, spans: Sequence[tuple[int, int]], utterance: Utterance, index: int, begin: int
) -> TimedWord:
    """Place a word by the rule that tests/bench/word_timing.py found nearest to independent measures.

    After a pause a word begins with its first symbol. In running speech its sound is there before:
    a consonant closes or hisses within the space that parts the words, a vowel rises in the blank
    before it.
    """
    word, (first, last) = phrase.words[index], spans[index]
    if index == 0 or phrase.words[index - 1].mark:
        start = utterance.starts[first]
    elif word.symbols.lstrip(_STRESSES)[:1] in _VOWELS:
        start = utterance.rises[first]
    else:
        start = utterance.starts[first - 1]
    end = min(utterance.ends[last - 1] * FRAME_SAMPLES, len(utterance.samples))
    return TimedWord(word.passage, word.written, start * FRAME_SAMPLES - begin, end - begin)


def join_takes(takes: Sequence[Take], pauses: Sequence[float]) -> Take:
    """Return the whole recording: the lead-in, then every take with the pause behind it."""
    parts: list[NDArray[np.float32]] = [_silence(LEAD_SECONDS)]
    words: list[TimedWord] = []
    at = len(parts[0])
    for take, pause in zip(takes, pauses, strict=True):
        words += [
            TimedWord(word.passage, word.written, at + word.start, at + word.end) for word in take.words
        ]
        parts += [take.samples, _silence(pause)]
        at += len(parts[-2]) + len(parts[-1])
    return Take(np.concatenate(parts), tuple(words))


def write_wav(samples: NDArray[np.float32], path: Path) -> None:
    """Write mono 16-bit PCM, some seconds at a time."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for first in range(0, len(samples), _WRITTEN_SAMPLES):
            block = np.clip(samples[first : first + _WRITTEN_SAMPLES], -1.0, 1.0)
            file.writeframes(np.round(block * 32_767).astype("<i2").tobytes())


def _silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)
