"""Whether a recording is what was asked for, as far as a machine can tell without understanding it.

What it cannot tell: whether the words are the right ones, the language the right one, the voice pleasant.
Noise that swells and pauses as speech does passes too.
"""

import math
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.models.aligning.spelling import expected_seconds, is_said
from reelwright.models.schema import SpeechRequest, SpeechResponse

if TYPE_CHECKING:
    from reelwright.audio.waveform import Waveform

__all__ = ["Verdict", "check_speech", "objection_to_speech"]

_BITS = 16
_RATES = (16_000, 48_000)
"""Below is telephone sound; above nothing is gained, and players differ."""
_LENGTH_TOLERANCE_SECONDS = 0.1
_PACE = (0.65, 1.9)
"""Seconds of sound for each expected one. The embedded voice has 1.0 to 1.2 over its whole range of paces;
vendors' fastest voices have about 0.8. Half of the words missing is 0.5."""
_PASSAGE_PACE = (0.45, 2.6)
"""The same for one passage, of which less is known."""
_FOREIGN_PACE = (0.35, 3.5)
"""The same for scripts other than Latin, for which lengths are guesses: some do not write their vowels."""
_PACE_SLACK_SECONDS = 1.1
"""Single words say little: "No." may be drawn out, and "Psst!" is shorter than it looks."""
_MOST_LEAD_SECONDS, _MOST_TAIL_SECONDS, _MOST_PAUSE_SECONDS = 1.5, 2.5, 3.0
"""The embedded voice rests at most 1.6 s, and only at the end; editors cut longer pauses out."""
_LEAST_VARIATION_DB = 6.0
"""Between loud and quiet moments: speech has 20 to 100, noise and hum have 1."""
_MOST_CLIPPED_SHARE = 0.0005
"""Samples in runs of three and more at full scale: one cannot hear fewer, and a peak that just touches full
scale has no such run."""
_LEAST_SECONDS = 0.05
"""Of sound, in any passage that has a word."""
_FIRST_OTHER = 0x250
"""The first character behind those of the Latin alphabet."""
_LOUDNESS_LUFS = (-40.0, -8.0)
"""Speech of vendors has -26 to -16. What is quieter would be raised together with its noise; what is louder
was squeezed."""
_MOST_OFFSET = 0.02
"""Of full scale, -34 dB: more eats headroom and clicks at every cut."""
_QUIET_END_DB = 20.0
"""How far the last 20 ms must lie below the loud moments: a sound cut off in the middle does not fade."""
_SHORTEST_JUDGED_WORD_SECONDS = 0.1
_LEAST_SOUND = 0.2
"""Share of a word's time in which there must be sound."""
_MOST_SILENT_WORDS = 0.1
"""Share of words: their times are right to some hundredths of a second only."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at: what was found, and what would be allowed."""

    what: str
    found: str
    allowed: str
    fits: bool

    def __str__(self) -> str:
        return f"{self.what}: {self.found}" + ("" if self.fits else f"; allowed is {self.allowed}")


def objection_to_speech(request: SpeechRequest, response: SpeechResponse) -> str:
    """Return what is wrong with a model's answer, or nothing: a predicate for the model route."""
    verdicts = check_speech(response, request.passages)
    return "; ".join(str(verdict) for verdict in verdicts if not verdict.fits)


def check_speech(response: SpeechResponse, passages: Sequence[str]) -> tuple[Verdict, ...]:
    """Return a verdict for everything that is checked; fewer if the file cannot be read, or is silent."""
    container = _container(response.audio)
    if not container.fits:
        return (container,)
    from reelwright.audio.waveform import read_waveform  # noqa: PLC0415 (needs numpy, of an optional group)

    wave_form = read_waveform(response.audio)
    if not wave_form.stretches:
        return container, Verdict("sound", "silence", "speech", fits=False)
    return (
        container,
        *_of_times(wave_form, response),
        *_of_pace(wave_form, response, passages),
        *_of_sound(wave_form),
    )


def _container(path: Path) -> Verdict:
    allowed = f"mono {_BITS}-bit WAV of {_RATES[0]} to {_RATES[1]} Hz, not empty"
    try:
        with wave.open(str(path), "rb") as file:
            channels, bits, rate = file.getnchannels(), 8 * file.getsampwidth(), file.getframerate()
            frames = file.getnframes()
    except (OSError, EOFError, wave.Error) as error:
        return Verdict("file", f"unreadable ({error})", allowed, fits=False)
    found = f"{channels} channel(s), {bits} bits, {rate} Hz, {frames} samples"
    fits = (channels, bits) == (1, _BITS) and _RATES[0] <= rate <= _RATES[1] and frames > 0
    return Verdict("file", found, allowed, fits)


