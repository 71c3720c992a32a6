"""Shares that are said in words, amounts in a row, and the one year of a sentence."""

import pytest

from reelwright.content.engine.amounts import amounts_in
from reelwright.content.engine.material import Sentence
from reelwright.content.engine.shares import share_in
from reelwright.content.engine.timelines import year_of
from reelwright.video.counting import share_of


@pytest.mark.parametrize(
    ("text", "figure", "share"),
    [
        ("Half of the heat goes up the chimney.", (1, "/2", "of the heat goes up the chimney"), 1 / 2),
        ("Two thirds of all bees live alone.", (2, "/3", "of all bees live alone"), 2 / 3),
        ("Nine out of ten trees survived.", (9, " of 10", "trees survived"), 0.9),
        ("Gas heats a quarter of the homes.", (1, "/4", "Gas heats a quarter of the homes"), 1 / 4),
    ],
)
def test_a_share_in_words_is_a_figure_and_a_part_of_a_whole(
    text: str, figure: tuple[float, str, str], share: float
) -> None:
    found = share_in(text)
    assert found is not None
    assert (found.value, found.suffix, found.label) == figure
    assert share_of(found) == pytest.approx(share)


@pytest.mark.parametrize(
    "text",
    [
        "The second half of the match was dull.",
        "It took half of an hour.",
        "He came third of all the runners.",
        "She ran 5 in 20 minutes.",
        "Is half of the water gone?",
        "Two and a half of the loaves were eaten.",
        "Half of it was lost.",
    ],
)
def test_what_only_looks_like_a_share_is_none(text: str) -> None:
    assert share_in(text) is None


def test_amounts_in_one_unit_are_bars_and_others_a_list() -> None:
    bars = amounts_in("Mix 200 grams of sugar, 400 grams of flour and 50 grams of butter.")
    assert bars is not None
    assert bars.kind == "chart"
    assert [(datum.label, datum.value) for datum in bars.data] == [
        ("Sugar", 200),
        ("Flour", 400),
        ("Butter", 50),
    ]
    points = amounts_in("The box holds 12 candles and three matches.")
    assert points is not None
    assert points.kind == "list"
    assert points.items == ("12 candles", "Three matches")


@pytest.mark.parametrize(
    "text",
    [
        "The run took 3 hours and 12 minutes.",
        "It costs between 20 dollars and 30 dollars.",
        "The town has 3 schools, and 4 of them are old.",
        "They met in 12 towns.",
    ],
)
def test_one_amount_or_a_span_is_no_row(text: str) -> None:
    assert amounts_in(text) is None


def year(text: str) -> tuple[float, str] | None:
    found = year_of([Sentence(text, text, 1.0, ())], {})
    return (found.value, found.label) if found else None


def test_a_lone_year_is_a_figure_over_what_happened() -> None:
    assert year("The bridge opened in 1932.") == (1932, "The bridge opened")
    assert year("In 1954 two runners broke four minutes.") == (1954, "Two runners broke four minutes")
    assert year("The hall burnt down in 1900.") is None
    assert year("It opened in 1932 and closed in 1981.") is None
    assert year("The firm makes 1932 chairs.") is None
