"""What a figure in a sentence is of, in words that are a whole statement beside it."""

import re
from collections.abc import Sequence

from reelwright.content.engine.clauses import Token, first_verb, is_finite, tokens_of
from reelwright.content.engine.headline import headlines_in, noun_phrase_of
from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONDITIONS,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    STOP_WORDS,
    SUBORDINATORS,
    UNRESOLVED_PRONOUNS,
    word_set,
)
from reelwright.content.engine.links import link_of
from reelwright.content.engine.words import is_verb, normal

__all__ = ["label_of"]

_DATED = re.compile(r"\d{4}s?\b|\d{1,2}(?:st|nd|rd|th)\b")
_DIMENSIONS = {"tall", "high", "long", "wide", "deep", "old", "thick", "across"}
_BEHIND_UNIT = {"of", "to", "for", "from", "on", "under", "above", "without"}
_LOOSE_ENDS = PREPOSITIONS | CONJUNCTIONS | DETERMINERS | AUXILIARIES | UNRESOLVED_PRONOUNS
_MARKS = ',;:.!?)"”'
_CLAUSE_STARTS = (", and ", ", but ", ", so ", "; ", ": ", ", ")
_CLAUSE_END = re.compile(r"[,;:](?!\d)|[.!?](?:\s|[\"”]|$)")
_PART_BEFORE = re.compile(
    r"\b(?:half|thirds?|quarters?|fifths?|sixths?|tenths?|most|many|some|none|few|part|one|two|three|each|any|"
    r"percent|per cent|\d%) of (?:the |its |his |her |their |our |these |those |all ){0,2}$",
    re.IGNORECASE,
)
"""Behind these words a figure is a whole, and what the sentence says is said of a part of it."""
_LIMITING = word_set("only just")
_RELATIVES = word_set("that which who whose")
_NAMING = DETERMINERS - UNRESOLVED_PRONOUNS
"""Words that open an object which says by itself what it is."""
_CLAUSE_SCORE = 0.65
"""Of headlines that are clauses; those that are phrases score less."""
_MAX_LABEL_WORDS = 7
_MAX_CLAUSE_WORDS = 12


def label_of(sentence: str, match: re.Match[str], start: int, *, has_unit: bool) -> tuple[str, str]:
    """Return what the figure is of, and an adjective that belongs to its unit ("tall").

    A label is a whole statement: the words behind the figure where they say it, on to the end of the clause
    where the figure opens it; else the clause. Anything shorter would tell less than the sentence, or
    something else. Empty if neither can be had. The figure is found at ``match``, whose group ``unit`` is its
    unit; with the words that say how exact it is, it begins at ``start``.
    """
    after = sentence[match.end() :]
    subject = noun_phrase_of(sentence)
    first = normal(after.split()[0]) if after.split() else ""
    if has_unit and first in _DIMENSIONS and subject and not _later_clause(sentence[: match.start()]):
        return subject, first
    if match["unit"] and match["unit"].strip() == "times":
        return _clause(sentence, match), ""
    if reads_on := _reads_on(sentence, match, start, has_unit=has_unit):
        return reads_on, ""
    behind = _behind(after, has_unit=has_unit)
    if behind and _PART_BEFORE.search(sentence[: match.start()]):
        return _up_to_its_verb(behind), ""
    clause = "" if _tells(behind, after, has_unit=has_unit) else _clause(sentence, match)
    if behind:
        most = _MAX_LABEL_WORDS + 1 if _is_plain_noun(behind) else _MAX_CLAUSE_WORDS
        return clause if 0 < len(clause.split()) <= most else _without_hanging_verb(behind, after), ""
    needs_noun = not (has_unit or match["money"] or match["scale"])
    return "" if needs_noun else clause, ""


def _reads_on(sentence: str, match: re.Match[str], start: int, *, has_unit: bool) -> str:
    """Return all that stands behind a figure which opens its clause: "9 % of plastic has been recycled".

    Where that is too long or points back, what can be had of it with its verb: "people worked".
    """
    after = sentence[match.end() :]
    words = _up_to_a_mark(after).split()
    if not words or not _opens_clause(sentence, start):
        return ""
    if len(words) >= _MAX_CLAUSE_WORDS or normal(words[-1]) in _LOOSE_ENDS:
        words = _behind(after, has_unit=has_unit).split()
    if not words or _lacks_object(" ".join(words), after):
        return ""
    first, last = normal(words[0]), normal(words[-1])
    says = _has_predicate(words) and last not in _LOOSE_ENDS and after[:1] == " "
    named = first == "of" if has_unit else first not in STOP_WORDS | _DIMENSIONS
    return " ".join(words) if says and named else ""


