"""Short headlines cut from sentences: a whole clause of at most seven words, or a whole noun phrase."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.content.engine.clauses import (
    Token,
    core_of,
    first_verb,
    has_subject,
    is_finite,
    later_clauses,
    main_clause,
    tokens_of,
)
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    CUT_PREPOSITIONS,
    DETERMINERS,
    NEGATIONS,
    NUMBER_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    STOP_WORDS,
    SUBORDINATORS,
    UNRESOLVED_PRONOUNS,
    word_set,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.verbs import REPORTING_VERBS
from reelwright.content.engine.words import is_verb, normal, stem

__all__ = ["MAX_WORDS", "Headline", "emphasis_of", "headline_of", "noun_phrase_of"]

MAX_WORDS = 7
_MIN_CUT_WORDS = 3
_MAX_CHARS = 60
_MAX_SUBJECT_WORDS = 6
_EDGE_MARKS = " ,;:.!?…–—-\"“”'‘’"
_NOT_LAST = (
    frozenset({""})
    | DETERMINERS
    | PREPOSITIONS
    | CONJUNCTIONS
    | SUBORDINATORS
    | AUXILIARIES
    | word_set(
        "to not very too so still also now even just only almost nearly about then mostly partly quite"
    )
) - word_set("up down off out less more most enough all each no over")
_NOT_LAST_OF_CUT = _NOT_LAST | word_set("right first last next less more same early late able part")
_ALL_OR_NONE = NEGATIONS | word_set("all every each any most few everybody everyone everything")
"""Words that make a clause false when what narrows it is cut off: "No card fits in this slot"."""
_COMPLETE_VERBS = word_set(
    "rose grew fell died landed arrived survived vanished disappeared exploded melted increased decreased "
    "tripled doubled won failed ended stopped helps matters works worked"
)
"""Verbs behind which a clause may be cut: nothing is missing."""
_EXTREMES = word_set("first last only most least")
_MORE_DETAIL = word_set("because while every each once twice")
"""Further words before which a clause may stop."""
_AFTER_COMMA = word_set("because which while although who where when the a an like such just")
_MEASURES = word_set(
    "second seconds minute minutes hour hours day days week weeks month months year years old times"
)
_NAME = re.compile(r"(?:the )?[A-Z][\w’'-]+(?: (?:(?:of|the|de|for) )*(?:[A-Z][\w’'-]+|\d{4}))+")


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline and how good it is: above 1 for a whole clause, below for less."""

    text: str
    score: float


def headline_of(sentence: str, weights: Mapping[str, float], *, english: bool = True) -> Headline | None:
    """Return the best headline that ``sentence`` holds, or None if it holds none.

    ``weights`` are the weights of stems, from 0 to 1. Sentences in other languages than English
    are their own headline where they are short enough.
    """
    found = list(_candidates(sentence, weights)) if english else list(_short_whole(sentence))
    return max(found, key=lambda headline: headline.score, default=None)


def emphasis_of(headline: str, weights: Mapping[str, float]) -> str:
    """Return the word of the headline that carries it: a figure, else the weightiest, late ones first."""
    words = [word.strip(_EDGE_MARKS) for word in headline.split()]
    if figures := [word for at, word in enumerate(words) if _is_figure(words, at)]:
        return figures[0]
    rated = [
        (not is_verb(normal(word)), _weight(word, weights) * (1 + 0.1 * at), at)
        for at, word in enumerate(words)
        if word and normal(word) not in STOP_WORDS
    ]
    return _whole_name(headline.split(), max(rated)[-1]) if rated else ""


def _whole_name(words: Sequence[str], at: int) -> str:
    """Return the word at ``at`` with the rest of the name it belongs to: Buzz Aldrin, Apollo 8."""
    start, end = at, at + 1
    if words[at][:1].isupper():
        while start > 0 and words[start - 1][:1].isupper():
            start -= 1
        while end < len(words) and (words[end][:1].isupper() or words[end].isdigit()):
            end += 1
    if end - start == len(words):
        start, end = at, at + 1
    return " ".join(words[start:end]).strip(_EDGE_MARKS)


