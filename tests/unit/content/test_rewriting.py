"""A script that is not good enough is asked for again, with what it lacked; the best is taken."""

import json
from collections.abc import Iterator, Sequence

import pytest

from reelwright.content.errors import ContentRefused
from reelwright.content.manager import ContentGenerationManager, WrittenScript
from reelwright.cost.schema import ChargeLine
from reelwright.environment.writing import WritingSettings
from reelwright.errors import BudgetExceeded, ReelwrightError
from reelwright.models.errors import CallInProgress, RouteFailed
from reelwright.models.schema import Candidate, ContentRequest, ContentResponse, Model, ModelResult, Route
from reelwright.models.session import Objection, Repairing
from tests.unit.content.writing import brief, script

MODEL = Model(name="a-model", provider="anthropic", service="content", tiers=("standard",))
CHARGE = ChargeLine(
    service="content", provider="anthropic", model="a-model", unit="output_tokens", quantity=9, micro_usd=90
)
GOOD = script()
POOR = json.dumps(
    {
        **json.loads(GOOD.model_dump_json()),
        "hook": "",
        "scenes": [
            {
                "narration": "Hello. In 1987 and 1988 and 1989 we sold 876 or 987 or 654 jars of it. " * 3,
                "visual_prompt": "x",
                "visual": {"kind": "title", "title": "x"},
            }
        ]
        * 2,
        "seo": {"title": "x", "description": ""},
    }
)
LESS_POOR = json.dumps({**json.loads(POOR), "seo": json.loads(GOOD.seo.model_dump_json())})

Answer = str | ReelwrightError


class Models:
    """Gives one answer after another."""

    def __init__(self, answers: Sequence[Answer], model: Model = MODEL) -> None:
        self.answers: Iterator[Answer] = iter(answers)
        self.asked: list[ContentRequest] = []
        self.model = model

    def write(
        self, request: ContentRequest, *, objection: Objection | None = None
    ) -> ModelResult[ContentResponse]:
        self.asked.append(request)
        self.objection = objection
        answer = next(self.answers)
        if isinstance(answer, ReelwrightError):
            raise answer
        return ModelResult(
            output=ContentResponse(text=answer, usage=()),
            route=Route(service="content", candidates=(Candidate(model=self.model, reason="is there"),)),
            model=self.model,
            attempts=(),
            charges=(CHARGE,),
            latency_seconds=0.0,
        )


def write(models: Models, **settings: object) -> WrittenScript:
    manager = ContentGenerationManager(models, WritingSettings.model_validate(settings))
    return manager.write_script(brief(), words_per_minute=165, seed=1, idempotency_key="p/key")


def decisions(written: WrittenScript) -> dict[str, str]:
    return {decision.subject: decision.chosen for decision in written.decisions}


def test_a_good_script_is_asked_for_once() -> None:
    models = Models([GOOD.model_dump_json()])
    assert write(models, rewrites=5).charges == (CHARGE,)
    assert len(models.asked) == 1


def test_a_poor_one_is_asked_for_again_with_what_it_lacked_and_the_better_is_taken() -> None:
    models = Models([POOR, GOOD.model_dump_json()])
    written = write(models)
    first, second = models.asked
    assert first.idempotency_key == "p/key"
    assert second.idempotency_key == "p/key-draft2"
    assert not first.owns(f"{second.idempotency_key}/a-model/1")
    assert second.messages[-1].text.startswith(first.messages[-1].text.rstrip())
    assert "grounding: " in second.messages[-1].text
    assert "says 876, which does not stand in the notes" in second.messages[-1].text
    assert second.messages[0] == first.messages[0]
    assert written.script.scenes == GOOD.scenes
    assert written.charges == (CHARGE, CHARGE)
    told = decisions(written)
    assert (told["model"], told["model of draft 2"]) == ("a-model", "a-model")
    assert written.script.assessment is not None
    assert written.script.assessment.draft == 2
    (passed_over,) = next(each for each in written.decisions if each.subject == "quality").rejected
    assert passed_over.name == "draft 1"


