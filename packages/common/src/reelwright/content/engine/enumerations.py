"""Lists inside a sentence: "a, b and c"."""

import re
from collections.abc import Sequence

from reelwright.content.engine.clauses import has_subject, tokens_of
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    DETERMINERS,
    NUMBER_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
)
from reelwright.content.engine.verbs import REPORTING_VERBS
from reelwright.content.engine.words import is_verb, normal

__all__ = ["clauses_in", "items_in", "tidy_item"]

_SERIES = re.compile(r"[^,;:.()]+(?:, [^,;:.()]+)+,? (?:and|or) [^,;:.()]+")
_FRACTION = re.compile(r" and (?:a |one )?(?:half|quarter|third)\b")
_CHAIN = re.compile(r",? (?:and )?then ")
_CLAUSES = re.compile(r", (?:and )?(?:then )?")
_MAX_ITEM_WORDS = 4
_MAX_CLAUSE_WORDS = 8
_MIN_ITEMS, _MAX_ITEMS = 3, 6
_NOT_IN_ITEM = PRONOUNS | SUBORDINATORS | AUXILIARIES


def items_in(sentence: str) -> tuple[str, ...]:
    """Return three to six short things that the sentence names in a row; empty if it does not."""
    if '"' in sentence or "“" in sentence:
        return ()
    items = _chained(sentence) or _in_a_row(sentence)
    if not _MIN_ITEMS <= len(items) <= _MAX_ITEMS or not all(_is_item(item) for item in items):
        return ()
    if sum(is_verb(normal(item.split()[0])) for item in items) > 1 or all(
        _opens_with_number(item) for item in items
    ):
        return ()
    return tuple(tidy_item(item) for item in items)


def _in_a_row(sentence: str) -> list[str]:
    match = _SERIES.search(sentence)
    if not match or _FRACTION.search(match.group()):
        return []
    *commas, last = match.group().split(", ")
    before, _, closing = last.rpartition(" and ") if " and " in last else last.rpartition(" or ")
    middle = [before] if before else []
    closing = closing.removeprefix("and ").removeprefix("or ")
    return [_tail(commas[0]), *commas[1:], *middle, _head(closing)]


def _chained(sentence: str) -> list[str]:
    """Return the things of a row that "then" joins: "a strand of glass, then steel, then copper"."""
    first, *others = _CHAIN.split(sentence.rstrip(".!"))
    return [_tail(first), *others[:-1], _head(others[-1])] if len(others) >= _MIN_ITEMS - 1 else []


def clauses_in(sentence: str) -> tuple[str, ...]:
    """Return the three or more short clauses that the sentence is a row of; empty if it is none.

    "Ships lay the cable, robots bury it near the coast, and repair crews lift it." Nothing is left out, so
    that none of them says what the sentence does not say.
    """
    parts = _CLAUSES.split(sentence.strip().rstrip(".!"))
    if not _MIN_ITEMS <= len(parts) <= _MAX_ITEMS or "?" in sentence or '"' in sentence or "“" in sentence:
        return ()
    if not all(_is_clause(part) for part in parts):
        return ()
    return tuple(part[:1].upper() + part[1:] for part in parts)


def _is_clause(part: str) -> bool:
    tokens = tokens_of(part)
    words = [token.word for token in tokens]
    if not _MIN_ITEMS <= len(words) <= _MAX_CLAUSE_WORDS or not has_subject(tokens):
        return False
    opens = words[0] in CONDITIONS | CONJUNCTIONS | SUBORDINATORS or words[0].endswith("ing")
    return not opens and not set(words) & REPORTING_VERBS and not any(mark in part for mark in ";:()")


def tidy_item(item: str) -> str:
    """Return a point of a list without its article and end mark, starting large."""
    text = item.strip(" ,;:.!")
    first, _, rest = text.partition(" ")
    text = rest if rest and first.lower() in {"a", "an", "the"} else text
    return text[:1].upper() + text[1:]


def _tail(text: str) -> str:
    """Return the last noun phrase of what stands before the first comma."""
    words = text.split()
    start = 0
    for at, word in enumerate(words):
        if _opens_series(words, at, normal(word)):
            start = at + 1
    return " ".join(words[start:])


def _opens_series(words: Sequence[str], at: int, word: str) -> bool:
    if at == len(words) - 1:
        return False
    if word in AUXILIARIES or word in PREPOSITIONS - {"of"}:
        return True
    return at > 0 and is_verb(word) and normal(words[at - 1]) not in DETERMINERS


def _head(text: str) -> str:
    """Return the first noun phrase of what stands behind the last "and"."""
    words = text.split()
    for at, word in enumerate(words[1:], start=1):
        plain, before = normal(word), normal(words[at - 1])
        after = normal(words[at + 1]) if at + 1 < len(words) else ""
        things = plain.endswith("s") and is_verb(after)
        acts = is_verb(plain) and before not in DETERMINERS and not before.endswith("ly") and not things
        if acts or plain in PREPOSITIONS - {"of"} or plain in _NOT_IN_ITEM:
            return " ".join(words[:at])
    return text


def _opens_with_number(item: str) -> bool:
    first = item.split(maxsplit=1)[0].lower()
    return first[0].isdigit() or first in NUMBER_WORDS


def _is_item(item: str) -> bool:
    words = [normal(word) for word in item.split()]
    if not 1 <= len(words) <= _MAX_ITEM_WORDS or any(word in _NOT_IN_ITEM for word in words):
        return False
    if words[0] in CONJUNCTIONS | {"away", "then", "not"} or any(
        word in PREPOSITIONS - {"of"} for word in words
    ):
        return False
    return not (is_verb(words[0]) and len(words) > 1 and words[1] in DETERMINERS | PRONOUNS)