def _opens_clause(sentence: str, start: int) -> bool:
    """Whether nothing but "only" stands before ``start`` in its clause."""
    opens = max(_behind_mark(sentence, mark, start) for mark in _CLAUSE_STARTS)
    return {normal(word) for word in sentence[opens:start].split()} <= _LIMITING


def _up_to_a_mark(after: str) -> str:
    """Return a text up to the end of its clause; empty where an aside stands in it."""
    ending = _CLAUSE_END.search(after)
    text = after[: ending.start()] if ending else after
    return "" if re.search(r"[–—()\"“]| - ", text) else text


def _has_predicate(words: Sequence[str]) -> bool:
    """Whether words that open with what a figure counts go on to say something of it.

    A verb behind "that" or "who" only says which: "of all plastic that was ever made" tells nothing of it.
    """
    tokens = tokens_of(" ".join(words))
    relative = next((at for at, token in enumerate(tokens) if token.word in _RELATIVES), None)
    verbs = [at for at in range(1, len(tokens)) if is_finite(tokens, at) or _acts(tokens, at)]
    if relative is None or not verbs or verbs[0] < relative:
        return bool(verbs)
    return any(_opens_predicate(tokens, at) for at in verbs[1:])


def _acts(tokens: Sequence[Token], at: int) -> bool:
    """Whether a verb in its plain form has an object behind it: "bolts of lightning strike the Earth"."""
    word, before = tokens[at].word, tokens[at - 1].word
    after = tokens[at + 1].word if at + 1 < len(tokens) else ""
    follows = after in DETERMINERS or after[:1].isdigit()
    return follows and is_verb(word) and before not in DETERMINERS | PREPOSITIONS


def _opens_predicate(tokens: Sequence[Token], at: int) -> bool:
    """Whether a later verb is the main one: "plastic that was ever made *has* been recycled"."""
    return tokens[at].word in AUXILIARIES and tokens[at - 1].word not in AUXILIARIES | PRONOUNS


def _tells(behind: str, after: str, *, has_unit: bool) -> bool:
    """Whether the words behind a figure say by themselves what it is of."""
    words = behind.split()
    if len(words) < 2 or _lacks_object(behind, after):
        return False
    return not has_unit and _is_plain_noun(behind)


def _is_plain_noun(behind: str) -> bool:
    """Whether it is no more than what is counted: "pieces of iron", not "people in the 20th century"."""
    words = [normal(word) for word in behind.split()]
    return (
        not _has_predicate(behind.split()) and not set(words) & (PREPOSITIONS - {"of"}) and words[0] != "of"
    )


def _lacks_object(behind: str, after: str) -> bool:
    """Whether the words are cut behind a verb that goes on to its object: "cables carry"."""
    words = behind.split()
    rest = after.split()[len(words) :]
    if not rest or after.split()[len(words) - 1][-1:] in _MARKS or len(words) < 2:
        return False
    tokens, last = tokens_of(after), len(words) - 1
    acts = is_finite(tokens, last) or _acts(tokens, last)
    return acts and normal(rest[0]) not in PREPOSITIONS | AUXILIARIES


def _up_to_its_verb(behind: str) -> str:
    """Return what is counted without what is said of a part of it: "two thirds of its 500 neurons sit"."""
    words = behind.split()
    tokens = tokens_of(behind)
    return " ".join(words[: next((at for at in range(1, len(words)) if is_finite(tokens, at)), len(words))])


def _without_hanging_verb(behind: str, after: str) -> str:
    return behind.rpartition(" ")[0] if _lacks_object(behind, after) else behind


def _behind(after: str, *, has_unit: bool) -> str:
    words = _words_of_label(after)
    if not words:
        return ""
    first = normal(words[0])
    if has_unit:
        return " ".join(words) if first in _BEHIND_UNIT and len(words) >= 2 else ""
    if first in STOP_WORDS or first in _DIMENSIONS:
        return ""
    return " ".join(words)


