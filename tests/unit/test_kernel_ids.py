from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.ids import check_batch_id, check_production_id, new_batch_id, new_production_id

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 (the zone is set after)
GOOD = "prod_01ARZ3NDEKTSV4RRFFQ69G5FAV"


@given(MOMENTS, st.integers())
def test_a_new_id_is_an_id(moment: datetime, seed: int) -> None:
    made = new_production_id(VirtualClock(moment), Random(seed))
    assert check_production_id(made) == made


@given(MOMENTS, st.integers())
def test_the_same_moment_and_seed_give_the_same_id(moment: datetime, seed: int) -> None:
    first, second = (new_production_id(VirtualClock(moment), Random(seed)) for _ in range(2))
    assert first == second


@given(MOMENTS, st.floats(0.001, 1e8), st.integers())
def test_ids_sort_by_the_time_they_were_made(moment: datetime, later: float, seed: int) -> None:
    clock, rng = VirtualClock(moment), Random(seed)
    first = new_production_id(clock, rng)
    clock.advance(later + 0.001)
    assert first < new_production_id(clock, rng)


def test_ids_of_one_moment_differ() -> None:
    clock, rng = VirtualClock(), Random(0)
    assert len({new_production_id(clock, rng) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "prod_",
        "../etc/passwd",
        GOOD[5:],
        GOOD.lower(),
        f"{GOOD}\n",
        f"{GOOD}/..",
        f" {GOOD}",
        GOOD[:-1],
        GOOD.replace("A", "U"),
        GOOD.replace("prod_0", "prod_8"),
        GOOD.replace("Z", "Ｚ"),  # noqa: RUF001 (a full-width letter is the point)
    ],
)
def test_nothing_else_is_an_id(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a production id"):
        check_production_id(text)


@given(st.text())
def test_no_text_that_could_leave_a_folder_passes(text: str) -> None:
    try:
        passed = check_production_id(text)
    except InvalidInput:
        return
    assert set(passed).isdisjoint("./\\\0: ")


@given(MOMENTS, st.integers())
def test_a_batch_has_an_id_of_its_own_kind(moment: datetime, seed: int) -> None:
    made = new_batch_id(VirtualClock(moment), Random(seed))
    assert check_batch_id(made) == made
    with pytest.raises(InvalidInput):
        check_production_id(made)


@pytest.mark.parametrize("text", ["", GOOD, "batch_", "batch_../x", GOOD.replace("prod", "batch") + "\n"])
def test_what_is_no_batch_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_batch_id(text)