def _of_times(sound: "Waveform", response: SpeechResponse) -> Iterator[Verdict]:
    """Judge whether what the answer says of its times is so."""
    said = response.duration_seconds
    apart = abs(said - sound.seconds)
    yield Verdict(
        "length",
        f"{sound.seconds:.2f} s, said to be {said:.2f} s",
        f"{_LENGTH_TOLERANCE_SECONDS} s apart",
        fits=apart <= _LENGTH_TOLERANCE_SECONDS,  # not so for NaN either
    )
    edges = [edge for word in response.words for edge in (word.start_seconds, word.end_seconds)]
    inside = all(math.isfinite(edge) and -1e-6 <= edge <= sound.seconds + 0.01 for edge in edges)
    yield Verdict("word times", "inside the sound" if inside else "outside", "inside", fits=inside)
    if inside:
        yield from _of_words(sound, response)


def _of_words(sound: "Waveform", response: SpeechResponse) -> Iterator[Verdict]:
    """Judge whether there is sound where words are said to be, the last of them above all."""
    judged = [
        sound.sounding_seconds(word.start_seconds, word.end_seconds)
        >= _LEAST_SOUND * (word.end_seconds - word.start_seconds)
        for word in response.words
        if word.end_seconds - word.start_seconds >= _SHORTEST_JUDGED_WORD_SECONDS
    ]
    silent = judged.count(False)
    yield Verdict(
        "words without sound",
        f"{silent} of {len(judged)}",
        f"{_MOST_SILENT_WORDS:.0%}, and not the last",
        fits=silent <= _MOST_SILENT_WORDS * len(judged) and all(judged[-1:]),
    )


def _of_pace(sound: "Waveform", response: SpeechResponse, passages: Sequence[str]) -> Iterator[Verdict]:
    words = [word for passage in passages for word in passage.split()]
    yield _pace("pace", sound.sounding_seconds(0.0, sound.seconds), words, _PACE)
    edges = [*response.passage_starts_seconds, sound.seconds]
    if len(edges) == len(passages) + 1:
        for index, ((start, end), passage) in enumerate(zip(pairwise(edges), passages, strict=True)):
            seconds = sound.sounding_seconds(start, end)
            yield _pace(f"pace of passage {index + 1}", seconds, passage.split(), _PASSAGE_PACE)


def _pace(what: str, seconds: float, words: Sequence[str], usual: tuple[float, float]) -> Verdict:
    """Judge how long words take, by how long their letters let expect."""
    expected = sum(map(expected_seconds, words))
    low, high = usual if _is_latin(words) else _FOREIGN_PACE
    spoken = sum(map(is_said, words))
    shortest = max(low * expected - _PACE_SLACK_SECONDS, _LEAST_SECONDS if spoken else 0.0)
    longest = high * expected + _PACE_SLACK_SECONDS
    return Verdict(
        what,
        f"{seconds:.2f} s of sound for {spoken} words",
        f"{shortest:.2f} to {longest:.1f} s",
        fits=shortest <= seconds <= longest,
    )


def _is_latin(words: Sequence[str]) -> bool:
    letters = [letter for word in words for letter in word if letter.isalpha()]
    return 2 * sum(ord(letter) < _FIRST_OTHER for letter in letters) >= len(letters)


def _of_sound(sound: "Waveform") -> Iterator[Verdict]:
    """Judge the sound for itself."""
    lead, tail, pause = sound.silences()
    yield _at_most("silence before", lead, _MOST_LEAD_SECONDS, "s")
    yield _at_most("silence behind", tail, _MOST_TAIL_SECONDS, "s")
    yield _at_most("longest pause", pause, _MOST_PAUSE_SECONDS, "s")
    yield _at_most("offset", abs(sound.offset), _MOST_OFFSET, "of full scale")
    yield _at_most("clipped", sound.clipped_share(), _MOST_CLIPPED_SHARE, "of all samples")
    yield _at_least("variation", sound.variation_db, _LEAST_VARIATION_DB, "dB")
    yield _at_least("fall at the end", sound.fall_at_the_end_db, _QUIET_END_DB, "dB")
    loudness, (low, high) = sound.integrated_lufs(), _LOUDNESS_LUFS
    found, allowed = f"{loudness:.1f} LUFS", f"{low} to {high} LUFS"
    yield Verdict("loudness", found, allowed, fits=low <= loudness <= high)


def _at_most(what: str, found: float, limit: float, unit: str) -> Verdict:
    return Verdict(what, f"{found:.4g} {unit}", f"at most {limit:g} {unit}", fits=found <= limit)


def _at_least(what: str, found: float, limit: float, unit: str) -> Verdict:
    return Verdict(what, f"{found:.4g} {unit}", f"at least {limit:g} {unit}", fits=found >= limit)
