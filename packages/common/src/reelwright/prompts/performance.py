"""How prompts did: outcomes counted by prompt, version and variant."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, stdev
from typing import Final

from reelwright.prompts.outcomes import PromptOutcome, PromptResult

__all__ = ["Interval", "PromptPerformance", "performance_of"]

_Z: Final = 1.96
"""Standard errors to either side within which the true value is in 95 of 100 cases."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value, and between what the true one is with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PromptPerformance:
    """How one variant of one version of one prompt did."""

    prompt: str
    version: str
    variant: str
    exposures: int
    accepted: int
    fell_back: int
    rejected: int
    unanswered: int
    """Nobody could be asked, or nobody answered: not the prompt's doing, and in no share."""
    objections: int
    """Answers that could not be used, all together."""
    accepted_share: Interval | None
    """Of the exposures that were answered, those of which the first answer of the first model was kept."""
    micro_usd: int
    """Of all exposures together."""
    p50_seconds: float | None
    p95_seconds: float | None
    """Of those whose answer was kept; the least time in which so many were."""
    scored: int
    """Productions that came to their review."""
    score: Interval | None
    """The mean quality of those; see ``quality_score``."""

    @property
    def mean_micro_usd(self) -> int:
        """Cost of an exposure, rounded up to a whole micro-dollar."""
        return -(-self.micro_usd // self.exposures)


def performance_of(outcomes: Iterable[PromptOutcome]) -> tuple[PromptPerformance, ...]:
    """Return how each variant did: of each prompt the version used last first, its variants by name."""
    groups: defaultdict[tuple[str, str], defaultdict[str, list[PromptOutcome]]]
    groups = defaultdict(lambda: defaultdict(list))
    for one in outcomes:
        groups[one.prompt, one.version][one.variant].append(one)
    latest = {key: max(one.at for each in group.values() for one in each) for key, group in groups.items()}
    ordered = sorted(sorted(groups, key=latest.__getitem__, reverse=True), key=lambda key: key[0])
    return tuple(
        _performance(prompt, version, variant, groups[prompt, version][variant])
        for prompt, version in ordered
        for variant in sorted(groups[prompt, version])
    )


def _performance(prompt: str, version: str, variant: str, group: list[PromptOutcome]) -> PromptPerformance:
    def count(result: PromptResult) -> int:
        return sum(one.result == result for one in group)

    answered = [one for one in group if one.result != "unanswered"]
    clean = sum(one.result == "accepted" and not one.objections for one in answered)
    seconds = sorted(one.seconds for one in group if one.result in {"accepted", "fell_back"})
    scores = [one.score for one in group if one.score is not None]
    return PromptPerformance(
        prompt=prompt,
        version=version,
        variant=variant,
        exposures=len(group),
        accepted=count("accepted"),
        fell_back=count("fell_back"),
        rejected=count("rejected"),
        unanswered=count("unanswered"),
        objections=sum(one.objections for one in group),
        accepted_share=_share(clean, len(answered)),
        micro_usd=sum(one.micro_usd for one in group),
        p50_seconds=_least(seconds, 0.5),
        p95_seconds=_least(seconds, 0.95),
        scored=len(scores),
        score=_mean(scores),
    )


def _share(count: int, total: int) -> Interval | None:
    """Return a share with Wilson's interval, which holds for few and for shares near 0 and 1 too."""
    if not total:
        return None
    share, square = count / total, _Z * _Z / total
    middle = (share + square / 2) / (1 + square)
    reach = _Z * sqrt(share * (1 - share) / total + square / (4 * total)) / (1 + square)
    # At 0 and 1 the bound is the share itself, but for the last digit of a float.
    return Interval(share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach)))


def _mean(scores: list[float]) -> Interval | None:
    """Return a mean with its interval; of a single score nothing is known but that it is a score."""
    if not scores:
        return None
    mean = fmean(scores)
    if len(scores) == 1:
        return Interval(mean, 0.0, 1.0)
    reach = _Z * stdev(scores) / sqrt(len(scores))
    return Interval(mean, max(0.0, mean - reach), min(1.0, mean + reach))


def _least(seconds: list[float], share: float) -> float | None:
    return seconds[ceil(share * len(seconds)) - 1] if seconds else None
