"""How much a unit presumes: things it speaks of as known that its section has only just introduced."""

import re
from collections.abc import Iterator, Sequence

from reelwright.content.engine.links import link_of
from reelwright.content.engine.material import Unit
from reelwright.content.engine.words import content_stems

__all__ = ["presumed"]

_KNOWN_THING = re.compile(r"\b[Tt]h(?:e|is|at|ese|ose) ([a-z]{3,}(?: [a-z]{3,})?)\b")
"""The noun, or an adjective and the noun."""
_NAME = re.compile(r"\b[A-Z][a-z]{2,}\b")
_MOST = 3
_GOES_ON = 2
"""What an opening such as "Six hours later" presumes."""


def presumed(units: Sequence[Unit], topic: str) -> dict[int, int]:
    """Return, by unit, how many of its things and names came up before in its section, at most three.

    Words of the topic are known to everybody and do not count. Only a unit that starts anew after a
    jump suffers from what it presumes; after its neighbour all of it was just said.
    """
    known = set(content_stems(topic))
    counts: dict[int, int] = {}
    seen: set[str] = set()
    section = -1
    for unit in units:
        if unit.section != section:
            seen, section = set(), unit.section
        references = set(_references(unit)) - known
        goes_on = _GOES_ON * (link_of(unit.sentences[0].text).kind == "loose")
        counts[unit.index] = min(_MOST, len(references & seen) + goes_on)
        seen.update(unit.stems)
    return counts


def _references(unit: Unit) -> Iterator[str]:
    for sentence in unit.sentences:
        things = " ".join(_KNOWN_THING.findall(sentence.text) + _NAME.findall(sentence.text))
        yield from content_stems(things)
