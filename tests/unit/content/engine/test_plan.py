from random import Random

from reelwright.content.engine.plan import Task, make_plan, spoken
from reelwright.content.engine.topic import read_topic
from reelwright.content.pace import Pace
from tests.unit.content.writing import NOTES, PACE, material

TABLE = """

## Sales

More honey was sold in every year.

| Year | Tonnes |
|---|---|
| 2001 | 5 |
| 2002 | 7 |
"""


def _task(notes: str, seconds: float) -> Task:
    return Task(read_topic("Why honey keeps"), material(notes), Pace(PACE), seconds, english=True)


def test_a_plan_knows_how_long_it_lasts() -> None:
    plan = make_plan(_task(NOTES, 60.0), Random(1))
    said = [spoken(plan.hook), *(shot.narration for shot in plan.shots), plan.closing]
    assert plan.seconds == Pace(PACE).script_seconds(said)


def test_the_sentence_that_speaks_about_a_table_is_kept_for_its_chart() -> None:
    plan = make_plan(_task(NOTES + TABLE, 60.0), Random(1))
    (chart,) = plan.charts
    body = [line.unit.index for shot in plan.shots for line in shot.lines]
    assert chart.unit in body
    assert plan.hook.index != chart.unit


def test_long_videos_speak_of_every_section_that_can_open() -> None:
    plan = make_plan(_task(NOTES + TABLE, 75.0), Random(1))
    assert {plan.hook.section, *(line.unit.section for shot in plan.shots for line in shot.lines)} == {
        0,
        1,
        2,
        3,
    }


def test_the_last_words_take_no_more_than_their_share() -> None:
    for seconds in (6.0, 15.0, 60.0, 300.0):
        plan = make_plan(_task(NOTES, seconds), Random(1))
        assert Pace(PACE).speech_seconds(plan.closing) <= max(2.6, 0.11 * seconds)


def test_a_plan_of_one_sentence_has_no_scenes_but_its_hook() -> None:
    plan = make_plan(_task("Honey never spoils, and that is a fact.", 60.0), Random(1))
    assert plan.shots == ()
    assert spoken(plan.hook) == "Honey never spoils, and that is a fact."
