"""Values of one thing in several years: a chart in the order of time, and never of two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.trends import trend_in
from reelwright.content.grounding import objections_to_pictures
from reelwright.production.schema import Brief, ChartVisual, NumberVisual, Scene, Script, Seo
from tests.unit.content.engine.test_shown import shown

PLASTIC = (
    "The world made 2 million tonnes of plastic in 1950, 70 million in 1980, 213 million in 2000 "
    "and 460 million in 2019."
)


def drawn(*sentences: str) -> tuple[str, str, str, dict[str, float]] | None:
    chart = trend_in(sentences)
    if chart is None:
        return None
    return chart.shape, chart.heading, chart.unit, {datum.label: datum.value for datum in chart.data}


@pytest.mark.parametrize(
    ("sentences", "shape", "heading", "unit", "values"),
    [
        ([PLASTIC], "line", "Plastic", "million tonnes", {"1950": 2, "1980": 70, "2000": 213, "2019": 460}),
        (
            ["In 1950 it was 2 million tonnes.", "By 2019 it was 460 million."],
            "bar", "", "million tonnes", {"1950": 2, "2019": 460},
        ),
        (
            ["The world made 2 million tonnes of plastic in 1950.", "By 1980 it was 70 million.",
             "In 2019 it reached 460 million."],
            "line", "Plastic", "million tonnes", {"1950": 2, "1980": 70, "2019": 460},
        ),
        (
            ["Output grew from 2 million tonnes in 1950 to 460 million in 2019."],
            "bar", "", "million tonnes", {"1950": 2, "2019": 460},
        ),
        (
            ["In 2000 12 percent of homes had a lift, in 2010 40 percent and in 2020 90 percent."],
            "line", "", "%", {"2000": 12, "2010": 40, "2020": 90},
        ),
        (
            ["Only 12% of homes had a lift in 1990, 30% in 2000 and 80% in 2010."],
            "line", "", "%", {"1990": 12, "2000": 30, "2010": 80},
        ),
        (
            ["A ticket cost $12 in 1990, $15 in 2000 and $30 in 2010."],
            "line", "", "$", {"1990": 12, "2000": 15, "2010": 30},
        ),
        (
            ["The town had 3 million people in 2000, 2 million in 1980 and 1 million in 1950."],
            "line", "", "million people", {"1950": 1, "1980": 2, "2000": 3},
        ),
        (
            ["The town had 800,000 people in 1950, 1.2 million in 1980 and 3 million in 2000."],
            "line", "", "people", {"1950": 800_000, "1980": 1_200_000, "2000": 3_000_000},
        ),
    ],
)  # fmt: skip
def test_values_with_years_are_a_chart_in_the_order_of_time(
    sentences: list[str], shape: str, heading: str, unit: str, values: dict[str, float]
) -> None:
    found = drawn(*sentences)
    assert found == (shape, heading, unit, values)
    assert list(found[3]) == sorted(found[3])


@pytest.mark.parametrize(
    "sentences",
    [
        ["We made 2 million tonnes of plastic in 1950 and 70 million tonnes of paper in 1980."],
        ["The company had 40 cooks in 1990 and 80 shops in 2000."],
        ["The price was $40 in 1990, 80% in 2000 and $90 in 2010."],
        ["The bridge cost 3 million in 1990 and the tunnel 5 million in 2000."],
        ["Sales rose by 3 million in 1990 and 5 million in 2000."],
        ["The park had 5,000 visitors in 1990, 7,000 in 2000 and more than 9,000 in 2010."],
        ["It made 2 million in 1950 and 70 in 1980."],
        ["The canal opened in 1914, was 8 metres deep and in 2016 was 9."],
        ["In 1950 it was 2 million tonnes.", "In 2019 the forest lost 460 million trees."],
        ["It was 2 million in 1950, 3 million in 1950 and 4 million in 1960."],
        ["Was it 2 million in 1950 and 3 million in 1960?"],
        ["The wall was built in 1961 and fell in 1989."],
        ["In 1950 the town had 2,000 people."],
    ],
)
def test_other_things_other_units_bounds_and_differences_are_none(sentences: list[str]) -> None:
    assert drawn(*sentences) is None


@given(
    st.dictionaries(st.integers(1900, 2099), st.integers(1, 999), min_size=2, max_size=8),
    st.randoms(use_true_random=False),
    st.sampled_from([" million tonnes", " tonnes", "%", " million"]),
)
def test_every_year_keeps_its_own_value(values: dict[int, int], random: object, unit: str) -> None:
    years = list(values)
    random.shuffle(years)  # type: ignore[attr-defined]
    first, *others = [f"{values[year]}{unit} in {year}" for year in years]
    found = drawn(f"The old mill made {', '.join([first, *others[:-1]])} and {others[-1]}.")
    assert found is not None
    assert found[0] == ("line" if len(values) > 2 else "bar")
    assert list(found[3].items()) == [(str(year), values[year]) for year in sorted(values)]


@pytest.mark.parametrize(
    "notes", [PLASTIC, "The town had 800,000 people in 1950, 1.2 million in 1980 and 3 million in 2000."]
)
def test_a_scene_shows_the_line_rather_than_moments_and_it_stands_in_the_notes(notes: str) -> None:
    visual = shown(notes)
    assert isinstance(visual, ChartVisual)
    assert visual.shape == "line"
    assert visual.heading
    scene = Scene(narration=notes, visual_prompt="The sea", visual=visual)
    script = Script(title="The sea", hook="x", scenes=(scene,), call_to_action="x", seo=Seo.model_construct())
    assert objections_to_pictures(script, Brief(topic="The sea", notes=notes)) == []


@pytest.mark.parametrize(
    ("text", "value", "suffix"),
    [
        (
            "In 1930 Mahatma Gandhi walked 390 kilometres to the sea to pick up a lump of salt.",
            390,
            " kilometres",
        ),
        ("In 1990 the crossing took 12 hours.", 12, " hours"),
        ("The first railway opened in 1825.", 1825, ""),
    ],
)
def test_what_is_measured_goes_before_a_lone_year(text: str, value: float, suffix: str) -> None:
    visual = shown(text)
    assert isinstance(visual, NumberVisual)
    assert (visual.value, visual.suffix) == (value, suffix)
