"""The text that ElevenLabs gets, and to which written word each of its characters belongs."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reelwright.models.speech.markup import Passage, Substitution, legal, said_for, written

__all__ = ["SentText", "Times", "sent_text", "times_of"]

_HARMLESS = str.maketrans({"<": " ", ">": " ", "[": "(", "]": ")"})
"""Some models take ``<break …>`` and ``[laughs]`` for stage directions; ours are words, whatever they say."""
Times = tuple[tuple[float, float], ...]
"""Start and end of each word, in seconds of the answer's sound."""


_COLUMNS = ("characters", "character_start_times_seconds", "character_end_times_seconds")


@dataclass(frozen=True, slots=True)
class SentText:
    """A text, the index of the written word of each of its characters (-1 between words), and these words."""

    text: str
    owners: tuple[int, ...]
    words: tuple[str, ...]


def sent_text(passage: Passage) -> SentText:
    """Return a passage as it is said, with pronunciations put in."""
    writer = _Writer()
    for number, sentence in enumerate(passage.sentences):
        if number:
            writer.write(" ")
        for part in sentence.parts:
            if isinstance(part, Substitution):
                writer.substitute(legal(part.text).split(), said_for(part))
            else:
                writer.write(written([part]))
    words = " ".join(written(sentence.parts) for sentence in passage.sentences).split()
    return SentText("".join(writer.text).translate(_HARMLESS), tuple(writer.owners), tuple(words))


@dataclass(slots=True)
class _Writer:
    """Writes characters down, and counts the words that they belong to."""

    text: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    word: int = -1
    inside: bool = False

    def write(self, text: str) -> None:
        for character in text:
            self.word += not (self.inside or character.isspace())
            self.inside = not character.isspace()
            self._put(character, self.word)

    def substitute(self, instead_of: list[str], said: str) -> None:
        """Write what is said for some words; each gets its share of the characters."""
        if not instead_of:
            self.write(said)
            return
        first = self.word + (not self.inside)
        for index, character in enumerate(said):
            self._put(character, first + index * len(instead_of) // len(said))
        self.word, self.inside = first + len(instead_of) - 1, True

    def _put(self, character: str, word: int) -> None:
        self.text.append(character)
        self.owners.append(-1 if character.isspace() else word)


def times_of(alignment: object, sent: SentText) -> Times | None:
    """Return when each word is heard by the answer's times of characters; None if they are of another text.

    A word of which nothing is heard has no length, where the word before it ends.
    """
    spans = _spans(alignment)
    if spans is None or "".join(character for character, _, _ in spans) != sent.text:
        return None
    heard: dict[int, tuple[float, float]] = {}
    for (_, start, end), owner in zip(spans, sent.owners, strict=True):
        begun, ended = heard.get(owner, (start, end))
        heard[owner] = (min(begun, start), max(ended, end))
    return tuple(_rising(heard, len(sent.words)))


def _spans(alignment: object) -> list[tuple[str, float, float]] | None:
    if not isinstance(alignment, Mapping):
        return None
    columns = [alignment.get(name) for name in _COLUMNS]
    if not all(isinstance(column, list) for column in columns):
        return None
    try:
        spans = [(str(one), float(start), float(end)) for one, start, end in zip(*columns, strict=True)]
    except (TypeError, ValueError, OverflowError):
        return None
    return spans if all(math.isfinite(start) and math.isfinite(end) for _, start, end in spans) else None


def _rising(heard: Mapping[int, tuple[float, float]], count: int) -> Iterator[tuple[float, float]]:
    at = 0.0
    for index in range(count):
        start, end = heard.get(index, (at, at))
        start = max(at, start)
        at = max(start, end)
        yield start, at
