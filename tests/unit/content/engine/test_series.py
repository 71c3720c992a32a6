"""Values in a row, of several things or ways, that a sentence or two name in one unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.comparisons import comparison_in
from reelwright.content.engine.series import series_in, series_of_two
from reelwright.content.numerals import numerals_in
from reelwright.production.schema import ChartVisual


def bars(chart: ChartVisual | None) -> tuple[str, dict[str, float]] | None:
    return (chart.unit, {datum.label: datum.value for datum in chart.data}) if chart else None


@pytest.mark.parametrize(
    ("text", "unit", "values"),
    [
        (
            "China makes about 53 million tonnes a year, the United States 42 million, India 30 million.",
            "million tonnes",
            {"China": 53, "United States": 42, "India": 30},
        ),
        ("A cat sleeps for thirteen hours, an elephant for four.", "hours", {"Cat": 13, "Elephant": 4}),
        (
            "A giraffe sleeps for two hours a day, a brown bat for twenty.",
            "hours",
            {"Giraffe": 2, "Brown bat": 20},
        ),
        (
            "Today a person in Turkey eats about 200 kilograms of bread a year, a person in Japan about 22.",
            "kilograms",
            {"Person in Turkey": 200, "Person in Japan": 22},
        ),
        ("A cat sleeps 15 hours, an elephant sleeps 4.", "hours", {"Cat": 15, "Elephant": 4}),
        ("A violin has four strings and a guitar six.", "strings", {"Violin": 4, "Guitar": 6}),
        ("A car runs at 90 km, a bus at some 50 km.", "km", {"Car": 90, "Bus": 50}),
    ],
)
def test_the_verb_and_the_unit_are_said_once(text: str, unit: str, values: dict[str, float]) -> None:
    assert bars(series_in(text)) == (unit, values)


@pytest.mark.parametrize(
    "text",
    [
        "Tokyo has 37 million people, Oslo 700,000.",
        "Oslo has 700,000 people, Tokyo 37 million.",
        "A cat has nine lives, a dog two legs.",
        "The match lasted two hours, then four.",
        "Bread costs 3 dollars, butter more than 5.",
        "It sleeps for two hours, a cat for twelve.",
        "A cat sleeps for two hours, they for twelve.",
        "The price rose by 3 dollars, the rent by 5.",
        "On Monday he ate two apples and on Tuesday four.",
        "The team won three games, lost two and drew four.",
        "The bridge is 300 metres long, the tunnel 40 metres deep.",
        "A cat sleeps 15 hours a day, a horse 20 hours a week.",
    ],
)
def test_what_is_of_another_unit_or_only_a_limit_is_no_bar(text: str) -> None:
    assert series_in(text) is None


def test_two_ways_in_two_sentences_are_bars() -> None:
    told = ("That was a journey of 22,500 kilometres.", "Through the canal it is 9,500.")
    assert bars(series_of_two(("Ships had to sail around Cape Horn.", *told))) == (
        "kilometres",
        {"Around Cape Horn": 22500, "Through the canal": 9500},
    )
    assert bars(series_of_two(told)) == (
        "kilometres",
        {"That journey": 22500, "Through the canal": 9500},
    )


@pytest.mark.parametrize(
    "told",
    [
        ("It was 22,500 kilometres.", "Through the canal it is 9,500."),
        ("That was a journey of 22,500 kilometres.", "Through the canal it is 10 hours."),
        ("That was a journey of 22,500 kilometres.", "It is 9,500."),
        ("That was 22,500.", "Through the canal it is 9,500."),
        ("That was a journey of 22,500 kilometres.",),
        (),
    ],
)
def test_where_it_is_not_certain_what_is_set_against_what_nothing_is_drawn(told: tuple[str, ...]) -> None:
    assert series_of_two(told) is None


AMOUNTS = st.one_of(st.integers(1, 999).map(str), st.sampled_from(["two", "thirteen", "twenty-two", "forty"]))
THINGS = st.lists(
    st.sampled_from(["China", "India", "Norway", "Peru", "Chad"]), min_size=2, max_size=5, unique=True
)


@given(THINGS, st.data(), st.sampled_from(["tonnes", "million tonnes", "%"]), st.sampled_from(["", "about "]))
def test_every_thing_has_the_value_that_stands_beside_it(
    things: list[str], data: st.DataObject, unit: str, some: str
) -> None:
    amounts = [data.draw(AMOUNTS) for _ in things]
    scale = " million" if "million" in unit else ""
    first, *others = zip(things, amounts, strict=True)
    text = ", ".join(
        [f"{first[0]} makes {some}{first[1]} {unit}", *(f"{one} {some}{two}{scale}" for one, two in others)]
    )
    found = bars(series_in(f"{text}."))
    values = [next(numerals_in(amount), None) or float(amount) for amount in amounts]
    assert found == (unit, dict(zip(things, values, strict=True)))


def test_two_kinds_of_one_thing_are_compared_over_a_comma() -> None:
    found = comparison_in("Warm dough doubles in an hour, cold dough needs a whole night.")
    assert found is not None
    assert found.kind == "comparison"
    assert (found.left.label, found.left.detail) == ("Warm dough", "doubles in an hour")
    assert (found.right.label, found.right.detail) == ("Cold dough", "needs a whole night")
    assert comparison_in("The oven bakes the bread, the bread rises in it.") is None
    assert comparison_in("If warm dough rises, cold dough rises too.") is None