def noun_phrase_of(sentence: str) -> str:
    """Return the subject of the sentence, up to its verb; empty if that is no phrase of its own."""
    tokens = tokens_of(core_of(sentence))
    if not tokens or tokens[0].word in PREPOSITIONS | CONDITIONS | SUBORDINATORS:
        return ""
    phrase = _subject(tokens[main_clause(tokens) :])
    words = [token.word for token in phrase]
    if not phrase or words[-1] in _NOT_LAST or set(words) & PRONOUNS:
        return ""
    if any(token.ends_clause or '"' in token.text for token in phrase):
        return ""
    text = _joined(phrase)
    return text if set(words) - STOP_WORDS and link_of(text).kind == "none" else ""


def _subject(clause: Sequence[Token]) -> Sequence[Token]:
    verb = first_verb(clause)
    return clause[:verb] if verb is not None and verb <= _MAX_SUBJECT_WORDS else ()


def _is_figure(words: Sequence[str], at: int) -> bool:
    """Whether the word is a number and not part of a name: 12, but not the 11 of Apollo 11."""
    return words[at][:1] in set("0123456789$£€") and not (at and words[at - 1][:1].isupper())


def _short_whole(sentence: str) -> Iterator[Headline]:
    text = sentence.strip(_EDGE_MARKS)
    if text and len(text.split()) <= MAX_WORDS and len(text) <= _MAX_CHARS:
        yield Headline(text, 1.0)


def _candidates(sentence: str, weights: Mapping[str, float]) -> Iterator[Headline]:
    tokens = tokens_of(core_of(sentence))
    if tokens and not sentence.rstrip('"”').endswith("?"):
        yield from _clause_headlines(tokens, weights)
        yield from _lesser_headlines(sentence, tokens, weights)


def _clause_headlines(tokens: Sequence[Token], weights: Mapping[str, float]) -> Iterator[Headline]:
    start = main_clause(tokens)
    for begin in [start, *later_clauses(tokens, start)]:
        for end, whole in _ends(tokens, begin):
            part = tokens[begin:end]
            if len(part) >= 2 and _is_sound(part, whole=whole):
                score = _score(part, weights, whole=whole and end == len(tokens), first=begin == start)
                yield Headline(_joined(part), score)


def _lesser_headlines(
    sentence: str, tokens: Sequence[Token], weights: Mapping[str, float]
) -> Iterator[Headline]:
    """Yield the subject, if it says enough by itself, the names, and two telling words."""
    phrase = noun_phrase_of(sentence)
    telling = [word for word in phrase.split() if normal(word) not in STOP_WORDS | NUMBER_WORDS]
    reports = any(token.word in REPORTING_VERBS for token in tokens[1:6])
    if len(telling) >= 2 and not reports:
        yield Headline(phrase, 0.3 + 0.05 * min(4, len(phrase.split())))
    for name in _NAME.findall(" ".join(token.text for token in tokens)):
        if 2 <= len(name.split()) <= MAX_WORDS and _starts_as_name(name):
            yield Headline(name[:1].upper() + name[1:], 0.6)
    if phrase := _key_phrase(tokens, weights):
        yield Headline(phrase, 0.25)


def _starts_as_name(name: str) -> bool:
    first = normal(name.split(maxsplit=1)[0])
    return first == "the" or first not in STOP_WORDS


def _key_phrase(tokens: Sequence[Token], weights: Mapping[str, float]) -> str:
    """Return the weightiest two words in a row that are neither small words nor verbs."""
    pairs = [
        (_weight(one.word, weights) + _weight(other.word, weights), _joined((one, other)))
        for one, other in pairwise(tokens)
        if _is_telling(one) and _is_telling(other) and one.text[-1:].isalnum()
    ]
    return max(pairs)[1] if pairs else ""


def _is_telling(token: Token) -> bool:
    word = token.word
    return (
        word[:1].isalpha()
        and word not in STOP_WORDS | _MEASURES | NUMBER_WORDS
        and not is_verb(word)
        and not word.endswith("ly")
    )


