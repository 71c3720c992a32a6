"""Words of a text: as they stand, and reduced to what they have in common."""

import re
from functools import lru_cache

from reelwright.content.engine.lexicon import STOP_WORDS
from reelwright.content.engine.verbs import IRREGULAR_PARTICIPLES, IRREGULAR_PASTS, VERBS

__all__ = ["content_stems", "is_verb", "normal", "stem", "words_of"]

_WORD = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_EDGE = re.compile(r"^\W+|\W+$")


def words_of(text: str) -> list[str]:
    """Return the words and numbers of ``text`` in lower case."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def normal(token: str) -> str:
    """Return one token of a sentence in lower case without the punctuation around it."""
    return _EDGE.sub("", token).lower().replace("’", "'")


def content_stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order, with repetitions."""
    return [stem(word) for word in words_of(text) if word not in STOP_WORDS and len(word) > 1]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return a rough stem: plural, genitive and the common endings of verbs are taken off."""
    base = word.removesuffix("'s")
    for ending, replacement, least in _ENDINGS:
        if base.endswith(ending) and len(base) - len(ending) >= least:
            base = base[: len(base) - len(ending)] + replacement
            break
    return base.removesuffix("e") if len(base) > 4 else base


_ENDINGS = (
    ("ations", "ate", 3),
    ("ation", "ate", 3),
    ("ies", "y", 2),
    ("sses", "ss", 2),
    ("ness", "", 4),
    ("ment", "", 5),
    ("ing", "", 4),
    ("ied", "y", 2),
    ("ed", "", 3),
    ("es", "e", 3),
    ("ly", "", 4),
    ("ss", "ss", 1),
    ("us", "us", 2),
    ("is", "is", 2),
    ("s", "", 3),
)


@lru_cache(maxsize=20_000)
def is_verb(word: str) -> bool:
    """Whether a lower-case word can be a form of a common verb, apart from the form in -ing."""
    if word in VERBS or word in IRREGULAR_PASTS or word in IRREGULAR_PARTICIPLES:
        return True
    return any(base in VERBS for base in _possible_bases(word))


def _possible_bases(word: str) -> tuple[str, ...]:
    if word.endswith(("ies", "ied")):
        return (word[:-3] + "y", word[:-1], word[:-2])
    if word.endswith("ed"):
        undoubled = word[:-3] if len(word) > 4 and word[-3] == word[-4] else ""
        return (word[:-2], word[:-1], undoubled)
    if word.endswith("es"):
        return (word[:-2], word[:-1])
    return (word[:-1],) if word.endswith("s") else ()
