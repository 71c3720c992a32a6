"""Whether a sentence can stand on its own, or leans on the one before it."""

import re
from dataclasses import dataclass
from typing import Literal

from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    DETERMINERS,
    HARD_LINKS,
    PREPOSITIONS,
    PRONOUNS,
    SHELL_NOUNS,
    SOFT_LINKS,
    STOP_WORDS,
    UNRESOLVED_PRONOUNS,
)
from reelwright.content.engine.words import is_verb, normal

__all__ = ["Link", "link_of"]


@dataclass(frozen=True, slots=True)
class Link:
    """How a sentence hangs on the one before.

    ``none`` stands alone. ``soft`` opens with a word that can be dropped: ``bare`` is the sentence
    without it. ``loose`` belongs right behind the sentence before it, but may open a section ("Six
    hours later, …"). ``hard`` speaks of something that only the sentence before names.
    """

    kind: Literal["none", "soft", "loose", "hard"]
    bare: str


_NEEDS_COMMA = {"still", "also", "yet", "besides", "of course", "indeed", "in fact"}
_SO_MUCH = {"much", "many", "far", "few", "little", "long", "that", "called"}
_QUANTIFIERS = {
    "both",
    "neither",
    "either",
    "half",
    "most",
    "some",
    "many",
    "few",
    "each",
    "one",
    "all",
    "several",
    "others",
}
_PLURAL_QUANTIFIERS = {"both", "most", "some", "many", "few", "all", "several", "others"}
_COMPLEMENTS = {"of", "for", "to", "that", "why", "in", "behind", "between", "with"}
_EXPLETIVE = re.compile(
    r"it (?:takes|took|seems|turns out|turned out|helps|pays|(?:is|was) (?:not )?(?:easy|hard|difficult|"
    r"possible|impossible|important|clear|true|likely|unlikely|common|rare|safe|dangerous|best|better|good|"
    r"necessary|easier|harder|time|enough|worth)\b)"
)
_RELATIVE_TIME = re.compile(r"^(?:[\w-]+ ){1,7}(?:later|earlier|afterwards|before that|after that)\b")
_REPEATS = re.compile(r"\b(?:again|as well|either)\b")
_QUOTED = re.compile(r"[\"“][^\"“”]*[\"”]")
_SOFT = re.compile(
    rf"(?P<opener>{'|'.join(sorted(SOFT_LINKS, key=len, reverse=True))})(?P<comma>,)?\s+", re.IGNORECASE
)
_HARD = re.compile(rf"(?:{'|'.join(HARD_LINKS)})\b", re.IGNORECASE)
_MALE_OR_FEMALE = {"he", "she", "him", "his", "her", "hers", "himself", "herself"}
_POINTING = {"this", "that", "these", "those"}
_OBJECTS = {"it", "them", "him"}
_NEW_CLAUSE = {
    "and",
    "but",
    "or",
    "so",
    "because",
    "when",
    "while",
    "if",
    "although",
    "before",
    "after",
    "until",
    "that",
    "which",
    "who",
}
_PLURAL = {"they", "them", "their", "theirs", "these", "those", "themselves"}
_PLURAL_NOUNS = {"people", "men", "women", "children", "fish", "sheep", "teeth", "feet", "mice"}
_OPENING_MARKS = "\"“‘'(["


def link_of(text: str) -> Link:
    """Return how an English sentence hangs on its predecessor."""
    bare = _without_opener(text)
    tokens = [(token, normal(token)) for token in _QUOTED.sub(" ", bare).split()]
    words = [word for _, word in tokens]
    if not words:
        return Link("none", text)
    if _has_loose_pronoun(tokens) and not _EXPLETIVE.match(" ".join(words)):
        return Link("hard", text)
    if _continues(words):
        return Link("loose", text)
    return Link("soft" if bare != text else "none", bare)


def _without_opener(text: str) -> str:
    match = _SOFT.match(text)
    if not match or (match["opener"].lower() in _NEEDS_COMMA and not match["comma"]):
        return text
    rest = text[match.end() :]
    if sum(bool(normal(word)) for word in rest.split()) < 2:
        return text
    if match["opener"].lower() == "so" and rest.split()[0] in _SO_MUCH:
        return text
    return rest[:1].upper() + rest[1:]


