"""English words in running text: their base forms, whether they stand as noun or verb, what part they play.

No parser: what neighbours show cheaply, and no opinion where they show nothing. Base forms are candidates,
of which the lexicon knows at most the right one; a stemmer would make ``organ`` of ``organs`` as well, but
also ``univers`` of ``universe``, which no lexicon written by people has.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

from reelwright.video.pictures.grammar import (
    AUXILIARIES,
    CLAUSE_WORDS,
    CONTAINERS,
    CONTENT_ENDINGS,
    DETERMINERS,
    FUNCTION_WORDS,
    IRREGULAR,
    LIKENESSES,
    MEASURES,
    MODALS,
    NEGATIONS,
    NO_DENIAL,
    NOUN_NEGATIONS,
    OBJECTS,
    PREPOSITIONS,
    SHAPES,
    SUBJECTS,
    VERB_NEGATIONS,
)

__all__ = [
    "MOST_CHARS",
    "Measuring",
    "Token",
    "Use",
    "base_forms",
    "denied_in",
    "measures",
    "sentences_of",
    "standing",
    "tokens_of",
    "use_of",
]

Use: TypeAlias = Literal["noun", "verb", ""]
"""How a word is used; empty where its neighbours do not show it."""
Measuring: TypeAlias = Literal["only", "holding", ""]
"""What a word such as ``grain`` or ``cup`` is before ``of``."""

MOST_CHARS: Final = 4_000
"""Of a text are looked at: about four minutes of speech, and no scene is as long."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,]*|[^\w\s]")
_SIGNS = re.compile(r"°\s?[CF]\b|[$€£¥]")
_SAID = {"$": " dollar ", "€": " euro ", "£": " pound sterling ", "¥": " yen "}
_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+|\n+")
_JOINS = frozenset("-‐‑/")  # noqa: RUF001 (the hyphens of printers join words as the one of typists does)
_WAY_BACK: Final = 4
"""Words between a preposition and the noun that it governs: ``without any very large mountain``."""
_TWO_WORDS = frozenset({("instead", "of"), ("rather", "than")})


class Token(NamedTuple):
    """One word of a text, in lower case."""

    text: str
    forms: tuple[str, ...]
    """The word itself, then what it may be a form of."""
    opens: bool
    """First after a mark of punctuation, or of all."""
    closes: bool
    """Last before one."""


