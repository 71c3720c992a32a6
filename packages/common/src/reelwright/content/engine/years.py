"""Years in a sentence: only numbers that the words around them make a year, as they are written."""

import re
from dataclasses import dataclass

from reelwright.content.engine.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    word_set,
)
from reelwright.content.engine.words import is_verb, normal

__all__ = ["Dated", "item_with_year", "years_in"]

_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan\\.?|Feb\\.?|Aug\\.?|Sept?\\.?|Oct\\.?|Nov\\.?|Dec\\.?"
)
_PLAIN = r"(?:1\d{3}|2[01]\d{2})"
_ERA = r"(?-i:BCE|BC|B\.C\.E\.|B\.C\.|AD|A\.D\.|CE|C\.E\.)"
_YEAR = (
    r"(?P<decade>1\d{2}0|2[01]\d0)[’']?s\b|(?-i:AD|A\.D\.|CE) ?(?P<after>\d{1,4})(?![\d,.]*\d)|"
    rf"(?P<with_era>\d{{1,2}},\d{{3}}|\d{{1,5}}) ?(?P<era>{_ERA})(?!\w)|"
    rf"(?P<plain>{_PLAIN})(?![\d%°]|[.,:/]\d)"
)
_TO = (
    rf"(?:(?: ?[–—-] ?(?P<last>{_PLAIN}|\d{{2}})|,? (?:to|until|till|and) (?P<later>{_PLAIN}))"
    rf"(?![\d%°\w]|[.,:/]\d)(?: {_ERA})?)"
)
_DATED = re.compile(
    rf"(?<![\w.,:/$£€#–-])"
    r"(?:(?P<preposition>in|on|by|since|until|till|before|after|from|during|around|about|circa|c\.|ca\.|"
    r"between|of|to|throughout) )?"
    r"(?:the )?(?P<shown>(?P<part>(?:years? |early |late |mid-?|(?:summer|spring|autumn|fall|winter) of )*)"
    rf"(?P<month>(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?-i:{_MONTH})(?: \d{{1,2}}(?:st|nd|rd|th)?,?)?,? )?"
    rf"(?:{_YEAR}){_TO}?)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"^(?P<shown>(?:in |about |around |c\. )?(?:{_YEAR}){_TO}?)(?: ?: | [–—-] |, )(?P<label>\S.*)$"
)
_SHOWN_WITH = word_set("by since until till before after around about circa c. ca. between")
"""Prepositions that belong to the time that is shown: "until 1889" is not "1889"."""
_LOOSE = word_set("around about circa c. ca.")
_OF_CHANGE = re.compile(
    r"\b(?:rose|rises?|risen|grew|grows?|grown|fell|falls?|fallen|climb(?:s|ed)?|drop(?:s|ped)?|went|goes|"
    r"increas(?:es|ed)|decreas(?:es|ed)|jump(?:s|ed)|declin(?:es|ed)|counted|numbered|ranges?|ranged) "
    r"(?:\w+ly )?$",
    re.IGNORECASE,
)
_OPENS_WITH = word_set("was is saw brought marked became")
_MAY_FOLLOW = (AUXILIARIES | CONJUNCTIONS | DETERMINERS | PREPOSITIONS | PRONOUNS | SUBORDINATORS) - word_set(
    "per more less"
)
_SMALL_NUMBERS = word_set("one two three four five six seven eight nine ten eleven twelve")
"""Behind a year that opens a sentence they begin what happened: "In 1969 two people walked"."""
_WORD_BEHIND = re.compile(r" ?([^\W\d_][\w’'-]*)(?: ([^\W\d_][\w’'-]*))?")
_EARLIEST = -20_000


@dataclass(frozen=True, slots=True)
class Dated:
    """A time in a sentence, at ``text[start:end]`` with the words that lead to it."""

    when: str
    year: int
    start: int
    end: int


def years_in(sentence: str) -> list[Dated]:
    """Return the years, decades and spans of years that an English sentence names, in its order."""
    found = (match for match in _DATED.finditer(sentence) if _is_time(sentence, match))
    return [dated for match in found if (dated := _dated(sentence, match))]


def item_with_year(text: str) -> tuple[Dated, str] | None:
    """Return the year that opens a text such as ``1903: the first flight``, and what stands behind it."""
    match = _LABELLED.match(text)
    if not match or (match["plain"] and text[match.end("shown")] == "," and not text[0].isalpha()):
        return None
    year = _year_of(match)
    return (Dated(match["shown"], year, 0, match.start("label")), match["label"]) if year else None


def _dated(sentence: str, match: re.Match[str]) -> Dated | None:
    year = _year_of(match)
    if year is None or (_last(match) and not _runs_on(match)):
        return None
    preposition = (match["preposition"] or "").lower()
    start = match.start("preposition") if preposition in _SHOWN_WITH else match.start("shown")
    return Dated(sentence[start : match.end()], year, match.start(), match.end())


def _year_of(match: re.Match[str]) -> int | None:
    if match["decade"] or match["plain"]:
        return int(match["decade"] or match["plain"])
    if match["after"]:
        return int(match["after"]) or None
    year = int(match["with_era"].replace(",", ""))
    before_christ = match["era"].upper().startswith("B")
    year = -year if before_christ else year
    return year if year and _EARLIEST <= year < 3000 else None


def _runs_on(match: re.Match[str]) -> bool:
    """Whether the second year of a span is the later one."""
    first, last = match["plain"], _last(match)
    return bool(first) and int(first[: -len(last)] + last) > int(first)


def _last(match: re.Match[str]) -> str:
    return match["last"] or match["later"] or ""


def _is_time(sentence: str, match: re.Match[str]) -> bool:
    """Whether the words around a number make it a year, not a count, a price or a page."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    if after[:1].isalnum() or re.match(r"-\w|’s|'s", after):
        return False
    preposition = (match["preposition"] or "").lower()
    if match["decade"] or match["after"] or match["era"] or match["month"] or match["part"]:
        return True
    if not preposition:
        return _stands_alone(before, after, match)
    if preposition in {"from", "between", "to"}:
        return bool(_last(match)) and not _OF_CHANGE.search(before) and _goes_on(after, opens=False)
    if preposition in _LOOSE:
        return (not before or after[:1] in {",", ";"}) and _goes_on(after, opens=not before)
    return _goes_on(after, opens=not before.strip(" “\"'(") or before.endswith((", ", "; ")))


def _stands_alone(before: str, after: str, match: re.Match[str]) -> bool:
    """Whether a year without a preposition is one: in brackets, or what the sentence is about."""
    if before.endswith("(") and after.startswith(")"):
        return True
    following = _WORD_BEHIND.match(after)
    return not before and bool(following and following[1] in _OPENS_WITH) and not _last(match)


def _goes_on(after: str, *, opens: bool) -> bool:
    """Whether what follows lets the number be a year: "in 1500 places" does not."""
    following = _WORD_BEHIND.match(after)
    if not following:
        return True
    word, then = following[1], following[2] or ""
    if word[0].isupper() or normal(word) in _MAY_FOLLOW:
        return True
    counts = normal(word) in _SMALL_NUMBERS
    return opens and (counts or normal(then) in AUXILIARIES or is_verb(normal(then)))
