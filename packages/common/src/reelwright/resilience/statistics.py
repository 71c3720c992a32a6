"""Counting calls so that the counts of many workers add up to the truth.

A tally is a bag of named counts, and adding two of them is all that merging takes: it does not matter who
counted what, or in which order it arrives. Counts are exact. Times go into buckets that grow by 4 % each (as
DDSketch's, Masson et al., VLDB 2019), so a quantile is within ``RELATIVE_ERROR`` of the value that sorting
all times would give, or within a millisecond for times below one.

Verdicts: ``well`` is a call that was answered, whether or not the answer could be used; ``ill`` one that
failed by the vendor's fault; ``unclear`` one that says nothing of the vendor's health. Shares are of those
that say something, and times are of those that were answered.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from reelwright.resilience.ports import Tally

__all__ = [
    "RELATIVE_ERROR",
    "Statistics",
    "Verdict",
    "calls_slower_than",
    "merged",
    "quantile_seconds",
    "summarise",
    "tally_of",
]

Verdict = Literal["well", "ill", "unclear"]

RELATIVE_ERROR: Final = 0.02
"""Of a quantile of times of one millisecond to a day, against the sorted truth."""

_GROWTH: Final = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_GROWTH: Final = math.log(_GROWTH)
_LEAST_SECONDS: Final = 0.001
_MOST_SECONDS: Final = 86_400.0
_TIME: Final = "t"
_KIND: Final = "k_"


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the calls of a stretch of time went."""

    calls: int = 0
    well: int = 0
    """Answered."""
    ill: int = 0
    """Failed by the vendor's fault."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Failures of every kind, by name."""
    p50_seconds: float | None = None
    """Of the answered ones; None without any."""
    p95_seconds: float | None = None

    @property
    def judged(self) -> int:
        """Calls that say something of the vendor's health."""
        return self.well + self.ill

    @property
    def failure_share(self) -> float:
        """Those of them that failed."""
        return self.ill / self.judged if self.judged else 0.0

    @property
    def refusal_share(self) -> float:
        """Answers that were refusals."""
        return self.kinds.get("refused", 0) / self.well if self.well else 0.0

    @property
    def rejected_share(self) -> float:
        """Answers that could not be used."""
        return self.kinds.get("rejected", 0) / self.well if self.well else 0.0


def tally_of(verdict: Verdict, kind: str | None, seconds: float) -> dict[str, int]:
    """Return the tally of one call; ``kind`` is how it failed, if it did."""
    tally: dict[str, int] = {verdict: 1}
    if kind:
        tally[_KIND + kind] = 1
    if verdict == "well":
        tally[_name(seconds)] = 1
    return tally


def merged(tallies: Iterable[Tally]) -> dict[str, int]:
    """Return the sum of tallies; the order does not matter."""
    total: defaultdict[str, int] = defaultdict(int)
    for tally in tallies:
        for name, count in tally.items():
            total[name] += count
    return dict(total)


def summarise(tally: Tally) -> Statistics:
    """Return what a tally says."""
    well, ill = tally.get("well", 0), tally.get("ill", 0)
    return Statistics(
        calls=well + ill + tally.get("unclear", 0),
        well=well,
        ill=ill,
        kinds={name[len(_KIND) :]: count for name, count in tally.items() if name.startswith(_KIND)},
        p50_seconds=quantile_seconds(tally, 0.5),
        p95_seconds=quantile_seconds(tally, 0.95),
    )


def quantile_seconds(tally: Tally, share: float) -> float | None:
    """Return the time that this share of the answered calls did not exceed; None without any.

    It stands for the ``ceil(share * n)``-th smallest of the n times.
    """
    rank = math.ceil(share * tally.get("well", 0))
    for name in _times(tally):
        rank -= tally[name]
        if rank <= 0:
            return _seconds(name)
    return None


def calls_slower_than(tally: Tally, seconds: float) -> int:
    """Return how many answered calls took longer; those within the error of it may count either way."""
    return sum(tally[name] for name in _times(tally) if _seconds(name) > seconds)


def _times(tally: Tally) -> list[str]:
    """Return the names of counts of times, from the shortest to the longest."""
    return sorted(name for name in tally if name[0] == _TIME)


def _name(seconds: float) -> str:
    within = min(max(seconds, _LEAST_SECONDS), _MOST_SECONDS)
    return f"{_TIME}{math.ceil(math.log(within / _LEAST_SECONDS) / _LOG_GROWTH):03d}"


def _seconds(name: str) -> float:
    """Return the time that is off from none with this name by more than the error."""
    index = int(name[1:])
    return _LEAST_SECONDS if index == 0 else _LEAST_SECONDS * 2 * _GROWTH**index / (_GROWTH + 1)
