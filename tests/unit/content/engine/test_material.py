import pytest

from tests.unit.content.writing import material

HEAVY = "It was heavy and nobody knew why."


def _texts(notes: str) -> list[list[str]]:
    return [[sentence.text for sentence in unit.sentences] for unit in material(notes).units]


def test_questions_stay_with_their_answer_and_denials_with_what_is_so() -> None:
    assert _texts(
        "The sun came up at six in the morning. Who pays for it all? We all do. "
        "It was not the wind at all. It was the tide."
    ) == [
        ["The sun came up at six in the morning."],
        ["Who pays for it all?", "We all do."],
        ["It was not the wind at all.", "It was the tide."],
    ]


def test_a_short_opening_stays_with_what_it_announces() -> None:
    assert _texts("Iron grows.\n\nIron grows in the heat. A hot tower stands taller than a cold one.") == [
        ["Iron grows."],
        ["Iron grows in the heat.", "A hot tower stands taller than a cold one."],
    ]


def test_short_points_become_one_sentence_with_their_lead() -> None:
    (unit,) = material("You need three things:\n\n- a jar\n- a lid\n- a clean spoon.").units
    assert unit.sentences[0].text == "You need three things: a jar, a lid and a clean spoon."
    assert unit.sentences[0].items == ("a jar", "a lid", "a clean spoon")
    assert unit.listed


def test_a_list_without_a_lead_is_led_by_its_heading_or_by_nothing() -> None:
    assert _texts("# Tools\n- jar\n- lid") == [["Tools: jar and lid."]]
    assert _texts("- jar\n- lid") == [["Jar and lid."]]


def test_points_that_are_sentences_stand_on_their_own() -> None:
    notes = "- Get up at the same time every day.\n- stop drinking coffee after lunch\n"
    assert _texts(notes) == [["Get up at the same time every day."], ["Stop drinking coffee after lunch."]]


def test_steps_are_taken_together_or_at_least_from_the_front() -> None:
    few = "".join(f"{number}. Turn the red wheel {number} times to the left.\n" for number in range(1, 5))
    many = "".join(f"{number}. Turn the red wheel {number} times to the left.\n" for number in range(1, 12))
    assert len(material(few).units) == 1
    assert [unit.needs_previous for unit in material(many).units] == [False] + [True] * 10


def test_a_long_list_of_scraps_becomes_a_few_sentences() -> None:
    units = material("".join(f"- thing {number}\n" for number in range(50_000))).units
    assert len(units) == 4
    assert all(len(unit.sentences[0].items) <= 6 for unit in units)


@pytest.mark.parametrize(
    "notes",
    [
        "Use x = {a: 1} here.",
        "See https://a.b/c for more about it.",
        "word " * 60,
        "a" * 60 + " is long.",
        "Source: the web.",
    ],
)
def test_what_cannot_be_read_aloud_is_left_out_and_counted(notes: str) -> None:
    found = material(f"{notes}\n\nThis stays where it is.")
    assert [unit.sentences[0].text for unit in found.units] == ["This stays where it is."]
    assert found.left_out == 1


def test_a_breathless_sentence_is_cut_at_its_semicolons() -> None:
    half = (
        "the sea rises and falls and rises again while the Moon goes round the Earth and nobody looks at it"
    )
    assert len(material(f"{half}; {half}; {half}.").units) == 3


def test_what_leans_on_something_unsaid_is_not_usable() -> None:
    units = material(f"# One\n{HEAVY}\n# Two\nThe ship sank in the night of 5 May.").units
    assert [unit.usable for unit in units] == [False, True]
    units = material(
        f"See https://a.b/c for all that is known of the ship. {HEAVY} Ships are slow things to turn."
    ).units
    assert [unit.usable for unit in units] == [False, True]


def test_if_everything_leans_everything_may_be_said() -> None:
    units = material("It was heavy and nobody knew why. They left at dawn the next day.").units
    assert all(unit.usable and not unit.needs_previous for unit in units)


def test_other_languages_are_split_but_not_judged() -> None:
    units = material(
        "Elle est partie pour Paris hier soir à huit heures. Il pleut depuis ce matin.", english=False
    ).units
    assert [unit.usable for unit in units] == [True, True]
    assert len(material("今日は良い天気です。明日は雨が降ります。", english=False).units) == 2


def test_every_sentence_ends_as_one_and_starts_large() -> None:
    texts = [text for unit in _texts("we open at six\nthe bread takes two days\ncome by,") for text in unit]
    assert texts == ["We open at six.", "The bread takes two days.", "Come by."]
