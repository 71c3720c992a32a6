import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright import assets
from reelwright.places import find_place, mentions_in, places_in

ROWS = [
    line.split("\t")
    for line in assets.locate("places/gazetteer.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
NAMES = [name for row in ROWS for name in (row[0], *filter(None, row[1].split("|")))]


def test_the_gazetteer_holds_the_countries_and_hundreds_of_towns() -> None:
    kinds = Counter(row[2] for row in ROWS)
    assert kinds["country"] >= 195
    assert kinds["city"] >= 350
    assert set(kinds) == {"country", "region", "city", "sea", "river", "mountain", "landmark"}


def test_every_row_is_whole_and_every_name_means_one_place() -> None:
    assert [name for name, count in Counter(NAMES).items() if count > 1] == []
    for name, _, _, latitude, longitude, width, care in ROWS:
        assert -90 <= float(latitude) <= 90, name
        assert -180 <= float(longitude) <= 180, name
        assert 2 <= float(width) <= 360, name
        assert care in {"", "the", "word", "name", "company"}, name


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Iceland", "Iceland"),
        ("the Netherlands", "Netherlands"),
        ("The Hague", "The Hague"),
        ("the hague", "The Hague"),
        ("rome", "Rome"),
        ("Mt. Everest", "Mount Everest"),
        ("Bombay", "Mumbai"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_places_are_found_by_any_of_their_names(name: str, place: str | None) -> None:
    found = find_place(name)
    assert (found and found.name) == place


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The eruption of Vesuvius buried Pompeii in AD 79.", ["Vesuvius", "Pompeii"]),
        ("Most coffee is grown in Brazil, Vietnam and Colombia.", ["Brazil", "Vietnam", "Colombia"]),
        ("Mount Everest stands between Nepal and Tibet.", ["Mount Everest", "Nepal", "Tibet"]),
        ("Japan’s trains are on time.", ["Japan"]),
        ("Northern Italy and the Swiss Alps are cold.", ["Italy", "Alps"]),
        ("It was late. Paris slept.", ["Paris"]),
        ("They met in Washington, D.C. at noon.", ["Washington, D.C."]),
        ("He was born in Paris, France, in 1900.", ["Paris"]),
        ("He was born in Paris, Texas, in 1900.", ["Texas"]),
        ("They toured Paris, Germany and Spain.", ["Paris", "Germany", "Spain"]),
    ],
)
def test_places_are_seen_where_they_are_named(text: str, named: list[str]) -> None:
    assert [mention.text for mention in mentions_in(text)] == named


@pytest.mark.parametrize(
    "text",
    [
        "Jack London and Paris Hilton never met.",
        "Michael Jordan and George Washington never met.",
        "Bank of America, Air France and Boston Dynamics are firms.",
        "A Paris-based designer bought the New York Times.",
        "The king of Spain and the Prince of Wales shook hands.",
        "The French and the Japanese drink tea.",
        "Roast turkey was served on fine china in march.",
        "Turkey is best roasted slowly, and Chad ate it all.",
        "Amazon sells books, and the Mediterranean diet sells well.",
        "Interest in Reading grew, and Nice weather helped.",
        "Florence wrote to Sofia about Adelaide.",
        "Houston, we have a problem.",
    ],
)
def test_people_firms_and_plain_words_are_no_places(text: str) -> None:
    assert mentions_in(text) == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("They live in Jordan.", ["Jordan"]),
        ("Goods went from Turkey to the coast.", ["Turkey"]),
        ("Jordan and Egypt share a coast.", ["Jordan", "Egypt"]),
        ("Trains run from Marseille to the hills, and in Nice they stop.", ["Marseille", "Nice"]),
        ("The city of Reading grew.", ["Reading"]),
        ("Trees fall in the Amazon.", ["Amazon"]),
        ("The Pacific covers a third of the Earth.", ["Pacific"]),
    ],
)
def test_words_with_another_meaning_are_places_where_the_text_says_so(text: str, named: list[str]) -> None:
    assert [mention.text for mention in mentions_in(text)] == named


@given(st.lists(st.sampled_from([*NAMES[:400], "in", "the", "and", ",", ".", "-", "’s", "X"]), max_size=12))
def test_a_mention_is_what_stands_there(parts: list[str]) -> None:
    text = " ".join(parts)
    found = mentions_in(text)
    assert all(text[each.start : each.end] == each.text for each in found)
    assert all(find_place(each.text) == each.place for each in found)
    assert places_in(text) == places_in(text)
    assert set(places_in(text)) == {each.place for each in found}


@given(st.text(max_size=200))
def test_no_text_of_a_stranger_is_too_much(text: str) -> None:
    assert all(re.search(r"\w", each.text) for each in mentions_in(text))
    find_place(text)
