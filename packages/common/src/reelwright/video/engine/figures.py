"""Figures as text: as the script writes them, or rounded for an axis."""

import math
from collections.abc import Sequence

from reelwright.production.schema import Word

__all__ = ["compact", "count_from", "decimals_of", "is_grouped", "is_year", "written"]

_THOUSAND = 1e3
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (_THOUSAND, "K"))
_LARGEST_PLAIN = 1e15
_YEARS = range(1500, 2101)


def written(value: float, decimals: int, *, grouped: bool) -> str:
    """Return a figure with its decimals, thousands grouped by commas if asked for."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞" if value < 0 else "?"
    if abs(value) >= _LARGEST_PLAIN:
        return f"{value:.3g}"
    return f"{value:,.{decimals}f}" if grouped else f"{value:.{decimals}f}"


def decimals_of(value: float) -> int:
    """Return how many decimals a figure is written with, at most three."""
    if not math.isfinite(value) or abs(value) >= _LARGEST_PLAIN:
        return 0
    return len(f"{value:.3f}".rstrip("0").partition(".")[2])


def is_grouped(value: float, words: Sequence[Word]) -> bool:
    """Tell whether a figure is written with thousands separators: as the script does, else from 10,000."""
    plain = f"{abs(value):.0f}" if math.isfinite(value) else ""
    for word in words:
        digits = "".join(character for character in word.text if character.isdigit())
        if plain and digits.startswith(plain):
            return "," in word.text.rstrip(",")
    return abs(value) >= 10_000


def is_year(value: float, decimals: int, around: str) -> bool:
    """Tell whether a figure is most likely a year: whole, in range, and nothing stands around it."""
    return decimals == 0 and not around.strip() and math.isfinite(value) and int(value) in _YEARS


def count_from(value: float, *, year: bool) -> float:
    """Return where a counter starts: zero, or for a year some decades before."""
    return value - 40 if year else 0.0


def compact(value: float) -> str:
    """Return a figure short enough for an axis: 1.5K, 20M, 0.25."""
    if not math.isfinite(value):
        return written(value, 0, grouped=False)
    for size, name in _UNITS:
        if abs(value) >= (size * 10 if size == _THOUSAND else size):
            return f"{value / size:.3g}{name}" if abs(value) < _LARGEST_PLAIN else f"{value:.2g}"
    return f"{round(value, 6):,.10g}"
