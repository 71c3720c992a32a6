"""A few thousand of the random rules of ``python -m tests.fuzz``."""

from tests.fuzz.comparing import compare


def test_two_readings_of_the_language_agree() -> None:
    assert 500 < compare(3_000, seed=1) < 2_500
