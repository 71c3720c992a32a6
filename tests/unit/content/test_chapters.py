from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.chapters import chapters_for, describe, make_chapters
from reelwright.production.schema import Chapter, Script
from tests.unit.content.writing import script


def _made(starts: list[float], total: float) -> list[tuple[float, str]]:
    chapters = make_chapters(starts, [f"scene {number}" for number in range(len(starts))], total)
    return [(chapter.start_seconds, chapter.title) for chapter in chapters]


def test_short_scenes_are_merged_into_chapters() -> None:
    assert _made([0.2, 5, 10, 16, 22, 27, 33], 40.0) == [(0, "scene 0"), (10, "scene 2"), (22, "scene 4")]


def test_long_videos_get_about_eight_chapters() -> None:
    assert 6 <= len(_made([number * 10.0 for number in range(30)], 300.0)) <= 8


def test_fewer_than_three_chapters_are_none() -> None:
    assert _made([0, 7, 14], 20.0) == []
    assert _made([0, 14], 60.0) == []
    assert _made([], 0.0) == []


@given(st.lists(st.floats(0.5, 40), min_size=1, max_size=60))
def test_chapters_always_meet_the_rule_of_the_platforms(lengths: list[float]) -> None:
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    chapters = _made(starts, sum(lengths))
    edges = [start for start, _ in chapters] + [int(sum(lengths))]
    if chapters:
        assert len(chapters) >= 3
        assert edges[0] == 0
        assert all(other - one >= 10 for one, other in pairwise(edges))
        assert len({title for _, title in chapters}) == len(chapters)


def test_titles_come_from_the_pictures_and_differ() -> None:
    written = script(seconds=60)
    starts = [number * 12.0 for number in range(len(written.scenes))]
    chapters = chapters_for(written, starts, starts[-1] + 12)
    assert chapters[0].title == "Why honey keeps"
    assert len({chapter.title for chapter in chapters}) == len(chapters) >= 3


def test_titles_are_clipped_plain_and_never_empty() -> None:
    chapters = make_chapters([0, 20, 40, 60], ["<b>", "word " * 30, "same", "same"], 80.0)
    assert [chapter.title for chapter in chapters] == ["b", "word " * 10 + "word…", "same", "same (2)"]


def test_chapters_stand_below_the_description_with_their_times() -> None:
    chapters = (Chapter(start_seconds=0, title="Start"), Chapter(start_seconds=3_671, title="End"))
    assert describe("About.", chapters) == "About.\n\nChapters:\n0:00 Start\n1:01:11 End"
    assert describe("About.", ()) == "About."


def test_chapters_that_do_not_fit_are_left_out() -> None:
    long = "é" * 2_495
    assert describe(long, (Chapter(start_seconds=0, title="Start"),)) == long


def _in_chapters(*headings: str) -> Script:
    written = script()
    scenes = [scene.model_copy(update={"chapter": ""}) for scene in written.scenes]
    for at, heading in enumerate(headings):
        scenes[2 * at] = scenes[2 * at].model_copy(update={"chapter": heading})
    return written.model_copy(update={"scenes": tuple(scenes)})


def test_a_script_that_says_where_its_chapters_begin_is_taken_at_its_word() -> None:
    written = _in_chapters("One", "Two", "Three")
    starts = [20.0 * at for at in range(len(written.scenes))]
    chapters = chapters_for(written, starts, 20.0 * len(starts))
    assert [(each.start_seconds, each.title) for each in chapters] == [(0, "One"), (40, "Two"), (80, "Three")]


def test_too_few_chapters_or_too_short_ones_are_made_of_the_scenes_instead() -> None:
    for written in (_in_chapters("One", "Two"), _in_chapters("", "Two", "Three", "Four")):
        starts = [20.0 * at for at in range(len(written.scenes))]
        made = chapters_for(written, starts, 20.0 * len(starts))
        assert made == chapters_for(script(), starts, 20.0 * len(starts))
    short = _in_chapters("One", "Two", "Three")
    assert chapters_for(short, [2.0 * at for at in range(len(short.scenes))], 2.0 * len(short.scenes)) == ()
