from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import SystemClock, VirtualClock

MOMENTS = st.lists(st.floats(0, 1e6, allow_nan=False), max_size=20)


def test_the_system_clock_knows_its_zone_and_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(100)]
    assert clock.now().tzinfo is UTC
    assert readings == sorted(readings)


def test_the_system_clock_really_waits() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.01


@pytest.mark.parametrize("clock", [SystemClock(), VirtualClock()])
def test_sleeping_for_no_time_returns(clock: SystemClock | VirtualClock) -> None:
    clock.sleep(0)
    clock.sleep(-3600)


@given(MOMENTS)
def test_a_virtual_clock_moves_by_exactly_what_was_slept(seconds: list[float]) -> None:
    clock, total = VirtualClock(), 0.0
    for duration in seconds:
        clock.sleep(duration)
        total += duration  # sum() would round less than a clock can, from Python 3.12 on
    assert clock.monotonic() == total
    assert clock.now() == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=total)


@given(st.floats(max_value=0, exclude_max=True, allow_nan=False, allow_infinity=False))
def test_a_virtual_clock_refuses_to_run_backwards(seconds: float) -> None:
    clock = VirtualClock()
    with pytest.raises(ValueError, match="cannot be advanced"):
        clock.advance(seconds)
    assert clock.monotonic() == 0
