from reelwright.content.engine.context import presumed
from tests.unit.content.writing import material


def test_what_a_section_introduced_is_presumed_by_what_speaks_of_it_later() -> None:
    units = material(
        "The ship had a steam engine and a tall funnel. Sailors liked the engine and the funnel a lot.\n\n"
        "# Home\nThe engine room was as hot as an oven in summer."
    ).units
    assert presumed(units, "Steam") == {0: 0, 1: 2, 2: 0}


def test_words_of_the_topic_are_known_to_everybody() -> None:
    units = material("The ship had a steam engine and a tall funnel. Sailors liked the engine a lot.").units
    assert presumed(units, "The steam engine") == {0: 0, 1: 0}


def test_an_opening_that_goes_on_presumes_what_it_goes_on_from() -> None:
    units = material("The ship left at noon on Sunday.\n\n# Later\nSix hours later, everybody was ill.").units
    assert presumed(units, "Ships") == {0: 0, 1: 2}
