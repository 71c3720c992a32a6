"""A sentence -> the pictures that it speaks of, each with how surely and why; none where that is doubtful.

Words are looked for in the configuration, in the lexicon, in what the brief's own pictures are called, and
in the keywords of the pack, which are right less than half of the time and so count for little.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from reelwright.video.pictures.grammar import FUNCTION_WORDS
from reelwright.video.pictures.lexicon import NOTHING, Blocklist, Lexicon, Phrase, blocklist, lexicon
from reelwright.video.pictures.own import Named, OwnPicture, OwnWords, Said
from reelwright.video.pictures.words import (
    Token,
    base_forms,
    denied_in,
    measures,
    standing,
    tokens_of,
    use_of,
)

__all__ = [
    "USUAL_KIND",
    "Catalogued",
    "Hit",
    "Matcher",
    "OwnPicture",
    "PictureIndex",
    "Scorer",
    "Source",
    "words_near",
]

USUAL_KIND: Final = "thing"
"""What the pack says of pictures that mean no person, feeling, symbol, flag or currency."""
Source: TypeAlias = Literal["configuration", "lexicon", "brief", "name", "keyword"]

_NAME_WEIGHT: Final = 0.8
_KEYWORD_WEIGHT: Final = 0.4
_SHORTEST_KEYWORD: Final = 5
_FILLING: Final = 0.55
"""What fills a cup or a bag takes its place if it can be shown as surely as this."""
_FILLING_WORDS: Final = 3
"""So many words behind ``of`` may name it: ``a cup of very strong coffee``."""
_LATER: Final = 0.06
"""What the last word of a text weighs less than its first."""


class Catalogued(Protocol):
    """What is known of one picture of a pack."""

    @property
    def name(self) -> str:
        """As the pack calls it."""
        ...

    @property
    def label(self) -> str:
        """In words."""
        ...

    @property
    def kind(self) -> str:
        """What it is of; see USUAL_KIND."""
        ...

    @property
    def digest(self) -> str:
        """Names the drawing by its content."""
        ...

    @property
    def keywords(self) -> tuple[str, ...]:
        """In lower case."""
        ...


class PictureIndex(Protocol):
    """The pictures that there are; ``reelwright.video.pictures.pack.PicturePack`` is one.

    It never changes: what is worked out of it once holds for it, as long as it is the same object.
    """

    @property
    def pictures(self) -> Iterable[Catalogued]:
        """All of them."""
        ...

    def get(self, name: str) -> Catalogued | None:
        """Return a picture by its name."""
        ...

    def __hash__(self) -> int:
        """Return what is worked out of it is kept by."""
        ...


class Scorer(Protocol):
    """Another opinion on how well a picture's label fits a sentence, such as one by embeddings."""

    def __call__(self, sentence: str, label: str) -> float:
        """Return 0 to 1."""
        ...


class Hit(NamedTuple):
    """One picture that words of a text speak of."""

    picture: str
    """A name of the pack, or the file of a picture of the brief."""
    word: str
    """The words, in lower case."""
    weight: float
    """How surely the picture shows what the words mean, by its source alone."""
    score: float
    """The same, by the part that the words play as well."""
    source: Source

    @property
    def why(self) -> str:
        """Say in words where the match comes from."""
        place = {
            "configuration": "is set in the configuration",
            "lexicon": f"in the lexicon {self.weight:.2f}",
            "brief": "names a picture of the brief",
            "name": f"is the picture's name {self.weight:.2f}",
            "keyword": f"among the picture's keywords {self.weight:.2f}",
        }
        return f"{self.word!r} {place[self.source]}"


class _Found(NamedTuple):
    picture: str
    weight: float
    source: Source


class _Context(NamedTuple):
    """What stands around a word, for conditions to look at."""

    near: frozenset[str]
    around: frozenset[str]
    title: frozenset[str]


class _Placed(NamedTuple):
    """A hit, and where its words begin and end."""

    hit: Hit
    begin: int
    end: int


