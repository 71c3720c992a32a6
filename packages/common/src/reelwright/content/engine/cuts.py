"""Where a clause may stop so that what is left is whole, and says nothing that the sentence does not say."""

from collections.abc import Iterator, Sequence

from reelwright.content.engine.clauses import (
    Token,
    first_verb,
    has_subject,
    is_finite,
    is_past,
    joins,
    shared_verbs,
)
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    CUT_PREPOSITIONS,
    DETERMINERS,
    NEGATIONS,
    NUMBER_WORDS,
    PREPOSITIONS,
    SUBORDINATORS,
    UNRESOLVED_PRONOUNS,
    word_set,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.verbs import IRREGULAR_PARTICIPLES, REPORTING_VERBS
from reelwright.content.engine.words import is_verb

__all__ = ["LONG_WORDS", "MAX_WORDS", "NOT_LAST", "ends_of", "is_sound", "joined"]

MAX_WORDS = 8
"""Of a headline."""
LONG_WORDS = 11
"""Of a sentence that is shown whole because nothing shorter says it."""
_MIN_CUT_WORDS = 3
NOT_LAST = (
    frozenset({""})
    | DETERMINERS
    | PREPOSITIONS
    | CONJUNCTIONS
    | SUBORDINATORS
    | AUXILIARIES
    | word_set(
        "to not very too so still also now even just only almost nearly about then mostly partly quite "
        "perhaps"
    )
) - word_set("up down off out less more most enough all each no over")
"""Words that no headline ends in."""
_NOT_LAST_OF_CUT = NOT_LAST | word_set(
    "right first last next less more same early late able part long far deep high low back away up down out "
    "off over much many close"
)
_ALL_OR_NONE = NEGATIONS | word_set("all every each any most few everybody everyone everything")
"""Words that make a clause false when what narrows it is cut off: "No card fits in this slot"."""
_UNFINISHED = word_set("as than like between both either neither rather so such too enough")
"""Words that call for something further on: "such a wind that", "too hot to", "from 3 to 5"."""
_NARROWS = word_set("if unless only except when whenever than provided rather instead merely alone")
"""Words that change the sense of a clause from behind: "It rains in the hills only", "… when it is hot"."""
_COMPARED = word_set("more less fewer worse rather other")
_EXTREMES = word_set("first last only most least best worst")
_NOT_EXTREME = word_set(
    "west nest rest forest harvest interest test guest chest request forest honest protest"
)
_COMPLETE_VERBS = word_set(
    "rose grew fell died landed arrived survived vanished disappeared exploded melted increased decreased "
    "tripled doubled won failed ended stopped helps matters works worked"
)
"""Verbs behind which a clause may be cut: nothing is missing."""
_MORE_DETAIL = word_set("because while every each once twice until")
"""Further words before which a clause may stop."""
_NEEDS_MORE = word_set(
    "take takes took put puts mistook mistake regard regards regarded treat treats treated compare "
    "compares compared"
)
"""Verbs that say little without what follows their object: "took the lump for a stone"."""
_REASONS = word_set("because while although though whereas")
"""Words that only stand behind a whole clause."""
_RATES = word_set("every each once twice per")
_IDIOMS = word_set("once first last all ever short fact vain turn")
"""What makes a set phrase of the preposition before it: "at once", "for ever"."""
_MAY_END = word_set("since before after by around along inside outside without once too")
"""Words that a sentence may end in though most of them open a phrase: "Older ones have been found since"."""
_TIMES = word_set(
    "second minute hour day night week month year decade century seconds minutes hours days weeks "
    "months years"
)
_LIMITS = word_set("except than unlike without like as")
_AFTER_COMMA = word_set("because which while although who where when the a an like such just not so")


def ends_of(tokens: Sequence[Token], begin: int) -> Iterator[tuple[int, bool]]:
    """Yield where a headline from ``begin`` may end, and whether a clause or the sentence ends there."""
    if _is_correlative(tokens, begin):
        if len(tokens) - begin <= LONG_WORDS:
            yield len(tokens), True
        return
    shared = {verb for _, verb in shared_verbs(tokens, begin)}
    for end in range(begin + 2, min(len(tokens), begin + LONG_WORDS) + 1):
        closed = tokens[end - 1].text[-1:] in ";:"
        if end == len(tokens) or closed or _clause_ends(tokens, begin, end):
            yield end, True
        elif end + 1 in shared or (end <= min(shared, default=end) and _may_cut(tokens, begin, end)):
            yield end, False
        if closed:
            return


