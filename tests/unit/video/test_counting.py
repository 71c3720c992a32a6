"""How many pictures show a number: as many as it says, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.production.schema import NumberVisual
from reelwright.video.counting import counted_by, icons_of, share_of, words_behind
from reelwright.video.schema import PictureUse


def a_use(name: str, word: str = "") -> PictureUse:
    return PictureUse(role="hero", name=name, digest="d", source="pack", word=word, score=0.9, why="a test")


@pytest.mark.parametrize(
    ("visual", "use", "icons"),
    [
        (NumberVisual(value=12, label="cups of coffee"), a_use("hot-beverage", "coffee"), (12, 1)),
        (NumberVisual(value=1500, label="volcanoes worldwide"), a_use("volcano"), (15, 100)),
        (NumberVisual(value=24, suffix="volcanoes", label="on the island"), a_use("volcano"), (24, 1)),
        (NumberVisual(value=26, label="volcanoes"), a_use("volcano"), (13, 2)),
        (NumberVisual(value=29, label="volcanoes"), a_use("volcano"), None),
        (NumberVisual(value=1, label="volcano"), a_use("volcano"), None),
        (NumberVisual(value=2.5, decimals=1, label="volcanoes"), a_use("volcano"), None),
        (NumberVisual(value=93, suffix="degrees", label="hot magma"), a_use("volcano", "magma"), None),
        (NumberVisual(value=12, suffix="%", label="of volcanoes"), a_use("volcano"), None),
        (NumberVisual(value=12, prefix="$", label="for a volcano"), a_use("volcano"), None),
        (NumberVisual(value=5, suffix="million", label="volcanoes"), a_use("volcano"), None),
        (NumberVisual(value=12, label="tonnes of coffee"), a_use("hot-beverage", "coffee"), None),
        (NumberVisual(value=1883, label="when the volcano erupted"), a_use("volcano"), None),
        (NumberVisual(value=12, label="volcanoes"), a_use("fish"), None),
        (NumberVisual(value=600, label="cables carry all traffic between continents"), a_use("plug"), None),
        (NumberVisual(value=600, label="cables reach all continents"), a_use("globe", "continents"), None),
        (NumberVisual(value=40, label="loud hungry seals on the beach"), a_use("seal"), (20, 2)),
        (NumberVisual(value=40, label="sheep that eat apples"), a_use("apple"), None),
    ],
)
def test_only_whole_things_that_are_in_the_picture_are_counted(
    visual: NumberVisual, use: PictureUse, icons: tuple[int, int] | None
) -> None:
    assert icons_of(visual, use) == icons


@given(st.integers(-10, 10**13))
def test_the_icons_are_as_many_as_the_figure_says(value: int) -> None:
    icons = icons_of(NumberVisual(value=value, label="fish in the sea"), a_use("fish"))
    if icons:
        assert icons.shown * icons.each == value
        assert 2 <= icons.shown <= 24


def test_of_two_pictures_the_one_named_first_is_counted() -> None:
    visual = NumberVisual(value=1500, label="volcanoes worldwide")
    world, volcano = a_use("globe", "worldwide"), a_use("volcano", "volcanoes")
    assert counted_by(visual, [world, volcano]) == volcano
    assert counted_by(visual, [a_use("fish")]) is None


def test_a_picture_is_known_by_the_words_that_it_stands_for() -> None:
    assert words_behind(a_use("hot-beverage", "fresh coffee")) == ("fresh", "coffee")
    assert words_behind(a_use("hot-beverage")) == ("hot", "beverage")


@pytest.mark.parametrize(
    ("value", "suffix", "share"),
    [
        (71, "%", 0.71),
        (3, " of 4", 0.75),
        (1, "/3", 1 / 3),
        (120, "%", None),
        (5, " of 4", None),
        (3, "/0", None),
        (3, " of four", None),
        (3, "", None),
    ],
)
def test_a_part_of_a_whole_is_a_share(value: float, suffix: str, share: float | None) -> None:
    assert share_of(NumberVisual(value=value, suffix=suffix, label="of it")) == share
