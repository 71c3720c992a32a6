"""From a written passage to the words that are spoken, each tied to the written word it belongs to."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwright.audio.engine.text.numbers import is_number
from reelwright.audio.engine.text.tokens import Around, Token, take_apart
from reelwright.audio.engine.text.vocabulary import (
    ABBREVIATIONS,
    BEFORE_NUMBERS,
    MONTHS,
    NEVER_LAST,
    SENTENCE_OPENERS,
    UNITS,
)
from reelwright.audio.engine.text.words import read_core

__all__ = ["WrittenWord", "normalise", "sounds_foreign"]

_WORD = re.compile(r"\S+")
_INNER_DASH = re.compile(r"(?<=\w)(?:—|--+|…|\.\.\.+)(?=\w)")
_REPEATED = re.compile(r"([A-Za-z])\1{2,}")
_SPEAKABLE = re.compile(r"(?:[A-Z]\.)+s?|[A-Za-z']+(?:-[A-Za-z']+)*")
_ENDS = frozenset(".?!")
_MAX_LETTERS = 32
_SHOUTED_WORDS = 4
_SHOUTED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class WrittenWord:
    """A written word and what is said for it: no words if it has no sound.

    Each spoken word is letters, apostrophes and hyphens, or a dotted initialism, and may end in a
    comma. ``stop`` is the mark after the last of them: one of ``, ; : . ? !`` or nothing.
    """

    text: str
    spoken: tuple[str, ...]
    stop: str = ""

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence is over after this word."""
        return self.stop in _ENDS


def normalise(passage: str) -> tuple[WrittenWord, ...]:
    """Return every written word of the passage in order, with what is said for it.

    A passage without any sound has its signs named, so that a lone emoji is still said; letters
    that the voice cannot read stay silent.
    """
    matches = list(_WORD.finditer(passage))
    line_starts = {
        index for index in range(1, len(matches)) if _breaks_line(passage, *matches[index - 1 : index + 1])
    }
    tokens = [take_apart(match[0]) for match in matches]
    if _is_shouted(tokens):
        tokens = [replace(token, core=token.core.lower()) for token in tokens]
    words = [_word(tokens, index, breaks_line=index + 1 in line_starts) for index in range(len(tokens))]
    if not any(word.spoken for word in words):
        words = [replace(word, spoken=_names_of_signs(word.text)) for word in words]
    return tuple(_settle_stops(words))


def sounds_foreign(words: Sequence[WrittenWord]) -> bool:
    """Tell whether most words with letters are in a script that the voice cannot read."""
    with_letters = [word for word in words if any(character.isalpha() for character in word.text)]
    return sum(not word.spoken for word in with_letters) * 2 > len(with_letters)


def _breaks_line(passage: str, word: re.Match[str], after: re.Match[str]) -> bool:
    return "\n" in passage[word.end() : after.start()]


def _is_shouted(tokens: Sequence[Token]) -> bool:
    words = [token.core for token in tokens if token.core.isalpha() and len(token.core) > 1]
    shouted = sum(word.isupper() for word in words)
    return shouted >= _SHOUTED_WORDS and shouted > _SHOUTED_SHARE * len(words)


def _word(tokens: Sequence[Token], index: int, *, breaks_line: bool) -> WrittenWord:
    token = tokens[index]
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    around = Around(
        before=tokens[index - 1].core if index else "",
        after=after.core if after else "",
        dotted=token.trail.startswith("."),
    )
    spoken = _spoken(token.core, around)
    stop = _stop(token, after, around)
    if token.core == "-" and not spoken:
        stop = ","
    if breaks_line and stop not in _ENDS:
        stop = "."
    return WrittenWord(token.written, spoken, stop)


def _spoken(core: str, around: Around) -> tuple[str, ...]:
    """Read the core; dashes and dots inside it are pauses."""
    parts = [part for part in _INNER_DASH.split(core) if part]
    spoken: list[str] = []
    for part in parts:
        if spoken:
            spoken[-1] = spoken[-1].rstrip(",") + ","
        spoken += [said for word in read_core(part, around) if (said := _speakable(word))]
    return tuple(spoken)


def _speakable(word: str) -> str:
    """Keep what can be said: no more than two of a letter in a row, and no endless words."""
    match = _SPEAKABLE.search(_REPEATED.sub(r"\1\1", word))
    if match is None or not any(character.isalpha() for character in match[0]):
        return ""
    return match[0] if "." in match[0] else match[0][:_MAX_LETTERS].strip("-")


def _stop(token: Token, after: Token | None, around: Around) -> str:
    marks = token.trail
    if not token.core and (marks or token.lead):
        return _stop_of_marks(marks)
    if marks.startswith(".") and not marks.startswith("..") and _goes_on(token.core, after, around):
        marks = marks[1:]
    ellipsis = "…" in marks or "..." in marks
    if ellipsis and not any(mark in marks for mark in "?!"):
        return "." if after is None or after.core[:1].isupper() else ","
    stop = next((mark for mark in "?!.:;," if mark in marks), "")
    if stop:
        return stop
    opens_aside = after is not None and "(" in after.lead
    return "," if opens_aside or any(mark in marks for mark in ")—") else ""


def _stop_of_marks(marks: str) -> str:
    """Return the stop for marks that stand alone: dashes and dots are a pause, others end the sentence."""
    return next((mark for mark in "?!" if mark in marks), "," if marks else "")


def _goes_on(core: str, after: Token | None, around: Around) -> bool:
    """Tell whether a full stop belongs to an abbreviation and the sentence goes on behind it."""
    if after is None or not after.core:
        return False
    lower = core.lower()
    starts_low = not after.core[:1].isupper()
    if lower in BEFORE_NUMBERS:
        return after.core[:1].isdigit()
    if lower in NEVER_LAST:
        return True
    known = lower in ABBREVIATIONS or lower in {"st", "dr"} or core in MONTHS or "." in core
    known = known or (core in UNITS and is_number(around.before))
    initial = len(core) == 1 and core.isupper() and around.before != ""
    if known and lower in {"st", "dr"}:
        return after.core.lower() not in SENTENCE_OPENERS or starts_low
    return (known and (starts_low or _looks_inside(core, after))) or (initial and not _opens(after))


def _looks_inside(core: str, after: Token) -> bool:
    """``U.S. Army`` goes on, ``U.S. The`` does not; ``Jan. 5`` goes on."""
    return ("." in core or core in MONTHS) and not _opens(after)


def _opens(after: Token) -> bool:
    return after.core.lower() in SENTENCE_OPENERS and after.core[:1].isupper()


def _names_of_signs(text: str) -> tuple[str, ...]:
    names = [unicodedata.name(character, "") for character in text if unicodedata.category(character) == "So"]
    return tuple(word.lower() for name in names[:3] for word in re.findall(r"[A-Z]+", name))


def _settle_stops(words: Sequence[WrittenWord]) -> list[WrittenWord]:
    """Give marks that stand alone to the word before them, and close the last sentence."""
    settled = list(words)
    last = None
    for index, word in enumerate(words):
        if word.spoken:
            last = index
            continue
        if word.stop and last is not None and not settled[last].stop:
            settled[last] = replace(settled[last], stop=word.stop)
        settled[index] = replace(word, stop="")
    if last is not None and not settled[last].ends_sentence:
        settled[last] = replace(settled[last], stop=".")
    return settled