def _is_correlative(tokens: Sequence[Token], begin: int) -> bool:
    """Whether one half says nothing without the other: "The longer she shakes, the farther it is"."""
    return tokens[begin].word == "the" and any(
        one.ends_clause
        and two.word == "the"
        and (three.word.endswith("er") or three.word in {"more", "less"})
        for one, two, three in zip(tokens[begin:], tokens[begin + 1 :], tokens[begin + 2 :], strict=False)
    )


def _clause_ends(tokens: Sequence[Token], begin: int, end: int) -> bool:
    if end + 2 >= len(tokens):
        return False
    if tokens[end].word in CONJUNCTIONS and joins(tokens, end + 1, begin):
        return not _narrowed(tokens, begin, end)
    return tokens[end - 1].text.endswith(",") and _may_follow(tokens, begin, end)


def _may_follow(tokens: Sequence[Token], begin: int, at: int) -> bool:
    """Whether what comes behind a comma leaves the clause before it whole."""
    word = tokens[at].word
    if joins(tokens, at, begin):
        return True
    if word in CONJUNCTIONS:
        return has_subject(tokens[at + 1 :])
    if _narrowed(tokens, begin, at):
        return False
    if (is_past(word) or word in IRREGULAR_PARTICIPLES) and is_verb(word):
        return not _ALL_OR_NONE & {token.word for token in tokens[begin:at]}
    if _is_row(tokens, at):
        return False
    return word in _AFTER_COMMA | DETERMINERS or word in PREPOSITIONS - _LIMITS or word.endswith("ing")


def _is_row(tokens: Sequence[Token], at: int) -> bool:
    """Whether a row of things goes on behind the comma: "sand, the soda and lime"."""
    for token in tokens[at : at + 5]:
        if token.word in {"and", "or"}:
            return not token.ends_clause
        if token.ends_clause:
            return token.text.endswith(",") and token is not tokens[at]
    return False


