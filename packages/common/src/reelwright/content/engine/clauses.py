"""Just enough grammar to find the clauses of an English sentence: tokens, verbs, where a clause starts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    DETERMINERS,
    NEGATIONS,
    NUMBER_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    word_set,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.verbs import IRREGULAR_PARTICIPLES, IRREGULAR_PASTS, REPORTING_VERBS
from reelwright.content.engine.words import is_verb, normal

__all__ = [
    "Token",
    "core_of",
    "first_verb",
    "has_subject",
    "is_finite",
    "is_past",
    "joins",
    "later_clauses",
    "main_clause",
    "opens_imperative",
    "shared_verbs",
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
    r"\b(?:later|ago|earlier|century|centuries|years?|days?|months?|weeks?|today|now|1\d\d\d|20\d\d)\b",
    re.IGNORECASE,
)
_PLACING = word_set("today now nowadays here there once")
_LIMITING = word_set(
    "without with unlike like except despite per than as of for under above below beyond behind until till "
    "besides among between off out up down before after"
)
"""Prepositions that open what the truth of the clause may rest on: "Without salt", "For beginners"."""
_CONCEDING = word_set("although though because whereas while")
"""Openers of a clause behind which the main clause is true all the same."""
_COMMENTS = word_set(
    "surprisingly unfortunately luckily fortunately finally suddenly immediately recently eventually "
    "actually remarkably interestingly sadly oddly strangely curiously gradually clearly obviously amazingly"
)
_PAST_AUXILIARIES = word_set("was were had did")
_HANGING = (SUBORDINATORS | CONDITIONS | {"that"}) - PREPOSITIONS - {"as", "once"}
_STOPS_SHARING = (
    SUBORDINATORS
    | CONDITIONS
    | NEGATIONS
    | REPORTING_VERBS
    | word_set("that all every each any most few can may")
)
_RELATIVES = word_set("that which who")
_NEW_START = SUBORDINATORS | CONJUNCTIONS | word_set("that he she it they we i you who")


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
    """Return where the main clause starts: behind an opening that a comma closes and that limits nothing.

    What limits what follows is kept: "Without salt, bread tastes flat" and "If it rains, stay inside"
    start where they start, while "Although it rained, they stayed" says that they stayed.
    """
    comma = next((at for at, token in enumerate(tokens[:-_MIN_CLAUSE_WORDS]) if token.ends_clause), None)
    if comma is None:
        return 0
    opening, rest = tokens[: comma + 1], tokens[comma + 1 :]
    if first_verb(opening) is not None or tokens[0].word in _CONCEDING:
        granted = tokens[0].word in _CONCEDING and has_subject(rest)
        return comma + 1 if granted and rest[0].word not in CONJUNCTIONS else 0
    return comma + 1 if _only_places(opening, rest) else 0


def _only_places(opening: Sequence[Token], rest: Sequence[Token]) -> bool:
    """Whether the opening only says when or where, or how the speaker feels about it."""
    words = [token.word for token in opening]
    if words[0] in _COMMENTS:
        return True
    if NEGATIONS & set(words):
        return False
    if _TIME_PHRASE.search(" ".join(words)) and words[0] not in CONDITIONS - {"as", "once"}:
        return True
    return words[0] in _PLACING or (words[0] in PREPOSITIONS - _LIMITING and _is_past(rest))


def _is_past(tokens: Sequence[Token]) -> bool:
    """Whether the clause tells what happened: what was true once needs no reminder of when."""
    verb = first_verb(tokens)
    return verb is not None and is_past(tokens[verb].word)


def is_past(word: str) -> bool:
    """Whether a verb is in the past tense."""
    regular = word.endswith("ed") and (not word.endswith("eed") or word in {"agreed", "freed"})
    return regular or word in _PAST_AUXILIARIES or word in IRREGULAR_PASTS


def later_clauses(tokens: Sequence[Token], start: int) -> Iterator[int]:
    """Yield where further main clauses start: behind ";" and ":", a comma, or "and", with a subject.

    None is found behind a condition, behind words that report what somebody says, or inside of a clause
    that hangs on another.
    """
    for at in range(start + 2, len(tokens) - 1):
        if tokens[at - 1].text.endswith((";", ":")):
            yield at + (tokens[at].word in CONJUNCTIONS)
        elif joins(tokens, at, start):
            yield at


def joins(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether a main clause starts at ``at`` and goes on from the one that starts at ``start``."""
    before = tokens[at - 1]
    linked = before.word in CONJUNCTIONS - {"or", "nor"}
    paused = tokens[at - 2 - (linked and tokens[at - 2].word in CONJUNCTIONS)].text.endswith(",")
    paused = paused if linked else before.text.endswith(",")
    if (
        tokens[at].word in CONJUNCTIONS
        or not (linked or paused)
        or not has_subject(tokens[at:])
        or tokens[start].word in CONDITIONS
    ):
        return False
    said = [token.word for token in tokens[start : at - linked]]
    if first_verb(tokens[start : at - linked]) is None or REPORTING_VERBS & set(said) or said[0] == "as":
        return False
    if linked and paused:
        return tokens[at].word not in SUBORDINATORS
    before_it = _since_comma(tokens, start, at - linked)
    hangs = _HANGING & {token.word for token in before_it}
    return not hangs and first_verb(before_it) is not None and _opens_plainly(tokens, at)