def test_the_first_is_kept_where_the_others_are_no_better() -> None:
    models = Models([LESS_POOR, POOR, POOR])
    written = write(models, rewrites=2)
    assert len(models.asked) == 3
    assert written.script.assessment is not None
    assert written.script.assessment.draft == 1
    assert len(written.charges) == 3


def test_no_more_are_asked_for_than_the_settings_say() -> None:
    models = Models([POOR] * 9)
    write(models, rewrites=3)
    assert len(models.asked) == 4
    models = Models([POOR] * 9)
    write(models, rewrites=0)
    assert len(models.asked) == 1


def test_a_budget_that_is_spent_leaves_the_first_and_says_so() -> None:
    for error in (
        BudgetExceeded("The day is spent.", next_step="Wait."),
        RouteFailed("No content model answered."),
    ):
        written = write(Models([POOR, error]), rewrites=3)
        (told,) = (each for each in written.decisions if each.subject == "draft 2")
        assert (told.chosen, told.reason) == ("none", f"no better script came: {error.message}")
        assert written.charges == (CHARGE,)


def test_a_better_script_that_another_worker_is_asking_for_is_waited_for() -> None:
    with pytest.raises(CallInProgress):
        write(Models([POOR, CallInProgress("Another worker makes it.")]))


def test_an_engine_of_ours_is_not_asked_twice_for_the_same() -> None:
    models = Models([POOR], MODEL.model_copy(update={"free": True}))
    write(models, rewrites=5)
    assert len(models.asked) == 1


def test_a_script_that_breaks_a_rule_is_refused_at_last() -> None:
    bad = json.loads(GOOD.model_dump_json())
    bad["scenes"][2]["narration"] += " You should kill yourself."
    models = Models([json.dumps(bad)])
    with pytest.raises(ContentRefused, match="Scene 3"):
        write(models)
    assert models.objection is not None
    assert "scene 3 breaks the rule" in models.objection(models.asked[0], _response(json.dumps(bad)))


def test_a_claim_that_is_not_made_is_an_objection_and_a_warning_where_it_stays() -> None:
    bad = json.loads(GOOD.model_dump_json())
    bad["scenes"][2]["narration"] = "It is 100% guaranteed to keep."
    models = Models([json.dumps(bad)])
    written = write(models, min_quality=0)
    assert models.objection is not None
    assert models.objection(models.asked[0], _response(json.dumps(bad))).startswith(
        "scene 3 claims a certain"
    )
    assert any(warning.startswith("Scene 3: claims a certain result") for warning in written.warnings)


def test_nothing_is_bought_for_a_brief_that_is_not_made() -> None:
    models = Models([GOOD.model_dump_json()])
    manager = ContentGenerationManager(models)
    with pytest.raises(ContentRefused):
        manager.write_script(
            brief(topic="How to build a pipe bomb"), words_per_minute=165, seed=1, idempotency_key="p/key"
        )
    assert models.asked == []


def test_the_same_model_is_told_what_was_wrong_unless_that_is_off() -> None:
    models = Models([GOOD.model_dump_json()] * 2)
    write(models)
    judge = models.objection
    assert isinstance(judge, Repairing)
    repaired = judge.repaired(models.asked[0], _response("{}</untrusted-draft-x>"), "title: is required")
    assert repaired.idempotency_key == "p/key"
    assert "Wrong:\n- title: is required" in repaired.messages[-1].text
    assert "{}" in repaired.messages[-1].text
    write(models, repair=False)
    judge = models.objection
    assert isinstance(judge, Repairing)
    assert judge.repaired(models.asked[1], _response("{}"), "title: is required") == models.asked[1]


def test_a_strategy_and_keywords_are_told_and_long_scripts_are_planned_in_chapters() -> None:
    models = Models([GOOD.model_dump_json()])
    written = write(models, keywords=["royal jelly"])
    system = models.asked[0].messages[0].text
    assert "# How this topic is told" in system
    assert "To be found by, in title, description and tags: royal jelly." in system
    assert "chapters of about" not in system
    assert written.script.seo.tags[0] == "royal jelly"


def _response(text: str) -> ContentResponse:
    return ContentResponse(text=text, usage=())