def _continues(words: list[str]) -> bool:
    """Whether the sentence opens as one that goes on: "Then …", "The second …", "The reason is …"."""
    plain = " ".join(words)
    if _HARD.match(plain) or _opens_with_shell_noun(words) or _REPEATS.search(plain):
        return True
    if _RELATIVE_TIME.match(plain):
        return True
    return words[0] in _QUANTIFIERS and len(words) > 1 and _is_predicate(words[0], words[1])


def _opens_with_shell_noun(words: list[str]) -> bool:
    if len(words) < 3 or words[0] != "the" or words[1] not in SHELL_NOUNS:
        return False
    return words[2] not in _COMPLEMENTS


def _is_predicate(quantifier: str, word: str) -> bool:
    if word in AUXILIARIES or (is_verb(word) and word.endswith(("s", "ed"))):
        return True
    return quantifier in _PLURAL_QUANTIFIERS and is_verb(word) and not word.endswith("s")


def _has_loose_pronoun(tokens: list[tuple[str, str]]) -> bool:
    """Whether a pronoun comes before anything in the sentence that it could stand for."""
    seen = _Seen()
    for position, (token, word) in enumerate(tokens):
        if word in UNRESOLVED_PRONOUNS and not seen.resolves(word):
            return not _introduces_clause(word, tokens, position)
        if word in {"that", "this"} and not seen.verb and tokens[0][1] in PREPOSITIONS:
            return True
        if word in {"that", "this"} and _is_object(tokens, position):
            return True
        seen.take(token, word, is_noun=_is_noun(tokens, position))
    return False


def _is_object(tokens: list[tuple[str, str]], position: int) -> bool:
    """Whether "that" ends a prepositional phrase: "half of that by moving", "less than that"."""
    before = tokens[position - 1][1] if position else ""
    after = tokens[position + 1][1] if position + 1 < len(tokens) else ""
    return before in PREPOSITIONS and (not after or after in PREPOSITIONS)


@dataclass(slots=True)
class _Seen:
    """What a reader has met so far in the sentence."""

    singular: bool = False
    plural: bool = False
    name: bool = False
    verb: bool = False
    new_clause: bool = False

    def resolves(self, word: str) -> bool:
        if not self.verb and word not in _POINTING:
            return False
        if word in _OBJECTS and not self.new_clause:
            return False
        if word in _MALE_OR_FEMALE:
            return self.name
        return self.plural if word in _PLURAL else self.singular or self.plural

    def take(self, token: str, word: str, *, is_noun: bool) -> None:
        self.new_clause = (
            self.new_clause or token.endswith((",", ";", ":")) or (self.verb and word in _NEW_CLAUSE)
        )
        self.plural = self.plural or (word == "and" and self.singular)
        clause_opens = word in _NEW_CLAUSE and (self.singular or self.plural)
        self.verb = self.verb or word in AUXILIARIES or clause_opens or (is_verb(word) and not is_noun)
        if is_noun:
            many = word.endswith("s") or word in _PLURAL_NOUNS
            self.plural, self.singular = self.plural or many, self.singular or not many
            self.name = self.name or token.lstrip(_OPENING_MARKS)[:1].isupper()


def _introduces_clause(word: str, tokens: list[tuple[str, str]], position: int) -> bool:
    """Whether ``that`` and ``those`` point forward: "says that …", "those who …"."""
    following = tokens[position + 1][1] if position + 1 < len(tokens) else ""
    if word in {"that", "those"} and following in {"who", "which", "is"} and position > 0:
        return True
    return word == "that" and position > 0 and is_verb(tokens[position - 1][1])


def _is_noun(tokens: list[tuple[str, str]], position: int) -> bool:
    word = tokens[position][1]
    if not word or word in STOP_WORDS or word[0].isdigit() or word.endswith("ly"):
        return False
    return not is_verb(word) or _reads_as_noun(tokens, position)


def _reads_as_noun(tokens: list[tuple[str, str]], position: int) -> bool:
    """Whether a word that could be a verb is none here, by its neighbours."""
    before = tokens[position - 1][1] if position else ""
    after = tokens[position + 1][1] if position + 1 < len(tokens) else ""
    if position == 0:
        return (
            bool(after) and after not in DETERMINERS and after not in PRONOUNS and after not in PREPOSITIONS
        )
    return before in DETERMINERS or before in PREPOSITIONS or before.endswith("'s")
