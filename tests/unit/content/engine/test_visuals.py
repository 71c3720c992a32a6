from itertools import pairwise

import pytest

from reelwright.content.engine.charts import charts_in
from reelwright.content.engine.drawn import Passage, drawn_visuals
from reelwright.content.engine.rank import weigh_words
from reelwright.content.engine.scenes import Shot, lines_of
from reelwright.content.engine.visuals import Setting, choose_visuals, headlines_of
from reelwright.production.schema import Visual
from tests.unit.content.writing import material


def _visuals(*paragraphs: str) -> tuple[Visual, ...]:
    """Return the visuals of scenes that each say one paragraph (or one block of Markdown)."""
    found = material("\n\n".join(paragraphs))
    lines = lines_of(found.units, said=None)
    numbers = sorted({line.unit.paragraph for line in lines})
    shots = [Shot(tuple(line for line in lines if line.unit.paragraph == number)) for number in numbers]
    setting = Setting(
        title="The sea",
        headings=found.headings,
        charts=charts_in(found, "The sea"),
        weights=weigh_words(found.units),
        english=True,
    )
    return choose_visuals(shots, setting)


def test_each_kind_is_chosen_for_its_content() -> None:
    shown = _visuals(
        "The Saturn V stood 111 metres tall, higher than a house.",
        "The old engine read every line twice.",
        '"There is a tide in the affairs of men," wrote William Shakespeare.',
        "You need three things:\n\n- a jar\n- a lid\n- a spoon",
        "Cod was the best catch of all.\n\n| Fish | Catch (t) |\n|---|---|\n| Cod | 9 |\n| Herring | 7 |",
    )
    assert [visual.kind for visual in shown] == ["number", "statement", "quote", "list", "chart"]


def test_neighbours_differ_where_the_words_allow_it() -> None:
    shown = _visuals(
        "The tower is made of 18,038 pieces of iron. The old engine read every line twice.",
        "The bridge is made of 20,000 pieces of steel. The new engine read every line once.",
        "The house is made of 3,000 pieces of stone. The best engine read no line at all.",
    )
    assert all(one.kind != other.kind for one, other in pairwise(shown))


def test_where_only_statements_are_left_they_differ_in_their_words() -> None:
    shown = _visuals(
        "The wind blows hard here at noon.", "The wind blows hard here at night.", "The wind blows hard here."
    )
    texts = [visual.text for visual in shown if visual.kind == "statement"]
    assert len(texts) == len(shown)
    assert len(set(texts)) == len(texts)


def test_sentences_without_a_headline_show_their_section_then_themselves_then_the_topic() -> None:
    short = "If they go on and on, see to it that nobody has to."
    long = "If they go on and on, and if nobody sees to it that they need not, see to it that nobody has to."
    (named,) = _visuals(f"# Far away\n{short}")
    (bare,) = _visuals(short)
    (topic,) = _visuals(long)
    assert [visual.text for visual in (named, bare, topic) if visual.kind == "statement"] == [
        "Far away",
        short.rstrip("."),
        "The sea",
    ]


def test_a_section_is_named_once_where_its_sentences_can_be_read() -> None:
    found = material("# Far away\nIf it goes on, let it be.\n\nIf it ends, let it be so.")
    lines = lines_of(found.units, said=None)
    setting = Setting("The sea", found.headings, (), {}, english=True)
    shown = choose_visuals([Shot((line,)) for line in lines], setting)
    texts = [visual.text for visual in shown if visual.kind == "statement"]
    assert len(set(texts)) == len(shown) == 2


def test_a_pronoun_is_shown_as_what_it_stands_for() -> None:
    found = material("The sea is old. It covers most of the Earth.")
    lines = lines_of(found.units, said=None)
    before = {lines[1].sentence.text: lines[0].sentence.text}
    setting = Setting("The sea", found.headings, (), {}, english=True, before=before)
    (shown,) = choose_visuals([Shot((lines[1],))], setting)
    assert shown.kind == "statement"
    assert shown.text == "The sea covers most of the Earth"


def test_points_of_a_list_are_all_clauses_or_all_subjects() -> None:
    (shown,) = _visuals(
        "- **Spring tides** come at new moon and at full moon, when all pull together.\n"
        "- **Neap tides** come at the half moons, when the two pull at right angles."
    )
    assert shown.kind == "list"
    assert shown.items == ("Spring tides", "Neap tides")


def test_a_chart_without_a_name_takes_the_sections_or_the_topics() -> None:
    (shown,) = _visuals("# Power\nCoal: 35%, Gas: 22%, Hydro: 14%.")
    assert shown.kind == "chart"
    assert shown.heading == "Power"


@pytest.mark.parametrize(
    ("title", "notes", "heading"),
    [
        (
            "Bread",
            "A person in Turkey eats about 200 kilograms of bread a year, a person in Japan about 22.",
            "Kilograms of bread a year",
        ),
        (
            "What happens inside a piano",
            "The lowest note swings 27 times a second, the highest 4,186 times.",
            "What happens inside a piano",
        ),
        (
            "What happens inside a piano when you press a key",
            "The lowest note swings 27 times a second, the highest 4,186 times.",
            "Times a second",
        ),
    ],
)
def test_a_chart_without_a_name_says_what_its_values_are_of(title: str, notes: str, heading: str) -> None:
    said = [line.sentence for line in lines_of(material(notes).units, said=None)]
    passage = Passage(said, "", title, {}, english=True, has_chart=False)
    charts = [visual for visual, _ in drawn_visuals(passage) if visual.kind == "chart"]
    assert [chart.heading for chart in charts] == [heading]


def test_the_words_before_a_list_are_no_point_to_remember() -> None:
    found = material("You need three things:\n\n- a jar\n- a lid\n- a spoon")
    setting = Setting(title="x", headings=found.headings, charts=(), weights={}, english=True)
    assert headlines_of(lines_of(found.units, said=None), setting) == [("You need three things", 0.9)]


def test_no_scenes_have_no_visuals() -> None:
    assert _visuals() == ()


def test_a_heading_that_counts_otherwise_is_not_shown() -> None:
    points = "- Get up at six every day.\n- Stop coffee after lunch.\n- Leave the phone outside."
    (three,) = _visuals(f"# Three habits\n{points}")
    (five,) = _visuals(f"# Five habits\n{points}")
    assert three.kind == five.kind == "list"
    assert (three.heading, five.heading) == ("Three habits", "")
