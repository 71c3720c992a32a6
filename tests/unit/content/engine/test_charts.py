import pytest

from reelwright.content.engine.charts import chart_in_sentence, chart_of_items, chart_of_table, charts_in
from reelwright.production.schema import ChartVisual
from tests.unit.content.writing import material


def _data(chart: ChartVisual | None) -> list[tuple[str, float]]:
    assert chart is not None
    return [(datum.label, datum.value) for datum in chart.data]


def test_a_table_is_a_bar_chart_with_heading_and_unit() -> None:
    chart = chart_of_table(
        ["Tallest in 1889", "Height (m)"], [["Cathedral", "157"], ["Tower", "312"], ["Total", "469"]]
    )
    assert chart is not None
    assert (chart.heading, chart.unit, chart.shape) == ("Tallest in 1889: height", "m", "bar")
    assert _data(chart) == [("Cathedral", 157.0), ("Tower", 312.0)]


@pytest.mark.parametrize(
    "labels",
    [
        ["1950", "1960", "1970"],
        ["Jan", "Feb", "Mar"],
        ["Q3 2024", "Q4 2024", "Q1 2025"],
        ["1960s", "1970s", "1990s"],
    ],
)
def test_labels_ordered_in_time_make_a_line(labels: list[str]) -> None:
    chart = chart_of_table(["When", "Sales"], [[label, "5"] for label in labels])
    assert chart is not None
    assert (chart.shape, chart.heading) == ("line", "Sales")


def test_labels_out_of_order_make_bars() -> None:
    chart = chart_of_table(["Year", "Sales"], [["1970", "5"], ["1960", "4"]])
    assert chart is not None
    assert chart.shape == "bar"


def test_a_long_series_is_thinned_with_both_ends_and_a_long_table_keeps_its_largest() -> None:
    years = chart_of_table(["Year", "Sales"], [[str(1950 + year), str(year + 1)] for year in range(50)])
    names = chart_of_table(["Name", "Sales"], [[f"shop {n}", str(n + 1)] for n in range(50)])
    assert len(_data(years)) == 8
    assert (_data(years)[0][0], _data(years)[-1][0]) == ("1950", "1999")
    assert names is not None
    assert names.heading == "Sales (largest 8)"
    assert [value for _, value in _data(names)] == [43, 44, 45, 46, 47, 48, 49, 50]


@pytest.mark.parametrize(
    "rows",
    [
        [["a", "5 km"], ["b", "3 kg"]],
        [["a", "5"], ["b", "unknown"]],
        [["a", "5"]],
        [["a", "5"], ["a", "6"]],
        [["a", "0"], ["b", "0"]],
    ],
)
def test_what_cannot_be_compared_is_no_chart(rows: list[list[str]]) -> None:
    assert chart_of_table(["Name", "Value"], rows) is None


def test_the_first_column_that_can_be_compared_is_drawn() -> None:
    chart = chart_of_table(["Name", "Colour", "Share"], [["a", "red", "5%"], ["b", "blue", "6%"]])
    assert chart is not None
    assert (chart.heading, chart.unit) == ("Share", "%")


def test_a_change_between_two_years_is_a_line() -> None:
    chart = chart_in_sentence("On our machine, throughput rose from 210 MB/s in 2023 to 940 MB/s in 2025.")
    assert chart is not None
    assert (chart.heading, chart.unit, chart.shape) == ("Throughput", "MB/s", "line")
    assert _data(chart) == [("2023", 210.0), ("2025", 940.0)]


def test_labelled_values_in_a_row_are_bars() -> None:
    assert _data(chart_in_sentence("Coal: 35%, Gas: 22%, Hydro: 14%.")) == [
        ("Coal", 35),
        ("Gas", 22),
        ("Hydro", 14),
    ]
    assert _data(
        chart_in_sentence("The tallest are Everest (8,849 m), K2 (8,611 m) and Lhotse (8,516 m).")
    ) == [
        ("Everest", 8849),
        ("K2", 8611),
        ("Lhotse", 8516),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "It rose from 12% to 30%.",
        "Coal: 35%, Gas: 22 km.",
        "It fell from $3 in 2010 to 5 km in 2020.",
        "We sold 5 and 6.",
    ],
)
def test_sentences_without_comparable_values_hold_no_chart(sentence: str) -> None:
    assert chart_in_sentence(sentence) is None


def test_items_with_values_are_bars_only_if_all_have_one() -> None:
    assert _data(chart_of_items(["Berlin: 3.7 million", "Paris: 2.1 million"], "People")) == [
        ("Berlin", 3.7),
        ("Paris", 2.1),
    ]
    assert chart_of_items(["Berlin: 3.7 million", "Paris: large"], "People") is None


TABLE = "| Fish | Catch (t) |\n|---|---|\n| Cod | 5 |\n| Herring | 7 |\n"


BOATS = "The first boats left at five in the morning."


def test_a_table_is_shown_with_the_sentence_beside_it_or_the_one_that_shares_its_words() -> None:
    beside = material(f"{BOATS} The harbour was full by noon.\n\n{TABLE}\nA wind came up.")
    named = material(f"Herring was the best catch of the year. {BOATS} A wind came up.\n\n{TABLE}")
    assert [chart.unit for chart in charts_in(beside, "Boats")] == [1]
    assert [chart.unit for chart in charts_in(named, "Boats")] == [0]


def test_a_table_that_nobody_speaks_about_is_not_shown() -> None:
    far = material(f"# One\nThe sky is as blue as ever today.\n\n# Two\n\n{TABLE}")
    assert charts_in(far, "Sky") == ()
