"""Each sign of trouble at its limit, what hides it, and how somebody is let back."""

from dataclasses import replace

import pytest

from reelwright.environment.schema import HealthSettings
from reelwright.resilience.ports import KeyState, Snapshot, Tally
from reelwright.resilience.prediction import BUCKETS, Outlook, baseline_after, demotion_after, since
from reelwright.resilience.statistics import RELATIVE_ERROR, merged, tally_of

SETTINGS = HealthSettings()
WINDOW = SETTINGS.window_seconds
NOW = 1_764_100_000.0
USUAL = KeyState(baseline_seconds=10.0, baseline_at=NOW, baseline_count=20)


def outlook(
    *tallies: Tally, state: KeyState = USUAL, now: float = NOW, timeout_seconds: float = 240.0
) -> Outlook:
    """Return what is known if each tally was counted in a twelfth of the window, the last one just now."""
    width = WINDOW * 1000 // BUCKETS
    begun = int(NOW * 1000) // width * width
    buckets = {begun - width * (len(tallies) - 1 - place): tally for place, tally in enumerate(tallies)}
    return Outlook(Snapshot(state, buckets), now, timeout_seconds, SETTINGS)


def answered(*seconds: float) -> dict[str, int]:
    return merged(tally_of("well", None, each) for each in seconds)


def outcomes(well: int, ill: int) -> dict[str, int]:
    return merged([*[tally_of("well", None, 10.0)] * well, *[tally_of("ill", "timed_out", 240.0)] * ill])


@pytest.mark.parametrize(
    ("well", "ill", "told"),
    [
        (0, 4, False),  # too few calls
        (3, 2, False),  # 40 %, which chance shows as well
        (2, 3, True),
        (80, 20, True),  # the limit itself
        (81, 19, False),
        (6, 4, True),
    ],
)
def test_failing_is_a_sign(well: int, ill: int, *, told: bool) -> None:
    signs = outlook(outcomes(well, ill)).signs()

    assert bool(signs) == told
    assert f"{ill} of {well + ill} calls in 600 s failed" in signs or not told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ([31.0] * 4, False),  # too few calls
        ([31.0, *[10.0] * 15], False),  # one slow call
        ([31.0, 31.0, *[10.0] * 15], True),
        ([31.0, 31.0, *[10.0] * 60], False),  # less than one in twenty
        ([29.0] * 30, False),
        ([31.0] * 30, True),
    ],
)
def test_slowness_is_a_sign(seconds: list[float], *, told: bool) -> None:
    assert bool(outlook(answered(*seconds)).signs()) == told


def test_slowness_is_told_in_numbers() -> None:
    said = outlook(answered(*[41.0] * 10)).signs()

    assert said.startswith("the p95 of its last 10 calls is 4")
    assert "times the usual 10.0 s (the limit is 3 times)" in said


def test_slowness_of_long_ago_is_none() -> None:
    quick = answered(*[10.0] * 6)

    assert not outlook(answered(*[50.0] * 6), *[{}] * 6, quick, quick, quick).signs()


def test_nothing_is_slow_before_anything_is_usual() -> None:
    new = replace(USUAL, baseline_count=2)

    assert not outlook(answered(*[50.0] * 30), state=new).signs()
    assert not outlook(answered(*[50.0] * 30), state=KeyState()).signs()


def growing(first: float, step: float) -> list[dict[str, int]]:
    return [answered(first + place * step, first + place * step) for place in range(BUCKETS)]


def test_a_trend_that_leads_to_the_timeout_is_a_sign() -> None:
    usual = replace(USUAL, baseline_seconds=100.0)

    assert "at this rate the p95 reaches" in outlook(*growing(20.0, 10.0), state=usual).signs()
    assert not outlook(*growing(20.0, 5.0), state=usual).signs()
    assert outlook(*growing(20.0, 5.0), state=usual, timeout_seconds=120.0).signs()
    assert not outlook(*reversed(growing(20.0, 10.0)), state=usual).signs()


DEMOTED = replace(USUAL, demoted_at=NOW, demoted_why="slow")


