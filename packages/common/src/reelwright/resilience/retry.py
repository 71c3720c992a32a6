"""Trying again: only what is declared retryable, never for ever, never in step with others."""

import threading
from collections.abc import Callable
from random import Random
from typing import TypeVar, cast

from reelwright.clock import Clock
from reelwright.environment.schema import RetriedFailure, RetryPolicy, RetrySettings
from reelwright.errors import Retryable
from reelwright.resilience.deadline import Deadline

__all__ = ["RetryBudget", "delay_seconds", "policy_for", "retry", "wait_seconds"]

Result = TypeVar("Result")

_HANDFUL = 5
"""Retries that a process has before it has made any calls to earn them."""
_TOKEN = 100
"""Parts of one retry: a call earns so many of them as the budget has percent."""


def retry(
    call: Callable[[], Result], *, policy: RetryPolicy, clock: Clock, rng: Random
) -> tuple[Result, int]:
    """Return what ``call`` gives and the number of attempts it took.

    Only Retryable errors are tried again, at most ``policy.attempts`` times in all; the last one is
    raised as it is. A vendor's own ``retry_after_seconds`` is honoured when it is the longer wait.
    """
    for attempt in range(1, policy.attempts):
        try:
            return call(), attempt
        except Retryable as error:
            clock.sleep(max(delay_seconds(attempt, policy, rng), error.retry_after_seconds or 0.0))
    return call(), policy.attempts


def delay_seconds(attempt: int, policy: RetryPolicy, rng: Random) -> float:
    """Return the wait after a failed attempt (1 is the first): full jitter above a floor.

    Full jitter spreads clients best (Brooker, "Exponential Backoff And Jitter", AWS Architecture
    Blog, 2015) but may draw nearly zero; the floor keeps a throttled vendor from being hammered.
    """
    ceiling = min(policy.cap_seconds, policy.base_seconds * 2.0 ** (attempt - 1))
    return max(policy.floor_seconds, rng.uniform(0.0, ceiling))


def policy_for(settings: RetrySettings, failure: str) -> RetryPolicy:
    """Return the policy of a kind of failure, or the general one for a kind that has none of its own."""
    return settings.by_failure.get(cast("RetriedFailure", failure), settings)


def wait_seconds(
    attempt: int,
    policy: RetryPolicy,
    rng: Random,
    *,
    deadline: Deadline,
    retry_after_seconds: float | None = None,
) -> float | None:
    """Return the wait before the next attempt, or None if there should be none.

    There is none after the policy's last attempt, nor when the wait, the vendor's own if that is longer,
    would not end before the deadline: waiting in vain takes from the next candidate what time is left.
    """
    if attempt >= policy.attempts:
        return None
    wait = max(delay_seconds(attempt, policy, rng), retry_after_seconds or 0.0)
    return wait if wait < deadline.remaining_seconds() else None


class RetryBudget:
    """How many retries one process may make: a handful, and ``percent`` for every hundred calls.

    Retries multiply the load on a vendor just when it bears least; when most calls fail, few are repeated
    (token bucket, as in the AWS SDKs and "Timeouts, retries, and backoff with jitter", Builders' Library).
    No more than a hundred calls' worth is saved up. Safe to share between threads.
    """

    def __init__(self, percent: int) -> None:
        self._percent = percent
        self._most = (_HANDFUL + percent) * _TOKEN
        self._parts = _HANDFUL * _TOKEN
        self._lock = threading.Lock()

    def earn(self) -> None:
        """Note a call that is made for the first time."""
        with self._lock:
            self._parts = min(self._most, self._parts + self._percent)

    def spend(self) -> bool:
        """Return whether one more retry may be made, and count it if so."""
        with self._lock:
            allowed = self._parts >= _TOKEN
            self._parts -= _TOKEN if allowed else 0
        return allowed
