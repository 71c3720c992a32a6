"""Comparisons: two things that a text sets against each other, with what it says of each."""

import re
from collections.abc import Sequence
from itertools import pairwise

from reelwright.content.engine.charts import chart_of_pairs
from reelwright.content.engine.clauses import Token, first_verb, tokens_of
from reelwright.content.engine.enumerations import tidy_item
from reelwright.content.engine.headline import noun_phrase_of
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    NUMBER_WORDS,
    PREPOSITIONS,
    PRONOUNS,
    STOP_WORDS,
    SUBORDINATORS,
    word_set,
)
from reelwright.content.engine.words import content_stems, is_verb, normal, stem
from reelwright.production.schema import ChartVisual, ComparisonVisual, Side

__all__ = ["comparison_in", "comparison_of_two"]

_MAX_SUBJECT_WORDS = 5
_MAX_DETAIL_WORDS = 10
_MAX_OTHER_WORDS = 5
_UNLIKE_FIRST = re.compile(r"^Unlike (?P<other>[^,;]{2,50}), (?P<clause>[^;:]+)$")
_UNLIKE_LAST = re.compile(r"^(?P<clause>[^,;:]+), unlike (?P<other>[^,;:]{2,50})$")
_WHILE_FIRST = re.compile(r"^(?:While|Whereas) (?P<one>[^,;:]+), (?P<two>[^,;:]+)$")
_WHILE = re.compile(r"^(?P<one>[^;:]+?)(?:, (?:while|whereas)| whereas) (?P<two>[^;:]+)$")
_AGAINST = re.compile(r"^(?P<one>[^;:]+?)(?:, but|;(?: but)?) (?P<two>[^;:]+)$")
_BESIDE = re.compile(r"^(?P<one>[^,;:]+), (?P<two>[^,;:]+)$")
_THAN = re.compile(
    r"^(?P<clause>[^,;:]*?\b(?P<degree>more|less|fewer|better|worse|\w{3,}er)\b(?P<rest>[^,;:]*?)) than "
    r"(?P<other>[^,;:]{2,50})$"
)
_NOT_BUT = re.compile(r"^(?P<lead>[^,;:]*?)\bnot (?P<one>[^,;:]{2,40}?),? but (?P<two>[^,;:]{2,40})$")
_PREFIX = re.compile(r"^(?:By contrast|In contrast|On the other hand|Meanwhile|But|And),? ", re.IGNORECASE)
_VERB_AT_END = re.compile(r" (?:do|does|did|is|are|was|were|can|has|have|will)$")
_OWN_VALUE = re.compile(r"^[a-z]+ (?P<value>[$£€]?\d[\d,]*(?:\.\d+)?(?: ?(?:%|°C|[a-zA-Z/]+(?: [a-z]+)?))?)$")
_NEXT_CLAUSE = re.compile(r", (?:and|but|so|or) ")
_NO_DEGREE = word_set(
    "other rather number water paper after under never ever over however whether together river"
)
_NOT_IN_NAME = (PRONOUNS - {"all", "most", "many", "some"}) | CONJUNCTIONS | SUBORDINATORS


def comparison_in(sentence: str) -> ComparisonVisual | ChartVisual | None:
    """Return what an English sentence sets against each other, or None.

    Two values of one unit become a chart: bars say more of numbers than words do.
    """
    text = sentence.strip().rstrip(".!")
    if text.endswith("?") or '"' in text or "“" in text:
        return None
    return _unlike(text) or _clauses_in(text) or _beside(text) or _than(text) or _not_but(text)


def comparison_of_two(sentences: Sequence[str]) -> ComparisonVisual | ChartVisual | None:
    """Return the first comparison of neighbouring sentences that say the same thing of two subjects."""
    for one, two in pairwise(sentences):
        left = _side(one.strip().rstrip(".!"))
        right = _side(_PREFIX.sub("", two.strip().rstrip(".!")))
        if left and right and _are_parallel(left, right):
            return _of_sides(left, right)
    return None


def _unlike(text: str) -> ComparisonVisual | None:
    match = _UNLIKE_FIRST.match(text) or _UNLIKE_LAST.match(text)
    side = _side(match["clause"]) if match else None
    if not match or not side or not _is_name(match["other"]):
        return None
    return ComparisonVisual(left=side, right=Side(label=tidy_item(match["other"])))


def _clauses_in(text: str) -> ComparisonVisual | ChartVisual | None:
    contrast = _WHILE_FIRST.match(text) or _WHILE.match(text)
    match = contrast or _AGAINST.match(text)
    if not match:
        return None
    one, two = _side(match["one"]), _side(_PREFIX.sub("", match["two"]))
    if not one or not two or (not contrast and not _are_parallel(one, two)):
        return None
    return _of_sides(one, two) if one.label.lower() != two.label.lower() else None


