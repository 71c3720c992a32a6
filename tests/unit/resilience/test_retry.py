from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.environment.schema import RetryPolicy, RetrySettings
from reelwright.errors import Permanent, Retryable
from reelwright.resilience.deadline import Deadline
from reelwright.resilience.retry import RetryBudget, delay_seconds, policy_for, retry, wait_seconds

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


OF_THEIR_OWN = RetrySettings(
    attempts=4,
    base_seconds=1.0,
    cap_seconds=10.0,
    floor_seconds=0.25,
    by_failure={"throttled": RetryPolicy(attempts=6, base_seconds=2, cap_seconds=30, floor_seconds=1)},
)


def test_a_kind_of_failure_may_have_a_policy_of_its_own() -> None:
    assert policy_for(OF_THEIR_OWN, "throttled").attempts == 6
    assert policy_for(OF_THEIR_OWN, "unavailable") is OF_THEIR_OWN
    assert policy_for(OF_THEIR_OWN, "no such kind") is OF_THEIR_OWN


@given(attempt=st.integers(1, 9), seed=st.integers(), left=st.floats(0, 60), asked=st.floats(0, 60))
def test_no_wait_outlasts_the_deadline(attempt: int, seed: int, left: float, asked: float) -> None:
    deadline = Deadline.after(left, VirtualClock())
    own = delay_seconds(attempt, POLICY, Random(seed))

    wait = wait_seconds(attempt, POLICY, Random(seed), deadline=deadline, retry_after_seconds=asked)

    due = max(own, asked)
    assert wait == (due if attempt < POLICY.attempts and due < left else None)


def test_the_budget_starts_with_a_handful_and_earns_a_share() -> None:
    budget = RetryBudget(20)
    assert [budget.spend() for _ in range(6)] == [True] * 5 + [False]
    for _ in range(5):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]


def test_a_budget_of_nothing_is_a_handful_for_ever() -> None:
    budget = RetryBudget(0)
    for _ in range(1000):
        budget.earn()
    assert sum(budget.spend() for _ in range(1000)) == 5


def test_the_budget_saves_up_a_hundred_calls_worth() -> None:
    budget = RetryBudget(20)
    for _ in range(10_000):
        budget.earn()
    assert sum(budget.spend() for _ in range(1000)) == 25


@given(percent=st.integers(0, 100), calls=st.lists(st.booleans(), max_size=400))
def test_retries_never_pass_the_share_and_the_handful(percent: int, calls: list[bool]) -> None:
    budget, retried = RetryBudget(percent), 0
    for made, fails in enumerate(calls, start=1):
        budget.earn()
        retried += fails and budget.spend()
        assert retried <= 5 + made * percent / 100


def test_threads_spend_no_retry_twice() -> None:
    budget = RetryBudget(100)
    for _ in range(200):
        budget.earn()
    with ThreadPoolExecutor(8) as pool:
        spent = list(pool.map(lambda _: budget.spend(), range(2000)))
    assert sum(spent) == 105
