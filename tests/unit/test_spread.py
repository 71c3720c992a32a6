"""What stays together, and what begins first, is what is there."""

from pathlib import Path

import pytest

from tests.spread import LONGEST, TOGETHER, place_of

ROOT = Path(__file__).resolve().parents[2]


def test_a_file_stays_together_and_some_folders_do() -> None:
    assert place_of("tests/unit/test_spread.py::test_a[x/y::z]") == "tests/unit/test_spread.py"
    assert place_of(f"{TOGETHER[0]}test_destroy.py::test_a") == TOGETHER[0]


@pytest.mark.parametrize("place", sorted({*TOGETHER, *LONGEST}))
def test_every_place_exists(place: str) -> None:
    assert (ROOT / place).exists()
    assert place in LONGEST or place.endswith("/")
