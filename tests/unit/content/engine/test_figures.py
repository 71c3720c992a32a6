import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.figures import figures_in, parse_quantity


def _shown(sentence: str) -> list[str]:
    return [
        f"{figure.prefix}{figure.value:,.{figure.decimals}f}{figure.suffix} | {figure.label}"
        for figure in figures_in(sentence)
    ]


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("The tower is made of 18,038 pieces of iron.", "18,038 | pieces of iron"),
        (
            "Workers joined the pieces with 2.5 million rivets.",
            "2.5 million | Workers joined the pieces with 2.5 million rivets",
        ),
        ("The programme cost about $25 billion.", "≈ $25 billion | The programme cost about $25 billion"),
        ("The Saturn V stood 111 metres tall, higher than a house.", "111 metres tall | The Saturn V"),
        ("Adults need at least 7 hours a night.", "≥ 7 hours | Adults need at least 7 hours a night"),
        ("Water boils at 100 °C.", "100°C | Water boils at 100 °C"),
        ("Growth hit 4.25%.", "4.25% | Growth hit 4.25%"),
        ("For measles, that takes about 95% of the population.", "≈ 95% | of the population"),
        (
            "A swimmer named Richard Halliburton paid the lowest toll of all in 1928: 36 cents.",
            "36 cents | The lowest toll of all in 1928",
        ),
        ("The canal has one price for all: 36 cents.", "36 cents | The canal has one price for all"),
        ("In all, 12 people have walked on the Moon.", "12 | people have walked on the Moon"),
        ("It climbs up to 16 metres, and Rio is up to 3 km away.", "≤ 3 km | Rio is up to 3 km away"),
        ("Prices fell by more than 99% since 1988.", "> 99% | Prices fell by more than 99% since 1988"),
        ("Some 400,000 people worked on it.", "≈ 400,000 | people worked"),
        (
            "Smallpox killed about 300 million people in the 20th century.",
            "≈ 300 million | Smallpox killed about 300 million people in the 20th century",
        ),
        (
            "Only 9% of all plastic that was ever made has been recycled.",
            "9% | of all plastic that was ever made has been recycled",
        ),
        ("Only 2% of emails are read after a week.", "2% | of emails are read after a week"),
        (
            "In Norway people bring back 92% of their bottles, because every bottle is worth money.",
            "92% | In Norway people bring back 92% of their bottles",
        ),
        ("Water covers 71 percent of the planet.", "71% | Water covers 71 percent of the planet"),
        (
            "About 600 cables carry 99% of all traffic between continents.",
            "≈ 600 | cables carry 99% of all traffic between continents",
        ),
        (
            "About 600 cables carry 99% of all traffic between continents.",
            "99% | About 600 cables carry 99% of all traffic between continents",
        ),
        (
            "In 1930 Mahatma Gandhi walked 390 kilometres to the sea to pick up a lump of salt.",
            "390 kilometres | Mahatma Gandhi walked 390 kilometres to the sea",
        ),
        (
            "Every second 100 bolts of lightning strike the Earth.",
            "100 | Every second 100 bolts of lightning strike the Earth",
        ),
        ("It is clever: 500 million neurons sit in its arms.", "500 million | neurons sit in its arms"),
        ("Two thirds of its 500 million neurons sit in its arms.", "500 million | neurons"),
    ],
)
def test_a_figure_keeps_its_value_unit_and_meaning(sentence: str, shown: str) -> None:
    assert shown in _shown(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It began in 1969.",
        "They left on 20 July.",
        "They left on July 20, 1969.",
        "The 1960s were loud.",
        "Apollo 11 flew first.",
        "It is No. 5 of the row.",
        "He came 1st and she came 2nd.",
        "It costs 3–5 dollars.",
        "It costs 3 to 5 dollars.",
        "It is between 90 and 96 °C.",
        "Sales rose from 12% to 30%.",
        "One in 3 adults sleeps badly.",
        "About 1 in 3 adults sleeps badly.",
        "We met at 10:30.",
        "Add 1/2 cup.",
        "It takes 12 hours and 25 minutes.",
        "One of the best came.",
        "Agent 007 came.",
        "It was a 5-year plan.",
        "It weighed 32 kilograms.",
        "The score was 2.",
    ],
)
def test_years_dates_names_ranges_ratios_and_loose_numbers_are_no_figures(sentence: str) -> None:
    assert _shown(sentence) == []