def _may_cut(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether what follows only adds to what was said: a place, a time, or more about "a" thing."""
    words = [token.word for token in tokens[begin:end]]
    if tokens[end - 1].ends_clause or _is_extreme(words[-3:]) or (_ALL_OR_NONE | _UNFINISHED) & set(words):
        return False
    if _narrowed(tokens, begin, end) or _has_gap(tokens, begin, end) or _NEEDS_MORE & set(words):
        return False
    if "from" in words and {"to", "until", "till"} & {token.word for token in tokens[end : end + 4]}:
        return False
    return _only_adds(tokens, begin, end)


def _only_adds(tokens: Sequence[Token], begin: int, end: int) -> bool:
    following, after = tokens[end].word, tokens[end + 1].word if end + 1 < len(tokens) else ""
    if following in {"that", "which", "who", "where"}:
        return bool({"a", "an"} & {token.word for token in tokens[begin:end][-3:]})
    if following in {"so", "to"}:
        return after == "that" if following == "so" else _is_purpose(tokens, begin, end)
    if after in _IDIOMS | {""} or _is_rate(tokens, begin, end):
        return False
    return following in CUT_PREPOSITIONS or following in _MORE_DETAIL


def _is_rate(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether a number is said of a time that follows: "a million bottles every minute", "9 % in 1950"."""
    numbered = any(_is_number(token.word) for token in tokens[begin:end])
    if not numbered or tokens[end].word not in CUT_PREPOSITIONS | _RATES:
        return False
    following = tokens[end : end + 4]
    return tokens[end].word in _RATES or any(
        _is_number(token.word) or token.word in _TIMES for token in following
    )


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or word in NUMBER_WORDS - {"one", "two", "half"}


def _is_purpose(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether "to" says what for, behind a phrase that ended: "… walked to the sea to pick up a stone"."""
    verb = first_verb(tokens[begin:end])
    if verb is None or end - begin < verb + 4 or not is_verb(tokens[min(end + 1, len(tokens) - 1)].word):
        return False
    placed = tokens[end - 3].word in CUT_PREPOSITIONS | {"to"}
    return placed and tokens[end - 2].word in DETERMINERS


def _is_extreme(words: Sequence[str]) -> bool:
    return any(
        word in _EXTREMES or (len(word) > 4 and word.endswith("est") and word not in _NOT_EXTREME)
        for word in words
    )


def _narrowed(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether the rest of the clause takes back some of what was said before ``end``."""
    compared = any(token.word.endswith("er") or token.word in _COMPARED for token in tokens[begin:end])
    for at in range(end, len(tokens)):
        if tokens[at].word in _NARROWS and (tokens[at].word != "than" or compared):
            return True
        if tokens[at].text[-1:] in ";:" or (at > end and joins(tokens, at, begin)) or _has_turned(tokens, at):
            return False
    return False


def _has_turned(tokens: Sequence[Token], at: int) -> bool:
    """Whether another thing is spoken of behind the comma: "…, an elephant only six"."""
    return (
        tokens[at].text.endswith(",") and at + 1 < len(tokens) and tokens[at + 1].word in {"a", "an", "the"}
    )


def _has_gap(tokens: Sequence[Token], begin: int, end: int) -> bool:
    """Whether a comma stands behind the verb: what follows is part of a row, or has no verb of its own."""
    verb = first_verb(tokens[begin:end])
    return verb is not None and any(token.ends_clause for token in tokens[begin + verb : end - 1])


def is_sound(part: Sequence[Token], *, whole: bool, follower: str = "", leaning: bool = False) -> bool:
    """Whether the words make a clause that is true and complete by itself.

    ``follower`` is the word behind a cut. ``leaning`` words are seen right behind the sentence before them,
    so that their pronouns are understood.
    """
    words = [token.word for token in part]
    verb = first_verb(part)
    ending = words[-1] in (NOT_LAST - _MAY_END if whole else NOT_LAST)
    if verb is None or ending or not _is_one_piece(part):
        return False
    if words[0] in CONDITIONS and not (whole and leaning):
        return False
    if not leaning and (words[0] in UNRESOLVED_PRONOUNS or link_of(joined(part)).kind in {"loose", "hard"}):
        return False
    return whole or _survives_cut(part, words, verb, follower)


def _is_one_piece(part: Sequence[Token]) -> bool:
    text = " ".join(token.text for token in part)
    closed = text.count('"') % 2 == 0 and text.count("“") == text.count("”")
    return closed and not any(token.text[-1:] in ";:" for token in part[:-1])


def _survives_cut(part: Sequence[Token], words: Sequence[str], verb: int, follower: str) -> bool:
    """Whether nothing is missing at the end: no object, no complement, no content of a report."""
    if follower in _REASONS and not REPORTING_VERBS & set(words[verb:]) and words[-1] not in AUXILIARIES:
        return True
    if len(words) < _MIN_CUT_WORDS or words[-1] in _NOT_LAST_OF_CUT:
        return False
    if REPORTING_VERBS & set(words[verb:-1]):
        return False
    return words[-1] in _COMPLETE_VERBS or not _ends_in_verb(part, verb)


def _ends_in_verb(part: Sequence[Token], verb: int) -> bool:
    last, before = part[-1].word, part[-2].word
    if verb == len(part) - 1 or (before == "to" and is_verb(last)):
        return True
    if before in AUXILIARIES and last.endswith("ed"):
        return True
    verbal = is_verb(last) or last.endswith("ing") or is_finite(part, len(part) - 1)
    return verbal and before not in DETERMINERS and before not in PREPOSITIONS


def joined(part: Sequence[Token]) -> str:
    """Return the words as a headline: without marks at its edges, starting large."""
    text = " ".join(token.text for token in part).strip(" ,;:.!…–—-")
    if text.count('"') == 1 or text.count("“") != text.count("”"):
        text = text.strip('"“”')
    return text[:1].upper() + text[1:]