def sentences_of(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, split where a mark that ends one is followed by space."""
    return tuple(part for part in _SENTENCE.split(text[:MOST_CHARS]) if part.strip())


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words of a text; hyphens separate words, apostrophes do not, signs of money are words."""
    plain = _SIGNS.sub(lambda sign: _SAID.get(sign[0], " degrees celsius "), text[:MOST_CHARS])
    tokens = list(_tokens([match[0] for match in _WORD.finditer(plain)]))
    return (*tokens[:-1], *(last._replace(closes=True) for last in tokens[-1:]))


def _tokens(parts: Sequence[str]) -> Iterator[Token]:
    opens = True
    for at, part in enumerate(parts):
        if part[0].isalnum():
            closes = at + 1 < len(parts) and _is_mark(parts[at + 1])
            word = _bare(part)
            yield Token(word, base_forms(word), opens, closes)
            opens = False
        else:
            opens = opens or _is_mark(part)


def _is_mark(part: str) -> bool:
    return not part[0].isalnum() and part not in _JOINS


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


@lru_cache(maxsize=8192)
def base_forms(word: str) -> tuple[str, ...]:
    """Return what a word in lower case may be a form of, itself first.

    ``boxes`` gives box (and boxe), ``leaves`` leaf and leave, ``planning`` plan, ``frozen`` freeze.
    """
    return tuple(dict.fromkeys((word, *IRREGULAR.get(word, ()), *_regular(word))))


def _regular(word: str) -> Iterator[str]:
    if len(word) < 4 or not word.isalpha():
        return
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield from _singular(word)
    elif word.endswith("ed") and not word.endswith("eed"):
        yield word[:-1]  # fired is fire rather than fir, whose -ed would double the r
        yield from _unbent(word[:-2])
    elif word.endswith("ing") and len(word) > 5:
        yield word[:-3] + "e"
        yield from _unbent(word[:-3])


def _singular(word: str) -> Iterator[str]:
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        yield word[:-2]
    yield word[:-1]


def _unbent(stem: str) -> Iterator[str]:
    yield stem
    if len(stem) > 2 and stem[-1] == stem[-2]:
        yield stem[:-1]
    if stem.endswith("i"):
        yield stem[:-1] + "y"


def use_of(tokens: Sequence[Token], at: int) -> Use:
    """Return how the word at a place is used, as far as its neighbours show."""
    token = tokens[at]
    before = "" if token.opens else tokens[at - 1].text
    after = "" if token.closes else tokens[at + 1].text
    if before in DETERMINERS or before in PREPOSITIONS or before.isdigit() or _describes(before):
        return "noun"
    if before in SUBJECTS or before in MODALS or (before in AUXILIARIES and token.text.endswith("ing")):
        return "verb"
    if after in OBJECTS and not token.text.endswith("ing"):
        return _before_object(token, before)
    if token.text.endswith("ed"):
        return "verb" if after in PREPOSITIONS else ""
    return (
        "noun" if token.text.endswith("s") and len(token.forms) > 1 and before not in FUNCTION_WORDS else ""
    )


def _before_object(token: Token, before: str) -> Use:
    """Tell a verb from a noun where a noun phrase follows: by its ending, or because it commands."""
    commands = token.opens or before in {"to", "and", "or", "then", "please"}
    return "verb" if commands or token.text.endswith(("s", "ed")) else ""


def _describes(word: str) -> bool:
    return len(word) > 4 and word.endswith(CONTENT_ENDINGS) and word not in FUNCTION_WORDS


def standing(tokens: Sequence[Token], begin: int, end: int) -> float:
    """Return how heavy the words from begin to end weigh by the part they play, at most 1.

    A head of a subject or object weighs 1; what only describes another noun, stands under a preposition,
    is compared with or denied weighs less.
    """
    factor = 0.9 if _modifies(tokens, begin, end) or _is_participle(tokens[begin:end]) else 1.0
    for back in range(1, _WAY_BACK + 1):
        at = begin - back
        if at < 0 or tokens[at].closes:
            break
        word = tokens[at].text
        if word in NEGATIONS:
            return factor * 0.6
        if word in LIKENESSES:
            return factor * 0.75
        if word in PREPOSITIONS:
            return factor * _under(tokens, at)
        if word in FUNCTION_WORDS and word not in DETERMINERS:
            break
    return factor


def _under(tokens: Sequence[Token], at: int) -> float:
    """Return what a noun weighs under a preposition: of ``a grain of ice`` the ice is the head."""
    if tokens[at].text != "of":
        return 0.93
    return 1.0 if at and set(tokens[at - 1].forms) & MEASURES else 0.97


def measures(tokens: Sequence[Token], at: int) -> Measuring:
    """Return how a word measures what ``of`` joins to it; empty where it means itself.

    ``only``: it says no more than how much, or in what shape. ``holding``: it is a thing too, which
    matters where what it holds cannot be shown.
    """
    if tokens[at].closes or tokens[at + 1].text != "of" or tokens[at + 1].closes:
        return ""
    forms, filling = set(tokens[at].forms), tokens[at + 2].text
    if forms & MEASURES or (forms & SHAPES and filling not in DETERMINERS):
        return "only"
    return "holding" if forms & CONTAINERS else ""


def denied_in(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the places of the words that a text denies: ``not to dig``, ``without salt``, ``unlike a fish``.

    A denial reaches to the next clause or mark and, but for ``not to``, to the next preposition: when and
    where something does not happen is spoken of all the same. A denial of a denial denies nothing: ``no bread
    without flour``.
    """
    denied: set[int] = set()
    at = 0
    while at < len(tokens):
        begin = _denial_from(tokens, at)
        end = _denial_to(tokens, at, begin) if begin else at
        twice = end < len(tokens) and not tokens[end - 1].closes and tokens[end].text == "without"
        denied.update(() if twice or not begin else range(begin, end))
        at = max(at, end) + (twice or end <= at)
    return frozenset(denied)


def _denial_from(tokens: Sequence[Token], at: int) -> int:
    """Return the place behind the words that begin a denial at a place; 0 where none does."""
    word, after = tokens[at].text, "" if tokens[at].closes else tokens[at + 1].text
    if not after or after in NO_DENIAL:
        return 0
    if (word, after) in _TWO_WORDS:
        return 0 if tokens[at + 1].closes else at + 2
    return at + 1 if word in VERB_NEGATIONS or word in NOUN_NEGATIONS else 0


def _denial_to(tokens: Sequence[Token], at: int, begin: int) -> int:
    """Return the place behind a denial."""
    of_verb = tokens[at].text in VERB_NEGATIONS
    ends = CLAUSE_WORDS if of_verb and tokens[begin].text == "to" else CLAUSE_WORDS | (PREPOSITIONS - {"of"})
    ends = ends if of_verb else ends | AUXILIARIES | MODALS | {"like"}
    for place in range(begin, len(tokens)):
        if tokens[place].text in ends and (place > begin or tokens[place].text not in PREPOSITIONS):
            return place
        if tokens[place].closes:
            return place + 1
    return len(tokens)


def _is_participle(tokens: Sequence[Token]) -> bool:
    """Tell whether a word alone says what was done to something, rather than what there is."""
    return len(tokens) == 1 and tokens[0].text.endswith("ed") and len(tokens[0].forms) > 1


def _modifies(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Tell whether the words describe the next one: ``coffee beans``, but ``bees buzz``."""
    last = tokens[end - 1]
    if last.closes or len(last.forms) > 1 or use_of(tokens, begin) == "verb":
        return False
    after = tokens[end]
    return not (after.text in FUNCTION_WORDS or after.text.endswith(("s", "ed", "ly", "ing")))
