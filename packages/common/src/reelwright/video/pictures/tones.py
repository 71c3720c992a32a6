"""The colours that a picture has most of: what it looks like from afar."""

import math
from collections import Counter
from typing import Final, NamedTuple

from PIL import Image

from reelwright.video.engine.colour import Rgb, oklab

__all__ = ["Tone", "tones_of"]

_PROBE_PIXELS: Final = 32
_OPAQUE: Final = 128
_STEP: Final = 16
"""Of 256 levels: finer differences are those of a gradient."""
_ALIKE: Final = 0.12
"""In Oklab: colours that are one colour from afar."""
_MOST: Final = 4


class Tone(NamedTuple):
    """One colour, and how much of the picture has it."""

    colour: Rgb
    share: float
    """Of what is not clear, 0 to 1."""


def tones_of(image: Image.Image) -> tuple[Tone, ...]:
    """Return up to four colours of an RGBA picture, the dominant one first; none of an empty one."""
    probe = image.resize((_PROBE_PIXELS, _PROBE_PIXELS), Image.Resampling.BOX)
    counted: Counter[Rgb] = Counter()
    for count, pixel in probe.getcolors(_PROBE_PIXELS**2) or ():
        if isinstance(pixel, tuple) and pixel[3] >= _OPAQUE:
            counted[Rgb(*(_rounded(part) for part in pixel[:3]))] += count
    return _merged(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _rounded(level: int) -> int:
    return level // _STEP * _STEP + _STEP // 2


def _merged(counted: list[tuple[Rgb, int]]) -> tuple[Tone, ...]:
    """Return the counts with those of alike colours added to the one there is most of."""
    total = sum(count for _, count in counted)
    groups: dict[Rgb, int] = {}
    for colour, count in counted:
        group = next((known for known in groups if _look_alike(known, colour)), colour)
        groups[group] = groups.get(group, 0) + count
    best = sorted(groups.items(), key=lambda one: (-one[1], one[0]))[:_MOST]
    return tuple(Tone(colour, count / total) for colour, count in best)


def _look_alike(first: Rgb, second: Rgb) -> bool:
    return math.dist(oklab(first), oklab(second)) < _ALIKE