def _beside(text: str) -> ComparisonVisual | ChartVisual | None:
    """Compare two kinds of one thing that only a comma parts: "warm dough doubles, cold dough waits"."""
    match = _BESIDE.match(text)
    one, two = (_side_of_kind(match["one"]), _side_of_kind(match["two"])) if match else (None, None)
    if not one or not two or one.label.lower() == two.label.lower():
        return None
    kinds = [side.label.lower().split() for side in (one, two)]
    alike = kinds[0][-1] == kinds[1][-1] and all(len(words) == 2 for words in kinds)
    return _of_sides(one, two) if alike else None


def _side_of_kind(clause: str) -> Side | None:
    """Return the side of a clause whose subject may open with what looks like a command: "warm dough"."""
    return _side(clause) or _side(f"the {clause[:1].lower()}{clause[1:]}")


def _of_sides(one: Side, two: Side) -> ComparisonVisual | ChartVisual:
    values = [_OWN_VALUE.match(side.detail) for side in (one, two)]
    pairs = [(side.label, value["value"]) for side, value in zip((one, two), values, strict=True) if value]
    chart = chart_of_pairs("", pairs) if len(pairs) == 2 else None
    return chart or ComparisonVisual(left=one, right=two)


def _than(text: str) -> ComparisonVisual | None:
    match = _THAN.match(text)
    if not match or match["degree"].lower() in _NO_DEGREE:
        return None
    other = _VERB_AT_END.sub("", match["other"])
    side = _side(match["clause"])
    if normal(other.partition(" ")[0]) in PREPOSITIONS:
        return _than_elsewhere(match["clause"], side, other)
    if not side or not _is_name(other) or _opens_with_number(other):
        return None
    if normal(side.detail.split()[-1]) in {"more", "less", "fewer"} and len(side.detail.split()) < 2:
        return None
    return ComparisonVisual(left=side, right=Side(label=tidy_item(other)))


def _than_elsewhere(clause: str, side: Side | None, other: str) -> ComparisonVisual | None:
    """Compare two circumstances of one thing: "sound travels faster in water than in air"."""
    start = clause.rfind(f" {other.partition(' ')[0]} ")
    here, heading = clause[start + 1 :], clause[:start]
    if side is None or start < 0 or not _is_name(here) or not _is_name(other):
        return None
    sides = (Side(label=text[:1].upper() + text[1:]) for text in (here, other))
    return ComparisonVisual(heading=heading, left=next(sides), right=next(sides))


def _not_but(text: str) -> ComparisonVisual | None:
    match = _NOT_BUT.match(text)
    if not match or normal(match["one"].split()[0]) in {"only", "just", "merely", "simply"}:
        return None
    one, two = match["one"], match["two"]
    if not (_is_name(one) and _is_name(two)) or any(_has_verb(part) for part in (one, two)):
        return None
    heading = noun_phrase_of(f"{match['lead']}so.") if match["lead"] else ""
    return ComparisonVisual(heading=heading, left=Side(label=f"Not {one}"), right=Side(label=tidy_item(two)))


def _side(clause: str) -> Side | None:
    """Return subject and predicate of a clause, if both are short and the subject names something."""
    tokens = tokens_of(clause)
    verb = first_verb(tokens)
    if verb is None or not 1 <= verb <= _MAX_SUBJECT_WORDS:
        return None
    subject = " ".join(token.text for token in tokens[:verb])
    detail = _NEXT_CLAUSE.split(" ".join(token.text for token in tokens[verb:]))[0].strip(" ,;:.!")
    if not _is_name(subject) or not 2 <= len(detail.split()) <= _MAX_DETAIL_WORDS or _leans(tokens):
        return None
    return Side(label=tidy_item(subject), detail=detail)


def _leans(tokens: Sequence[Token]) -> bool:
    return tokens[0].word in PREPOSITIONS | CONDITIONS | SUBORDINATORS or tokens[0].ends_clause


def _is_name(text: str) -> bool:
    words = [normal(word) for word in text.split()]
    named = bool(set(words) - STOP_WORDS - NUMBER_WORDS) and len(words) <= _MAX_OTHER_WORDS
    return named and not set(words) & _NOT_IN_NAME and not any(mark in text for mark in ",;:()")


def _has_verb(text: str) -> bool:
    words = [normal(word) for word in text.split()]
    return len(words) > 1 and any(
        word in AUXILIARIES or (is_verb(word) and word.endswith("s")) for word in words
    )


def _opens_with_number(text: str) -> bool:
    first = normal(next(iter(text.split()), ""))
    return first[:1].isdigit() or first in NUMBER_WORDS


def _are_parallel(one: Side, two: Side) -> bool:
    """Whether both sides say the same kind of thing: the same verb, and for "is" also a common word."""
    verbs = [normal(side.detail.split()[0]) for side in (one, two)]
    if one.label.lower() == two.label.lower() or stem(verbs[0]) != stem(verbs[1]):
        return verbs[0] != verbs[1] and one.label.lower() != two.label.lower() and _share(one, two) >= 2
    return _share(one, two) >= 1 if verbs[0] in AUXILIARIES else True


def _share(one: Side, two: Side) -> int:
    stems = [set(content_stems(f"{side.label} {side.detail.partition(' ')[2]}")) for side in (one, two)]
    return len(stems[0] & stems[1])
