"""The user's own pictures: which words name one, and what became of each.

A picture is named by the words that it was given, by the words of its file's name, by a short caption, and by
the noun that name or caption end in: ``copper-kettle.jpg`` is named by *copper kettle* and by *kettle*, not
by *copper*. Cameras' names, and words that say how something was photographed, name nothing. In other
languages than English, whose nouns nobody here knows, only whole words and phrases count, as written.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

from reelwright.video.pictures.grammar import FUNCTION_WORDS
from reelwright.video.pictures.words import Token, tokens_of, use_of

__all__ = ["Named", "OwnPicture", "OwnWords", "Said", "is_logo", "shows_a_logo"]

_GIVEN: Final = 1.0
_PHRASE: Final = 0.97
_HEAD: Final = 0.9
_WITH_MORE: Final = 0.95
_SEVERAL: Final = 0.8
"""Of words that only describe what is seen, when two or more are said in one sentence."""
_LONGEST: Final = 6
_SHORTEST_HEAD: Final = 3
_LEAST_LATIN: Final = 4
_LOGOS: Final = frozenset({"logo", "logotype", "wordmark", "brandmark"})
_CAMERA_WORDS: Final = """
    img dsc dscn dscf pxl mvi gopr dji pano image images picture pictures pic pics photo photos photograph
    foto fotos bild screenshot screen shot scan whatsapp untitled unnamed copy final edit edited export
    version ver draft jpg jpeg png webp hires lowres web print large medium small thumb thumbnail"""
_CAMERA: Final = frozenset(_CAMERA_WORDS.split())
_VAGUE_WORDS: Final = """
    front back rear side top bottom left right view close closeup detail zoom new old big little best good
    nice great red green blue yellow black white grey gray brown orange pink purple dark light product main
    thing one two way day part kind"""
_VAGUE: Final = frozenset(_VAGUE_WORDS.split())
_UNSPACED: Final = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts that put no spaces between words."""
_CAMEL: Final = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_PARTED: Final = re.compile(r"[_\d]+")


class OwnPicture(NamedTuple):
    """A picture that came with the brief. Its file's name and its caption say what it shows."""

    path: Path
    caption: str
    digest: str
    words: tuple[str, ...] = ()
    """What it stands for besides."""
    photo: bool = False
    """It fills its rectangle: it is drawn on a plate of its own."""

    @property
    def title(self) -> str:
        """The words of the file's name."""
        return _PARTED.sub(" ", _CAMEL.sub(" ", self.path.stem)).strip()

    @property
    def telling(self) -> tuple[str, ...]:
        """The words of name and caption that say what is seen, in lower case."""
        words = (*_telling(self.title), *_telling(self.caption))
        return tuple(dict.fromkeys(words))


class Named(NamedTuple):
    """A picture that words name, and how surely."""

    picture: str
    weight: float


class Said(NamedTuple):
    """Words in a text without the grammar of English, and the picture that they name."""

    words: str
    place: float
    """Where in the text, from 0 to 1."""
    named: Named


class OwnWords:
    """What the pictures of one brief are found by. It changes nothing once made."""

    def __init__(self, pictures: Iterable[OwnPicture]) -> None:
        self._pictures = tuple(pictures)

    def in_tokens(self, tokens: tuple[Token, ...]) -> Mapping[int, tuple[int, tuple[Named, ...]]]:
        """Return by place in an English text how many words name which pictures, the surest first."""
        found: dict[int, tuple[int, tuple[Named, ...]]] = {}
        if not self._pictures:
            return found
        said = frozenset(form for token in tokens for form in token.forms)
        at = 0
        while at < len(tokens):
            length, named = self._phrase_at(tokens, at) or (1, self._single(tokens, at, said))
            if named:
                found[at] = length, named
            at += length
        return found

    def in_text(self, text: str) -> Iterator[Said]:
        """Yield what names a picture in a text of any language, whole words as they are written."""
        plain = _plain(text)
        for words, pictures in self._written.items():
            at = _find(plain, words)
            if at >= 0:
                yield from (Said(words, at / len(plain), named) for named in pictures)

    def _phrase_at(self, tokens: tuple[Token, ...], at: int) -> tuple[int, tuple[Named, ...]] | None:
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            head = tuple(token.text for token in tokens[at : at + length - 1])
            for form in tokens[at + length - 1].forms:
                named = self._phrases.get((*head, form), ())
                if length == 1 and use_of(tokens, at) == "verb":
                    named = tuple(each for each in named if each.weight == _GIVEN)
                if named:
                    return length, named
        return None

    def _single(self, tokens: tuple[Token, ...], at: int, said: frozenset[str]) -> tuple[Named, ...]:
        if use_of(tokens, at) == "verb":
            return ()
        named = (self._by_word(str(picture.path), seen, tokens[at], said) for picture, seen in self._seen)
        return _surest(it for it in named if it is not None)

    def _by_word(self, picture: str, seen: "_Seen", token: Token, said: frozenset[str]) -> Named | None:
        forms = frozenset(token.forms)
        if not forms & seen.words:
            return None
        if forms & seen.heads:
            return Named(picture, _WITH_MORE if len(seen.all & said) > 1 else _HEAD)
        return Named(picture, _SEVERAL) if len(seen.words & said) > 1 else None

    @cached_property
    def _phrases(self) -> Mapping[tuple[str, ...], tuple[Named, ...]]:
        found: dict[tuple[str, ...], list[Named]] = {}
        for picture in self._pictures:
            for text, weight in _phrases_of(picture):
                words = tuple(token.text for token in tokens_of(text))
                found.setdefault(words, []).append(Named(str(picture.path), weight))
        return {words: _surest(named) for words, named in found.items() if words}

    @cached_property
    def _seen(self) -> tuple[tuple[OwnPicture, "_Seen"], ...]:
        return tuple((picture, _seen(picture)) for picture in self._pictures)

    @cached_property
    def _written(self) -> Mapping[str, tuple[Named, ...]]:
        found: dict[str, list[Named]] = {}
        for picture in self._pictures:
            for text, weight in (*_phrases_of(picture), *_names_of(picture)):
                if words := _plain(text):
                    found.setdefault(words, []).append(Named(str(picture.path), weight))
        return {words: _surest(named) for words, named in found.items()}


