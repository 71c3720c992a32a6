"""From passages to phrases short enough for the voice, with the kind of pause behind each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from reelwright.audio.engine.phonemes import Phonemiser
from reelwright.audio.engine.text.normalise import WrittenWord

__all__ = ["PauseKind", "Phrase", "SoundingWord", "phrases_of"]

PauseKind = Literal["clause", "sentence", "passage", "end"]

_SOFT_LIMIT = 220
"""Symbols, about twelve seconds: longer sentences are split where they have a mark."""
_HARD_LIMIT = 300
"""Symbols at which a sentence without marks is split between words."""
_LEAST_PART = 40
_CLAUSE_MARK = ","


@dataclass(frozen=True, slots=True)
class SoundingWord:
    """One spoken word: the written word it belongs to, its symbols and the mark behind it."""

    passage: int
    written: int
    symbols: str
    mark: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """What the voice says in one breath, and what follows it."""

    words: tuple[SoundingWord, ...]
    pause: PauseKind

    def symbols(self) -> tuple[str, tuple[tuple[int, int], ...]]:
        """Return the symbols to speak, and where in them each word begins and ends."""
        text, spans = "", []
        for word in self.words:
            text += " " if text else ""
            spans.append((len(text), len(text) + len(word.symbols)))
            text += word.symbols + word.mark
        return text, tuple(spans)


def phrases_of(
    passages: Sequence[Sequence[WrittenWord]], phonemiser: Phonemiser, knows: Callable[[str], bool]
) -> tuple[Phrase, ...]:
    """Return the phrases of all passages in order; ``knows`` tells which symbols the voice can say."""
    phrases: list[Phrase] = []
    for index, passage in enumerate(passages):
        kind: PauseKind = "end" if index == len(passages) - 1 else "passage"
        phrases += _close(_passage_phrases(index, passage, phonemiser, knows), kind)
    return tuple(phrases)


def _close(phrases: list[Phrase], kind: PauseKind) -> list[Phrase]:
    return [*phrases[:-1], Phrase(phrases[-1].words, kind)] if phrases else []


def _passage_phrases(
    index: int, passage: Sequence[WrittenWord], phonemiser: Phonemiser, knows: Callable[[str], bool]
) -> list[Phrase]:
    phrases: list[Phrase] = []
    for sentence in _sentences(passage):
        words = _sounding(index, sentence, phonemiser, knows)
        parts = _split(words) if words else []
        phrases += [Phrase(_marked(part), "clause") for part in parts[:-1]]
        phrases += [Phrase(part, "sentence") for part in parts[-1:]]
    return phrases


def _sentences(passage: Sequence[WrittenWord]) -> list[list[tuple[int, WrittenWord]]]:
    sentences: list[list[tuple[int, WrittenWord]]] = [[]]
    for index, word in enumerate(passage):
        sentences[-1].append((index, word))
        if word.ends_sentence:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _sounding(
    passage: int,
    sentence: Sequence[tuple[int, WrittenWord]],
    phonemiser: Phonemiser,
    knows: Callable[[str], bool],
) -> tuple[SoundingWord, ...]:
    """Return the words that are heard; a mark inside a written word stays with its part."""
    spoken = [(index, text, mark) for index, word in sentence for text, mark in _parts(word)]
    said = phonemiser.phonemes([text + mark for _, text, mark in spoken]) if spoken else []
    return tuple(
        SoundingWord(passage, index, kept, mark)
        for (index, _, mark), symbols in zip(spoken, said, strict=True)
        if (kept := "".join(symbol for symbol in symbols if knows(symbol)))
    )


def _parts(word: WrittenWord) -> list[tuple[str, str]]:
    parts = [
        (text.rstrip(_CLAUSE_MARK), _CLAUSE_MARK if text.endswith(_CLAUSE_MARK) else "")
        for text in word.spoken
    ]
    if parts and word.stop:
        parts[-1] = (parts[-1][0], word.stop)
    return parts


def _split(words: tuple[SoundingWord, ...]) -> list[tuple[SoundingWord, ...]]:
    """Cut a long sentence near its middle: at a mark if it has one, between words if it must be."""
    lengths = [len(word.symbols) + len(word.mark) + 1 for word in words]
    total = sum(lengths)
    if total <= _SOFT_LIMIT or len(words) < 2:
        return [words]
    cuts = [(abs(2 * sum(lengths[:cut]) - total), cut) for cut in range(1, len(words))]
    marked = [
        (distance, cut)
        for distance, cut in cuts
        if words[cut - 1].mark and distance <= total - 2 * _LEAST_PART
    ]
    if not marked and total <= _HARD_LIMIT:
        return [words]
    _, cut = min(marked or cuts)
    return _split(words[:cut]) + _split(words[cut:])


def _marked(words: tuple[SoundingWord, ...]) -> tuple[SoundingWord, ...]:
    """Let a clause that is cut off sound as if more were to come."""
    last = words[-1]
    if last.mark:
        return words
    return (*words[:-1], SoundingWord(last.passage, last.written, last.symbols, _CLAUSE_MARK))
