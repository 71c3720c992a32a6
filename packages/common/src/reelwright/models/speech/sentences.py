"""Where a speaker draws breath: sentences of words, wherever the words come from.

A wrong end costs a pause in the wrong place and nothing else; so the rules are few.
"""

from collections.abc import Iterator, Sequence

__all__ = ["sentences_of"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_STOPS = tuple(".!?…")
_WIDE_STOPS = tuple("。！？")
_OPENERS = "\"“‘'«([{"
_CLOSERS = "\"”’'»)]}」』）"  # noqa: RUF001 (brackets of Chinese and Japanese)
_LONGEST_QUOTATION = 60
"""Words that are looked through for the end of a quotation; longer ones are cut at their sentences."""
_TITLES = _words(
    "adm capt cmdr col cpl dr fr gen gov hon jr lt maj messrs mr mrs ms mt mx prof rep rev sen sgt sr st ste "
    "vs viz cf eg ie approx ca dept est univ inc ltd corp co bros"
)
"""Abbreviations behind which a sentence goes on, whatever follows."""
_BEFORE_FIGURES = _words("no nos p pp vol vols fig figs ch sec art op eq ver max min")
_MONTHS_AND_DAYS = _words(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"
)


def sentences_of(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the words sentence by sentence; every word once, in order."""
    start = 0
    for index in range(len(words)):
        if index + 1 == len(words) or _breathes(words, start, index):
            yield tuple(words[start : index + 1])
            start = index + 1


def _breathes(words: Sequence[str], start: int, index: int) -> bool:
    """Whether the sentence that began at ``start`` ends with a word; wide stops end it whatever is open."""
    if words[index].rstrip(_CLOSERS).endswith(_WIDE_STOPS):
        return True
    return _ends(words, index) and not _quotation_goes_on(words, start, index)


def _ends(words: Sequence[str], index: int) -> bool:
    word = words[index].rstrip(_CLOSERS)
    if not word.endswith(_STOPS):
        return False
    following = words[index + 1].lstrip(_OPENERS)
    if following[:1].islower():
        return False
    return not (word.endswith(".") and _is_abbreviation(word.rstrip(".").lstrip(_OPENERS), following))


def _is_abbreviation(word: str, following: str) -> bool:
    lowered = word.lower()
    if lowered in _TITLES or _is_initial(word):
        return True
    if lowered in _MONTHS_AND_DAYS and word[:1].isupper():
        return following[:1].isdigit()
    return lowered in _BEFORE_FIGURES and following[:1].isdigit()


def _is_initial(word: str) -> bool:
    """``J.`` and ``J.R.R.`` of a name; ``I`` is a word, and ``U.S.`` may end a sentence but seldom does."""
    letters = word.split(".")
    return word != "I" and all(len(it) == 1 and it.isalpha() and it.isupper() for it in letters)


def _quotation_goes_on(words: Sequence[str], start: int, index: int) -> bool:
    """Whether a quotation is open behind this word that is closed before long: it stays in one breath."""
    said = " ".join(words[start : index + 1])
    ahead = " ".join(words[index + 1 : index + 1 + _LONGEST_QUOTATION])
    if said.count("“") > said.count("”"):
        return "”" in ahead
    return said.count('"') % 2 == 1 and '"' in ahead
