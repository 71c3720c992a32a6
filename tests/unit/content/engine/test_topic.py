from random import Random

import pytest

from reelwright.content.engine.closing import closing_options, closing_title
from reelwright.content.engine.topic import read_topic


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("how tides work", "How tides work"),
        ("WHY THE SEA RISES", "Why the sea rises"),
        ("NASA", "NASA"),
        ("iPhone tips.", "IPhone tips"),
        ("A <b>bold</b> topic", "A bbold/b topic"),
        ("<>", "Untitled"),
        ("x" * 200, "X" + "x" * 98 + "…"),
        ("word " * 40, "Word " + "word " * 17 + "word…"),
    ],
)
def test_a_title_is_tidy_and_fits_every_platform(text: str, title: str) -> None:
    assert read_topic(text).title == title
    assert len(title) <= 100


@pytest.mark.parametrize(
    ("text", "notes", "kind", "spoken"),
    [
        ("How to brew coffee", "", "how_to", "how to brew coffee"),
        ("Why the sea rises", "", "clause", "why the sea rises"),
        ("How do cats purr?", "", "name", ""),
        ("Why?", "", "name", ""),
        ("The Eiffel Tower, a tall story", "", "name", "the Eiffel Tower"),
        ("Apollo 11: to the Moon", "", "name", "Apollo 11"),
        ("Honey", "We love honey.", "name", "honey"),
        ("Mercury", "Mercury is small.", "name", "Mercury"),
        ("NASA", "", "name", "NASA"),
        ("{{ system }}", "", "name", ""),
        ("a very long name of a thing that nobody would say aloud", "", "name", ""),
    ],
)
def test_a_topic_can_be_said_in_a_sentence_or_is_left_out(
    text: str, notes: str, kind: str, spoken: str
) -> None:
    topic = read_topic(text, notes)
    assert (topic.kind, topic.spoken) == (kind, spoken)


def test_a_title_in_two_parts_has_a_kicker_and_so_has_an_audience() -> None:
    topic = read_topic("Apollo 11: how three flew", audience="children")
    assert (topic.kicker, topic.headline, topic.short) == ("Apollo 11", "How three flew", "Apollo 11")
    assert read_topic("Honey", audience="children").kicker == "For children"
    assert read_topic("Honey").kicker == ""


@pytest.mark.parametrize(
    "text", ["How to rest", "Why bread rises", "Paris", "{{x}}", "<script>", "🎉", "مرحبا"]
)
def test_calls_to_action_hold_no_figures_and_grow_from_short_to_long(text: str) -> None:
    topic = read_topic(text)
    for seed in range(5):
        options = closing_options(topic, Random(seed))
        assert len(options) >= 2
        assert len(options[0]) < len(options[-1])
        assert not any(character.isdigit() for option in options for character in option)
        assert not any("<" in option or "{" in option for option in options)
    assert closing_title(topic)


def test_the_topic_is_named_where_it_can_be_said() -> None:
    assert "Now you know why bread rises." in closing_options(read_topic("Why bread rises"), Random(1))
    assert "That was the story of Paris, in short." in closing_options(read_topic("Paris"), Random(1))


def test_other_languages_get_their_own_title_instead_of_english() -> None:
    topic = read_topic("Le pain")
    assert closing_options(topic, Random(1), english=False) == ("Le pain.",)
    assert closing_title(topic, english=False) == "Le pain"


def test_the_short_topic_is_never_cut_inside() -> None:
    title = "What happens inside a piano when you press a key"
    assert read_topic(title).short == title
    assert read_topic(f"{title}, and why").short == title
