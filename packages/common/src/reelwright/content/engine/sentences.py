"""Where sentences end: full stops of abbreviations, initials and decimals are not the end."""

import re
from collections.abc import Iterator

from reelwright.content.engine.lexicon import ABBREVIATIONS, LIST_ABBREVIATIONS, STOP_WORDS, word_set

__all__ = ["split_sentences"]

_END = re.compile(r"(?:[.!?…]+|[。！？]+)[\"”’'»)\]]*")
_OPENERS = "\"“‘'«(["
_WIDE_STOPS = "。！？"
_TOKEN_CHARS = 20
_MAX_QUOTE_CHARS = 300


def split_sentences(passage: str) -> list[str]:
    """Return the sentences of a passage, trimmed, each with its own punctuation."""
    return [sentence for sentence in (part.strip() for part in _cut(passage)) if sentence]


def _cut(passage: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(passage):
        if _ends_sentence(passage, end) and not _is_inside_quote(passage, start, end.end()):
            yield passage[start : end.end()]
            start = end.end()
    yield passage[start:]


def _is_inside_quote(passage: str, start: int, end: int) -> bool:
    """Whether a quotation is open here that will soon be closed: it is kept in one piece."""
    said = passage[start:end][-_MAX_QUOTE_CHARS:]
    ahead = passage[end : end + _MAX_QUOTE_CHARS]
    if said.count("“") > said.count("”"):
        return "”" in ahead
    return said.count('"') % 2 == 1 and '"' in ahead


def _ends_sentence(passage: str, end: re.Match[str]) -> bool:
    mark = end.group()
    following = passage[end.end() : end.end() + _TOKEN_CHARS]
    if mark[0] in _WIDE_STOPS or not following:
        return True
    if not following[0].isspace():
        return False
    if _goes_on_small(following):
        return False
    word = _token_before(passage, end.start())
    return not (mark == "." and _is_abbreviation(word, following))


def _goes_on_small(following: str) -> bool:
    """Whether the next word starts small, as after an ellipsis or a question inside a sentence."""
    return following.lstrip().lstrip(_OPENERS)[:1].islower()


def _token_before(passage: str, at: int) -> str:
    words = passage[max(0, at - _TOKEN_CHARS) : at].split()
    return words[-1].lstrip(_OPENERS) if words and not passage[at - 1].isspace() else ""


def _is_abbreviation(word: str, following: str) -> bool:
    lowered = word.lower()
    if lowered in LIST_ABBREVIATIONS:
        return not _starts_with_small_word(following)
    if following.lstrip()[:1].isdigit() and lowered in _BEFORE_FIGURES:
        return True
    if _is_initial(word):
        return not _starts_with_small_word(following)
    return lowered in _UNAMBIGUOUS or (lowered in _CAPITALISED and word[:1].isupper())


def _is_initial(word: str) -> bool:
    """Whether it is a capital, or several with stops between them: the J. and the R.R. of names."""
    return bool(re.fullmatch(r"[A-Z](?:\.[A-Z])*", word)) and word != "I"


def _starts_with_small_word(following: str) -> bool:
    """Whether the next sentence could open here, with a word that names never start with."""
    first = next(iter(following.split()), "")
    word = first.lstrip(_OPENERS).rstrip(",.;:")
    return len(word) > 1 and word.lower() in STOP_WORDS


_CAPITALISED = word_set(
    "gen sen rep gov col maj st fig min max ed art ch sec mon tue wed thu fri sat sun jan feb mar apr jun "
    "jul aug sep sept oct nov dec est op"
)
"""Abbreviations that are also words, and abbreviations only when written with a capital."""
_BEFORE_FIGURES = word_set("no nos min max p pp fig figs vol vols art ch sec op")
_UNAMBIGUOUS = ABBREVIATIONS - _CAPITALISED - _BEFORE_FIGURES