def test_who_shows_a_sign_is_demoted_and_why_is_kept() -> None:
    after = demotion_after(outlook(outcomes(5, 5)))

    assert after == replace(USUAL, demoted_at=NOW, demoted_why=outlook(outcomes(5, 5)).signs())
    assert demotion_after(outlook(outcomes(10, 0))) is None


def test_who_is_demoted_stays_so_for_a_while() -> None:
    healthy = answered(*[10.0] * 10)

    early = outlook(healthy, state=replace(DEMOTED, demoted_at=NOW - WINDOW / 4 + 1))
    late = outlook(healthy, state=replace(DEMOTED, demoted_at=NOW - WINDOW / 4))

    assert demotion_after(early) is None
    assert demotion_after(late) == USUAL


@pytest.mark.parametrize(("ill", "back"), [(17, False), (15, True)])
def test_who_is_demoted_must_be_clearly_below_the_limit(ill: int, *, back: bool) -> None:
    long_ago = replace(DEMOTED, demoted_at=NOW - WINDOW)

    assert (demotion_after(outlook(outcomes(100 - ill, ill), state=long_ago)) is not None) == back


@pytest.mark.parametrize(("seconds", "back"), [(25.0, False), (23.0, True)])
def test_who_was_slow_must_be_clearly_quicker(seconds: float, *, back: bool) -> None:
    long_ago = replace(DEMOTED, demoted_at=NOW - WINDOW)

    assert (demotion_after(outlook(answered(*[seconds] * 20), state=long_ago)) is not None) == back


def test_who_is_hardly_called_any_more_is_let_back_after_a_window() -> None:
    soon = replace(DEMOTED, demoted_at=NOW - WINDOW + 1)

    assert demotion_after(outlook(answered(10.0), state=soon)) is None
    assert demotion_after(outlook(answered(10.0), state=replace(soon, demoted_at=NOW - WINDOW))) == USUAL


def test_hovering_at_the_limit_is_no_flapping() -> None:
    state, changes = USUAL, 0
    for minute in range(600):
        now = NOW + 60.0 * minute
        seen = replace(outlook(outcomes(100 - 18 - minute % 4, 18 + minute % 4)), now=now)
        after = demotion_after(seen.in_state(state))
        state, changes = after or state, changes + (after is not None)

    assert changes == 1


def test_the_baseline_begins_with_what_is_seen() -> None:
    after = baseline_after(outlook(answered(*[8.0] * 20), state=KeyState()))

    assert after is not None
    assert after.baseline_seconds == pytest.approx(8.0, rel=RELATIVE_ERROR)
    assert (after.baseline_at, after.baseline_count) == (NOW, 1)


def test_the_baseline_moves_once_in_a_twelfth_of_the_window_and_by_enough_calls() -> None:
    width = WINDOW / BUCKETS
    few, enough = answered(*[8.0] * 4), answered(*[8.0] * 5)

    assert baseline_after(outlook(enough, state=replace(USUAL, baseline_at=NOW - width + 0.1))) is None
    assert baseline_after(outlook(few, state=replace(USUAL, baseline_at=NOW - width))) is None
    assert baseline_after(outlook(enough, state=replace(USUAL, baseline_at=NOW - width))) is not None


def test_half_of_the_baseline_is_forgotten_in_twelve_windows() -> None:
    state = replace(USUAL, baseline_count=10_000)
    for step in range(1, 12 * BUCKETS + 1):
        now = NOW + step * WINDOW / BUCKETS
        after = baseline_after(replace(outlook(answered(*[40.0] * 9)), now=now).in_state(state))
        assert after is not None
        state = after

    assert state.baseline_seconds == pytest.approx(20.0, rel=0.03)  # half way from 10 to 40, in logarithms


def test_the_baseline_does_not_jump_after_a_pause() -> None:
    state = replace(USUAL, baseline_at=NOW - 1000 * WINDOW, baseline_count=10_000)

    after = baseline_after(outlook(answered(*[40.0] * 9), state=state))

    assert after is not None
    assert after.baseline_seconds < 11.0


def test_buckets_since_a_moment() -> None:
    assert since({1000: {"well": 1}, 2000: {"well": 2}}, 1.001) == {2000: {"well": 2}}
    assert set(since({1000: {}, 2000: {}}, 1.0)) == {1000, 2000}
