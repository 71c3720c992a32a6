"""Words that are said differently as noun, verb or adjective: the part of speech, from the neighbours.

The dictionary has both pronunciations; its own guess takes every unknown word for a noun, so that
"people use tools" would be said with the noun. These rules look one word to either side and abstain
when they see no sign.
"""

from collections.abc import Sequence
from typing import Literal

from reelwright.audio.engine.text.wordlist import wordset

__all__ = ["Role", "role_of"]

Role = Literal["NOUN", "VERB", "ADJ", "VBD"]

_BEFORE_NOUNS = wordset(
    "a an the this that these those my your his her its our their no some any each every another more "
    "most many much few less several all both of in for with from without by on at first last new big "
    "small great two three whose which what"
)
_BEFORE_VERBS = wordset(
    "to can could will would shall should may might must do does did don't doesn't didn't can't won't "
    "cannot not never always often also still usually sometimes rarely they we you i he she it who let "
    "lets please and then people men women children scientists"
)
_AFTER_VERBS = wordset(
    "the a an this that these those their its his her your our my it them us him me itself themselves"
)
_AFTER_NOUNS = wordset("of is was are were has had have can will")
_BEFORE_ADJECTIVES = wordset(
    "very too so as is are was were be been how more most less get gets come stay stays"
)
_AUXILIARIES = wordset("have has had having is are was were be been being")
_AFTER_CLOSE = wordset("to by behind enough together up")


def role_of(words: Sequence[str], index: int) -> Role | None:
    """Return the part of speech of ``words[index]``, or None if the neighbours do not tell."""
    word = words[index].lower()
    before = words[index - 1].lower() if index else ""
    after = words[index + 1].lower() if index + 1 < len(words) else ""
    if word in {"close", "closer", "live"}:
        return _adjective_or_verb(word, before, after)
    if word in {"read", "reread", "wound"}:
        return "VBD" if before in _AUXILIARIES else None
    return _noun_or_verb(word, before, after)


def _adjective_or_verb(word: str, before: str, after: str) -> Role | None:
    if word == "live":
        return "ADJ" if before in {"a", "the", "watch", "stream"} else "VERB"
    if after in _AFTER_CLOSE or before in _BEFORE_ADJECTIVES:
        return "ADJ"
    return "VERB" if before in _BEFORE_VERBS or after in _AFTER_VERBS else "ADJ"


def _noun_or_verb(word: str, before: str, after: str) -> Role | None:
    if before in _BEFORE_NOUNS or before.endswith("'s"):
        return "NOUN"
    if before in _BEFORE_VERBS or after in _AFTER_VERBS:
        return "VERB"
    if after in _AFTER_NOUNS:
        return "NOUN"
    return "VERB" if word == "lives" or _is_plural_subject(before, word) else None


def _is_plural_subject(before: str, word: str) -> bool:
    """Tell a plural before a word without -s; the other way round an adjective looks the same."""
    return len(before) > 3 and before.endswith("s") and not word.endswith("s")
