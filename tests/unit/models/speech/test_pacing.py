import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.speech.pacing import LEAD_SECONDS, fitted_pauses, wished_rate


@pytest.mark.parametrize(
    ("characters", "target", "rate"),
    [
        (900, None, 1.0),
        (900, 0.0, 1.0),
        (0, 30.0, 1.0),
        (900, 61.9, 1.0),
        (900, 60.0, 1.03),
        (900, 66.0, 0.94),
        (900, 30.0, 1.12),
        (900, 300.0, 0.88),
        (900, 0.5, 1.12),
    ],
)
def test_the_pace_is_moved_modestly_and_not_for_a_trifle(
    characters: int, target: float | None, rate: float
) -> None:
    assert wished_rate(characters, 3, target) == rate


def test_without_a_wish_pauses_are_natural() -> None:
    assert fitted_pauses(["piece", "passage", "end"], 10, None) == [0.32, 0.45, 0.8]


@given(st.floats(1, 100), st.floats(1, 100))
def test_pauses_fill_the_target_within_bounds(speech: float, target: float) -> None:
    pauses = fitted_pauses(["passage", "end"], speech, target)
    whole = LEAD_SECONDS + speech + sum(pauses)
    at_bounds = pauses[0] in (pytest.approx(0.225), pytest.approx(0.81))
    assert at_bounds or whole == pytest.approx(target)
    assert 0.225 <= pauses[0] <= 0.8101