class Matcher:
    """Finds the pictures of texts. It changes nothing once made, so threads may share it."""

    def __init__(
        self,
        pack: PictureIndex,
        *,
        overrides: Mapping[str, str] | None = None,
        allow: Iterable[str] = (),
        own: Iterable[OwnPicture] = (),
        english: bool = True,
        scorer: Scorer | None = None,
    ) -> None:
        """Make a matcher: ``overrides`` are pictures, or ``none``, by word; ``allow`` is kinds of pictures.

        Where the text is not English, only overrides and the brief's own pictures are looked for.
        """
        self._pack = pack
        self._scorer = scorer
        self._english = english
        self._block = blocklist()
        self._kinds = frozenset((USUAL_KIND, *allow))
        self._own = OwnWords(own)
        self._given = dict(_given(overrides or {}, pack))
        self._longest = max(map(len, self._given), default=0)
        self._lexicon: Lexicon | None = lexicon() if english else None
        self._keywords = _keyword_index(pack, self._kinds) if english else {}

    def hits(
        self,
        text: str,
        around: frozenset[str] = frozenset(),
        title: frozenset[str] = frozenset(),
    ) -> tuple[Hit, ...]:
        """Return what the words of a text speak of, in their order.

        ``around`` are words of the whole script, ``title`` those of its title. A word counts once, in the
        longest phrase that it is part of. What is denied is not spoken of, unless it is configured or the
        brief's own; nor is what only measures something else: ``a grain of ice`` is ice.
        """
        tokens = tokens_of(text)
        near = words_near(tokens)
        own = self._own.in_tokens(tokens) if self._english else {}
        written = () if self._english else self._own.in_text(text)
        placed = tuple(self._hits(tokens, own, _Context(near, near | around, title)))
        return (*_meant_hits(tokens, placed), *map(_written, written))

    def best(self, text: str, threshold: float, around: frozenset[str] = frozenset()) -> Hit | None:
        """Return the surest match of a text by itself, or None where none reaches the threshold."""
        hits = [hit for hit in self.hits(text, around) if hit.score >= threshold]
        return max(hits, key=lambda hit: hit.score, default=None)

    def may_show(self, picture: str) -> bool:
        """Tell whether a picture is shown where the text names it."""
        return self._may_show(picture, named=True)

    def _hits(
        self,
        tokens: tuple[Token, ...],
        own: Mapping[int, tuple[int, tuple[Named, ...]]],
        context: _Context,
    ) -> Iterator[_Placed]:
        at = 0
        while at < len(tokens):
            given = self._in_given(tokens, at)
            if given is None and at in own:
                length, named = own[at]
                found = [_Found(each.picture, each.weight, "brief") for each in named]
            else:
                length, one = given or self._look_up(tokens, at, context)
                found = [one] if one else []
            yield from (_Placed(self._hit(tokens, at, length, each), at, at + length) for each in found)
            at += length

    def _look_up(self, tokens: tuple[Token, ...], at: int, context: _Context) -> tuple[int, _Found | None]:
        """Return how many words are taken, and what they mean."""
        phrase = self._lexicon.at(tokens, at) if self._lexicon is not None else None
        if phrase:
            return len(phrase.words), self._meant(phrase, tokens, at, context)
        return 1, self._by_keyword(tokens[at])

    def _in_given(self, tokens: tuple[Token, ...], at: int) -> tuple[int, _Found | None] | None:
        for length in range(min(self._longest, len(tokens) - at), 0, -1):
            for words in _spellings(tokens[at : at + length]):
                if words in self._given:
                    return length, self._given[words]
        return None

    def _meant(self, phrase: Phrase, tokens: tuple[Token, ...], at: int, context: _Context) -> _Found | None:
        use = use_of(tokens, at) if len(phrase.words) == 1 else ""
        near, around, title = (words - frozenset(phrase.words) for words in context)
        for entry in phrase.entries:
            if entry.fits(use, near, around, title) and self.may_show(entry.picture):
                return _Found(entry.picture, entry.weight, "lexicon")
        return None

    def _by_keyword(self, token: Token) -> _Found | None:
        found = (self._keywords.get(form) for form in token.forms)
        return next((it for it in found if it), None)

    def _hit(self, tokens: tuple[Token, ...], at: int, length: int, found: _Found) -> Hit:
        word = " ".join(token.text for token in tokens[at : at + length])
        share = 1 - _LATER * at / len(tokens)
        score = found.weight * standing(tokens, at, at + length) * share
        if found.source == "configuration":
            score = found.weight
        return Hit(
            found.picture, word, found.weight, self._second_opinion(tokens, found, score), found.source
        )

    def _second_opinion(self, tokens: tuple[Token, ...], found: _Found, score: float) -> float:
        picture = self._pack.get(found.picture)
        if self._scorer is None or picture is None or found.source == "configuration":
            return score
        opinion = self._scorer(" ".join(token.text for token in tokens), picture.label)
        return 0.7 * score + 0.3 * min(1.0, max(0.0, opinion))

    def _may_show(self, name: str, *, named: bool = False) -> bool:
        return _may_show(self._pack.get(name), self._kinds, named=named)


