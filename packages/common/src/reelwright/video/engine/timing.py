"""From words on the screen to the moments they are spoken: pure functions of texts and times."""

import re
import unicodedata
from collections.abc import Sequence

from reelwright.production.schema import Word

__all__ = ["align", "cue_of", "cues", "in_time", "normalise", "spoken_number", "spread", "staggered"]

_LEAD_SECONDS = 0.15
"""Words enter this much before they are heard: reading takes longer than hearing."""
_STAGGER_SECONDS = 0.09
_FIRST_CUE_SECONDS = 0.04
_LEAST_LEAD_SECONDS = 0.3
_READING_SECONDS = 0.75
"""What a word should still have on the screen before the scene ends."""
_MATCHED_SHARE = 0.6
_PATIENCE_SECONDS = 1.5
"""How long a viewer looks at a place that is still empty before it seems broken."""
_MAX_TOKENS = 60
_COMMON_PREFIX = 4
_SUFFIX_CHARS = 3
_SHORT_WORD = 3


def normalise(text: str) -> str:
    """Return the letters and digits of a word, without case and accents, for comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def align(texts: Sequence[str], words: Sequence[Word]) -> list[int | None]:
    """Return for each text the index of the spoken word it is, or None.

    The texts are looked for together: the stretch of speech that holds most of them, in order,
    counts (longest common subsequence inside a window that slides over the speech); the first of
    several equal ones wins. Words that merely occur elsewhere do not.
    """
    wanted = [normalise(text) for text in texts[:_MAX_TOKENS]]
    spoken = [normalise(word.text) for word in words]
    reach = len(wanted) + len(wanted) // 2 + 2
    best: list[int | None] = [None] * len(wanted)
    count = 0
    sought = [any(_same(text, heard) for text in wanted) for heard in spoken]
    for start in range(len(spoken)):
        if sought[start] and sum(sought[start : start + reach]) > count:
            pairs = _common(wanted, spoken[start : start + reach])
            if len(pairs) > count:
                count = len(pairs)
                best = [start + pairs[place] if place in pairs else None for place in range(len(wanted))]
    return best + [None] * (len(texts) - len(wanted))


def cues(texts: Sequence[str], words: Sequence[Word], *, start: float, duration: float) -> list[float]:
    """Return when each text enters, never falling.

    Spoken texts enter a moment before they are heard, the others between their
    neighbours. When too few of them are spoken together, or only late in the scene, all enter one
    after the other from ``start``.
    """
    places = align(texts, words)
    heard = [None if place is None else words[place].start_seconds for place in places]
    spoken = [moment for moment in heard if moment is not None]
    sayable = sum(1 for text in texts if normalise(text))
    if not spoken or len(spoken) < _MATCHED_SHARE * sayable or spoken[0] > _PATIENCE_SECONDS:
        return staggered(len(texts), start, duration)
    return _between([None if moment is None else cue_of(moment, duration) for moment in heard])


def cue_of(heard: float, duration: float) -> float:
    """Return when something heard at ``heard`` should enter: early, and more so at the scene's end."""
    wished = min(heard - _LEAD_SECONDS, duration - _READING_SECONDS)
    return max(wished, heard - _LEAST_LEAD_SECONDS, _FIRST_CUE_SECONDS)


def in_time(moments: Sequence[float]) -> list[float]:
    """Return the moments, the first of them no later than a viewer is patient.

    Things that wait for their word are worth waiting for only if something is there to look at.
    """
    first = min(moments)
    return [min(moment, _PATIENCE_SECONDS) if moment == first else moment for moment in moments]


def staggered(count: int, start: float, duration: float, step: float = _STAGGER_SECONDS) -> list[float]:
    """Return ``count`` cues from ``start``, closer than ``step`` when the scene is too short for it."""
    if count == 0:
        return []
    room = max(0.0, duration - _READING_SECONDS - start)
    step = min(step, room / count)
    return [start + step * index for index in range(count)]


def spread(moments: Sequence[float | None], duration: float) -> list[float]:
    """Return the moments with the unknown ones spaced evenly between their neighbours, never falling.

    Unknown ones at the ends are spaced from the opening and to the end of the scene.
    """
    known = [(place, moment) for place, moment in enumerate(moments) if moment is not None]
    last = max(_FIRST_CUE_SECONDS, duration - 2 * _READING_SECONDS)
    posts = [
        (-1, min(0.2, known[0][1]) if known else 0.0),
        *known,
        (len(moments), max(last, known[-1][1] if known else last)),
    ]
    found: list[float] = []
    for place in range(len(moments)):
        before = max((post for post in posts if post[0] <= place), key=lambda post: post[0])
        after = min((post for post in posts if post[0] >= place), key=lambda post: post[0])
        share = (place - before[0]) / max(1, after[0] - before[0])
        found.append(max(found[-1] if found else 0.0, before[1] + (after[1] - before[1]) * share))
    return found


def spoken_number(digits: str, words: Sequence[Word]) -> tuple[float, float] | None:
    """Return when a figure is heard, from its start to its end; None when it is not spoken."""
    wanted = normalise(digits)
    for place, word in enumerate(words):
        if wanted and re.match(rf"{wanted}(?!\d)", normalise(word.text)):
            following = words[place + 1 : place + 2]
            end = following[0].end_seconds if following else word.end_seconds
            return word.start_seconds, end
    return None


def _between(moments: Sequence[float | None]) -> list[float]:
    """Fill the gaps: unspoken words follow the one before; leading ones come just before the first."""
    first = next(moment for moment in moments if moment is not None)
    leading = next(place for place, moment in enumerate(moments) if moment is not None)
    current = max(_FIRST_CUE_SECONDS, first - _STAGGER_SECONDS * leading)
    filled: list[float] = []
    for place, moment in enumerate(moments):
        following = next((later for later in moments[place:] if later is not None), float("inf"))
        wished = current + _STAGGER_SECONDS if place else current
        current = max(current, moment if moment is not None else min(wished, following))
        filled.append(current)
    return filled


def _same(written: str, heard: str) -> bool:
    if not written or not heard:
        return False
    if written == heard:
        return True
    short, long = sorted((written, heard), key=len)
    return len(short) > _SHORT_WORD and long.startswith(short) and len(long) - len(short) <= _SUFFIX_CHARS


def _common(wanted: Sequence[str], spoken: Sequence[str]) -> dict[int, int]:
    """Longest common subsequence, as pairs of places; of equals the one that comes first."""
    rows, columns = len(wanted), len(spoken)
    length = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            if _same(wanted[row], spoken[column]):
                length[row][column] = length[row + 1][column + 1] + 1
            else:
                length[row][column] = max(length[row + 1][column], length[row][column + 1])
    pairs: dict[int, int] = {}
    row = column = 0
    while row < rows and column < columns:
        if _same(wanted[row], spoken[column]):
            pairs[row] = column
            row, column = row + 1, column + 1
        elif length[row + 1][column] >= length[row][column + 1]:
            row += 1
        else:
            column += 1
    return pairs
