"""Noun phrases: what a sentence is about, and the things it names that tell most."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reelwright.content.engine.clauses import Token, core_of, first_verb, is_finite, main_clause, tokens_of
from reelwright.content.engine.cuts import MAX_WORDS, NOT_LAST, joined
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    DETERMINERS,
    NEGATIONS,
    NUMBER_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    STOP_WORDS,
    SUBORDINATORS,
    word_set,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.verbs import IRREGULAR_PARTICIPLES
from reelwright.content.engine.words import is_verb, normal, stem

__all__ = ["Phrase", "names_in", "noun_phrase_of", "telling_phrases", "weight_of"]

_MAX_SUBJECT_WORDS = 6
_MAX_PHRASE_WORDS = 6
_NAME = re.compile(
    r"(?:the )?[A-Z][\w’'-]+(?: [A-Z]\.)*(?: (?:(?:of|the|de|for|von|van) )*(?:[A-Z][\w’'-]+|\d{4}))+"
)
_MEASURES = word_set(
    "second seconds minute minutes hour hours day days week weeks month months year years old times degrees "
    "percent half metres kilometres kilograms tonnes euros dollars"
)
_VAGUE = word_set(
    "thing things way ways kind kinds sort part parts lot number amount bit side time people alone "
    "ago one ones"
)
_ARTICLES = word_set("a an the this some many several two three four five six seven eight nine ten")
_OWNERS = word_set("my your his her its our their no any every all")
_DENIES = NEGATIONS | word_set("any if unless whether instead unlike")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase, and from 0 to 1 how much it tells."""

    text: str
    worth: float


def noun_phrase_of(sentence: str) -> str:
    """Return the subject of the sentence, up to its verb; empty if that is no phrase of its own."""
    tokens = tokens_of(core_of(sentence))
    if not tokens or tokens[0].word in PREPOSITIONS | CONDITIONS | SUBORDINATORS:
        return ""
    phrase = _subject(tokens[main_clause(tokens) :])
    words = [token.word for token in phrase]
    if not phrase or words[-1] in NOT_LAST or set(words) & PRONOUNS:
        return ""
    if any(token.ends_clause or '"' in token.text for token in phrase):
        return ""
    text = joined(phrase)
    return text if set(words) - STOP_WORDS and link_of(text).kind == "none" else ""


def _subject(clause: Sequence[Token]) -> Sequence[Token]:
    verb = first_verb(clause)
    return clause[:verb] if verb is not None and verb <= _MAX_SUBJECT_WORDS else ()


def names_in(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the names of several words: Edward Jenner, the Tower of London."""
    for name in _NAME.findall(" ".join(token.text for token in tokens)):
        first = normal(name.split(maxsplit=1)[0])
        if name.endswith(("'s", "’s")):
            continue
        if 2 <= len(name.split()) <= MAX_WORDS and (first == "the" or first not in STOP_WORDS):
            yield name[:1].upper() + name[1:]


def telling_phrases(tokens: Sequence[Token], weights: Mapping[str, float]) -> Iterator[Phrase]:
    """Yield the things named with what tells more about them: "a garden hose", "a hammer of felt".

    Nothing that is denied or only supposed: what "is not a fish" shows no fish.
    """
    denied = False
    at = 0
    while at < len(tokens):
        denied = denied and not (at and tokens[at - 1].ends_clause)
        denied = denied or (tokens[at].word in _DENIES and not _compares(tokens, at))
        end = _phrase_end(tokens, at)
        owned = at > 0 and tokens[at - 1].word in _OWNERS
        if end > at and not denied and not owned and (phrase := _rated(tokens[at:end], weights)):
            yield phrase
        at = max(end, at + 1)


def _compares(tokens: Sequence[Token], at: int) -> bool:
    """Whether "no" belongs to "no thicker than", which says how thick it is."""
    return at + 2 < len(tokens) and tokens[at + 1].word.endswith("er") and tokens[at + 2].word == "than"


def _phrase_end(tokens: Sequence[Token], at: int) -> int:
    """Return where the noun phrase ends that starts at ``at``; ``at`` itself if none starts."""
    end = _simple_end(tokens, at)
    if end == at or end + 1 >= len(tokens) or tokens[end].word != "of" or tokens[end - 1].ends_clause:
        return end
    more = _simple_end(tokens, end + 1, inner=True)
    return more if more > end + 1 and more - at <= _MAX_PHRASE_WORDS else end


def _simple_end(tokens: Sequence[Token], at: int, *, inner: bool = False) -> int:
    start = at + (tokens[at].word in _ARTICLES and not tokens[at].ends_clause)
    end = start
    while (
        end < len(tokens)
        and end - at < _MAX_PHRASE_WORDS
        and _is_telling(tokens, end, opens=end == at and not inner)
    ):
        end += 1
        if tokens[end - 1].ends_clause:
            break
    if end < len(tokens) and tokens[end].word == "of" and end == start + 1:
        return end
    return end if end > start else at


def _is_telling(tokens: Sequence[Token], at: int, *, opens: bool) -> bool:
    word = tokens[at].word
    if not word[:1].isalpha() or word in STOP_WORDS | NUMBER_WORDS | AUXILIARIES or word.endswith("ly"):
        return False
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    free = not at or tokens[at - 1].word not in PREPOSITIONS | DETERMINERS
    if free and is_verb(word) and after in PREPOSITIONS - {"of"} | DETERMINERS and not tokens[at].ends_clause:
        return False
    if opens and (word.endswith(("ed", "ing")) or is_verb(word)):
        return False
    return not (at and is_finite(tokens, at))


def _rated(part: Sequence[Token], weights: Mapping[str, float]) -> Phrase | None:
    words = [token.word for token in part]
    telling = [word for word in words if word not in STOP_WORDS | _MEASURES | NUMBER_WORDS]
    nouns = [word for word in telling if word not in _VAGUE]
    if len(telling) < 2 or not nouns or words[-1] in IRREGULAR_PARTICIPLES:
        return None
    if words[-1] in _MEASURES | _VAGUE or words[-1].endswith(("ing", "ed")):
        return None
    named = words[0] in _ARTICLES or words[-1].endswith("s") or "of" in words
    if not named and not part[-1].text[:1].isupper():
        return None
    heavy = sum(weight_of(word, weights) for word in nouns) / len(nouns)
    return Phrase(joined(part), min(1.0, 0.4 * heavy + 0.15 * min(3, len(nouns)) + 0.15 * named))


def weight_of(word: str, weights: Mapping[str, float]) -> float:
    """Return the weight of a word, one in the middle if none is known."""
    return weights.get(stem(normal(word)), 0.5)
