"""Seeing that a vendor is about to fail, from how its calls went.

Three signs, each with what keeps noise from looking like it:

* the share of failures reaches ``demote_failure_share``: of ``min_calls`` at least, and so many failures that
  a vendor with a quarter of that share would show them less than once in 500 times;
* the recent p95, of the last quarter of the window, is ``demote_latency_multiple`` times the usual: of
  ``min_calls`` recent ones at least, and two that are so slow;
* the times rise (Mann-Kendall over the medians of the window's twelfths) and their p95 will reach the
  timeout within one more window if they go on so (Theil-Sen).

Who is demoted stays so for a quarter of a window at least, and until every sign is a fifth below its limit.
With too few calls to tell, it is taken back after a whole window.

The usual p95 is a mean of logarithms in which a new value weighs as much as any before, until it has seen
enough; from then on half of it is forgotten in ``_HALF_LIFE_WINDOWS`` windows. So a vendor that slows down in
an hour is measured against what it was, and one that stays slow is some day taken for what it is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from reelwright.environment.schema import HealthSettings
from reelwright.resilience.ports import KeyState, Snapshot, Tally
from reelwright.resilience.statistics import (
    Statistics,
    calls_slower_than,
    merged,
    quantile_seconds,
    summarise,
)
from reelwright.resilience.trend import at_least, projected, rises

__all__ = ["BUCKETS", "Outlook", "baseline_after", "demotion_after", "since"]

BUCKETS: Final = 12
"""Stretches that a window is counted in."""

_RECENT: Final = 4
"""The last of so many parts of the window."""
_EASED: Final = 0.8
"""Of a limit, below which a demoted model is let back."""
_HALF_LIFE_WINDOWS: Final = 12
_SETTLED: Final = 3
"""Values that a baseline must have taken in before anything is measured against it."""
_TAIL: Final = 0.05
_USUAL: Final = 0.25
"""Of the limit: the share of failures of a vendor that is thought to be well."""
_CHANCE: Final = 0.002
_LEAST_BAD: Final = 2


@dataclass(frozen=True)
class Outlook:
    """What is known of one key at a moment, and what its limits are."""

    snapshot: Snapshot
    now: float
    """In seconds since 1970."""
    timeout_seconds: float
    """How long a call may take."""
    settings: HealthSettings

    def in_state(self, state: KeyState) -> "Outlook":
        """Return the same with another state of the key."""
        return replace(self, snapshot=replace(self.snapshot, state=state))

    @cached_property
    def statistics(self) -> Statistics:
        """Return how the calls of the whole window went."""
        return summarise(merged(self.snapshot.buckets.values()))

    @cached_property
    def recent(self) -> Tally:
        """Return the counts of the window's last part."""
        begins = self.now - self.settings.window_seconds / _RECENT
        return merged(since(self.snapshot.buckets, begins).values())

    def signs(self, ease: float = 1.0) -> str:
        """Return the first sign of trouble as a sentence, or nothing; ``ease`` lowers every limit."""
        if self.statistics.calls < self.settings.min_calls:
            return ""  # each sign asks for so many calls of some kind
        return self._failing(ease) or self._slow(ease) or self._slowing(ease)

    def _failing(self, ease: float) -> str:
        seen, limit = self.statistics, self.settings.demote_failure_share
        if seen.judged < self.settings.min_calls or seen.failure_share < limit * ease:
            return ""
        if at_least(seen.ill, seen.judged, limit * ease * _USUAL) >= _CHANCE:
            return ""
        return (
            f"{seen.ill} of {seen.judged} calls in {self.settings.window_seconds} s failed"
            f" ({seen.failure_share:.0%}; the limit is {limit:.0%})"
        )

    def _slow(self, ease: float) -> str:
        usual, multiple = self.snapshot.state.baseline_seconds, self.settings.demote_latency_multiple
        recent = self.recent
        calls, slow = recent.get("well", 0), calls_slower_than(recent, usual * multiple * ease)
        unsure = calls < self.settings.min_calls or self.snapshot.state.baseline_count < _SETTLED
        if unsure or slow < max(_LEAST_BAD, _TAIL * calls):
            return ""
        p95 = quantile_seconds(recent, 1 - _TAIL) or 0.0
        return (
            f"the p95 of its last {calls} calls is {p95:.1f} s, {p95 / usual:.1f} times the usual"
            f" {usual:.1f} s (the limit is {multiple:g} times)"
        )

    def _slowing(self, ease: float) -> str:
        seen = self.statistics
        if seen.well < self.settings.min_calls:
            return ""
        points = [
            (start / 1000, middle)
            for start, tally in sorted(self.snapshot.buckets.items())
            if (middle := quantile_seconds(tally, 0.5)) is not None
        ]
        if not rises([middle for _, middle in points]):
            return ""
        tail = (seen.p95_seconds or 0.0) / (seen.p50_seconds or 1.0)
        ahead = projected(points, self.now + self.settings.window_seconds) * tail
        if ahead < self.timeout_seconds * ease:
            return ""
        return (
            f"its calls take longer and longer: at this rate the p95 reaches {ahead:.0f} s in another"
            f" {self.settings.window_seconds} s (the timeout is {self.timeout_seconds:.0f} s)"
        )


def since(buckets: Mapping[int, Tally], moment: float) -> dict[int, Tally]:
    """Return the buckets that begin at a moment, in seconds since 1970, or later."""
    return {start: tally for start, tally in buckets.items() if start >= moment * 1000}


def demotion_after(outlook: Outlook) -> KeyState | None:
    """Return the state in which the model is demoted, or let back; None if it stays as it is."""
    state = outlook.snapshot.state
    if not state.demoted_at:
        why = outlook.signs()
        return replace(state, demoted_at=outlook.now, demoted_why=why) if why else None
    return replace(state, demoted_at=0.0, demoted_why="") if _is_over(outlook) else None


def _is_over(outlook: Outlook) -> bool:
    window, demoted_for = outlook.settings.window_seconds, outlook.now - outlook.snapshot.state.demoted_at
    if demoted_for < window / _RECENT or outlook.signs(_EASED):
        return False
    return summarise(outlook.recent).judged >= outlook.settings.min_calls or demoted_for >= window


def baseline_after(outlook: Outlook) -> KeyState | None:
    """Return the state whose usual p95 takes in this window's; None if it is not yet time, or too few calls.

    It is time once in every twelfth of a window.
    """
    state, seen, window = outlook.snapshot.state, outlook.statistics, outlook.settings.window_seconds
    elapsed = outlook.now - state.baseline_at
    if seen.p95_seconds is None or seen.well < outlook.settings.min_calls or elapsed < window / BUCKETS:
        return None
    forgotten = 1 - 0.5 ** (min(elapsed, window) / (window * _HALF_LIFE_WINDOWS))
    weight = max(forgotten, 1 / (state.baseline_count + 1))
    usual = state.baseline_seconds or seen.p95_seconds
    moved = math.exp((1 - weight) * math.log(usual) + weight * math.log(seen.p95_seconds))
    return replace(
        state,
        baseline_seconds=moved,
        baseline_at=outlook.now,
        baseline_count=state.baseline_count + 1,
    )
