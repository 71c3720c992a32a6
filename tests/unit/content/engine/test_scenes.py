from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.scenes import Line, Showing, cut_into_shots, lines_of
from reelwright.production.schema import MAX_SCENES
from tests.unit.content.writing import material, unit


@given(st.lists(st.tuples(st.integers(2, 40), st.booleans()), min_size=1, max_size=60), st.floats(6, 1200))
def test_scenes_hold_every_line_once_in_order(shape: list[tuple[int, bool]], total: float) -> None:
    units = [
        unit("word " * words + ".", index, paragraph=index // 3, needs_previous=leans)
        for index, (words, leans) in enumerate(shape)
    ]
    lines = lines_of(units, said=None)
    shots = cut_into_shots(lines, total)
    assert [line for shot in shots for line in shot.lines] == list(lines)
    assert 1 <= len(shots) <= 55


def test_scenes_of_usual_sentences_last_about_four_to_fourteen_seconds() -> None:
    units = [
        unit("The sea rises and falls twice on every day of the year.", index, paragraph=index)
        for index in range(20)
    ]
    shots = cut_into_shots(lines_of(units, said=None), 80.0)
    assert all(3.6 <= shot.seconds <= 14 for shot in shots)


def test_scenes_part_at_paragraphs_rather_than_within_a_thought() -> None:
    units = [
        unit("The Moon pulls the sea towards itself all the time.", 0, paragraph=0),
        unit("It never stops doing so for a single minute of the day.", 1, paragraph=0, needs_previous=True),
        unit("Sailors knew that long before Isaac Newton was born.", 2, paragraph=1),
        unit("They wrote it down in books that we can still read.", 3, paragraph=1, needs_previous=True),
    ]
    shots = cut_into_shots(lines_of(units, said=None), 60.0)
    assert [len(shot.lines) for shot in shots] == [2, 2]


def test_a_link_word_is_dropped_where_its_sentence_is_not_said() -> None:
    units = material(
        "Ships are slow and heavy things to steer. However, they carry more. But planes are fast."
    ).units
    together = lines_of(units, said=None)
    apart = lines_of([units[0], units[-1]], said=None)
    assert [line.sentence.text for line in together][-1] == "But planes are fast."
    assert [line.sentence.text for line in apart][-1] == "Planes are fast."
    assert apart[-1].sentence.source == "But planes are fast."


@pytest.mark.parametrize(("seconds", "most"), [(60.0, 55), (330.0, 55), (600.0, 100), (1200.0, 200)])
def test_a_very_long_script_still_fits_into_the_scenes_of_its_length(seconds: float, most: int) -> None:
    units = [unit("word " * 25 + ".", index, paragraph=index) for index in range(300)]
    assert len(cut_into_shots(lines_of(units, said=None), seconds)) <= most <= MAX_SCENES - 2


def test_lines_stay_together_only_for_what_none_of_them_could_show_alone() -> None:
    units = [
        unit(
            "The sea rises and falls twice on each and every day of the whole long year.",
            index,
            paragraph=index,
        )
        for index in range(3)
    ]
    lines = lines_of(units, said=None)

    def list_of_all(shown: Sequence[Line]) -> Showing:
        return Showing(1.7, 3) if len(shown) == 3 else Showing(0.5, 1)

    assert [len(shot.lines) for shot in cut_into_shots(lines, 30.0)] == [1, 1, 1]
    assert [len(shot.lines) for shot in cut_into_shots(lines, 30.0, list_of_all)] == [3]
    assert [len(shot.lines) for shot in cut_into_shots(lines, 30.0, lambda _: Showing(1.7, 3))] == [1, 1, 1]
