"""Places on Earth: where they are, and whether a text names one or only a word that looks like it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, cast

from reelwright import assets

__all__ = ["Kind", "Mention", "Place", "find_place", "mentions_in", "places_in"]

Kind = Literal["country", "region", "city", "sea", "river", "mountain", "landmark"]

_FILE = "places/gazetteer.tsv"
_SEEN_BACK = 60
"""Characters before a name that are looked at."""
_WORD_BEFORE = re.compile(r"([^\W_][\w.’'-]*)[ \n]$")
_WORD_AFTER = re.compile(r"[ \n]([^\W_][\w’'-]*)")
_GLUED = re.compile(r"[-\w&@#/’']$")
_TITLE_BEFORE = re.compile(
    r"\b(?:king|queen|prince|princess|duke|duchess|earl|emperor|empress|tsar|count|lord|bank|maid|miss) of "
    r"(?:the )?$",
    re.IGNORECASE,
)
_NAMED_AS_PLACE = re.compile(
    r"\b(?:city|town|village|port|island|state|country|kingdom|province|region|capital|people|republic|"
    r"coast|coasts|north|south|east|west|centre|center|map|shores|streets) of $",
    re.IGNORECASE,
)
_FULL_STOP = re.compile(r"[a-z’']{2}\.$")
_ADJECTIVE = re.compile(r"[A-Z]\w+(?:ian|ish|ese|can)|Swiss|French|Dutch")
_ADDRESS_END = re.compile(r"[,.;:!?)]|$| (?!and\b|or\b)[a-z]")
_JOINED = re.compile(r"(?:,|,? and|,? or| to)(?: in| from| to| for)? (?:the )?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_IN = _words("in near across throughout outside around inside visit visited visiting reach reached")
_TOWARDS = _IN | _words(
    "to from of through into at for towards toward over via between by left beyond and or off"
)
_BEFORE_A_NAME = _TOWARDS | _words(
    "the a on under above below before after since until while when where if as but so then today now "
    "yet only even like unlike with without within along behind beside besides both why how what which "
    "who that is was are were because although though this these those most some many much all every "
    "each almost nearly about does did has had can could will would should not no than meanwhile later "
    "once modern ancient old north south east west northern southern eastern western central upper "
    "lower greater mainland rural medieval imperial colonial present-day modern-day northeastern "
    "northwestern southeastern southwestern downtown inland coastal roman soviet"
)
"""Words that may stand before a place with a capital: openers of sentences, directions, ages."""
_BEHIND_A_NAME = _words("Airport Harbour Harbor Cathedral Zoo Basin Delta Plateau Peninsula")
_GOES_ON = _BEFORE_A_NAME | _words(
    "covers covered holds held carries carried flows loses lost contains produces stretches separates "
    "lies lay runs meets reaches spans became becomes feeds drains rises rose grew shrank may might "
    "must there it they he she we its"
)
"""What stands behind "the Amazon" when it is the place, not an adjective ("the Mediterranean diet")."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the gazetteer. Coordinates are degrees, good to a tenth or a little more."""

    name: str
    kind: Kind
    latitude: float
    longitude: float
    width: float
    """Degrees of longitude that a map of it shows from edge to edge."""
    care: Literal["", "the", "word", "name", "company"] = ""
    """What a text must have for the name to mean the place: nothing; an article ("the Amazon"); a
    preposition, for what is also a word (Cork) or a person's name (Florence); other places beside it,
    for what mostly means something else (Nice)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place as a text names it, at ``text[start:end]``."""

    place: Place
    text: str
    start: int
    end: int


def find_place(name: str) -> Place | None:
    """Return the place of that name, whatever its case and with or without an article; None if unknown."""
    plain = " ".join(name.split())
    bare = plain[4:] if plain[:4].lower() == "the " else plain
    by_name, by_folded = _gazetteer().names, _gazetteer().folded
    for form in (plain, bare):
        if found := by_name.get(form) or by_folded.get(form.casefold()):
            return found
    return None


def places_in(text: str) -> tuple[Place, ...]:
    """Return the places that the text names as places, in its order, each once."""
    return tuple(dict.fromkeys(mention.place for mention in mentions_in(text)))


def mentions_in(text: str) -> tuple[Mention, ...]:
    """Return where the English text names places: not firms, people, or words that only look alike."""
    found = [mention for mention in _candidates(text) if _may_be_place(text, mention)]
    elsewhere, containing = _addresses(text, found)
    found = [mention for mention in found if mention not in elsewhere]
    sure = [mention for mention in found if not mention.place.care]
    sure += [mention for mention in found if mention not in sure and _is_named(text, mention, sure)]
    named = [mention for mention in found if mention in sure or _is_named(text, mention, sure)]
    return tuple(mention for mention in named if mention not in containing)


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    names: Mapping[str, Place]
    folded: Mapping[str, Place]
    by_first_word: Mapping[str, Sequence[str]]
    """Names that open with a word, longest first."""
    opener: re.Pattern[str]


