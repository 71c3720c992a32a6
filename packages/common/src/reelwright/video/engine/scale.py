"""An honest value axis: round steps, and zero where lengths are compared."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Scale", "scale_for"]

_LEAST_STEP = 1e-12
_LEAST_SHARE = 1e-9
"""Finer steps than these cannot be told apart in floating point."""
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of values and the ticks on it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Return where a value lies between the low end (0) and the high end (1)."""
        return (value - self.low) / (self.high - self.low)


def scale_for(values: Sequence[float], *, from_zero: bool, steps: int = 4) -> Scale:
    """Return a scale that holds all values, in about so many round steps.

    With ``from_zero`` it begins or ends at zero, or holds it: lengths of bars then compare as the
    values do. Steps are 1, 2, 2.5 or 5 times a power of ten.
    """
    low, high = (_plain(value) for value in (min(values), max(values)))
    if from_zero:
        low, high = min(0.0, low), max(0.0, high)
    if low == high:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if low else (0.0, 1.0)
    step = _round_step(max(high / steps - low / steps, _LEAST_STEP, _LEAST_SHARE * max(-low, high)))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Scale(first * step, last * step, tuple(place * step for place in range(first, last + 1)))


def _round_step(wished: float) -> float:
    size = 10.0 ** math.floor(math.log10(wished))
    return next(size * share for share in _ROUND if size * share >= wished * (1 - 1e-9))


def _plain(value: float) -> float:
    """Take what is next to nothing for nothing: its powers of ten are at the end of floating point."""
    return value if abs(value) > _LEAST_STEP else 0.0
