"""Which picture shows what a word means: a lexicon of our own, and what is never shown unasked.

``pictures/lexicon.tsv`` has lines of four columns: a picture, a weight (0 to 1: how surely the picture shows
what the words mean in running text), words and phrases, and when they mean it. A dash in place of a picture
marks phrases that mean something else than their words: they match nothing. Conditions are ``noun`` or
``verb`` (not where the word stands as the other), ``noun!`` or ``verb!`` (only where it surely does),
``+word`` (one of these must be near) and ``-word`` (none of these may be). A word with conditions none of
which holds matches nothing, not even by a keyword.

``pictures/blocked.tsv`` names pictures by the kind that allows them, and words that the pack's keywords must
not be found by.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from reelwright.assets import locate
from reelwright.video.pictures.words import Token, Use, base_forms

__all__ = ["NOTHING", "Blocklist", "Entry", "Lexicon", "Phrase", "blocklist", "lexicon", "parse_lexicon"]

NOTHING: Final = "-"
"""In place of a picture: the phrase means something else than its words."""


class Entry(NamedTuple):
    """One picture that a phrase may mean."""

    picture: str
    weight: float
    use: Use
    surely: bool
    """The use has to show; otherwise it is enough that no other does."""
    needs: frozenset[str]
    """Words of which one must be near; none is needed when empty."""
    bars: frozenset[str]
    """Words of which none may be near."""

    def fits(
        self,
        use: Use,
        near: frozenset[str],
        around: frozenset[str],
        title: frozenset[str] = frozenset(),
    ) -> bool:
        """Tell whether a use and its context allow the entry: near is the sentence, around the script.

        What the title says bars it too, unless the sentence itself says what the entry needs.
        """
        if self.use and self.use != use and (use or self.surely):
            return False
        if self.bars & near or (self.bars & title and not self.needs & near):
            return False
        return not self.needs or bool(self.needs & (around | title))


class Phrase(NamedTuple):
    """Words that the lexicon knows, and what they may mean, the surest first."""

    words: tuple[str, ...]
    entries: tuple[Entry, ...]


class Lexicon:
    """Phrases by their first word."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        by_first: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            by_first.setdefault(phrase.words[0], []).append(phrase)
        self._by_first = {
            first: tuple(sorted(found, key=lambda phrase: (-len(phrase.words), phrase.words)))
            for first, found in by_first.items()
        }

    def phrases(self) -> Iterator[Phrase]:
        """Yield all of them."""
        return (phrase for found in self._by_first.values() for phrase in found)

    def at(self, tokens: tuple[Token, ...], at: int) -> Phrase | None:
        """Return the longest phrase that begins at a place; across punctuation there is none."""
        found = (phrase for form in tokens[at].forms for phrase in self._by_first.get(form, ()))
        fitting = [phrase for phrase in found if _continues(tokens, at, phrase.words)]
        return max(fitting, key=lambda phrase: len(phrase.words), default=None)


class Blocklist(NamedTuple):
    """What is not shown by default."""

    kinds: Mapping[str, str]
    """By the picture's name: the kind that has to be allowed."""
    named: frozenset[str]
    """Of these pictures, those that a text may name without it."""
    trap_words: frozenset[str]
    """Words that say too little for a keyword of the pack."""


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of this installation."""
    return parse_lexicon(locate("pictures").joinpath("lexicon.tsv").read_text(encoding="utf-8"))


@cache
def blocklist() -> Blocklist:
    """Return the block list of this installation."""
    text = locate("pictures").joinpath("blocked.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    pictures = [row for row in rows if row[0] == "picture"]
    words = [word for row in rows if row[0] == "word" for word in row[1].split(", ")]
    return Blocklist(
        MappingProxyType({name: kind for _, name, kind, _ in pictures}),
        frozenset(name for _, name, _, when in pictures if when == "named"),
        frozenset(words),
    )


def parse_lexicon(text: str) -> Lexicon:
    """Return the lexicon that a file's text holds; raises ValueError for a line that is none."""
    entries: dict[tuple[str, ...], list[Entry]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            words, entry = _parsed(line, number)
            for phrase in words:
                entries.setdefault(phrase, []).append(entry)
    return Lexicon(
        Phrase(words, tuple(sorted(found, key=lambda entry: (not entry.needs, -entry.weight))))
        for words, found in entries.items()
    )


def _parsed(line: str, number: int) -> tuple[list[tuple[str, ...]], Entry]:
    try:
        picture, weight, words, *rest = line.split("\t")
        entry = _entry(picture, float(weight), rest[0].split() if rest else [])
        return [_phrase(text) for text in words.split(", ")], entry
    except (ValueError, IndexError) as error:
        raise ValueError(f"line {number} of the lexicon: {error}") from error


def _phrase(text: str) -> tuple[str, ...]:
    """Return the words of a phrase as ``tokens_of`` does, in less time, for what the file is written in."""
    words = tuple(word.removesuffix("'s") for word in text.replace("-", " ").split())
    if not words:
        raise ValueError("an empty phrase")
    return words


def _entry(picture: str, weight: float, rules: list[str]) -> Entry:
    if not 0 <= weight <= 1:
        raise ValueError(f"a weight of {weight}")
    uses = [rule for rule in rules if rule[0] not in "+-"]
    use = uses[0].removesuffix("!") if uses else ""
    if len(uses) > 1 or use not in {"noun", "verb", ""}:
        raise ValueError(f"conditions {uses}")
    surely = any(rule.endswith("!") for rule in uses)
    return Entry(picture, weight, cast("Use", use), surely, _words(rules, "+"), _words(rules, "-"))


def _words(rules: list[str], sign: str) -> frozenset[str]:
    return frozenset(form for rule in rules if rule[0] == sign for form in base_forms(rule[1:]))


def _continues(tokens: tuple[Token, ...], at: int, words: tuple[str, ...]) -> bool:
    end = at + len(words)
    if end > len(tokens) or any(tokens[place].closes for place in range(at, end - 1)):
        return False
    return all(word in tokens[at + offset].forms for offset, word in enumerate(words) if offset)
