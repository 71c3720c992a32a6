"""Maps of the places that sentences name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reelwright.content.engine.headline import headline_of
from reelwright.content.engine.lexicon import PRONOUNS, word_set
from reelwright.content.engine.links import link_of
from reelwright.content.engine.words import normal
from reelwright.content.engine.years import years_in
from reelwright.places import Mention, Place, mentions_in
from reelwright.production.schema import MapVisual

__all__ = ["Mapped", "map_of"]

_MAX_PLACES = 3
_CLAUSE_SCORE = 1.0
_MAX_WORDS, _MAX_CHARS = 10, 60
"""Of a sentence that stands whole beside a map."""
_LOCATING = word_set(
    "in at near from to into through across around between off over along towards toward outside inside "
    "beyond throughout reach reached reaches visit visited leave left leaves"
)
_DIRECTION = re.compile(r"\b(?:north|south|east|west|inland|border|coast)\b")
"""Words of a sentence that is about where things lie."""
_SEEN_BACK = 40
_CLAUSE_BREAK = re.compile(r"[;:] |, (?:and|but|while|whereas|so) ")
_WIDEST = 100.0
"""Degrees beyond which a place says too little to be pinned by itself: a continent, an ocean."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map, whether the text says that something is or happens there, and in how much of it."""

    visual: MapVisual
    located: bool
    share: float
    """Of the sentences, those that name a place on it."""


def map_of(sentences: Sequence[str], weights: Mapping[str, float]) -> Mapped | None:
    """Return the map of the first three places that the English sentences name, or None.

    Where a sentence says that something is or happens at a place, only such sentences count. Elsewhere
    a continent or an ocean alone is no map. The names are those of the text; the words beside them are
    a headline of the first sentence that names one.
    """
    named = [(text, found) for text in sentences if (found := mentions_in(text))]
    telling = [(text, found) for text, found in named if any(_is_located(text, each) for each in found)]
    told = telling or named
    first: dict[Place, str] = {}
    for mention in (mention for _, found in told for mention in found):
        first.setdefault(mention.place, mention.text)
    shown = list(first.items())[:_MAX_PLACES]
    if not shown or (not telling and all(place.width > _WIDEST for place, _ in shown)):
        return None
    label = _label(*told[0], [name for _, name in shown], weights)
    visual = MapVisual(places=tuple(name for _, name in shown), label=label)
    return Mapped(visual, bool(telling), len(told) / len(sentences))


def _label(text: str, named: Sequence[Mention], shown: Sequence[str], weights: Mapping[str, float]) -> str:
    """Return a headline of the sentence, if the clause it is from is about all places that are shown."""
    if whole := _short(text):
        return whole
    headline = headline_of(text, weights)
    if not headline or headline.score < _CLAUSE_SCORE or len(named) < len(shown):
        return ""
    edges = [0, *(found.end() for found in _CLAUSE_BREAK.finditer(text)), len(text)]
    for start, end in pairwise(edges):
        if headline.text.casefold() in text[start:end].casefold():
            told = all(start <= each.start < end for each in named)
            return _dated(headline.text, text) if told else ""
    return ""


def _short(text: str) -> str:
    """Return a sentence of a few words as it stands: what is cut of it may be the figure that matters."""
    plain = link_of(text).bare.rstrip(".!")
    words = [normal(word) for word in plain.split()]
    says_all = len(words) <= _MAX_WORDS and len(plain) <= _MAX_CHARS and not plain.endswith("?")
    return plain if says_all and not set(words[:1]) & PRONOUNS and link_of(text).kind == "none" else ""


def _dated(label: str, text: str) -> str:
    """Return a label with the one year of its sentence before it, if it was cut off."""
    years = [dated.when for dated in years_in(text)]
    missing = len(years) == 1 and years[0][0].isdigit() and years[0] not in label
    return f"{years[0]}: {label}" if missing else label


def _is_located(text: str, mention: Mention) -> bool:
    if _DIRECTION.search(text):
        return True
    before = text[max(0, mention.start - _SEEN_BACK) : mention.start].split()[-3:]
    return any(normal(word) in _LOCATING for word in before)
