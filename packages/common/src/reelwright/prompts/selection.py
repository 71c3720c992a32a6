"""What a topic is about: the category whose words stand in it.

First come the words that a prompt's own file claims (``topics``), then the words of the categories
(``prompts/topics.toml``), then there is no category and the general prompt serves. A phrase counts for as
many as it has words. Of categories that count the same, the one that the topic names first is taken.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable

from reelwright import assets
from reelwright.errors import Permanent

__all__ = ["GENERAL", "Categories", "Category", "TopicChoice", "bundled_categories", "file_of"]

GENERAL = "general"
"""The category of what is in no other: the prompt without a category."""

_MOST_CHARS = 500
"""Of a topic that are looked at; nothing that matters comes later."""
_MOST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
_SCRIPTS_WITHOUT_SPACES = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of topics."""

    name: str
    description: str
    keywords: tuple[str, ...]
    """Words or phrases; one that ends in ``*`` stands for every word that begins so."""


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """The category of a topic; empty for the general one."""

    category: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Match:
    at: int
    words: int
    keyword: str


class Categories:
    """Tells the category of topics, by a table of words."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self.all = tuple(categories)
        self._vocabulary = _Vocabulary({one.name: one.keywords for one in self.all})

    @property
    def names(self) -> tuple[str, ...]:
        """The categories, in the table's order."""
        return tuple(one.name for one in self.all)

    def choose(self, topic: str | None, claims: Mapping[str, Iterable[str]] | None = None) -> TopicChoice:
        """Return the category of a topic; ``claims`` are the words that files claim, by their category."""
        if not topic:
            return TopicChoice("", "no topic was given")
        said = _fold(topic[:_MOST_CHARS])
        if found := _best(_Vocabulary(claims or {}).matches(said)):
            return TopicChoice(found[0], f"its file claims {_quoted(found[1])}")
        if found := _best(self._vocabulary.matches(said)):
            return TopicChoice(found[0], f"{found[0]} for {_quoted(found[1])} in the topic")
        return TopicChoice("", "no category has a word of the topic")


@cache
def bundled_categories(folder: Traversable | None = None) -> Categories:
    """Return the categories of ``topics.toml`` in the folder of prompts; Permanent if it cannot be read."""
    file = (assets.locate("prompts") if folder is None else folder).joinpath("topics.toml")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return Categories(
            Category(name, str(told["description"]), tuple(map(str, told["keywords"])))
            for name, told in table.items()
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Permanent(
            "The categories of topics in prompts/topics.toml cannot be read.",
            next_step="Give each a description and a list of keywords.",
        ) from error


def file_of(name: str, category: str) -> str:
    """Return what the file of a prompt for a category is called: ``write-script.investing``."""
    return name if category in ("", GENERAL) else f"{name}.{category}"


class _Vocabulary:
    """Keywords of categories, found by their first word."""

    def __init__(self, keywords: Mapping[str, Iterable[str]]) -> None:
        self._exact: defaultdict[str, list[tuple[str, str, list[str]]]] = defaultdict(list)
        self._unspaced: list[tuple[str, str, str]] = []
        self._order = {category: at for at, category in enumerate(keywords)}
        for category, words in keywords.items():
            for keyword in words:
                self._add(category, keyword)

    def matches(self, said: str) -> dict[str, list[_Match]]:
        """Return what was found for each category, in the order of the table."""
        found: defaultdict[str, list[_Match]] = defaultdict(list)
        for category, match in (*self._spaced_matches(said), *self._unspaced_matches(said)):
            if match.keyword not in {one.keyword for one in found[category]}:
                found[category].append(match)
        return dict(sorted(found.items(), key=lambda item: self._order[item[0]]))

    def _add(self, category: str, keyword: str) -> None:
        folded = _fold(keyword)
        if _SCRIPTS_WITHOUT_SPACES.search(keyword):
            self._unspaced.append((category, keyword, folded))
            return
        words = [word + "*" * folded.endswith("*") for word in _WORD.findall(folded)[-1:]]
        words = [*_WORD.findall(folded)[:-1], *words]
        if words:
            self._exact[words[0]].append((category, keyword, words))

    def _spaced_matches(self, said: str) -> Iterator[tuple[str, _Match]]:
        tokens = [(word.group()[:_MOST_WORD], word.start()) for word in _WORD.finditer(said)]
        spoken = [token for token, _ in tokens]
        for number, (token, at) in enumerate(tokens):
            for begin in (token, *(f"{token[:size]}*" for size in range(1, len(token) + 1))):
                for category, keyword, words in self._exact.get(begin, ()):
                    if _follow(words[1:], spoken[number + 1 :]):
                        yield category, _Match(at, len(words), keyword)

    def _unspaced_matches(self, said: str) -> Iterator[tuple[str, _Match]]:
        for category, keyword, folded in self._unspaced:
            if (at := said.find(folded)) >= 0:
                yield category, _Match(at, 1, keyword)


def _follow(words: list[str], spoken: list[str]) -> bool:
    if len(spoken) < len(words):
        return False
    pairs = zip(words, spoken, strict=False)
    return all(said.startswith(word[:-1]) if word.endswith("*") else said == word for word, said in pairs)


def _best(found: Mapping[str, list[_Match]]) -> tuple[str, list[_Match]] | None:
    def rank(item: tuple[str, list[_Match]]) -> tuple[int, int]:
        return -sum(match.words for match in item[1]), min(match.at for match in item[1])

    return min(found.items(), key=rank, default=None)


def _fold(text: str) -> str:
    """Return the text without accents and case, as it is compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _quoted(matches: Iterable[_Match]) -> str:
    return ", ".join(repr(match.keyword) for match in matches)
