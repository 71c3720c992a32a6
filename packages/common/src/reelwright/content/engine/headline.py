"""Short headlines cut from sentences: a whole clause of at most eight words, or a telling noun phrase."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.content.engine.clauses import (
    Token,
    core_of,
    later_clauses,
    main_clause,
    shared_verbs,
    tokens_of,
)
from reelwright.content.engine.cuts import LONG_WORDS, MAX_WORDS, ends_of, is_sound, joined
from reelwright.content.engine.lexicon import CONDITIONS, NUMBER_WORDS, STOP_WORDS
from reelwright.content.engine.phrases import names_in, noun_phrase_of, telling_phrases, weight_of
from reelwright.content.engine.verbs import REPORTING_VERBS
from reelwright.content.engine.words import is_verb, normal

__all__ = [
    "MAX_WORDS",
    "Headline",
    "emphasis_of",
    "headline_of",
    "headlines_in",
    "noun_phrase_of",
]

_MAX_CHARS = 60
_EDGE_MARKS = " ,;:.!?…–—-\"“”'‘’"
_LONG_CHARS = 72
_LONG_SCORE, _VERY_LONG_SCORE, _LEANING_SCORE, _LEANING_LONG_SCORE = 0.97, 0.65, 0.84, 0.55
_ALL_OF_IT, _WHOLE_CLAUSE, _FIRST_CLAUSE = 0.4, 0.2, 0.2
_FIGURE = 0.25
_BEST_SCORE = 2.15
_PAUSE = 0.35
"""What a comma inside costs."""
_HALF_SAID = 0.7
"""What is taken off where "not only" waits for its "but also"."""
_NAME_SCORE, _SUBJECT_SCORE, _PHRASE_SCORE = 0.6, 0.3, 0.42


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
    return next(iter(headlines_in(sentence, weights, english=english)), None)


def headlines_in(
    sentence: str, weights: Mapping[str, float], *, english: bool = True, leaning: bool = False
) -> list[Headline]:
    """Return all headlines that ``sentence`` holds, best first.

    With ``leaning`` also those that point back to the sentence before, "It has three hearts": for a picture
    that is seen while the sentence is heard. They count for less than any that stands alone.
    """
    if not english:
        return list(_short_whole(sentence))
    tokens = tokens_of(core_of(sentence))
    if not tokens or sentence.rstrip('"”').endswith("?"):
        return []
    found = [*_clause_headlines(tokens, weights), *_lesser_headlines(sentence, tokens, weights)]
    if leaning:
        known = {headline.text for headline in found}
        found += [
            Headline(one.text, _leaning_score(one))
            for one in _clause_headlines(tokens, weights, leaning=True)
            if one.text not in known
        ]
    return sorted(found, key=lambda headline: -headline.score)


def _leaning_score(found: Headline) -> float:
    if found.score == _VERY_LONG_SCORE:
        return _LEANING_LONG_SCORE
    return _LEANING_SCORE + (0.04 if found.score <= _LONG_SCORE else 0.02 * found.score)


def emphasis_of(headline: str, weights: Mapping[str, float]) -> str:
    """Return the word of the headline that carries it: a figure, else the weightiest, late ones first."""
    words = [word.strip(_EDGE_MARKS) for word in headline.split()]
    if figures := [word for at, word in enumerate(words) if _is_figure(words, at)]:
        return figures[0]
    rated = [
        (
            not is_verb(normal(word)) and not word.endswith("ly"),
            weight_of(word, weights) * (1 + 0.1 * at),
            at,
        )
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


def _is_figure(words: Sequence[str], at: int) -> bool:
    """Whether the word is a number and not part of a name: 12, but not the 11 of Apollo 11."""
    return words[at][:1] in set("0123456789$£€") and not (at and words[at - 1][:1].isupper())


def _short_whole(sentence: str) -> Iterator[Headline]:
    text = sentence.strip(_EDGE_MARKS)
    if text and len(text.split()) <= MAX_WORDS and len(text) <= _MAX_CHARS:
        yield Headline(text, 1.0)


def _clause_headlines(
    tokens: Sequence[Token], weights: Mapping[str, float], *, leaning: bool = False
) -> Iterator[Headline]:
    start = main_clause(tokens)
    for begin in dict.fromkeys([0, start, *later_clauses(tokens, start)]):
        for end, whole in ends_of(tokens, begin):
            part = tokens[begin:end]
            follower = tokens[end].word if end < len(tokens) else ""
            all_of_it = leaning and end - begin == len(tokens)
            if is_sound(part, whole=whole, follower=follower, leaning=leaning) and (
                part[0].word not in CONDITIONS or all_of_it
            ):
                first = begin <= start
                share = (_ALL_OF_IT if first and end == len(tokens) else _WHOLE_CLAUSE) if whole else 0.0
                score = _score(part, weights, share + _FIRST_CLAUSE * first)
                yield from _fitting(part, score)
        yield from _shared(tokens, begin, weights, leaning=leaning)


def _shared(
    tokens: Sequence[Token], begin: int, weights: Mapping[str, float], *, leaning: bool
) -> Iterator[Headline]:
    """Yield the subject with its second verb: "The bottle lasts for 450 years"."""
    for subject, verb in shared_verbs(tokens, begin):
        joint = [*tokens[begin:subject], *tokens[verb:]]
        for end, whole in ends_of(joint, 0):
            if end > subject - begin + 1 and is_sound(joint[:end], whole=whole, leaning=leaning):
                yield from _fitting(joint[:end], _score(joint[:end], weights, 0.0))


def _fitting(part: Sequence[Token], score: float) -> Iterator[Headline]:
    """Yield the words as a headline, worth less the more of them there are beyond eight."""
    text = joined(part)
    if len(part) <= MAX_WORDS and len(text) <= _MAX_CHARS:
        yield Headline(text, score)
    elif len(part) <= LONG_WORDS and len(text) <= _LONG_CHARS:
        yield Headline(text, _VERY_LONG_SCORE if len(part) == LONG_WORDS else _LONG_SCORE)


def _lesser_headlines(
    sentence: str, tokens: Sequence[Token], weights: Mapping[str, float]
) -> Iterator[Headline]:
    """Yield the subject, if it says enough by itself, the names, and the telling phrases."""
    phrase = noun_phrase_of(sentence)
    telling = [word for word in phrase.split() if normal(word) not in STOP_WORDS | NUMBER_WORDS]
    reports = any(token.word in REPORTING_VERBS for token in tokens[1:6])
    if len(telling) >= 2 and not reports:
        yield Headline(phrase, _SUBJECT_SCORE + 0.05 * min(4, len(phrase.split())))
    for name in names_in(tokens):
        yield Headline(name, _NAME_SCORE)
    for found in telling_phrases(tokens, weights):
        yield Headline(found.text, _PHRASE_SCORE + 0.2 * found.worth)


def _score(part: Sequence[Token], weights: Mapping[str, float], bonus: float) -> float:
    words = [token.word for token in part]
    telling = [weight_of(word, weights) for word in words if word not in STOP_WORDS]
    heavy = sum(telling) / max(3, len(telling))
    length = 0.15 * (len(words) >= 3) + 0.02 * len(words)
    bonus += _FIGURE * any(word[:1].isdigit() for word in words)
    less = _HALF_SAID * (("not", "only") in pairwise(words)) + _PAUSE * _has_pause(part)
    return min(_BEST_SCORE, 1.0 + 0.4 * min(1.0, heavy) + length + bonus - less)


def _has_pause(part: Sequence[Token]) -> bool:
    return any(token.text.endswith(",") for token in part[:-1])
