import json
from pathlib import Path
from random import Random

import pytest

from reelwright.content.pace import VOICE_WORDS_PER_MINUTE, Pace
from reelwright.content.spoken import spoken_words

MEASURED: list[tuple[str, float]] = [
    (text, seconds) for text, seconds in json.loads((Path(__file__).parent / "pace.json").read_text("utf-8"))
]
"""Sentences of the sample briefs with the seconds that the embedded voice took for each."""


def test_sentences_are_estimated_within_five_percent_on_average() -> None:
    assert len(MEASURED) >= 200
    errors = [abs(Pace().speech_seconds(text) / seconds - 1) for text, seconds in MEASURED]
    assert sum(errors) / len(errors) < 0.05
    assert sorted(errors)[int(0.95 * len(errors))] < 0.15


def test_a_minute_of_sentences_is_estimated_within_six_percent() -> None:
    rng = Random(1)
    for _ in range(200):
        minute = rng.sample(MEASURED, 15)
        estimated = sum(Pace().speech_seconds(text) for text, _ in minute)
        assert abs(estimated / sum(seconds for _, seconds in minute) - 1) < 0.06


def test_the_estimate_is_not_biased() -> None:
    estimated = sum(Pace().speech_seconds(text) for text, _ in MEASURED)
    assert abs(estimated / sum(seconds for _, seconds in MEASURED) - 1) < 0.01


def test_the_named_pace_is_the_measured_one() -> None:
    words = sum(len(text.split()) for text, _ in MEASURED)
    seconds = sum(seconds + 0.36 for _, seconds in MEASURED)
    assert abs(words / seconds * 60 - VOICE_WORDS_PER_MINUTE) < 5


def test_a_pace_scales_the_speech() -> None:
    text = "The sea rises twice a day."
    assert Pace(VOICE_WORDS_PER_MINUTE / 2).speech_seconds(text) == pytest.approx(
        2 * Pace().speech_seconds(text)
    )


def test_scenes_are_parted_by_pauses() -> None:
    one = Pace().speech_seconds("The sea rises.")
    assert Pace().script_seconds(["The sea rises."]) == pytest.approx(one + 1.0)
    assert Pace().script_seconds(["The sea rises."] * 3) == pytest.approx(3 * one + 1.0 + 2 * 0.45)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("In 1969, 1,500 came.", "in nineteen sixty nine one thousand five hundred came"),
        ("2000 and 1905 and 2010", "two thousand and nineteen oh five and twenty ten"),
        ("1900", "nineteen hundred"),
        ("3.25 km", "three point two five kilometers"),
        ("$1.5 million", "one point five million dollars"),
        ("20% of 96 °C", "twenty percent of ninety six degrees celsius"),
        ("NASA and the UN", "nasa and the u n"),
        ("0", "zero"),
        ("5 apples", "five apples"),
    ],
)
def test_figures_and_signs_sound_as_they_are_read(text: str, words: str) -> None:
    assert spoken_words(text) == words.split()


def test_scripts_without_spaces_take_time_too() -> None:
    assert 1.5 < Pace().speech_seconds("今日は良い天気です。") < 4
