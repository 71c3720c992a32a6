"""What a picture stands for, and how many of it show a number honestly."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from reelwright.production.schema import NumberVisual
from reelwright.video.schema import PictureUse

__all__ = ["Icons", "counted_by", "icons_of", "share_of", "stem_of", "words_behind"]

_MOST_ICONS: Final = 24
_FEWEST_ICONS: Final = 2
_STEM: Final = 4
_ENDING: Final = 2
"""Letters at a word's end that other forms of it may not have."""
_OF_A_WHOLE: Final = re.compile(r"%|(?:of |/)(?P<parts>[1-9]\d{0,8})")
_NOWHERE: Final = 1 << 30
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_YEARS: Final = range(1000, 2100)
_MEASURE_WORDS: Final = """
metre metres meter meters kilometre kilometres kilometer kilometers mile miles foot feet inch inches
gram grams kilogram kilograms kilo kilos tonne tonnes ton tons pound pounds ounce ounces litre
litres liter liters gallon gallons pint pints watt watts kilowatt kilowatts megawatts volt volts
joule joules calorie calories degree degrees celsius fahrenheit kelvin percent per cent second
seconds minute minutes hour hours day days night nights week weeks month months year years decade
decades century centuries dollar dollars euro euros cents yen pence times hundred thousand million
billion trillion share half third quarter decibel decibels hectare hectares acre acres square cubic
speed rate milligrams mg kg km cm mm hz byte bytes
"""
_MEASURES: Final = frozenset(_MEASURE_WORDS.split())
"""Words after a figure that make it a measure and no count of things."""

_JOINT_WORDS: Final = """
a an and are as at between by for from has have in into is it of on or over per than that the their they this
to under was were when where which while who with within
"""
_JOINTS: Final = frozenset(_JOINT_WORDS.split())
"""Words at which the name of a thing is over."""
_PLURAL: Final = re.compile(r"\w{2,}[^\Ws]s")
_OF_WORDS: Final = 2


class Icons(NamedTuple):
    """So many pictures, each of which stands for so many things."""

    shown: int
    each: int


def icons_of(visual: NumberVisual, use: PictureUse) -> Icons | None:
    """Return how many pictures show a count; None if none honestly can.

    Whole things can be counted, by a picture of them, and only if the pictures come out even.
    """
    value = visual.value
    if use.photo:
        return None  # so many prints of one photograph count nothing
    if visual.decimals or value != int(value) or not _is_plain(visual) or _place_of(visual, use) == _NOWHERE:
        return None
    steps = (mark * 10**power for power in range(13) for mark in (1, 2, 5))
    each = next((step for step in steps if value % step == 0 and value / step <= _MOST_ICONS), None)
    if each is None or value / each < _FEWEST_ICONS:
        return None
    return Icons(int(value / each), each)


def counted_by(visual: NumberVisual, uses: Sequence[PictureUse]) -> PictureUse | None:
    """Return the picture of what a figure counts, the first thing that is named after it; None if none is."""
    able = [use for use in uses if icons_of(visual, use)]
    return min(able, key=lambda use: _place_of(visual, use), default=None)


def share_of(visual: NumberVisual) -> float | None:
    """Return what part of a whole a figure is, 0 to 1: "71%", "3 of 4", "1/3"; None where it is none."""
    found = _OF_A_WHOLE.fullmatch(visual.suffix.strip())
    if found is None:
        return None
    share = visual.value / int(found["parts"] or 100)
    return share if 0 <= share <= 1 else None


def _place_of(visual: NumberVisual, use: PictureUse) -> int:
    """Return at which word of what a figure counts a picture is named; past the last if at none."""
    said = _counted(_words(f"{visual.suffix} {visual.label}"))
    stems = tuple(stem_of(word) for word in words_behind(use))
    return next((place for place, word in enumerate(said) if word.startswith(stems)), _NOWHERE)


def _counted(said: Sequence[str]) -> Sequence[str]:
    """Return the words behind a figure that name what it counts: to the first plural, and what that is of.

    In "600 cables carry all traffic between continents" no continents are counted; in "12 cups of coffee"
    coffee is.
    """
    whole = next((place for place, word in enumerate(said) if word in _JOINTS), len(said))
    end = next((place + 1 for place in range(whole) if _PLURAL.fullmatch(said[place])), whole)
    return said[: end + 1 + _OF_WORDS] if said[end : end + 1] == ("of",) else said[:end]


def words_behind(use: PictureUse) -> tuple[str, ...]:
    """Return the words that a picture stands for, or else those of its name, in lower case."""
    return _words(use.word or use.name)


def _is_plain(visual: NumberVisual) -> bool:
    """Whether it is a count: not a year, nor money, nor so many of a unit of measure."""
    if visual.prefix.strip(" ~≈≃><≥≤+"):
        return False
    if not visual.suffix.strip() and not visual.prefix.strip() and visual.value in _YEARS and _bare(visual):
        return False
    beside = _words(visual.suffix) or _words(visual.label)[:2]
    return (not visual.suffix.strip() or bool(_words(visual.suffix))) and not _MEASURES.intersection(beside)


def _bare(visual: NumberVisual) -> bool:
    """Whether nothing says that a figure like a year is none: round hundreds are counts more often."""
    return visual.value % 100 != 0


def _words(text: str) -> tuple[str, ...]:
    return tuple(_LETTERS.findall(text.casefold()))


def stem_of(word: str) -> str:
    """Return what all forms of a word begin with, as far as that is so."""
    return word[: max(_STEM, len(word) - _ENDING)]