def _words_of_label(after: str) -> list[str]:
    """Return the words behind a figure up to the end of the clause, without a dangling end."""
    if after[:1] != " ":
        return []
    taken: list[str] = []
    for word in after.split():
        if word[:1] in "–—-(" or (word[:1].isdigit() and not _DATED.match(word)):
            break
        taken.append(word.rstrip(_MARKS))
        if word[-1] in _MARKS or len(taken) > _MAX_LABEL_WORDS:
            break
    return _without_loose_end(taken)


def _without_loose_end(words: Sequence[str]) -> list[str]:
    kept = list(words)
    if len(kept) > _MAX_LABEL_WORDS:
        cut = max(
            (at for at in range(2, len(kept)) if normal(kept[at]) in PREPOSITIONS | CONJUNCTIONS), default=0
        )
        kept = kept[: cut or _MAX_LABEL_WORDS]
    while kept and normal(kept[-1]) in _LOOSE_ENDS:
        kept.pop()
    if len(kept) >= 2 and normal(kept[-2]) == "to" and is_verb(normal(kept[-1])):
        return _without_loose_end(kept[:-2])
    return kept


def _later_clause(before: str) -> bool:
    """Whether another clause stands between the subject of the sentence and the figure."""
    return any(mark in before for mark in (", and ", ", but ", "; ", ": ", " because ", " that "))


def _clause(sentence: str, match: re.Match[str]) -> str:
    """Return the clause that holds the figure, or the apposition, if it is short and stands alone."""
    ending = _CLAUSE_END.search(sentence[match.end() :])
    end = match.end() + ending.start() if ending else len(sentence)
    starts = sorted({0, *(_behind_mark(sentence, mark, match.start()) for mark in _CLAUSE_STARTS)})
    clauses = (sentence[start:end] for start in starts)
    found = _announced(sentence, match) or next((clause for clause in clauses if _is_label(clause)), "")
    found = found or _shortened(sentence, match)
    return found[:1].upper() + found[1:]


def _shortened(sentence: str, match: re.Match[str]) -> str:
    """Return the clause with the figure cut where it may end and still be whole: before "to pick up salt"."""
    clauses = [one.text for one in headlines_in(sentence, {}) if one.score >= _CLAUSE_SCORE]
    return next((text for text in clauses if match[0] in text), "")


def _announced(sentence: str, match: re.Match[str]) -> str:
    """Return what a figure behind a colon is of: "he paid the lowest toll of all: 36 cents".

    All that stands before the colon, or its object where that would be too long.
    """
    before = sentence[: match.start()].rstrip()
    if not before.endswith(":") or sentence[match.end() :].strip(_MARKS):
        return ""
    words = before[:-1].split()
    verb = first_verb(tokens_of(before))
    object_ = words[verb + 1 :] if verb is not None else []
    if verb and 3 <= len(words) <= _MAX_LABEL_WORDS + 1 and normal(words[0]) not in UNRESOLVED_PRONOUNS:
        return " ".join(words)
    named = 2 <= len(object_) <= _MAX_LABEL_WORDS + 1 and normal(object_[0]) in _NAMING
    return " ".join(object_) if named else ""


def _is_label(clause: str) -> bool:
    words = [normal(word) for word in clause.split()]
    if not 2 <= len(words) <= _MAX_CLAUSE_WORDS or words[0] in CONDITIONS | SUBORDINATORS:
        return False
    if link_of(_with_which(clause)).kind != "none" or words[-1] in PREPOSITIONS | CONJUNCTIONS | DETERMINERS:
        return False
    return words[0] in DETERMINERS or any(word in AUXILIARIES or is_verb(word) for word in words)


def _with_which(clause: str) -> str:
    """Return the clause with "which" for a "that" which only tells more of the noun before it."""
    words = clause.split()
    for before, at in zip(words, range(1, len(words) - 1), strict=False):
        noun = before[-1].isalpha() and normal(before) not in STOP_WORDS and not is_verb(normal(before))
        if words[at] == "that" and noun and normal(words[at + 1]) in AUXILIARIES:
            words[at] = "which"
    return " ".join(words)


def _behind_mark(sentence: str, mark: str, before: int) -> int:
    at = sentence.rfind(mark, 0, before)
    return at + len(mark) if at >= 0 else 0
