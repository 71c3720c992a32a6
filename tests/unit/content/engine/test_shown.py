"""What is shown is found in the text: the right kind for each sentence, and nothing that is not there."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.charts import charts_in
from reelwright.content.engine.rank import weigh_words
from reelwright.content.engine.scenes import Shot, lines_of
from reelwright.content.engine.visuals import Setting, choose_visuals
from reelwright.content.numerals import numerals_in
from reelwright.production.schema import (
    ChartVisual,
    ComparisonVisual,
    FlowVisual,
    MapVisual,
    TimelineVisual,
    Visual,
)
from tests.unit.content.writing import material

CASES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("shown.toml").read_text(encoding="utf-8")
)["case"]
DRAWN = {"timeline", "map", "comparison", "flow"}
PIECES = (
    "In 1969", "in 1889,", "by 44 BC", "until 1914", "the 1960s", "from 1939 to 1945", "1999",
    "2,000 people", "AD 79", "page 1408", "$1999", "Paris", "in Jordan", "the Nile", "Jack London",
    "Turkey", "Mount Everest", "while", "unlike", "whereas", "not", "but", "than", "more", "First", "then",
    "finally", "turns into", "causes", "which", "the tower", "A whale", "lives in", "grew", "was built",
    "it", "and", ",", ".", ";", ":", "?", "–", "(", ")", "’s", "“", "”", "1)", "leads to", "is", "big",
    "water", "a cat sleeps", "for", "two hours", "twenty-two", "about 53 million tonnes", "42 million",
    "That was a journey of 90 km.", "Through the canal it is 40.",
)  # fmt: skip


def shown(text: str, *, english: bool = True) -> Visual:
    """Return what a single scene that says all of ``text`` shows."""
    found = material(text, english=english)
    weights = weigh_words(found.units)
    setting = Setting("The sea", found.headings, charts_in(found, "x"), weights, english=english)
    (visual,) = choose_visuals([Shot(lines_of(found.units, said=None))], setting)
    return visual


def values(visual: Visual) -> list[str]:
    match visual:
        case TimelineVisual(moments=moments):
            return [str(moment.year) for moment in moments]
        case MapVisual(places=places):
            return list(places)
        case ComparisonVisual(left=left, right=right):
            return [left.label, right.label]
        case FlowVisual(steps=steps):
            return list(steps)
    return []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_the_right_thing_is_drawn(case: dict[str, Any]) -> None:
    visual = shown(case["text"])
    if case["kind"] == "other":
        assert visual.kind not in DRAWN
    else:
        assert (visual.kind, values(visual)) == (case["kind"], case["values"])


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def is_within(part: str, whole: str) -> bool:
    """Whether the words of ``part`` stand in ``whole`` in this order, others perhaps between them."""
    rest = iter(words(whole))
    return all(word in rest for word in words(part))


def assert_only_from(visual: Visual, text: str) -> None:
    match visual:
        case TimelineVisual(moments=moments):
            for moment in moments:
                assert is_within(moment.when, text)
                assert is_within(moment.label, text)
                assert str(abs(moment.year)) in text.replace(",", "")
        case MapVisual(places=places, label=label):
            assert all(place in text for place in places)
            assert is_within(label, text)
        case ComparisonVisual(left=left, right=right):
            assert all(is_within(part, text) for part in (left.label, left.detail, right.label, right.detail))
        case FlowVisual(steps=steps):
            assert all(is_within(step, text) for step in steps)
        case ChartVisual(data=data):
            said = [*map(str, numerals_in(text)), text.replace(",", "")]
            assert all(any(f"{datum.value:g}" in part for part in said) for datum in data)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_what_is_drawn_stands_in_the_text(case: dict[str, Any]) -> None:
    assert_only_from(shown(case["text"]), case["text"])


@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=24))
def test_scrambled_notes_show_nothing_that_is_not_there(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = material(text)
    if not found.units:
        return
    visual = shown(text)
    assert_only_from(visual, text)
    assert shown(text) == visual


@given(st.text(max_size=300))
def test_no_text_of_a_stranger_is_too_much(text: str) -> None:
    for english in (True, False):
        if material(text, english=english).units:
            assert_only_from(shown(text, english=english), text)


def test_in_other_languages_only_labelled_years_are_read() -> None:
    visual = shown("1889: Der Turm wird eröffnet.\n\n1957: Er bekommt eine Antenne.", english=False)
    assert values(visual) == ["1889", "1957"]
    assert shown("Von Paris nach Berlin sind es viele Stunden.", english=False).kind not in DRAWN


def test_numbered_points_that_are_no_steps_stay_a_list() -> None:
    assert shown("1. A dry shelf\n2. A closed lid\n3. A clean spoon").kind == "list"
    assert shown("# How it is done\n1. A dry shelf\n2. A closed lid\n3. A clean spoon").kind == "flow"


def test_the_words_on_a_map_are_about_all_its_places() -> None:
    both = shown("In Japan, trains leave on time; in Germany, they often do not.")
    assert isinstance(both, MapVisual)
    assert (both.places, both.label) == (("Japan", "Germany"), "")
    one = shown("The oldest trees grow in California.")
    assert isinstance(one, MapVisual)
    assert one.label == "The oldest trees grow in California"


@pytest.mark.parametrize(
    ("text", "unit", "data"),
    [
        (
            "A blue whale weighs 150 tonnes, an elephant 6 tonnes.",
            "tonnes",
            {"Blue whale": 150, "Elephant": 6},
        ),
        (
            "Rice gives 7 grams of protein, beans 21 and nuts 20.",
            "grams",
            {"Rice": 7, "Beans": 21, "Nuts": 20},
        ),
        ("A room costs $80 in winter and $140 in summer.", "$", {"In winter": 80, "In summer": 140}),
        (
            "A kettle costs 40 euros, while a machine costs 900 euros.",
            "euros",
            {"Kettle": 40, "Machine": 900},
        ),
        ("The herd doubled from 40 in 1990 to 80 in 2010.", "", {"1990": 40, "2010": 80}),
    ],
)
def test_values_of_one_unit_are_a_chart(text: str, unit: str, data: dict[str, float]) -> None:
    chart = shown(text)
    assert isinstance(chart, ChartVisual)
    assert chart.unit == unit
    assert {datum.label: datum.value for datum in chart.data} == data


@pytest.mark.parametrize(
    "text",
    [
        "A room costs about $80 in winter and $140 in summer.",
        "The train takes 3 hours, the car 200 kilometres.",
        "He ate 3 apples, drank 2 glasses and slept.",
        "It takes 2 eggs and 3 spoons of sugar.",
    ],
)
def test_values_that_cannot_be_compared_are_no_chart(text: str) -> None:
    assert shown(text).kind != "chart"


def test_the_same_in_several_years_is_a_timeline() -> None:
    assert values(shown("The river flooded the town in 1910, 1955 and 1982.")) == ["1910", "1955", "1982"]


def test_where_places_lie_is_for_a_map() -> None:
    visual = shown("Oslo lies further north than Rome.")
    assert (visual.kind, values(visual)) == ("map", ["Oslo", "Rome"])


def test_a_place_is_shown_once() -> None:
    text = "The tower stands in Paris.\n\nThe river runs fast in spring.\n\nMany people live in Paris."
    found = material(text)
    lines = lines_of(found.units, said=None)
    setting = Setting("The sea", found.headings, (), weigh_words(found.units), english=True)
    visuals = choose_visuals([Shot((line,)) for line in lines], setting)
    assert [visual.kind for visual in visuals].count("map") == 1
