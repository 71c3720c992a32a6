"""Just enough grammar to find the clauses of an English sentence: tokens, verbs, where a clause starts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    word_set,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.verbs import IRREGULAR_PARTICIPLES, IRREGULAR_PASTS
from reelwright.content.engine.words import is_verb, normal

__all__ = [
    "Token",
    "core_of",
    "first_verb",
    "has_subject",
    "is_finite",
    "later_clauses",
    "main_clause",
    "opens_imperative",
    "tokens_of",
]

_MIN_CLAUSE_WORDS = 3
_MAX_SUBJECT_WORDS = 5
_CLAUSE_END = re.compile(r"[,;:.!?…]$|^[–—-]$")
_ASIDE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_INTENSIFIER = re.compile(r"\b(?:very|really|quite|also|(?:far|much)(?= \w+er\b|(?= more| less))) ")
_THAT_IS_WHY = re.compile(r"^(?:That|This)(?:['’]s| is| was) (?:also )?why ")
_LINKS = word_set("then soon later meanwhile finally next instead so and but yet today now there")
_SUBJECTS = word_set("i you we they who which that nobody everybody everyone everything nothing")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    r"^(?:In|By|On|Since|During|At) (?:the )?(?:early |late )?(?:\d{1,2} )?"
    rf"(?:(?:{_MONTHS}) ?)?(?:\d{{1,2}}, )?(?:\d{{4}}s?)?,? (?=\S)"
)
_TIME_PHRASE = re.compile(
    r"\b(?:later|ago|earlier|century|year|day|month|week|after|before|once)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written with its punctuation, and in lower case without it."""

    text: str
    word: str

    @property
    def ends_clause(self) -> bool:
        """Whether its punctuation ends a clause."""
        return bool(_CLAUSE_END.search(self.text))


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text."""
    return [Token(part, normal(part)) for part in text.split()]


def core_of(sentence: str) -> str:
    """Return the sentence without asides, intensifiers, opening links and an opening date."""
    text = _INTENSIFIER.sub("", link_of(_ASIDE.sub("", sentence)).bare)
    first, _, rest = text.partition(" ")
    if normal(first) in _LINKS and (first.endswith(",") or _opens_clause(rest)):
        text = rest
    return _DATE.sub("", _THAT_IS_WHY.sub("", text))


def _opens_clause(text: str) -> bool:
    word = next(iter(text.split()), "")
    return word[:1].isupper() or word in DETERMINERS or word in PRONOUNS


def main_clause(tokens: Sequence[Token]) -> int:
    """Return where the main clause starts: behind an opening adverbial that a comma closes."""
    comma = next((at for at, token in enumerate(tokens[:-_MIN_CLAUSE_WORDS]) if token.ends_clause), None)
    if comma is None or tokens[0].word in CONDITIONS - PREPOSITIONS:
        return 0
    opening = tokens[: comma + 1]
    said = " ".join(token.word for token in opening)
    adverbial = tokens[0].word in PREPOSITIONS or tokens[0].word.endswith("ly") or _TIME_PHRASE.search(said)
    return comma + 1 if adverbial and first_verb(opening) is None else 0


def later_clauses(tokens: Sequence[Token], start: int) -> Iterator[int]:
    """Yield where further main clauses start: behind ";" and ":", and behind ", and" with a subject."""
    for at in range(start + 2, len(tokens) - 2):
        before = tokens[at - 1]
        joined = before.word in CONJUNCTIONS and tokens[at - 2].text.endswith(",")
        if before.text.endswith((";", ":")) or (joined and has_subject(tokens[at:])):
            yield at + (tokens[at].word in CONJUNCTIONS)


def has_subject(tokens: Sequence[Token]) -> bool:
    """Whether the tokens open with a short subject and its verb."""
    verb = first_verb(tokens) or 0
    return 1 <= verb <= _MAX_SUBJECT_WORDS and not any(token.ends_clause for token in tokens[:verb])


def first_verb(tokens: Sequence[Token]) -> int | None:
    """Return the place of the first finite verb, or None."""
    return next((at for at in range(len(tokens)) if is_finite(tokens, at)), None)


def is_finite(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at ``at`` is likely the verb of its clause."""
    word = tokens[at].word
    if word in AUXILIARIES:
        return True
    if not is_verb(word) or word.endswith("ing") or word in IRREGULAR_PARTICIPLES:
        return False
    return _is_verb_here(tokens, at) if at else _commands(tokens)


def opens_imperative(sentence: str) -> bool:
    """Whether the sentence tells the listener to do something."""
    tokens = tokens_of(sentence)
    return bool(tokens) and is_verb(tokens[0].word) and _commands(tokens)


def _is_verb_here(tokens: Sequence[Token], at: int) -> bool:
    word, before = tokens[at].word, tokens[at - 1].word
    if before in DETERMINERS or before in PREPOSITIONS or before.endswith("'s"):
        return False
    if word in IRREGULAR_PASTS and before not in AUXILIARIES:
        return True
    many = _is_plural(before)
    if not (word.endswith(("s", "ed")) or before in _SUBJECTS or many):
        return False
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    return many or not is_verb(after) or after in DETERMINERS or after in PREPOSITIONS


def _is_verbal(word: str) -> bool:
    return word in AUXILIARIES or is_verb(word)


def _is_plural(word: str) -> bool:
    return (word.endswith("s") and not word.endswith("ss")) or word in {"people", "men", "women", "children"}


def _commands(tokens: Sequence[Token]) -> bool:
    if len(tokens) < 2 or tokens[0].word.endswith(("s", "ed")):
        return False
    after = tokens[1].word
    expected = after in DETERMINERS or after in PRONOUNS or after in PREPOSITIONS
    return expected or not _is_verbal(after)
