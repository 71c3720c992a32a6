import math
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.resilience.trend import at_least, projected, rises


@given(values=st.lists(st.floats(-1e6, 1e6), max_size=4))
def test_few_values_are_no_trend(values: list[float]) -> None:
    assert not rises(values)


def test_a_trend_is_seen_through_noise_and_one_wild_value() -> None:
    values = [10.0, 11.5, 11.0, 13.0, 500.0, 14.0, 15.0, 14.5, 17.0, 18.0, 18.5, 20.0]

    assert rises(values)
    assert not rises(values[::-1])
    assert not rises([7.0] * 12)


def test_noise_looks_rising_as_seldom_as_it_says() -> None:
    rng = Random(5)
    false = sum(rises([rng.lognormvariate(0, 0.5) for _ in range(12)]) for _ in range(4000))

    assert false / 4000 < 0.0075  # one in 200, and what chance adds to 4,000 tries


@given(slope=st.floats(-10, 10), offset=st.floats(-100, 100), wild=st.floats(-1e5, 1e5))
def test_a_line_is_continued_whatever_one_point_says(slope: float, offset: float, wild: float) -> None:
    points = [(float(x), offset + slope * x) for x in range(9)]
    points[4] = (4.0, wild)

    assert projected(points, 20.0) == pytest.approx(offset + slope * 20, abs=1e-6)


def test_one_point_stays_where_it_is() -> None:
    assert projected([(3.0, 7.0)], 99.0) == 7.0


@given(trials=st.integers(0, 40), share=st.floats(0.0, 1.0))
def test_chances_are_those_of_the_binomial_distribution(trials: int, share: float) -> None:
    chances = [at_least(count, trials, share) for count in range(trials + 2)]

    assert chances[0] == 1.0
    assert chances[-1] == pytest.approx(0.0, abs=1e-9)
    assert all(more <= fewer + 1e-12 for fewer, more in pairwise(chances))
    assert at_least(1, trials, share) == pytest.approx(1 - math.pow(1 - share, trials), abs=1e-9)
