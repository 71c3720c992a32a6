"""Scripts of any length that can be asked for: their scenes stay as long as scenes are."""

from itertools import cycle, islice

import pytest

from reelwright.content.directions import directions
from reelwright.content.pace import Pace
from reelwright.content.quality import Standard, assess
from reelwright.content.strategies import strategy_for
from reelwright.production.schema import MAX_SCENES, Script
from tests.simulators.writing import script_for
from tests.unit.content.writing import brief, script

NOUNS = ("bee", "hive", "comb", "queen", "drone", "flower", "meadow", "keeper", "jar", "spoon", "frame")
VERBS = ("visits", "warms", "guards", "leaves", "finds", "crosses", "fills", "watches", "cleans", "carries")
WHERE = (
    "in spring",
    "before noon",
    "near the river",
    "on warm days",
    "after the rain",
    "in old gardens",
    "at dusk",
)


def long_notes(sentences: int) -> str:
    parts = zip(cycle(NOUNS), cycle(VERBS), cycle(WHERE), range(sentences), strict=False)
    said = [
        f"The {noun} number {number + 20} {verb} the other {NOUNS[(number * 7) % 11]} {where} every year."
        for noun, verb, where, number in islice(parts, sentences)
    ]
    return "\n\n".join(" ".join(said[at : at + 6]) for at in range(0, len(said), 6))


@pytest.mark.parametrize("seconds", [6, 330, 1200])
def test_scenes_of_quoted_scripts_stay_short(seconds: int) -> None:
    written = script(long_notes(30 + seconds // 4), seconds=seconds, duration_seconds=seconds)
    pace = Pace(165)
    assert pace.script_seconds(scene.narration for scene in written.scenes) == pytest.approx(seconds, rel=0.2)
    lengths = [pace.speech_seconds(scene.narration) for scene in written.scenes]
    assert max(lengths) <= 14.5
    assert len(written.scenes) <= MAX_SCENES


@pytest.mark.parametrize("seconds", [6, 600, 1200])
def test_a_writer_that_keeps_to_the_plan_is_good_at_every_length(seconds: int) -> None:
    asked = f"Topic: Bees\nTime: {seconds} seconds, which is about 9 words at 165 words a minute"
    standard = Standard(brief(topic="Bees", duration_seconds=seconds), strategy_for("Bees"), Pace(165))
    assert assess(Script.model_validate(script_for(asked)), standard).score >= 80


@pytest.mark.parametrize(("seconds", "chapters"), [(149, 0), (150, 2), (600, 8), (1200, 16)])
def test_long_scripts_are_planned_in_chapters(seconds: int, chapters: int) -> None:
    standard = Standard(brief(duration_seconds=seconds), strategy_for("Why honey keeps"), Pace(165))
    told = directions(standard)
    assert (f"Tell it in {chapters} chapters of about 75 seconds" in told) is bool(chapters)
