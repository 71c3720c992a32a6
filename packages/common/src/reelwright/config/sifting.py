"""Which new answers get in: all of them, or else all but the fewest that spoil the whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from reelwright.config.layering import Contribution
from reelwright.config.validation import Invalid, Valid

__all__ = ["Check", "sift"]

Check = Callable[[Sequence[Contribution]], Valid | Invalid]


def sift(
    offers: Mapping[str, Contribution], fallbacks: Mapping[str, Contribution], check: Check
) -> tuple[Valid | Invalid, frozenset[str], Invalid | None]:
    """Return the verdict, the names of those that were refused, and why.

    Those with a fallback can be refused, and their fallback then takes their place. Fewest first;
    of equally many, those first in whose documents the problems were found. If no choice is valid,
    the verdict is Invalid and tells of the problems with nobody refused.
    """
    first = check(list(offers.values()))
    if isinstance(first, Valid):
        return first, frozenset(), None
    for refused in _choices(offers, list(fallbacks), first.blamed):
        verdict = check([fallbacks[name] if name in refused else offers[name] for name in offers])
        if isinstance(verdict, Valid):
            return verdict, frozenset(refused), first
    return first, frozenset(), first


def _choices(
    offers: Mapping[str, Contribution], candidates: list[str], blamed: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    candidates.sort(key=lambda name: offers[name].label not in blamed)
    for size in range(1, len(candidates) + 1):
        yield from combinations(candidates, size)
