import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.video.engine.easing import ease_in_out, ease_out, overshoot, progress
from reelwright.video.engine.figures import compact, count_from, decimals_of, is_grouped, is_year, written
from reelwright.video.engine.scale import scale_for
from tests.unit.video.engine.scenes import spoken

values = st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=8)


@given(values, st.booleans())
def test_a_scale_holds_all_values_between_round_ticks(numbers: list[float], from_zero: bool) -> None:  # noqa: FBT001 (drawn)
    scale = scale_for(numbers, from_zero=from_zero)
    assert all(-1e-6 <= scale.share(number) <= 1 + 1e-6 for number in numbers)
    assert 2 <= len(scale.ticks) <= 12
    steps = {
        round((after - before) / (scale.high - scale.low), 6)
        for before, after in zip(scale.ticks, scale.ticks[1:], strict=False)
    }
    assert len(steps) <= 2


@given(values)
def test_bars_are_measured_from_zero(numbers: list[float]) -> None:
    scale = scale_for(numbers, from_zero=True)
    assert scale.low <= 0 <= scale.high
    assert scale.share(0) == pytest.approx(-scale.low / (scale.high - scale.low))


def test_lengths_compare_as_values_do() -> None:
    scale = scale_for([11.7, 2.9], from_zero=True)
    assert scale.share(11.7) / scale.share(2.9) == pytest.approx(11.7 / 2.9)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (2.5, "2.5"),
        (-40, "-40"),
        (1500, "1,500"),
        (12000, "12K"),
        (2_500_000, "2.5M"),
        (3e9, "3B"),
        (1e300, "1e+300"),
        (math.inf, "∞"),
    ],
)
def test_axis_figures_are_short(value: float, shown: str) -> None:
    assert compact(value) == shown


def test_figures_are_grouped_as_the_script_writes_them() -> None:
    assert is_grouped(1500, spoken("about 1,500 volcanoes"))
    assert not is_grouped(1969, spoken("in 1969 they landed"))
    assert is_grouped(25_000, ())
    assert written(1234.5, 1, grouped=True) == "1,234.5"
    assert written(1969, 0, grouped=False) == "1969"


def test_years_do_not_count_from_zero() -> None:
    assert is_year(1969, 0, "")
    assert not is_year(1969, 0, "km")
    assert count_from(1969, year=True) > 1900
    assert count_from(1969, year=False) == 0


@given(st.floats(-1, 2))
def test_curves_begin_at_nothing_and_end_at_all(t: float) -> None:
    share = progress(t, 0, 1)
    assert 0 <= share <= 1
    for curve in (ease_out, ease_in_out):
        assert 0 <= curve(share) <= 1
    assert max(overshoot(place / 100) for place in range(101)) == pytest.approx(1.08, abs=0.03)
    assert [curve(1) for curve in (ease_out, ease_in_out, overshoot)] == [1, 1, 1]


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_can_be_written(value: float) -> None:
    assert written(value, 2, grouped=True)
    assert compact(value)


@pytest.mark.parametrize(("value", "decimals"), [(14.0, 0), (14.1, 1), (0.25, 2), (1e20, 0), (math.inf, 0)])
def test_figures_keep_the_decimals_they_have(value: float, decimals: int) -> None:
    assert decimals_of(value) == decimals
