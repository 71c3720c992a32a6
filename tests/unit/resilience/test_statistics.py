import math
from collections import Counter
from functools import reduce
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.resilience.statistics import (
    RELATIVE_ERROR,
    Statistics,
    calls_slower_than,
    merged,
    quantile_seconds,
    summarise,
    tally_of,
)

SECONDS = st.floats(min_value=0.001, max_value=86_400, allow_nan=False)
KINDS = {
    "unavailable": "ill",
    "timed_out": "ill",
    "refused": "well",
    "rejected": "well",
    "throttled": "unclear",
}
CALLS = st.lists(st.tuples(st.sampled_from([None, *KINDS]), SECONDS), max_size=60)


def tally(calls: list[tuple[str | None, float]]) -> dict[str, int]:
    return merged(tally_of(KINDS.get(kind, "well"), kind, seconds) for kind, seconds in calls)


@given(times=st.lists(SECONDS, min_size=1, max_size=300), share=st.floats(0.01, 1.0))
def test_a_quantile_is_as_near_to_the_sorted_truth_as_it_says(times: list[float], share: float) -> None:
    truth = sorted(times)[math.ceil(share * len(times)) - 1]

    counted = quantile_seconds(tally([(None, seconds) for seconds in times]), share)

    assert counted == pytest.approx(truth, rel=RELATIVE_ERROR * 1.0001)


@given(seconds=st.floats(min_value=0, max_value=0.001))
def test_less_than_a_millisecond_counts_as_one(seconds: float) -> None:
    assert quantile_seconds(tally([(None, seconds)]), 0.5) == 0.001


@given(calls=CALLS)
def test_counts_are_the_truth(calls: list[tuple[str | None, float]]) -> None:
    kinds = Counter(kind for kind, _ in calls if kind)
    ill = kinds["unavailable"] + kinds["timed_out"]
    well = len(calls) - ill - kinds["throttled"]

    said = summarise(tally(calls))

    assert (said.calls, said.well, said.ill, said.kinds) == (len(calls), well, ill, kinds)
    assert said.failure_share == (ill / (ill + well) if ill + well else 0.0)
    assert said.refusal_share == (kinds["refused"] / well if well else 0.0)
    assert said.rejected_share == (kinds["rejected"] / well if well else 0.0)


@given(parts=st.lists(CALLS, min_size=3, max_size=3))
def test_it_does_not_matter_who_counted_what_or_in_which_order(parts: list[list]) -> None:
    tallies = [tally(part) for part in parts]
    whole = tally([call for part in parts for call in part])

    assert all(merged(order) == whole for order in permutations(tallies))
    assert merged([merged(tallies[:2]), tallies[2]]) == merged([tallies[0], merged(tallies[1:])]) == whole
    assert merged([whole, {}]) == whole


def test_the_order_of_many_is_no_matter_either() -> None:
    rng = Random(4)
    calls = [(None, rng.lognormvariate(1, 1)) for _ in range(500)]
    one_by_one = reduce(lambda sum_, call: merged([sum_, tally([call])]), calls, {})
    rng.shuffle(calls)

    assert one_by_one == tally(calls)


def test_times_are_of_answered_calls() -> None:
    said = summarise(tally([("timed_out", 240.0), ("throttled", 0.01), ("refused", 3.0)]))

    assert said.p50_seconds == said.p95_seconds == pytest.approx(3.0, rel=RELATIVE_ERROR)


def test_slow_calls_are_counted() -> None:
    counted = tally([(None, seconds) for seconds in (1.0, 2.0, 3.0, 10.0, 11.0)])

    assert [calls_slower_than(counted, limit) for limit in (0.5, 2.5, 5.0, 20.0)] == [5, 3, 2, 0]


def test_nothing_says_nothing() -> None:
    assert summarise({}) == Statistics()
    assert Statistics().failure_share == Statistics().refusal_share == Statistics().rejected_share == 0.0
