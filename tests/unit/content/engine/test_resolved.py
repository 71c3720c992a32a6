"""A pronoun gives way to what it stands for only where nothing else can be meant."""

import pytest

from reelwright.content.engine.resolved import with_subject


@pytest.mark.parametrize(
    ("before", "sentence", "full"),
    [
        (
            "An octopus has three hearts.",
            "It can squeeze through a pipe.",
            "An octopus can squeeze through a pipe.",
        ),
        ("Europe shrinks.", "It grew for centuries.", "Europe grew for centuries."),
        ("Sea otters rest.", "They hold hands.", "Sea otters hold hands."),
    ],
)
def test_the_subject_before_takes_the_place_of_the_pronoun(before: str, sentence: str, full: str) -> None:
    assert with_subject(sentence, before, "The octopus") == full


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("A cut arm pulls back from pain.", "It changes colour."),
        ("The doctor met milkmaids.", "They had had cowpox."),
        ("The doctors met milkmaids.", "They had had cowpox."),
        ("An octopus has three hearts.", "They beat slowly."),
        ("An octopus has three hearts.", "It takes a year to grow one."),
        ("No octopus has bones.", "It can squeeze through a pipe."),
        ("She saw it.", "It changes colour."),
        ("", "It changes colour."),
    ],
)
def test_what_could_mean_something_else_stays_as_it_is(before: str, sentence: str) -> None:
    assert with_subject(sentence, before, "The octopus") == ""
