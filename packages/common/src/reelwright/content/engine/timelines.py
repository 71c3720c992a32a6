"""Timelines from years that are named with what happened in them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from reelwright.content.engine.clauses import first_verb, tokens_of
from reelwright.content.engine.headline import headline_of
from reelwright.content.engine.lexicon import AUXILIARIES, STOP_WORDS, UNRESOLVED_PRONOUNS, word_set
from reelwright.content.engine.material import Sentence
from reelwright.content.engine.words import normal
from reelwright.content.engine.years import Dated, item_with_year, years_in
from reelwright.production.schema import Moment, NumberVisual, TimelineVisual

__all__ = ["moments_in", "timeline_of", "year_of"]

_MAX_MOMENTS = 6
_MAX_LABEL_WORDS = 9
_MAX_LABEL_CHARS = 64
_CLAUSE_SCORE = 1.1
_EDGES = " ,;:.!?…–—-"
_BREAKS = (
    re.compile(r"; (?:and |but )?"),
    re.compile(r", (?:and|but|while|whereas) "),
    re.compile(r"(?<!\d), "),
    re.compile(r" (?:and|but) "),
)
"""Where a sentence about several years may be cut between two of them, best first."""
_CONJUNCTION = re.compile(r"^(?:and|but|while|whereas|when|then|so|it was|there)\b,? ", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\bin (?P<years>(?:1\d{3}|20\d{2})(?:, (?:1\d{3}|20\d{2}))*,? and (?:1\d{3}|20\d{2}))(?=[.;,]|$)"
)
"""The same again and again: "won gold in 1968, 1972 and 1984"."""
_BARE_YEAR = re.compile(r"1[1-9]\d\d|20\d\d")
_LEANING = word_set(
    "before after until since if although though because unless as once that which who whose where"
)
_ELLIPTIC = UNRESOLVED_PRONOUNS | AUXILIARIES | word_set("we you i")


def timeline_of(
    sentences: Sequence[Sentence], heading: str, weights: Mapping[str, float], *, english: bool
) -> TimelineVisual | None:
    """Return the timeline of what the sentences say happened in at least two years, or None."""
    found = [moment for each in sentences for moment in moments_in(each, weights, english=english)]
    moments = sorted(dict.fromkeys(found), key=lambda moment: moment.year)[:_MAX_MOMENTS]
    if len({moment.year for moment in moments}) < 2:
        return None
    return TimelineVisual(heading=heading, moments=tuple(moments))


def year_of(sentences: Sequence[Sentence], weights: Mapping[str, float]) -> NumberVisual | None:
    """Return the one year that English sentences name, as a figure over what happened then, or None.

    Not a round hundred, which would be read as a count.
    """
    found = [(each, dated) for each in sentences if not each.items for dated in years_in(each.text)]
    if len(found) != 1:
        return None
    moments = moments_in(found[0][0], weights, english=True)
    if len(moments) != 1 or not _BARE_YEAR.fullmatch(moments[0].when) or moments[0].year % 100 == 0:
        return None
    return NumberVisual(value=moments[0].year, label=moments[0].label)


def moments_in(sentence: Sentence, weights: Mapping[str, float], *, english: bool) -> list[Moment]:
    """Return the years that the sentence names with what it says of each; empty where it cannot be told.

    In other languages than English only texts that open with a year and a colon are understood.
    """
    texts = sentence.items or (sentence.text,)
    opened = [_moment(*found) for text in texts if (found := item_with_year(text))]
    labelled = [moment for moment in opened if moment]
    if labelled or not english or sentence.items:
        return labelled
    return list(_told(sentence.text, weights))


def _moment(dated: Dated, label: str) -> Moment | None:
    text = label.strip(_EDGES)
    if not text or len(text) > 2 * _MAX_LABEL_CHARS or years_in(label):
        return None
    return Moment(when=dated.when, year=dated.year, label=text[:1].upper() + text[1:])


def _told(text: str, weights: Mapping[str, float]) -> Iterator[Moment]:
    if several := _SEVERAL.search(text):
        label = _label(text[: several.start()], text[several.end() :], weights)
        years = [int(year) for year in re.findall(r"\d{4}", several["years"])]
        if label and not years_in(text[: several.start()]) and years == sorted(set(years)):
            yield from (Moment(when=str(year), year=year, label=label) for year in years)
        return
    times = years_in(text)
    edges = _edges(text, times)
    if not times or edges is None:
        return
    for dated, start, end in zip(times, edges[:-1], edges[1:], strict=True):
        label = _label(text[start : dated.start], text[dated.end : end], weights)
        if label:
            yield Moment(when=dated.when, year=dated.year, label=label)


def _edges(text: str, times: Sequence[Dated]) -> list[int] | None:
    """Return where the part about each time starts, and the end; None if two cannot be told apart."""
    edges = [0]
    for one, other in pairwise(times):
        cut = _cut(text, one.end, other.start)
        if cut is None:
            return None
        edges.append(cut)
    return [*edges, len(text)]


def _cut(text: str, after: int, before: int) -> int | None:
    between = text[after:before]
    if not any(character.isalnum() for character in _CONJUNCTION.sub("", between.strip(_EDGES))):
        return None
    for pattern in _BREAKS:
        leading = [found for found in pattern.finditer(between) if found.end() == len(between)]
        if leading and leading[-1].start() > 0:
            return after + leading[-1].start()
    for pattern in _BREAKS:
        found = pattern.search(between)
        if found:
            return after + found.start()
    return None


def _label(before: str, after: str, weights: Mapping[str, float]) -> str:
    """Return what a clause says apart from its time, in at most nine words; empty if it needs more."""
    lead, rest = before.strip(" "), after.strip(" ")
    joined = f"{lead} {rest}" if rest[:1].isalnum() else f"{lead}{rest}"
    text = _plain(joined.replace("()", " "))
    words = [normal(word) for word in text.split()]
    if not words or words[0] in _LEANING or not set(words) - STOP_WORDS:
        return ""
    if len(words) <= _MAX_LABEL_WORDS and len(text) <= _MAX_LABEL_CHARS:
        return _without_subject(text)
    headline = headline_of(f"{text}.", weights)
    if headline and headline.score >= _CLAUSE_SCORE:
        return headline.text
    return ""


def _plain(text: str) -> str:
    """Return the clause without the marks and the conjunction at its edges."""
    plain = text.strip(_EDGES)
    while (shorter := _CONJUNCTION.sub("", plain).strip(_EDGES)) != plain:
        plain = shorter
    plain = " ".join(plain.split()).replace(" ,", ",")
    return plain[:1].upper() + plain[1:]


def _without_subject(text: str) -> str:
    """Return the clause without an opening pronoun and auxiliary: "It was closed" becomes "Closed"."""
    words = text.split()
    while len(words) > 1 and normal(words[0]) in _ELLIPTIC:
        words = words[1:]
    if first_verb(tokens_of(text)) is None and len(words) > 1 and len(words) == len(text.split()):
        return text
    short = " ".join(words)
    return short[:1].upper() + short[1:] if set(map(normal, words)) - STOP_WORDS else ""