def _may_show(picture: Catalogued | None, kinds: frozenset[str], *, named: bool = False) -> bool:
    if picture is None:
        return False
    block = blocklist()
    return block.kinds.get(picture.name, picture.kind) in kinds or (named and picture.name in block.named)


def _meant_hits(tokens: tuple[Token, ...], placed: tuple[_Placed, ...]) -> Iterator[Hit]:
    """Yield the hits of what is neither denied nor the measure of something else."""
    denied = denied_in(tokens)
    sure = {"configuration", "brief"}
    for one in placed:
        dropped = one.begin in denied or _only_measures(tokens, one, placed)
        if one.hit.source in sure or not dropped:
            yield one.hit


def _only_measures(tokens: tuple[Token, ...], one: _Placed, placed: tuple[_Placed, ...]) -> bool:
    if one.end != one.begin + 1:
        return False
    held = range(one.end + 1, one.end + 1 + _FILLING_WORDS)
    measuring = measures(tokens, one.begin)
    return measuring == "only" or (
        measuring == "holding"
        and any(other.begin in held and other.hit.weight >= _FILLING for other in placed)
    )


def words_near(tokens: Iterable[Token]) -> frozenset[str]:
    """Return the words of a text in all their forms, for conditions to look at."""
    return frozenset(form for token in tokens for form in token.forms)


def _written(said: Said) -> Hit:
    """Return the hit of words in a language of which nothing else is known."""
    weight = said.named.weight
    return Hit(said.named.picture, said.words, weight, weight * (1 - _LATER * said.place), "brief")


def _given(
    overrides: Mapping[str, str], pack: PictureIndex
) -> Iterator[tuple[tuple[str, ...], _Found | None]]:
    """Yield what is configured; a picture that is not there is none."""
    for phrase, name in sorted(overrides.items()):
        if words := tuple(token.text for token in tokens_of(phrase)):
            there = name not in {"none", NOTHING} and pack.get(name)
            yield words, _Found(name, 1.0, "configuration") if there else None


def _spellings(tokens: tuple[Token, ...]) -> Iterator[tuple[str, ...]]:
    """Yield words as they are written, and with the last in each of its forms: ``coffee beans``, ``bean``."""
    head = tuple(token.text for token in tokens[:-1])
    return ((*head, form) for form in tokens[-1].forms)


@lru_cache(maxsize=4)
def _keyword_index(pack: PictureIndex, kinds: frozenset[str]) -> Mapping[str, _Found]:
    """Return what single words find: names of pictures, and keywords that only one picture has."""
    block = blocklist()
    names: dict[str, _Found] = {}
    holders: dict[str, list[str]] = {}
    for picture in pack.pictures:
        if _may_show(picture, kinds, named=True):
            names.setdefault(picture.label, _Found(picture.name, _NAME_WEIGHT, "name"))
        if _may_show(picture, kinds):
            for keyword in picture.keywords:
                holders.setdefault(keyword, []).append(picture.name)
    telling = {word: held[0] for word, held in holders.items() if len(held) == 1 and _tells(word, block)}
    found = {word: _Found(name, _KEYWORD_WEIGHT, "keyword") for word, name in telling.items()}
    return {word: it for word, it in {**found, **names}.items() if not _is_trap(word, block)}


def _tells(word: str, block: Blocklist) -> bool:
    return len(word) >= _SHORTEST_KEYWORD and word.isalpha() and not _is_trap(word, block)


def _is_trap(word: str, block: Blocklist) -> bool:
    return bool({*base_forms(word)} & (block.trap_words | FUNCTION_WORDS))
