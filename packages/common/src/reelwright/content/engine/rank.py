"""Which units matter most: centrality in the notes, closeness to the topic, place and substance."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from reelwright.content.engine.clauses import opens_imperative
from reelwright.content.engine.material import Unit
from reelwright.content.engine.topic import Topic
from reelwright.content.engine.words import content_stems, words_of

__all__ = ["Weights", "rank_units", "similarity", "weigh_words"]

Weights = Mapping[str, float]
"""Inverse document frequency by stem, from 0 to 1."""

_MAX_CENTRAL_UNITS = 400
"""Units between which similarity is computed; beyond it the cheap measures alone decide."""
_SCORE_OF_THE_REST = 0.05
"""For those that are good for nothing but to lead up to a better one."""
_MAX_SHARED = 40
"""A stem in more units than this links everything with everything and says nothing."""
_LONG_SENTENCE_SECONDS = 9.0
_DAMPING = 0.85
_ROUNDS = 20
_NEAR_DUPLICATE = 0.72
_FIGURE = re.compile(r"\d")
_QUOTED = re.compile(r"[\"“][^\"“”]{15,}[\"”]")
_SURPRISES = re.compile(
    r"\b(?:never|nobody|nothing|only|not|no|most|first|last|more than|less than|instead|even|although|"
    r"without|\w{3,}est)\b",
    re.IGNORECASE,
)


def weigh_words(units: Sequence[Unit]) -> Weights:
    """Return the weight of each stem: the rarer in the notes, the heavier; log(1 + N / n), at most 1."""
    counts = Counter(stem for unit in units for stem in set(unit.stems))
    raw = {stem: math.log(1 + len(units) / count) for stem, count in counts.items()}
    heaviest = max(raw.values(), default=1.0)
    return {stem: weight / heaviest for stem, weight in raw.items()}


def rank_units(units: Sequence[Unit], topic: Topic, weights: Weights) -> dict[int, float]:
    """Return a score for each unit by its index, mostly between 0 and 1.5.

    Near-duplicates of a better unit score zero, milder repetitions lose part of their score
    (maximal marginal relevance, Carbonell and Goldstein 1998).
    """
    fresh = _first_of_each(units)
    cheap = {unit.index: _cheap_score(unit, topic, len(units), weights) for unit in fresh}
    best = sorted(fresh, key=lambda unit: (-cheap[unit.index], unit.index))[:_MAX_CENTRAL_UNITS]
    central = _centrality(best, weights)
    scores = {unit.index: cheap[unit.index] + 0.5 * central[unit.index] for unit in best}
    rest = {unit.index: _SCORE_OF_THE_REST for unit in fresh}
    return {unit.index: 0.0 for unit in units} | rest | _without_repetition(best, scores, weights)


def _first_of_each(units: Sequence[Unit]) -> list[Unit]:
    """Return the units without those that hold a sentence which an earlier one holds in the same words."""
    seen: set[tuple[str, ...]] = set()
    fresh: list[Unit] = []
    for unit in units:
        said = {tuple(words_of(sentence.text)) for sentence in unit.sentences}
        if not said & seen:
            fresh.append(unit)
        seen |= said
    return fresh


def similarity(one: Unit, other: Unit, weights: Weights) -> float:
    """Return the weighted share of stems that two units have in common, from 0 to 1 (cosine)."""
    first, second = Counter(one.stems), Counter(other.stems)
    product = sum(
        first[stem] * second[stem] * weights.get(stem, 1.0) ** 2 for stem in first.keys() & second.keys()
    )
    return product / (_norm(first, weights) * _norm(second, weights)) if product else 0.0


def _norm(counts: Counter[str], weights: Weights) -> float:
    return math.sqrt(sum((count * weights.get(stem, 1.0)) ** 2 for stem, count in counts.items()))


def _cheap_score(unit: Unit, topic: Topic, count: int, weights: Weights) -> float:
    topic_stems = set(content_stems(topic.title))
    stems = set(unit.stems)
    about = len(stems & topic_stems) / len(topic_stems) if topic_stems else 0.0
    text = " ".join(sentence.text for sentence in unit.sentences)
    practical = topic.kind == "how_to"
    quote = 0.1 if practical else 0.45
    advice = 0.4 * (practical and opens_imperative(text))
    substance = (
        0.15 * bool(_FIGURE.search(text)) + quote * bool(_QUOTED.search(text)) + 0.1 * unit.listed + advice
    )
    surprise = 0.05 * min(3, len(_SURPRISES.findall(text)))
    early = 0.1 * (1 - unit.index / count)
    last = 0.12 if unit.index >= count - 2 else 0.0
    heavy = sum(weights[stem] for stem in stems) / len(stems) if stems else 0.0
    long_winded = 0.04 * max(0.0, unit.seconds / len(unit.sentences) - _LONG_SENTENCE_SECONDS)
    return (
        0.2
        - long_winded
        + 0.3 * about
        + substance
        + surprise
        + early
        + last
        + 0.1 * unit.opens_section
        + 0.1 * heavy
    )


def _centrality(units: Sequence[Unit], weights: Weights) -> dict[int, float]:
    """TextRank (Mihalcea and Tarau 2004): a unit matters when units that matter resemble it."""
    edges = _edges(units, weights)
    totals = {index: sum(links.values()) for index, links in edges.items()}
    ranks = {unit.index: 1.0 for unit in units}
    for _ in range(_ROUNDS):
        ranks = {
            unit.index: (1 - _DAMPING)
            + _DAMPING
            * sum(ranks[other] * weight / totals[other] for other, weight in edges[unit.index].items())
            for unit in units
        }
    top = max(ranks.values(), default=1.0)
    return {index: rank / top for index, rank in ranks.items()}


def _edges(units: Sequence[Unit], weights: Weights) -> dict[int, dict[int, float]]:
    holders: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        for stem in set(unit.stems):
            holders[stem].append(unit)
    sizes = {unit.index: math.log(2 + len(unit.stems)) for unit in units}
    edges: dict[int, dict[int, float]] = {unit.index: {} for unit in units}
    for stem, sharing in holders.items():
        if len(sharing) <= _MAX_SHARED:
            _link_all(sharing, weights[stem], sizes, edges)
    return edges


def _link_all(
    sharing: Sequence[Unit], weight: float, sizes: Mapping[int, float], edges: dict[int, dict[int, float]]
) -> None:
    for position, one in enumerate(sharing):
        for other in sharing[:position]:
            gained = weight / (sizes[one.index] + sizes[other.index])
            edges[one.index][other.index] = edges[one.index].get(other.index, 0.0) + gained
            edges[other.index][one.index] = edges[other.index].get(one.index, 0.0) + gained


def _without_repetition(
    units: Sequence[Unit], scores: dict[int, float], weights: Weights
) -> dict[int, float]:
    kept: list[Unit] = []
    fair: dict[int, float] = {}
    holders: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda each: (-scores[each.index], each.index)):
        rivals = {rival.index: rival for stem in set(unit.stems) for rival in holders[stem][:_MAX_SHARED]}
        closest = max((similarity(unit, rival, weights) for rival in rivals.values()), default=0.0)
        fair[unit.index] = 0.0 if closest > _NEAR_DUPLICATE else scores[unit.index] * (1 - 0.5 * closest)
        if closest <= _NEAR_DUPLICATE:
            kept.append(unit)
            for stem in set(unit.stems):
                holders[stem].append(unit)
    return fair
