"""Seeds in which one video is published, and bugs that they must find."""

import pytest

from tests.chaos.publishing_plants import PLANTS, TIKTOK_PLANTS
from tests.chaos.publishing_venues import VENUES
from tests.simulation.publishing import publish_in_a_world
from tests.simulation.world import InvariantError

SEEDS_IN_CI = 100
ENOUGH = 400


@pytest.mark.parametrize("name", sorted(VENUES))
def test_there_is_one_video_in_every_world(name: str) -> None:
    venue = VENUES[name]()
    outcomes = [publish_in_a_world(seed, venue) for seed in range(SEEDS_IN_CI)]
    assert sum(each.ending == "published" for each in outcomes) > SEEDS_IN_CI * 3 // 4
    assert sum(each.faults.total() for each in outcomes) > SEEDS_IN_CI
    assert {each.workers for each in outcomes} == {1, 2, 3}


@pytest.mark.parametrize("name", sorted(VENUES))
def test_a_world_replays_exactly(name: str) -> None:
    venue = VENUES[name]()
    for seed in (3, 17, 91):
        assert publish_in_a_world(seed, venue).digest == publish_in_a_world(seed, VENUES[name]()).digest


@pytest.mark.parametrize("plant", sorted(TIKTOK_PLANTS))
def test_a_bug_that_only_tiktok_can_show_is_found(plant: str) -> None:
    venue = VENUES["tiktok"]()
    with TIKTOK_PLANTS[plant]():
        assert any(_is_found(seed, venue) for seed in range(ENOUGH)), f"nobody saw that it {plant}"


@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_a_planted_bug_is_found(plant: str) -> None:
    venue = VENUES["youtube"]()
    with PLANTS[plant]():
        assert any(_is_found(seed, venue) for seed in range(ENOUGH)), f"nobody saw that it {plant}"


def _is_found(seed: int, venue: object) -> bool:
    try:
        publish_in_a_world(seed, venue)
    except InvariantError:
        return True
    return False
