import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.headline import MAX_WORDS, emphasis_of, headline_of, noun_phrase_of


def _headline(sentence: str) -> str:
    headline = headline_of(sentence, {})
    return headline.text if headline else ""


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Sleep is not lost time.", "Sleep is not lost time"),
        ("However, growth is slowing down.", "Growth is slowing down"),
        ("On 20 July 1969, two people landed on the Moon.", "Two people landed on the Moon"),
        (
            "In October 1957 the Soviet Union launched Sputnik, the first satellite.",
            "The Soviet Union launched Sputnik",
        ),
        (
            "The Earth turns beneath it once a day, and so most coasts meet two high tides.",
            "Most coasts meet two high tides",
        ),
        (
            "The United States was losing a race that the whole world could watch.",
            "The United States was losing a race",
        ),
        ("Go outside in the morning: daylight sets your inner clock.", "Daylight sets your inner clock"),
        (
            "Ground coffee loses much of its smell within minutes, because it opens.",
            "Ground coffee loses much of its smell",
        ),
        ("That's why a purr sounds continuous.", "A purr sounds continuous"),
        ("The Sun is far heavier than the Moon, but it is farther away.", "The Sun is heavier than the Moon"),
        ("Use 60 grams of coffee for each litre of water.", "Use 60 grams of coffee"),
        ("Wait 30 seconds while the coffee swells and gives off gas.", "Wait 30 seconds"),
        ("Edward Jenner gave the first vaccine in 1796 to an eight-year-old boy.", "Edward Jenner"),
    ],
)
def test_the_main_clause_is_the_headline(sentence: str, text: str) -> None:
    assert _headline(sentence) == text


@pytest.mark.parametrize(
    ("sentence", "never"),
    [
        ("No video card works in this old machine for long.", "No video card works"),
        ("All the dogs bark in this street every night now.", "All the dogs bark"),
        ("India is the largest country in southern Asia by far.", "India is the largest country"),
        ("If the cup tastes weak, add coffee before you change anything.", "Add coffee"),
        ("Most scientists think that the Moon was born from a great crash.", "Most scientists think"),
        ("The tower is made of eighteen thousand pieces of good iron.", "The tower is made"),
        ("Throughput rose from 210 in spring to 940 in autumn that year.", "Throughput rose from 210"),
        ("The men had to stay in quarantine for three whole weeks.", "The men had to stay"),
        ("They think it is true.", "They think it is true"),
    ],
)
def test_nothing_is_cut_that_would_make_it_false_or_hanging(sentence: str, never: str) -> None:
    assert _headline(sentence) != never


@given(
    st.lists(
        st.sampled_from(
            [
                "the",
                "a",
                "Moon",
                "sea",
                "pulls",
                "rises",
                "it",
                "they",
                "of",
                "in",
                "with",
                "on",
                "and",
                "but",
                "because",
                "not",
                "very",
                "12",
                "2,000",
                "never",
                "is",
                "was",
                "go",
                "Paris",
            ]
        ),
        min_size=1,
        max_size=16,
    ),
    st.sampled_from([".", "!", "?", ",", ""]),
)
def test_a_headline_is_short_starts_large_and_ends_whole(words: list[str], end: str) -> None:
    headline = headline_of(" ".join(words) + end, {})
    if headline:
        last = headline.text.split()[-1].lower()
        assert len(headline.text.split()) <= MAX_WORDS
        assert not headline.text[0].islower()
        assert last not in {"the", "a", "of", "in", "with", "on", "and", "but", "because", "is", "was"}
        assert emphasis_of(headline.text, {}) in headline.text


@pytest.mark.parametrize(
    ("headline", "emphasis"),
    [
        ("The tower now reaches 330 metres", "330"),
        ("Apollo 11 left Florida", "Florida"),
        ("Neil Armstrong and Buzz Aldrin stepped out", "Buzz Aldrin"),
        ("What it is", ""),
    ],
)
def test_emphasis_falls_on_a_figure_a_whole_name_or_the_weightiest_word(headline: str, emphasis: str) -> None:
    assert emphasis_of(headline, {"buzz": 1.0, "florida": 1.0}) == emphasis


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("The rubbing of the water slows the Earth down.", "The rubbing of the water"),
        ("Keep them in a jar.", ""),
        ("They left.", ""),
        ("In Canada, rock squeezes the water.", ""),
    ],
)
def test_the_subject_is_a_phrase_of_its_own_or_nothing(sentence: str, phrase: str) -> None:
    assert noun_phrase_of(sentence) == phrase


def test_other_languages_are_their_own_headline_where_short() -> None:
    short = headline_of("Le pain est bon.", {}, english=False)
    assert short is not None
    assert short.text == "Le pain est bon"
    assert headline_of("Le pain " * 20, {}, english=False) is None
