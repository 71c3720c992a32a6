"""Which word of a headline carries the accent colour."""

from collections.abc import Sequence

from reelwright.video.engine.timing import normalise

__all__ = ["emphasised"]

_LONG_WORD = 4
_LONGEST_TAIL = 3
"""Short words after the telling one, to the end of the headline, go with it: "twice a day"."""
_PLAIN_WORDS = """
about after again also because been before being between both could does during each even every
from have having here how into just like made make makes many might more most much must never only
other over same should since some such than that their them then there these they this those
through today under until very want were what when where which while will with without would your
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
"""Words that say little by themselves."""


def emphasised(words: Sequence[str], phrase: str = "") -> frozenset[int]:
    """Return the places of the words to colour: the phrase if it occurs, else the word that says most.

    That is a word with a figure, or the last long word that is not a mere joint of the sentence; where all
    are short, the longest. A single word is never coloured: there is nothing to set it off against.
    """
    plain = [normalise(word) for word in words]
    wanted = [normalise(word) for word in phrase.split() if normalise(word)]
    for start in range(len(plain) - len(wanted) + 1 if wanted else 0):
        if plain[start : start + len(wanted)] == wanted:
            return frozenset(range(start, start + len(wanted)))
    return _telling(plain) if len(plain) > 1 else frozenset()


def _telling(plain: Sequence[str]) -> frozenset[int]:
    figures = [place for place, word in enumerate(plain) if any(character.isdigit() for character in word)]
    if figures:
        return frozenset(figures[:1])
    long = [place for place, word in enumerate(plain) if len(word) > _LONG_WORD - 1 and word not in _PLAIN]
    first = long[-1] if long else max(range(len(plain)), key=lambda place: (len(plain[place]), place))
    tail = range(first, len(plain))
    return frozenset(tail if len(tail) <= _LONGEST_TAIL and first > 0 else [first])