def _since_comma(tokens: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """Return what stands between the comma before the last one and ``end``."""
    commas = [at for at in range(start, end - 1) if tokens[at].ends_clause]
    return tokens[commas[-1] + 1 if commas else start : end]


def _opens_plainly(tokens: Sequence[Token], at: int) -> bool:
    """Whether the subject that opens here is a thing, a name or "he", and hangs on no noun before it."""
    first = tokens[at].word
    subject = tokens[at : at + (first_verb(tokens[at:]) or 0)]
    words = {token.word for token in subject}
    if words & (SUBORDINATORS | CONJUNCTIONS | {"that"}) or first in PREPOSITIONS | CONJUNCTIONS:
        return False
    if len(subject) > 1 and first in PRONOUNS - DETERMINERS:
        return False
    return not any(
        one.text[:1].islower() and one.word not in DETERMINERS and other.text[:1].isupper()
        for one, other in pairwise(subject)
    )


def shared_verbs(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, int]]:
    """Yield (end of the subject, place of a second verb of the same subject): "The bear eats and sleeps".

    Only where both verbs have the same tense, the second has something behind it, and nothing before it
    denies, limits or reports.
    """
    verb = first_verb(tokens[start:])
    if not verb or verb > _MAX_SUBJECT_WORDS + 2 or tokens[start].word in CONDITIONS | PREPOSITIONS:
        return
    first = start + verb
    for at in range(first + 2, len(tokens) - 1):
        word = tokens[at - 1].word
        few = word == "few" and tokens[at - 2].word == "a"
        if tokens[at - 1].text.endswith((";", ":")) or (word in _STOPS_SHARING and not few):
            return
        if tokens[at - 1].word in {"and", "but"} and _same_tense(tokens, first, at):
            yield first, at


def _same_tense(tokens: Sequence[Token], first: int, at: int) -> bool:
    one, other, after = tokens[first].word, tokens[at].word, tokens[at + 1].word
    if not (_is_companion(after) or tokens[at + 1].text[:1].isupper()) or not is_verb(other):
        return False
    if is_past(one):
        return is_past(other) and other not in IRREGULAR_PARTICIPLES
    if not one.endswith("s") and one not in AUXILIARIES - {"are", "have"}:
        return not (other.endswith("s") or is_past(other) or other in IRREGULAR_PARTICIPLES)
    third = one in {"is", "has", "does"} or one.endswith("s")
    tickets = tokens[at - 2].word.endswith("s") and after not in DETERMINERS | PRONOUNS
    return third and other.endswith("s") and not other.endswith("ss") and not tickets


def _is_companion(word: str) -> bool:
    return word in DETERMINERS | PRONOUNS | PREPOSITIONS or word[:1].isdigit() or word.endswith("ly")


def has_subject(tokens: Sequence[Token]) -> bool:
    """Whether the tokens open with a short subject and its verb."""
    verb = first_verb(tokens) or 0
    return 1 <= verb <= _MAX_SUBJECT_WORDS and not any(token.ends_clause for token in tokens[:verb])


def first_verb(tokens: Sequence[Token]) -> int | None:
    """Return the place of the first finite verb of the main clause, or None.

    In "a woman named Jill remembers" and in "a woman who paints remembers" it is "remembers": what stands
    before it only tells more about the woman.
    """
    verb = next((at for at in range(len(tokens)) if is_finite(tokens, at)), None)
    if not verb:
        return verb
    told = any(token.word in _RELATIVES for token in tokens[1:verb])
    if told or (tokens[verb].word.endswith("ed") and tokens[verb].word not in AUXILIARIES):
        return _verb_behind(tokens, verb, told=told) or verb
    return verb


def _verb_behind(tokens: Sequence[Token], before: int, *, told: bool) -> int | None:
    named = tokens[before].word in {"named", "called"}
    for at in range(before + 1, min(len(tokens), before + _MAX_SUBJECT_WORDS)):
        word = tokens[at].word
        if tokens[at - 1].ends_clause or word in _NEW_START:
            return None
        if at > before + 1 and is_finite(tokens, at) and (named or told or not word.endswith("ed")):
            return None if tokens[at - 1].word in AUXILIARIES else at
    return None


def is_finite(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at ``at`` is likely the verb of its clause."""
    word = tokens[at].word
    if word in AUXILIARIES:
        return not (at and word in {"do", "have", "be", "been", "being"} and tokens[at - 1].word == "to")
    if not (is_verb(word) or _acted(tokens, at)) or word.endswith("ing") or word in IRREGULAR_PARTICIPLES:
        return False
    return _is_verb_here(tokens, at) if at else _commands(tokens)


def opens_imperative(sentence: str) -> bool:
    """Whether the sentence tells the listener to do something."""
    tokens = tokens_of(sentence)
    return bool(tokens) and is_verb(tokens[0].word) and _commands(tokens)


def _acted(tokens: Sequence[Token], at: int) -> bool:
    """Whether an unknown word in -ed is what somebody did: "he scratched the boy"."""
    word, after = tokens[at].word, tokens[at + 1].word if at + 1 < len(tokens) else ""
    return word.endswith("ed") and len(word) > 4 and at > 0 and after in DETERMINERS | PRONOUNS


def _is_verb_here(tokens: Sequence[Token], at: int) -> bool:
    word, before = tokens[at].word, tokens[at - 1].word
    if before in DETERMINERS or before in PREPOSITIONS or before.endswith("'s"):
        return False
    if word.endswith("s") and (before in NUMBER_WORDS - {"one"} or before[:1].isdigit()):
        return False
    if word in IRREGULAR_PASTS and before not in AUXILIARIES:
        return True
    many = _is_plural(before)
    if not (word.endswith(("s", "ed")) or before in _SUBJECTS or many):
        return False
    after = tokens[at + 1].word if at + 1 < len(tokens) and not tokens[at].ends_clause else ""
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
