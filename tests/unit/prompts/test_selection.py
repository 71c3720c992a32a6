"""Which category a topic is of, and why."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import Permanent
from reelwright.prompts.selection import Categories, Category, bundled_categories, file_of

BUNDLED = bundled_categories()


def choose(topic: str) -> str:
    return BUNDLED.choose(topic).category


def test_the_categories_are_those_that_the_library_is_written_for() -> None:
    assert BUNDLED.names == ("investing", "education", "tourism", "technology", "health", "general")


@pytest.mark.parametrize(
    ("topic", "category"),
    [
        ("How index funds work", "investing"),
        ("Why compound interest matters for your pension", "investing"),
        ("Aktien für Anfänger", "investing"),
        ("Comment fonctionne la Bourse", "investing"),
        ("Cómo invertir en acciones", "investing"),
        ("投資の始め方", "investing"),
        ("How to study for an exam", "education"),
        ("Spaced repetition in the classroom", "education"),
        ("Warum wir Vokabeln lernen", "education"),
        ("L'école en Finlande", "education"),
        ("Three days in Lisbon", "tourism"),
        ("The best beaches of Crete", "tourism"),
        ("Reise durch Island", "tourism"),
        ("Qué visitar en Sevilla: viajes", "tourism"),
        ("京都旅行", "tourism"),
        ("How large language models work", "technology"),
        ("What is a quantum computer?", "technology"),
        ("Künstliche Intelligenz im Alltag", "technology"),
        ("人工智能是什么", "technology"),
        ("Why sleep matters", "health"),
        ("Lower your blood pressure", "health"),
        ("Gesund essen", "health"),
        ("건강한 아침", "health"),
        ("Why the sea has tides", ""),
        ("A history of bread", ""),
        ("The battle of Hastings", ""),
        ("", ""),
        ("?!", ""),
    ],
)
def test_topics(topic: str, category: str) -> None:
    assert choose(topic) == category


@pytest.mark.parametrize("topic", ["Appalachia", "Stockholm", "Bondage of fate", "Painting", "Cloud types"])
def test_a_word_that_only_holds_a_keyword_is_none(topic: str) -> None:
    assert choose(topic) == ""


def test_a_phrase_counts_for_its_words_and_the_reason_quotes_them() -> None:
    choice = BUNDLED.choose("Machine learning for students")
    assert (choice.category, choice.reason) == (
        "technology",
        "technology for 'machine learning' in the topic",
    )


TABLE = Categories(
    [
        Category("sea", "", ("tide*", "salt water")),
        Category("sky", "", ("cloud", "moon")),
        Category("x", "", ()),
    ]
)


@pytest.mark.parametrize(
    ("topic", "category"),
    [
        ("The moon and the tides", "sky"),
        ("Tides and the moon", "sea"),
        ("The moon over salt water", "sea"),
        ("TIDAL, not: tid", ""),
        ("salt, water", "sea"),
        ("moon moon moon, tides, salt water", "sea"),
    ],
)
def test_more_words_win_then_the_one_named_first(topic: str, category: str) -> None:
    assert TABLE.choose(topic).category == category


def test_what_a_file_claims_comes_before_the_table() -> None:
    choice = TABLE.choose("Salt water and the Black Friday moon", {"shopping": ("Black Friday",)})

    assert (choice.category, choice.reason) == ("shopping", "its file claims 'Black Friday'")
    assert TABLE.choose("Salt water", {"shopping": ("Black Friday", "")}).category == "sea"


def test_no_topic_is_general_and_says_so() -> None:
    assert TABLE.choose(None).reason == "no topic was given"
    assert TABLE.choose("Bread").reason == "no category has a word of the topic"


def test_the_file_of_a_category() -> None:
    assert file_of("write-script", "investing") == "write-script.investing"
    assert file_of("write-script", "general") == file_of("write-script", "") == "write-script"


@given(st.text(max_size=400))
def test_any_topic_has_an_answer_and_always_the_same(topic: str) -> None:
    choice = BUNDLED.choose(topic)
    assert choice == BUNDLED.choose(topic)
    assert choice.category in {*BUNDLED.names, ""}
    assert choice.reason


@given(st.sampled_from(["How index funds work", "Why sleep matters", "Éducation"]))
def test_case_and_accents_do_not_matter(topic: str) -> None:
    assert choose(topic.upper()) == choose(topic.lower()) == choose(topic)


def test_only_the_beginning_of_a_topic_is_looked_at() -> None:
    assert choose("bread " * 100_000 + "index fund") == ""
    assert choose("x" * 1_000_000) == ""


@pytest.mark.parametrize(
    "content", ["", "x =", "[sea]\n", "[sea]\ndescription = 'x'\nkeywords = 3\n", "sea = 1"]
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    if content:
        (tmp_path / "topics.toml").write_text(content, encoding="utf-8")
    with pytest.raises(Permanent, match=r"topics\.toml"):
        bundled_categories(tmp_path)


def test_no_keyword_of_the_table_stands_twice() -> None:
    said = [keyword for category in BUNDLED.all for keyword in category.keywords]
    assert sorted(said) == sorted(set(said))
