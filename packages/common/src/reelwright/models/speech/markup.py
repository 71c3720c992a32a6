"""What is to be said and how, in words of our own: a small schema that text cannot break out of.

Every vendor's markup is made from it (``ssml.py``), so that a text that is asked of another engine, or of a
vendor without markup, is rendered anew instead of being mended.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from reelwright.models.speech.sentences import sentences_of

__all__ = [
    "Container",
    "Emphasis",
    "Leaf",
    "Level",
    "Part",
    "Passage",
    "Pause",
    "Phoneme",
    "Prosody",
    "SayAs",
    "SayKind",
    "Sentence",
    "Substitution",
    "Text",
    "Whisper",
    "at_rate",
    "legal",
    "markup_of",
    "said",
    "said_for",
    "written",
    "written_words",
]

Level = Literal["reduced", "moderate", "strong"]
SayKind = Literal["characters", "cardinal", "ordinal", "digits", "fraction", "unit", "time", "telephone"]

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even escaped: most control characters, surrogates, two non-characters."""
_WIDE_STOPS = re.compile(r"([。！？]++[”’」』）]*+)(?=\S)")  # noqa: RUF001 (brackets of Chinese and Japanese)
"""Ends of sentences in scripts that put no space behind them; they get one."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are written."""

    text: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """Written one way, said another. Nothing is said where nothing is written; a blank alias is none."""

    text: str
    alias: str


@dataclass(frozen=True, slots=True)
class SayAs:
    """Text of a kind that is read by rules of its own, such as a telephone number."""

    text: str
    kind: SayKind


@dataclass(frozen=True, slots=True)
class Phoneme:
    """Text with its sound in the International Phonetic Alphabet."""

    text: str
    ipa: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence. No vendor allows more than ten seconds at once, so longer ones become ten."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Parts that are stressed, or played down."""

    parts: tuple["Part", ...]
    level: Level = "moderate"


@dataclass(frozen=True, slots=True)
class Prosody:
    """Parts that are said faster, higher or louder than the voice would by itself.

    ``rate`` is a factor (1 is the voice's own pace), ``pitch`` a change in per cent, ``volume`` one in dB.
    """

    parts: tuple["Part", ...]
    rate: float | None = None
    pitch: float | None = None
    volume: float | None = None


@dataclass(frozen=True, slots=True)
class Whisper:
    """Parts that are whispered."""

    parts: tuple["Part", ...]


Leaf: TypeAlias = Text | Substitution | SayAs | Phoneme | Pause
Container: TypeAlias = Emphasis | Prosody | Whisper
Part: TypeAlias = Leaf | Container


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or a piece of one that is too long for one request."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences that belong together, such as the narration of a scene."""

    sentences: tuple[Sentence, ...]


def legal(text: str) -> str:
    """Return the text as an XML document gives it back: without what none can hold, lines ended by LF."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def said_for(part: Substitution) -> str:
    """Return what is said for a substitution: its alias with single spaces, or what is written."""
    alias, text = " ".join(legal(part.alias).split()), legal(part.text)
    return alias if alias and text.strip() else text


def written(parts: Iterable[Part]) -> str:
    """Return the parts as they are written."""
    return "".join(_texts(parts, aliased=False))


def said(parts: Iterable[Part]) -> str:
    """Return the parts as they are said: aliases instead of what is written."""
    return "".join(_texts(parts, aliased=True))


def written_words(text: str) -> tuple[str, ...]:
    """Return the words of plain narration text, as :func:`markup_of` counts them."""
    return tuple(_WIDE_STOPS.sub(r"\1 ", legal(text)).split())


def markup_of(text: str, pronunciations: Mapping[str, str]) -> Passage:
    """Return plain narration text as sentences, with each pronunciation as a substitution of whole words.

    Nothing in the text is markup, whatever it looks like. A key in small letters counts however the word
    is written; one with capitals only as it stands (``US`` is not ``us``). The longest key counts first.
    """
    find = _Pronouncer(pronunciations)
    sentences = sentences_of(written_words(text))
    return Passage(tuple(Sentence(tuple(find.parts_of(" ".join(words)))) for words in sentences))


def at_rate(passage: Passage, rate: float) -> Passage:
    """Return the passage said at another pace; 1 changes nothing."""
    if rate == 1:
        return passage
    return Passage(tuple(Sentence((Prosody(it.parts, rate=rate),)) for it in passage.sentences))


def _texts(parts: Iterable[Part], *, aliased: bool) -> Iterator[str]:
    for part in parts:
        match part:
            case Substitution():
                yield said_for(part) if aliased else legal(part.text)
            case Text() | SayAs() | Phoneme():
                yield legal(part.text)
            case Emphasis() | Prosody() | Whisper():
                yield from _texts(part.parts, aliased=aliased)
            case Pause():
                pass


class _Pronouncer:
    """Finds the words that are said otherwise."""

    def __init__(self, pronunciations: Mapping[str, str]) -> None:
        tidy = {_tidy(word): _tidy(alias) for word, alias in pronunciations.items()}
        known = {word: alias for word, alias in tidy.items() if word and alias}
        self._exact = {word: alias for word, alias in known.items() if word != word.lower()}
        self._any_case = {word: alias for word, alias in known.items() if word == word.lower()}
        self._pattern = _whole_words(sorted(self._exact, key=len, reverse=True), self._any_case)

    def parts_of(self, sentence: str) -> Iterator[Part]:
        at = 0
        for found in self._pattern.finditer(sentence) if self._pattern else ():
            if found.start() > at:
                yield Text(sentence[at : found.start()])
            yield self._replaced(found[0])
            at = found.end()
        if at < len(sentence):
            yield Text(sentence[at:])

    def _replaced(self, word: str) -> Part:
        """Leave a word alone that only passes for a known one, by a letter of another script."""
        alias = self._exact.get(word) or self._any_case.get(word.lower())
        return Substitution(word, alias) if alias else Text(word)


def _whole_words(exact: Sequence[str], any_case: Iterable[str]) -> re.Pattern[str] | None:
    either = [(word, re.escape(word)) for word in exact]
    either += [(word, f"(?i:{re.escape(word)})") for word in any_case]
    choices = "|".join(pattern for _, pattern in sorted(either, key=lambda pair: -len(pair[0])))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)") if choices else None


def _tidy(text: str) -> str:
    return " ".join(legal(text).split())