@given(
    st.sampled_from(["", "about ", "more than ", "in ", "from ", "$", "between ", "Apollo "]),
    st.integers(0, 10**12),
    st.sampled_from([",", ""]),
    st.integers(0, 999),
    st.sampled_from(["", "%", " km", " million people", " people came", "–7 km", "th", " to 9"]),
)
def test_a_figure_always_stands_in_its_sentence(
    opening: str, whole: int, grouped: str, part: int, unit: str
) -> None:
    number = format(whole, grouped)
    sentence = f"The old mill on the hill made {opening}{number}.{part}{unit} in May."
    for figure in figures_in(sentence):
        written = re.findall(r"\d[\d,]*(?:\.\d+)?", sentence)
        assert figure.value in [float(text.replace(",", "")) for text in written]
        assert f"{figure.value:.{figure.decimals}f}" in sentence.replace(",", "") or figure.value > 2**53
        assert figure.label


@given(
    st.tuples(
        st.sampled_from(["", "About ", "Only ", "In Norway ", "Every year some ", "At sea, "]),
        st.sampled_from(["600", "45,000", "3 million"]),
        st.sampled_from(["cables", "ships", "people", "workers of the port"]),
    ),
    st.sampled_from(["carry", "moved", "find", "hold"]),
    st.sampled_from(["the traffic", "99% of all goods", "a stone", "their bread", "20 tonnes of coal"]),
    st.sampled_from(["", " between continents", " on the long way over the sea to the far end of the land"]),
)
def test_no_label_ends_in_a_verb_that_lacks_its_object(
    start: tuple[str, str, str], verb: str, what: str, where: str
) -> None:
    opening, number, things = start
    opened = f"{opening}{number} {things}"
    for figure in figures_in(f"{opened[:1].upper()}{opened[1:]} {verb} {what}{where}."):
        assert figure.label.split()[-1] != verb
        assert len(figure.label.split()) <= 12


@given(
    st.sampled_from(["9%", "71 percent"]),
    st.sampled_from(["plastic", "the rooms", "all plastic that was ever made", "people who were asked"]),
    st.sampled_from(["has been recycled", "are full", "was lost at sea"]),
)
def test_a_share_is_never_shown_without_what_is_said_of_it(share: str, whole: str, said: str) -> None:
    for sentence in (f"Only {share} of {whole} {said}.", f"In Norway {share} of {whole} {said}."):
        (figure,) = figures_in(sentence)
        assert figure.label.endswith(said) or len(sentence.split()) > 12


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("4.7", (4.7, "")),
        ("1,500", (1500.0, "")),
        ("35%", (35.0, "%")),
        ("$3.2 million", (3.2, "$ million")),
        ("210 MB/s", (210.0, "MB/s")),
        ("12 apples", (12.0, "apples")),
        ("3–5", None),
        ("n/a", None),
        ("", None),
        ("about 5", None),
    ],
)
def test_quantities_are_read_whole_or_not_at_all(text: str, quantity: tuple[float, str] | None) -> None:
    assert parse_quantity(text) == quantity


def test_below_zero_is_below_zero_and_a_measure_is_no_limit() -> None:
    (cold,) = figures_in("The night brings minus 40 degrees to the valley.")
    assert cold.value == -40
    (weight,) = figures_in("The stone weighs as much as 12 horses.")
    assert (weight.prefix, weight.value) == ("", 12)
    (crowd,) = figures_in("The hall holds up to 900 people.")
    assert crowd.prefix == "≤ "
