"""What a few noisy values say: whether they rise, where to, and what may be chance."""

import math
from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import Final

__all__ = ["at_least", "projected", "rises"]

_SURE: Final = 2.58
"""Standard deviations: values without a trend look rising once in 200 times."""
_LIKELY: Final = 1.28
"""Standard deviations: the true slope is below the cautious one once in ten times."""


def rises(values: Sequence[float]) -> bool:
    """Return whether later values are larger than chance has it (Mann-Kendall test, Mann 1945).

    It looks at the order only, so one wild value decides nothing; below five values it is never sure.
    """
    score = sum((late > early) - (late < early) for early, late in combinations(values, 2))
    deviation = _deviation(len(values))
    return deviation > 0 and (score - 1) / deviation >= _SURE


def projected(points: Sequence[tuple[float, float]], at: float) -> float:
    """Return how far a line through (moment, value) points has risen at a later moment, cautiously.

    Theil-Sen: slopes between all pairs, which a few wild values do not move (Sen 1968). Of them it takes not
    the median but the lower end of its interval of confidence: noise leads nowhere. A single point stays.
    """
    slopes = sorted(
        (late[1] - early[1]) / (late[0] - early[0])
        for early, late in combinations(sorted(points), 2)
        if late[0] > early[0]
    )
    cautious = int((len(slopes) - _LIKELY * _deviation(len(points))) / 2)
    slope = slopes[max(0, cautious)] if slopes else 0.0
    return median(value - slope * moment for moment, value in points) + slope * at


def _deviation(count: int) -> float:
    """Return the standard deviation of Kendall's score of so many values without a trend."""
    return math.sqrt(count * (count - 1) * (2 * count + 5) / 18)


def at_least(count: int, trials: int, share: float) -> float:
    """Return how probable it is that so many of the trials or more succeed, each with that probability."""
    fewer = sum(math.comb(trials, n) * share**n * (1 - share) ** (trials - n) for n in range(count))
    return max(0.0, 1.0 - fewer)
