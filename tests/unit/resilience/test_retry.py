from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.environment.schema import RetrySettings
from reelwright.errors import Permanent, Retryable
from reelwright.resilience.retry import delay_seconds, retry

POLICY = RetrySettings(attempts=4, base_seconds=1.0, cap_seconds=10.0, floor_seconds=0.25)


class Flaky:
    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def test_success_is_not_repeated() -> None:
    call, clock = Flaky([]), VirtualClock()
    assert retry(call, policy=POLICY, clock=clock, rng=Random(0)) == ("done", 1)
    assert call.calls == 1
    assert clock.monotonic() == 0


def test_retryable_errors_are_tried_again_up_to_the_limit() -> None:
    call = Flaky([Retryable("one"), Retryable("two"), Retryable("three")])
    assert retry(call, policy=POLICY, clock=VirtualClock(), rng=Random(0)) == ("done", 4)
    call = Flaky([Retryable(str(number)) for number in range(9)])
    with pytest.raises(Retryable, match="3"):
        retry(call, policy=POLICY, clock=VirtualClock(), rng=Random(0))
    assert call.calls == 4


@pytest.mark.parametrize("error", [Permanent("no"), ValueError("bug")])
def test_other_errors_are_not(error: Exception) -> None:
    call = Flaky([error])
    with pytest.raises(type(error)):
        retry(call, policy=POLICY, clock=VirtualClock(), rng=Random(0))
    assert call.calls == 1


def test_the_vendors_wait_is_honoured() -> None:
    clock = VirtualClock()
    retry(Flaky([Retryable("busy", retry_after_seconds=33.0)]), policy=POLICY, clock=clock, rng=Random(0))
    assert clock.monotonic() == 33.0


@given(attempt=st.integers(1, 60), seed=st.integers())
def test_delays_stay_between_floor_and_cap(attempt: int, seed: int) -> None:
    assert POLICY.floor_seconds <= delay_seconds(attempt, POLICY, Random(seed)) <= POLICY.cap_seconds
