import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.video.engine.thumbnails.words import MOST_WORDS, few_words, words_from


@pytest.mark.parametrize(
    ("title", "topics", "words"),
    [
        ("Tides", (), "Tides"),
        ("How to sleep better tonight", (), "How to sleep better tonight"),
        ("How to brew better coffee at home", ("coffee",), "How to brew better coffee"),
        ("Why the sea rises twice a day", ("sea",), "Sea rises twice a day"),
        ("Apollo 11: how three people flew to the Moon and back", ("moon",), "Apollo 11"),
        ("Eight billion people: how we got here", (), "Eight billion people"),
        ("The surprising science of why volcanoes erupt", ("volcanoes",), "Why volcanoes erupt"),
        ("Why honey bees are disappearing and what we can do", ("bees",), "Why honey bees are disappearing"),
        ("Everything you need to know about black holes", ("black", "holes"), "Black holes"),
        ("The fall of the Roman Empire in ten minutes", ("roman",), "Fall of the Roman Empire"),
        ("Is it still worth buying a house in 2026?", ("house",), "Buying a house in 2026?"),
    ],
)
def test_a_title_is_cut_to_a_phrase_that_reads(title: str, topics: tuple[str, ...], words: str) -> None:
    assert few_words(title, "", topics) == words


def test_the_hook_speaks_where_the_title_has_no_phrase() -> None:
    title = "Why deadlines make honest teams promise less"
    assert (
        few_words(title, "A deadline moves attention from quality to time.") == "A deadline moves attention"
    )


@given(st.text(max_size=80), st.text(max_size=80))
def test_words_are_few_and_never_invented(title: str, hook: str) -> None:
    words = few_words(title, hook).split()
    assert len(words) <= MOST_WORDS
    source = f"{title} {hook}".casefold()
    assert all(word.casefold() in source for word in words[1:])


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("A colony holds 50,000 bees in summer.", 4, "bees in summer"),
        ("Only 12 people have walked on the Moon.", 2, "people"),
        ("About 1,350 volcanoes on Earth may erupt.", 2, "volcanoes on Earth"),
    ],
)
def test_words_behind_a_figure_end_where_the_thought_does(text: str, start: int, words: str) -> None:
    assert " ".join(words_from(text, start, 4)) == words