def _ends(tokens: Sequence[Token], begin: int) -> Iterator[tuple[int, bool]]:
    """Yield where a headline from ``begin`` may end, and whether a clause or the sentence ends there."""
    for end in range(begin + 2, min(len(tokens), begin + MAX_WORDS) + 1):
        closed = tokens[end - 1].text[-1:] in ";:"
        paused = tokens[end - 1].text.endswith(",")
        if end == len(tokens) or closed or (paused and _may_follow(tokens, end)):
            yield end, True
        elif _may_cut(tokens, begin, end):
            yield end, False
        if closed:
            return


def _may_follow(tokens: Sequence[Token], at: int) -> bool:
    """Whether what comes behind a comma leaves the clause before it whole."""
    word = tokens[at].word
    if word in CONJUNCTIONS:
        return has_subject(tokens[at + 1 :])
    return word in _AFTER_COMMA or word in CUT_PREPOSITIONS


def _may_cut(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether what follows only adds to what was said: a place, a time, or more about "a" thing."""
    words = [token.word for token in tokens[begin:end]]
    extreme = any(word in _EXTREMES or word.endswith("est") for word in words[-3:])
    if tokens[end - 1].ends_clause or extreme or (_ALL_OR_NONE | {"as", "from", "between"}) & set(words):
        return False
    if tokens[end].word in {"that", "which", "who", "where"}:
        return bool({"a", "an"} & set(words[-3:]))
    return tokens[end].word in CUT_PREPOSITIONS or tokens[end].word in _MORE_DETAIL


def _is_sound(part: Sequence[Token], *, whole: bool) -> bool:
    """Whether the words make a clause that is true and complete by itself."""
    words = [token.word for token in part]
    verb = first_verb(part)
    if (
        verb is None
        or not words[-1]
        or words[-1] in _NOT_LAST
        or words[0] in UNRESOLVED_PRONOUNS | CONDITIONS
    ):
        return False
    if not _is_one_piece(part) or link_of(_joined(part)).kind in {"loose", "hard"}:
        return False
    return whole or _survives_cut(part, words, verb)


def _is_one_piece(part: Sequence[Token]) -> bool:
    text = " ".join(token.text for token in part)
    closed = text.count('"') % 2 == 0 and text.count("“") == text.count("”")
    return closed and not any(token.text[-1:] in ";:" for token in part[:-1])


def _survives_cut(part: Sequence[Token], words: Sequence[str], verb: int) -> bool:
    """Whether nothing is missing at the end: no object, no complement, no content of a report."""
    if len(words) < _MIN_CUT_WORDS or words[-1] in _NOT_LAST_OF_CUT:
        return False
    if REPORTING_VERBS & set(words[verb:-1]):
        return False
    return words[-1] in _COMPLETE_VERBS or not _ends_in_verb(part, verb)


def _ends_in_verb(part: Sequence[Token], verb: int) -> bool:
    last, before = part[-1].word, part[-2].word
    if verb == len(part) - 1 or (before == "to" and is_verb(last)):
        return True
    verbal = is_verb(last) or last.endswith("ing") or is_finite(part, len(part) - 1)
    return verbal and before not in DETERMINERS and before not in PREPOSITIONS


def _score(part: Sequence[Token], weights: Mapping[str, float], *, whole: bool, first: bool) -> float:
    words = [token.word for token in part]
    telling = [_weight(word, weights) for word in words if word not in STOP_WORDS]
    heavy = sum(telling) / max(3, len(telling))
    length = 0.15 if 3 <= len(words) <= 6 else 0.0
    return 1.0 + 0.4 * whole + 0.2 * first + 0.4 * min(1.0, heavy) + length


def _weight(word: str, weights: Mapping[str, float]) -> float:
    return weights.get(stem(normal(word)), 0.5)


def _joined(part: Sequence[Token]) -> str:
    text = " ".join(token.text for token in part).strip(" ,;:.!…–—-")
    if text.count('"') == 1 or text.count("“") != text.count("”"):
        text = text.strip('"“”')
    return text[:1].upper() + text[1:]
