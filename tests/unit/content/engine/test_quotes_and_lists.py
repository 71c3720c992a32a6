import pytest

from reelwright.content.engine.enumerations import clauses_in, items_in, tidy_item
from reelwright.content.engine.quotes import quote_in


@pytest.mark.parametrize(
    ("sentence", "text", "name"),
    [
        ('"There is a tide," wrote William Shakespeare.', "There is a tide", "William Shakespeare"),
        ("“Honey keeps for ever,” Eva Crane said in 1980.", "Honey keeps for ever", "Eva Crane"),
        ('As Marie Curie said, "Nothing is to be feared."', "Nothing is to be feared.", "Marie Curie"),
        (
            '"Ask what you can do," said President John F. Kennedy in 1961.',
            "Ask what you can do",
            "John F. Kennedy",
        ),
        ('"To be or not to be" — William Shakespeare', "To be or not to be", "William Shakespeare"),
        (
            '"Sweet is the cup," sings Lieschen in Bach\'s Cantata.',
            "Sweet is the cup",
            "Lieschen in Bach's Cantata",
        ),
    ],
)
def test_speech_is_quoted_with_its_name(sentence: str, text: str, name: str) -> None:
    quote = quote_in(sentence)
    assert quote is not None
    assert (quote.text, quote.attribution) == (text, name)


@pytest.mark.parametrize(
    "sentence",
    [
        'It was called a "useless and monstrous" tower.',
        '"We came in peace for all mankind," it reads.',
        '"No way," said Tom.',
        "He said nothing.",
        '"' + "word " * 60 + '," said Tom Smith.',
    ],
)
def test_words_without_a_speaker_and_scraps_are_no_quotes(sentence: str) -> None:
    assert quote_in(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        (
            "It is better water, fresher beans and a kitchen scale.",
            ("Better water", "Fresher beans", "Kitchen scale"),
        ),
        ("Lions, tigers, and leopards cannot purr.", ("Lions", "Tigers", "Leopards")),
        (
            "Clean water, soap and better harvests changed the odds.",
            ("Clean water", "Soap", "Better harvests"),
        ),
        (
            "Inside there is a core of wood, then cork, then wool, then leather.",
            ("Core of wood", "Cork", "Wool", "Leather"),
        ),
        ("He let them measure wind, weather or gravity from its top.", ("Wind", "Weather", "Gravity")),
    ],
)
def test_things_named_in_a_row_are_a_list(sentence: str, items: tuple[str, ...]) -> None:
    assert items_in(sentence) == items


@pytest.mark.parametrize(
    "sentence",
    [
        "Salt and pepper help.",
        "They ate, slept, took bearings and sent pictures home.",
        "Every piece was drawn, cut and drilled in a shop.",
        "The job took two years, two months and five days.",
        "Of the rocket, only a cone three and a half metres high, came home.",
        'It "makes us healthy, wealthy and wise," he said.',
        "a, b, c, d, e, f, g and h",
        "Sharks have bitten cables, but anchors and fishing nets do most of the damage.",
    ],
)
def test_deeds_durations_and_long_rows_are_no_lists(sentence: str) -> None:
    assert items_in(sentence) == ()


def test_points_lose_article_and_mark() -> None:
    assert tidy_item("a clean spoon;") == "Clean spoon"
    assert tidy_item("The") == "The"


def test_a_row_of_clauses_is_a_list_of_them_whole() -> None:
    sentence = "Ships lay the cable, robots bury it near the coast, and crews lift it when an anchor cuts it."
    assert clauses_in(sentence) == (
        "Ships lay the cable",
        "Robots bury it near the coast",
        "Crews lift it when an anchor cuts it",
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "If it rains, the road floods, and the cars stop.",
        "He said the war was over, the men were home, and the farms were safe.",
        "The bell rings, and the door opens.",
        "Ships carry salt, wool and wine.",
        "Do the bells ring, do the doors open, and do the men leave?",
    ],
)
def test_clauses_that_hang_together_are_no_list(sentence: str) -> None:
    assert clauses_in(sentence) == ()
