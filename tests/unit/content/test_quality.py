from collections.abc import Callable

import pytest

from reelwright.content.claims import unsupported_claims
from reelwright.content.pace import Pace
from reelwright.content.quality import Standard, assess, feedback_on
from reelwright.content.strategies import strategy_for
from reelwright.production.assessment import ScriptAssessment
from reelwright.production.schema import Scene, Script
from tests.unit.content.writing import brief, script


def standard(topic: str = "Why honey keeps", *keywords: str) -> Standard:
    return Standard(brief(topic=topic), strategy_for(topic), Pace(165), keywords)


def judged(given: Script, against: Standard | None = None) -> ScriptAssessment:
    return assess(given, against or standard())


def part(assessment: ScriptAssessment, name: str) -> float:
    return next(each.score for each in assessment.parts if each.name == name)


def scenes(change: Callable[[int, Scene], Scene]) -> Script:
    given = script()
    return given.model_copy(update={"scenes": tuple(change(*pair) for pair in enumerate(given.scenes))})


def _long(number: int, scene: Scene) -> Scene:
    said = scene.narration.rstrip(".").replace(". ", " and ")
    said = " and ".join([said] * 4) if number % 2 else scene.narration
    return scene.model_copy(update={"narration": said})


def _alike(_: int, scene: Scene) -> Scene:
    return scene.model_copy(update={"visual": script().scenes[0].visual})


def _citing(_: int, scene: Scene) -> Scene:
    return scene.model_copy(update={"sources": ("Bees fly by radar.",)})


def _claiming(_: int, scene: Scene) -> Scene:
    return scene.model_copy(update={"narration": "100% guaranteed."})


def _seo(**changes: object) -> Script:
    given = script()
    return given.model_copy(update={"seo": given.seo.model_copy(update=changes)})


def test_a_script_from_good_notes_is_good_in_every_part() -> None:
    assessment = judged(script())
    assert assessment.score >= 95
    assert assessment.findings == ()
    assert feedback_on(assessment) == ()
    assert sum(each.weight for each in assessment.parts) == 105


@pytest.mark.parametrize(
    ("name", "worse", "against"),
    [
        ("length", script(seconds=40), standard()),
        ("hook", script().model_copy(update={"hook": "Hello and welcome to this video."}), standard()),
        ("hook", script().model_copy(update={"hook": ""}), standard()),
        ("pacing", scenes(_long), standard()),
        ("readability", scenes(_long), standard()),
        ("grounding", scenes(_citing), None),
        ("structure", scenes(_alike), standard()),
        ("metadata", _seo(tags=("honey",)), standard()),
        ("keywords", script(), standard("Why honey keeps", "royal jelly")),
        ("compliance", scenes(_claiming), None),
        ("compliance", script(), standard("Sleep well")),
    ],
)  # fmt: skip
def test_what_is_worse_scores_less_in_its_part_and_in_all(
    name: str, worse: Script, against: Standard | None
) -> None:
    good, bad = judged(script()), judged(worse, against)
    assert part(bad, name) < part(good, name) - 0.05
    assert bad.score < good.score
    assert 0 <= bad.score <= 100


def test_the_feedback_names_the_weightiest_first_and_every_finding() -> None:
    bad = scenes(lambda _, scene: scene.model_copy(update={"narration": "We sold 987 jars."}))
    said = feedback_on(judged(bad))
    assert said[0].startswith(("length: ", "grounding: "))
    assert any("scene 2 says 987, which does not stand in the notes" in line for line in said)


def _claims(
    narration: str, *sources: str, notes: str = "Honey holds about 1,500 kinds of 3.5 million cells."
) -> list[str]:
    scene = script().scenes[1].model_copy(update={"narration": narration, "sources": sources})
    given = script().model_copy(update={"scenes": (scene,)})
    return [finding.what for finding in unsupported_claims(given, brief(notes))]


RADAR = "Bees use radar to fly at night."
SOURCE = "Honey holds about 1,500 kinds of 3.5 million cells."


@pytest.mark.parametrize(
    ("narration", "sources", "told"),
    [
        ("It has 1500 kinds.", (SOURCE,), []),
        ("It has 1.500 kinds of 3500000 cells.", (SOURCE,), []),
        ("It has 3.5 million cells, in 5 layers.", (SOURCE,), []),
        ("It has 1,600 kinds.", (SOURCE,), ["says 1,600, which does not stand in the notes"]),
        ("It has 1,500 kinds.", (), ["states a figure and cites no sentence of the notes"]),
        ("It keeps.", (RADAR,), [f"cites what does not stand in the notes: {RADAR!r}"]),
        ("It keeps.", ("honey holds ABOUT 1,500 kinds",), []),
        ("It keeps.", (), []),
    ],
)  # fmt: skip
def test_what_the_notes_do_not_hold_is_told(
    narration: str, sources: tuple[str, ...], told: list[str]
) -> None:
    assert _claims(narration, *sources) == told
