"""Trying again: only what is declared retryable, never for ever, never in step with others."""

from collections.abc import Callable
from random import Random
from typing import TypeVar

from reelwright.clock import Clock
from reelwright.environment.schema import RetrySettings
from reelwright.errors import Retryable

__all__ = ["delay_seconds", "retry"]

Result = TypeVar("Result")


def retry(
    call: Callable[[], Result], *, policy: RetrySettings, clock: Clock, rng: Random
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


def delay_seconds(attempt: int, policy: RetrySettings, rng: Random) -> float:
    """Return the wait after a failed attempt (1 is the first): full jitter above a floor.

    Full jitter spreads clients best (Brooker, "Exponential Backoff And Jitter", AWS Architecture
    Blog, 2015) but may draw nearly zero; the floor keeps a throttled vendor from being hammered.
    """
    ceiling = min(policy.cap_seconds, policy.base_seconds * 2.0 ** (attempt - 1))
    return max(policy.floor_seconds, rng.uniform(0.0, ceiling))
