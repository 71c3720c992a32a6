"""How long a text takes to say, without saying it: scripts are sized by this.

The estimate is linear in what a sentence holds. Its coefficients were fitted by least squares to the
durations that the embedded voice gave at its natural pace for the sentences of the sample briefs.
``tests/unit/content/pace.json`` holds the measurements; the test beside it states the error.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reelwright.content.engine.lexicon import STOP_WORDS
from reelwright.content.spoken import spoken_words

__all__ = ["VOICE_WORDS_PER_MINUTE", "Pace"]

VOICE_WORDS_PER_MINUTE = 165
"""The pace of the embedded voice over the sample briefs, pauses included; words as written."""

_LEAD_SECONDS = 0.2
_END_SECONDS = 0.8
_SCENE_PAUSE_SECONDS = 0.45
_SENTENCE_PAUSE_SECONDS = 0.32
"""The pauses that the voice makes when it is not asked for a length."""

_PER_SYLLABLE = 0.1046
_PER_FRICATIVE = 0.0686
_PER_STOP = 0.0425
_PER_SONORANT = 0.0246
_PER_CONTENT_WORD = 0.0648
_PER_COMMA = 0.3626
_PER_COLON = 0.2554
_PER_SENTENCE = 0.2319

_FRICATIVES = "szfvx"
_STOPS = "ptkcqbdg"
_SONORANTS = "lrmnwyhj"
_SENTENCE_ENDS = re.compile(r"[.!?…]+(?=\s|$|[\"”'’)])")
_COMMAS = re.compile(r",(?!\d)")
_COLONS = re.compile(r"[;:](?!\d)|\s[–—-]\s")
_SILENT_ENDING = re.compile(r"(?<![aeiouyl])e$|(?<![tdaeiouy])ed$|(?<![aeiouyszxcg])es$")
_VOWELS = re.compile(r"[aeiouyáàâäãåéèêëíìîïóòôöõúùûüýÿœæø]+")
_SYLLABLES_PER_UNSPACED_CHARACTER = 1.5


@dataclass(frozen=True, slots=True)
class Pace:
    """The speed of a voice in words a minute."""

    words_per_minute: float = VOICE_WORDS_PER_MINUTE

    def speech_seconds(self, text: str) -> float:
        """Return the seconds that ``text`` takes, with the pauses inside it."""
        return _seconds(text) * VOICE_WORDS_PER_MINUTE / self.words_per_minute

    def script_seconds(self, narrations: Iterable[str]) -> float:
        """Return the seconds of a whole narration, one text a scene, with the pauses between scenes."""
        return self.total_seconds([self.speech_seconds(text) for text in narrations])

    def total_seconds(self, scene_seconds: Sequence[float]) -> float:
        """Return the seconds of scenes that take so long each, with the silence around and between them."""
        return (
            _LEAD_SECONDS
            + sum(scene_seconds)
            + _SCENE_PAUSE_SECONDS * (len(scene_seconds) - 1)
            + _END_SECONDS
        )


def _seconds(text: str) -> float:
    words = spoken_words(text)
    letters = "".join(words)
    sentences = max(1, len(_SENTENCE_ENDS.findall(text)))
    return (
        _PER_SYLLABLE * sum(_syllables(word) for word in words)
        + _PER_FRICATIVE * _count(letters, _FRICATIVES)
        + _PER_STOP * _count(letters, _STOPS)
        + _PER_SONORANT * _count(letters, _SONORANTS)
        + _PER_CONTENT_WORD * sum(word not in STOP_WORDS for word in words)
        + _PER_COMMA * len(_COMMAS.findall(text))
        + _PER_COLON * len(_COLONS.findall(text))
        + _PER_SENTENCE * sentences
        + _SENTENCE_PAUSE_SECONDS * (sentences - 1)
    )


def _count(letters: str, kind: str) -> int:
    return sum(letters.count(letter) for letter in kind)


def _syllables(word: str) -> float:
    if len(word) <= 3 and word.isascii():
        return 1
    groups = len(_VOWELS.findall(_SILENT_ENDING.sub("", word)))
    return max(1, groups) if word.isascii() or groups else len(word) * _SYLLABLES_PER_UNSPACED_CHARACTER