class _Seen(NamedTuple):
    words: frozenset[str]
    """That say what is seen."""
    heads: frozenset[str]
    """Of them, those that name it."""
    all: frozenset[str]
    """With those that tell it from others of its kind."""


def shows_a_logo(picture: OwnPicture) -> bool:
    """Tell whether a picture is called a logo, in its name or caption."""
    return is_logo(picture.title) or is_logo(picture.caption)


def is_logo(text: str) -> bool:
    """Tell whether a text, such as the name of a file, says that something is a logo."""
    return any(token.text in _LOGOS for token in tokens_of(_PARTED.sub(" ", text)))


def _seen(picture: OwnPicture) -> _Seen:
    heads = {_head(picture.title), _head(picture.caption)}
    everything = (token.text for text in (picture.title, picture.caption) for token in tokens_of(text))
    return _Seen(
        frozenset(picture.telling),
        frozenset(word for word in heads if len(word) >= _SHORTEST_HEAD),
        frozenset(everything) - FUNCTION_WORDS - _CAMERA,
    )


def _phrases_of(picture: OwnPicture) -> Iterator[tuple[str, float]]:
    """Yield what names a picture as a whole: its words, its name, a caption that is no sentence."""
    yield from ((words, _GIVEN) for words in picture.words)
    for text in (picture.title, picture.caption):
        words = _core(text)
        if 0 < len(words) <= _LONGEST - 2 and not _VAGUE.issuperset(words):
            yield " ".join(words), _PHRASE


def _names_of(picture: OwnPicture) -> Iterator[tuple[str, float]]:
    """Yield the single words of a file's name, where nobody knows which of them is the noun."""
    return ((word, _HEAD) for word in _telling(picture.title) if len(word) >= _LEAST_LATIN or _unspaced(word))


def _core(text: str) -> tuple[str, ...]:
    """Return the words of a short text without those that lead up to it, and without a camera's."""
    words = [token.text for token in tokens_of(text) if token.text not in _CAMERA]
    while words and (words[0] in FUNCTION_WORDS or words[0].isdigit()):
        del words[0]
    return tuple(words)


def _telling(text: str) -> tuple[str, ...]:
    left_out = FUNCTION_WORDS | _CAMERA | _VAGUE | _LOGOS
    words = (token.text for token in tokens_of(text) if token.text not in left_out)
    return tuple(word for word in words if len(word) > 1 and not word[0].isdigit())


def _head(text: str) -> str:
    """Return the noun that the first phrase of a text ends in: of ``the kettle of our shop``, the kettle."""
    words = [token.text for token in tokens_of(text)]
    start = next((at for at, word in enumerate(words) if word not in FUNCTION_WORDS), len(words))
    first = list(takewhile(lambda word: word not in FUNCTION_WORDS, words[start:]))
    return next(iter(reversed(_telling(" ".join(first)))), "")


def _surest(named: Iterable[Named]) -> tuple[Named, ...]:
    """Return each picture once; of equals, in the order of the brief."""
    best: dict[str, Named] = {}
    for each in named:
        if each.picture not in best or each.weight > best[each.picture].weight:
            best[each.picture] = each
    return tuple(sorted(best.values(), key=lambda each: -each.weight))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _find(text: str, words: str) -> int:
    """Return where words stand in a text, not as a part of longer ones; -1 if nowhere."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if _parts(text, at, words[0]) and _parts(text, end, words[-1]):
            return at
        at = text.find(words, at + 1)
    return -1


def _parts(text: str, at: int, edge: str) -> bool:
    """Tell whether a word may begin or end at a place."""
    if not 0 < at < len(text) or _unspaced(edge):
        return True
    return not (_in_word(text[at - 1]) and _in_word(text[at]))


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _unspaced(word: str) -> bool:
    return unicodedata.name(word[0], "").startswith(_UNSPACED)
