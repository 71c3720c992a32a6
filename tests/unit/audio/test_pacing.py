"""Meeting a length with pauses and pace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.audio.engine.pacing import LEAD_SECONDS, NATURAL_PACE, choose_pace, fit_pauses, pace_needed
from reelwright.audio.engine.phrasing import PauseKind

KINDS: tuple[PauseKind, ...] = (
    "sentence",
    "clause",
    "passage",
    "sentence",
    "sentence",
    "passage",
    "sentence",
    "end",
)
LONGEST = {"clause": 0.3, "sentence": 0.7, "passage": 0.8, "end": 1.6}
SHORTEST = {"clause": 0.08, "sentence": 0.2, "passage": 0.2, "end": 0.6}


def test_without_a_target_everything_is_natural() -> None:
    pacing = fit_pauses(KINDS, 20.0, None)
    assert choose_pace(KINDS, 20.0, None) == NATURAL_PACE
    assert pacing.missing_seconds == 0
    assert pacing.pauses[0] == pytest.approx(0.32)
    assert pacing.pauses[2] == pytest.approx(0.45)


@given(st.floats(min_value=22.2, max_value=24.5))
def test_pauses_alone_meet_a_target_within_their_reach(target: float) -> None:
    pacing = fit_pauses(KINDS, 20.0, target)
    assert LEAD_SECONDS + 20.0 + sum(pacing.pauses) == pytest.approx(target, abs=0.01)
    assert pacing.missing_seconds == pytest.approx(0, abs=0.01)


@given(st.floats(min_value=1, max_value=200), st.floats(min_value=1, max_value=200))
def test_pauses_stay_in_their_bounds_and_what_is_missing_is_told(speech: float, target: float) -> None:
    pacing = fit_pauses(KINDS, speech, target)
    for kind, pause in zip(KINDS, pacing.pauses, strict=True):
        assert SHORTEST[kind] <= pause <= LONGEST[kind]
    assert LEAD_SECONDS + speech + sum(pacing.pauses) + pacing.missing_seconds == pytest.approx(target)


@given(st.floats(min_value=1, max_value=200), st.floats(min_value=1, max_value=200))
def test_the_pace_never_leaves_six_percent(speech: float, target: float) -> None:
    first = choose_pace(KINDS, speech, target)
    second = pace_needed(first, speech, target - speech)
    for pace in (first, second):
        assert 0.94 * NATURAL_PACE <= pace <= 1.06 * NATURAL_PACE


def test_too_little_time_makes_it_faster_and_too_much_slower() -> None:
    assert choose_pace(KINDS, 20.0, 22.0) < NATURAL_PACE < choose_pace(KINDS, 20.0, 26.0)
