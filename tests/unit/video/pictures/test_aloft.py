import pytest

from reelwright.video.pictures.aloft import flies, floats
from reelwright.video.pictures.pack import Picture


def picture(name: str, subgroup: str) -> Picture:
    return Picture(name, name, "thing", "", subgroup, "", "", "")


@pytest.mark.parametrize(
    ("name", "subgroup", "aloft"),
    [
        ("cloud", "sky-weather", True),
        ("snowman", "sky-weather", False),
        ("kite", "game", True),
        ("automobile", "transport-ground", False),
        ("rocket", "transport-air", True),
        ("house", "place-building", False),
    ],
)
def test_a_house_stands_and_a_cloud_does_not(name: str, subgroup: str, aloft: bool) -> None:  # noqa: FBT001 (a table)
    assert flies(picture(name, subgroup)) is aloft


def test_boats_fish_and_waves_are_at_home_on_water() -> None:
    assert floats(picture("sailboat", "transport-water"))
    assert floats(picture("whale", "animal-marine"))
    assert floats(picture("water-wave", "sky-weather"))
    assert not floats(picture("cloud", "sky-weather"))
