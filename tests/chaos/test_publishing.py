"""Some schedules of ``python -m tests.chaos.publishing``, and bugs that they must find."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.publishing_plants import PLANTS
from tests.chaos.publishing_schedule import kill_at_each_point, run_schedule
from tests.chaos.publishing_venues import VENUES, Venue, opened

SCHEDULES = 12
FEWEST_POINTS = 15
"""Requests and accesses to the store of the shortest publication."""
ENOUGH = 150
"""Schedules in which each bug shows."""


@pytest.fixture(scope="module", params=sorted(VENUES))
def venue(request: pytest.FixtureRequest) -> Iterator[Venue]:
    with opened([request.param]) as (one,):
        yield one


def test_one_video_is_there_whatever_dies_and_whatever_is_lost(venue: Venue) -> None:
    outcomes = [run_schedule(seed, venue) for seed in range(SCHEDULES)]
    assert sum(each.ending == "published" for each in outcomes) > SCHEDULES // 2
    assert sum(each.deaths for each in outcomes) > 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_who_goes_on_after_a_kill_at_any_point_publishes_once(venue: Venue, moment: Any) -> None:
    assert kill_at_each_point(venue, moment) >= FEWEST_POINTS


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_a_planted_bug_is_found(plant: str) -> None:
    with opened(["youtube"]) as (venue,):
        assert any(_is_found(seed, venue, plant) for seed in range(ENOUGH)), f"nobody saw that it {plant}"


def _is_found(seed: int, venue: Venue, plant: str) -> bool:
    try:
        run_schedule(seed, venue, plant)
    except AssertionError:
        return True
    return False