@cache
def _gazetteer() -> _Gazetteer:
    names: dict[str, Place] = {}
    first_words: dict[str, list[str]] = {}
    for line in assets.locate(_FILE).read_text(encoding="utf-8").splitlines()[1:]:
        place, also = _read(line)
        for name in (place.name, *also):
            names[name] = place
            first_words.setdefault(_first_word(name), []).append(name)
    ordered = {word: sorted(known, key=len, reverse=True) for word, known in first_words.items()}
    folded = {name.casefold(): place for name, place in names.items()}
    return _Gazetteer(names, folded, ordered, re.compile(r"(?<![^\W_])[^\W_]+"))


def _read(line: str) -> tuple[Place, list[str]]:
    name, also, kind, latitude, longitude, width, care = line.split("\t")
    place = Place(
        name=name,
        kind=cast("Kind", kind),
        latitude=float(latitude),
        longitude=float(longitude),
        width=float(width),
        care=cast('Literal["", "the", "word", "name", "company"]', care),
    )
    return place, [other for other in also.split("|") if other]


def _first_word(name: str) -> str:
    return re.split(r"[\W_]", name, maxsplit=1)[0]


def _candidates(text: str) -> Iterator[Mention]:
    """Yield the longest name at each place, without overlaps."""
    known = _gazetteer()
    end = 0
    for word in known.opener.finditer(text):
        if word.start() < end:
            continue
        name = next(
            (name for name in known.by_first_word.get(word.group(), ()) if _stands(text, word, name)), ""
        )
        if name:
            end = word.start() + len(name)
            yield Mention(known.names[name], name, word.start(), end)


def _stands(text: str, word: re.Match[str], name: str) -> bool:
    end = word.start() + len(name)
    return text.startswith(name, word.start()) and not text[end : end + 1].isalnum()


def _may_be_place(text: str, mention: Mention) -> bool:
    """Whether the name stands alone: no part of a longer name, of a compound or of a title."""
    before = text[max(0, mention.start - _SEEN_BACK) : mention.start]
    if _GLUED.search(before) or _TITLE_BEFORE.search(before):
        return False
    after = text[mention.end : mention.end + _SEEN_BACK]
    if re.match(r"[-@/_&]\w| & ", after):
        return False
    return not (_is_named_on(_word_before(before), mention) or _goes_on_as_name(after))


def _word_before(before: str) -> str:
    match = _WORD_BEFORE.search(before)
    return match[1] if match else ""


def _word_after(text: str, mention: Mention) -> str:
    match = _WORD_AFTER.match(text, mention.end)
    return match[1] if match else ""


def _is_named_on(word: str, mention: Mention) -> bool:
    """Whether the word before is part of the name, as in Jack London or Air France."""
    if not word[:1].isupper() or word.lower() in _BEFORE_A_NAME or _FULL_STOP.search(word):
        return False
    natural = mention.place.kind not in {"city", "country", "landmark"}
    return not (natural and _ADJECTIVE.fullmatch(word))


def _goes_on_as_name(after: str) -> bool:
    match = _WORD_AFTER.match(after)
    return bool(match and match[1][0].isupper() and match[1] not in _BEHIND_A_NAME)


def _addresses(text: str, found: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Return the towns that lie elsewhere ("Paris, Texas"), and what only says where a town lies."""
    elsewhere: list[Mention] = []
    containing: list[Mention] = []
    for town, around in pairwise(found):
        joined = text[town.end : around.start] == ", "
        addressed = joined and _ADDRESS_END.match(text, around.end)
        if addressed and town.place.kind == "city" and around.place.kind in {"country", "region"}:
            if _lies_in(town.place, around.place):
                containing.append(around)
            else:
                elsewhere.append(town)
    return elsewhere, containing


def _lies_in(town: Place, around: Place) -> bool:
    reach = 0.6 * around.width
    return abs(town.latitude - around.latitude) <= reach and abs(town.longitude - around.longitude) <= reach


def _is_named(text: str, mention: Mention, sure: Sequence[Mention]) -> bool:
    """Whether the text has what the name needs to mean the place."""
    care = mention.place.care
    before = text[max(0, mention.start - _SEEN_BACK) : mention.start]
    word = _word_before(before).lower()
    if care == "the":
        after = _word_after(text, mention)
        return word == "the" and (not after or after.lower() in _GOES_ON)
    if not care or _NAMED_AS_PLACE.search(before):
        return True
    if care == "word":
        return word in _TOWARDS - {"and", "or"} or _stands_beside(text, mention, sure)
    if care == "name":
        return word in _IN or _stands_beside(text, mention, sure)
    return word in _IN and bool(sure)


def _stands_beside(text: str, mention: Mention, sure: Sequence[Mention]) -> bool:
    """Whether "and", "or", "to" or a comma joins the name to that of a place that is beyond doubt."""
    return any(
        _JOINED.fullmatch(text[min(mention.end, other.end) : max(mention.start, other.start)])
        for other in sure
        if other != mention
    )
