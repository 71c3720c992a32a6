"""How calls stand on the record."""

from typing import Any

from reelwright.models.schema import Attempt, Candidate, Model, ModelResult, RejectedCandidate, Route
from reelwright.production.choices import choice_of_model

MODEL = Model(name="beta", provider="beta", service="content", tiers=("economy",))
CANDIDATE = Candidate(model=MODEL, reason="serves tier economy", estimate_micro_usd=1_500_000)
PASSED = RejectedCandidate(model="nova-reel", reason="retired by its provider", because="lifecycle")


def result(**changes: Any) -> ModelResult[object]:
    told: dict[str, Any] = {
        "output": None,
        "route": Route(service="content", candidates=(CANDIDATE,), rejected=(PASSED,)),
        "model": MODEL,
        "attempts": (),
        "charges": (),
        "latency_seconds": 0.0,
    }
    return ModelResult(**told | changes)


def test_the_record_names_who_was_passed_over_and_what_it_may_cost() -> None:
    (decision,) = choice_of_model(result(), "video model")
    assert (decision.subject, decision.chosen) == ("video model", "beta")
    assert decision.reason == "serves tier economy; may cost $1.500000"
    assert [(each.name, each.reason) for each in decision.rejected] == [
        ("nova-reel", "retired by its provider")
    ]


def test_the_record_names_every_attempt_that_failed_with_its_cost() -> None:
    attempts = (
        Attempt(model="alpha", number=1, failure="throttled", message="Too fast.", request_id="req_1"),
        Attempt(model="alpha", number=2, failure="refused", message="No.", micro_usd=20_000),
        Attempt(model="beta", number=1),
    )
    (decision,) = choice_of_model(result(attempts=attempts), "model")
    assert [(each.name, each.reason) for each in decision.rejected[1:]] == [
        ("alpha, attempt 1", "throttled: Too fast. Request req_1."),
        ("alpha, attempt 2", "refused: No. It cost $0.020000."),
    ]


def test_a_mock_says_which_budget_made_it_one() -> None:
    refused = RejectedCandidate(model="alpha", reason="the day has cost $2.10", because="budget")
    route = Route(service="content", candidates=(CANDIDATE,), rejected=(refused,), mock=True)
    _, mock = choice_of_model(result(route=route, mock=True), "model")
    assert (mock.subject, mock.chosen, mock.reason) == ("mock model", "beta", "the day has cost $2.10")


def test_an_answer_from_the_cache_says_so() -> None:
    (decision,) = choice_of_model(result(cached=True), "model")
    assert "nothing was bought" in decision.reason


def test_a_model_that_is_on_no_route_is_the_only_choice() -> None:
    (decision,) = choice_of_model(result(route=Route(service="content", candidates=())), "model")
    assert decision.reason == "the only choice"
