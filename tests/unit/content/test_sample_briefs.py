"""The sample briefs are what a newcomer sees first: every one must come out well."""

from itertools import groupby, pairwise
from typing import get_args

import pytest

from reelwright.content.engine.writer import write_script
from reelwright.production.schema import Script, Visual
from tests.unit.content.writing import BRIEFS, PACE, estimate, is_from_notes, sample, spoken_body

NAMES = sorted(path.stem for path in BRIEFS.glob("*.md"))
LONG = "apollo-11"


def _script(name: str, seconds: float) -> Script:
    return write_script(sample(name), words_per_minute=PACE, target_seconds=seconds, seed=1)


def test_there_are_at_least_four_and_one_fills_five_minutes() -> None:
    assert len(NAMES) >= 4
    assert sample(LONG).duration_seconds == 300
    assert len(sample(LONG).notes.split()) >= 1_100
    assert all(len(sample(name).notes.split()) >= 220 for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seconds", [15, 20, 30, 45, 60, 90])
def test_the_time_is_met_and_the_form_is_kept(name: str, seconds: int) -> None:
    written = _script(name, seconds)
    assert abs(estimate(written) / seconds - 1) <= 0.03
    assert written.warnings == ()
    kinds = [scene.visual.kind for scene in written.scenes]
    assert (kinds[0], kinds[-1]) == ("title", "closing")
    assert "title" not in kinds[1:]
    assert all(
        is_from_notes(source, sample(name).notes) for scene in written.scenes for source in scene.sources
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_minute_has_three_to_eight_scenes_between_title_and_closing(name: str) -> None:
    written = _script(name, 60)
    assert 3 <= len(written.scenes) - 2 <= 8
    seconds = [
        estimate(Script.model_validate({**written.model_dump(), "scenes": [scene]})) - 1
        for scene in spoken_body(written)
    ]
    assert all(3 <= each <= 15.5 for each in seconds)


def test_five_minutes_have_thirty_to_forty_five_scenes_and_meet_the_time() -> None:
    written = _script(LONG, 300)
    assert 30 <= len(written.scenes) <= 45
    assert abs(estimate(written) / 300 - 1) <= 0.02
    assert written.warnings == ()


def test_all_kinds_of_picture_occur() -> None:
    kinds = {scene.visual.kind for name in NAMES for scene in _script(name, 90).scenes}
    kinds |= {scene.visual.kind for scene in _script(LONG, 300).scenes}
    union, _ = get_args(Visual)
    assert kinds == {visual.model_fields["kind"].default for visual in get_args(union)}


def test_one_chart_runs_in_time() -> None:
    charts = [
        scene.visual for scene in _script("eight-billion-people", 60).scenes if scene.visual.kind == "chart"
    ]
    assert [chart.shape for chart in charts] == ["line", "bar"]


@pytest.mark.parametrize("name", NAMES)
def test_neighbouring_scenes_mostly_differ_in_kind_or_are_statements_of_other_words(name: str) -> None:
    visuals = [scene.visual for scene in _script(name, 60).scenes]
    assert all(one != other for one, other in pairwise(visuals))
    kinds = [visual.kind for visual in visuals]
    assert sum(one == other != "statement" for one, other in pairwise(kinds)) <= 1
    assert max((len(list(run)) for kind, run in groupby(kinds) if kind == "statement"), default=0) <= 4
