"""Reading order on a line. Inside a word the shaper takes care; this is for the words."""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

__all__ = ["reads_from_right", "visual_order"]

_RIGHT_TO_LEFT = {"R", "AL"}


def reads_from_right(text: str) -> bool:
    """Tell whether the first letter with a direction runs right to left (UAX 9, rule P2)."""
    return _direction(text) is True


def visual_order(words: Sequence[str], *, from_right: bool) -> list[int]:
    """Return the words' places from left to right as they stand on the line.

    Words that run against the line's direction keep their own order among themselves; those without
    a direction, such as figures, go with the line if it runs left to right and stand as they are
    otherwise. This is the part of the Unicode algorithm that headlines need.
    """
    groups = [
        (against, list(places))
        for against, places in groupby(
            range(len(words)), key=lambda place: _runs_against(words[place], from_right)
        )
    ]
    ordered = [list(reversed(places)) if against != from_right else places for against, places in groups]
    if from_right:
        ordered.reverse()
    return [place for places in ordered for place in places]


def _runs_against(word: str, from_right: bool) -> bool:  # noqa: FBT001 (the line's direction)
    direction = _direction(word)
    if direction is None:
        return from_right and any(character.isdigit() for character in word)
    return direction != from_right


def _direction(text: str) -> bool | None:
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _RIGHT_TO_LEFT:
            return True
        if kind == "L":
            return False
    return None
