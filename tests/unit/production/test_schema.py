import pytest
from pydantic import ValidationError

from reelwright.production.schema import (
    Brief,
    ListVisual,
    Moment,
    Production,
    Review,
    Scene,
    Span,
    StepRecord,
    TimelineVisual,
)


def test_a_brief_has_defaults_and_cleans_its_text() -> None:
    brief = Brief.model_validate(
        {"topic": " The\u202e sea\x00 ", "notes": "a\r\nb", "audience": "all\nof us"}
    )
    assert (brief.topic, brief.notes, brief.audience) == ("The sea", "a\nb", "all of us")
    assert (brief.duration_seconds, brief.aspect, brief.language, brief.platforms) == (
        60,
        "16:9",
        "en",
        ("folder",),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"topic": ""},
        {"topic": "\u200d\u3164"},
        {"topic": "x" * 201},
        {"topic": 5},
        {"duration_seconds": 5},
        {"duration_seconds": 1_201},
        {"duration_seconds": float("nan")},
        {"duration_seconds": 10**400},
        {"aspect": "4:3"},
        {"language": "EN"},
        {"platforms": ()},
        {"platforms": ("../x",)},
        {"notes": "x" * 200_001},
        {"unknown": 1},
    ],
)
def test_a_brief_refuses_what_is_not_allowed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Brief.model_validate({"topic": "x"} | wrong)


def test_visuals_are_told_apart_by_their_kind() -> None:
    scene = Scene.model_validate(
        {"narration": "a", "visual_prompt": "b", "visual": {"kind": "list", "items": ["x", "y"]}}
    )
    assert isinstance(scene.visual, ListVisual)
    with pytest.raises(ValidationError, match="kind"):
        Scene.model_validate({"narration": "a", "visual_prompt": "b", "visual": {"kind": "film"}})


def test_the_moments_of_a_timeline_stand_in_order() -> None:
    first, second = Moment(when="44 BC", year=-44, label="a"), Moment(when="1969", year=1969, label="b")
    assert TimelineVisual(moments=(first, second)).moments == (first, second)
    with pytest.raises(ValidationError, match="order of their years"):
        TimelineVisual(moments=(second, first))


def test_a_span_runs_forwards() -> None:
    assert Span(start_seconds=1, end_seconds=3).duration_seconds == 2
    with pytest.raises(ValidationError, match="cannot end before it starts"):
        Span(start_seconds=3, end_seconds=1)


def test_a_review_passes_when_every_check_does() -> None:
    check = {"name": "streams", "passed": True, "found": "2", "allowed": "2"}
    assert Review.model_validate({"checks": [check]}).passed
    assert not Review.model_validate({"checks": [check, check | {"passed": False}]}).passed


def test_a_production_gathers_from_its_steps() -> None:
    production = Production.model_validate(
        {
            "id": "prod_1",
            "environment": "local",
            "brief": {"topic": "x"},
            "seed": 1,
            "settings_fingerprint": "f",
            "output_dir": "out",
            "created_at": "2026-01-01T00:00:00Z",
            "steps": [
                StepRecord(name="one", warnings=("a",)).model_dump(),
                StepRecord(name="two", warnings=("b", "a")).model_dump(),
            ],
        }
    )
    assert production.warnings == ("a", "b")
    assert production.charges == ()
    assert production.step("two").warnings == ("b", "a")
    with pytest.raises(KeyError):
        production.step("three")
