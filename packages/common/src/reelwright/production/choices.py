"""How the choice of a model stands on a production's record: who answered, who did not, and why."""

from typing import Any

from reelwright.cost.schema import format_usd
from reelwright.models.schema import Attempt, ModelResult, Route
from reelwright.production.schema import Decision, Rejection

__all__ = ["choice_of_model"]


def choice_of_model(result: ModelResult[Any], subject: str) -> tuple[Decision, ...]:
    """Return the decisions of one call: the model, with all that were passed over or failed, and a mock."""
    route = result.route
    chosen = Decision(
        subject=subject,
        chosen=result.model.name,
        reason=_reason(result),
        rejected=(*_passed_over(route), *_failed(result.attempts)),
    )
    return (chosen, *_mock(result, subject))


def _reason(result: ModelResult[Any]) -> str:
    candidates = result.route.candidates
    found = next((each for each in candidates if each.model.name == result.model.name), None)
    said = found.reason if found else "the only choice"
    if result.cached:
        return f"{said}; the answer was given to the same request before, and nothing was bought"
    if found and found.estimate_micro_usd:
        return f"{said}; may cost ${format_usd(found.estimate_micro_usd)}{_ceiling(found.ceiling_micro_usd)}"
    return said


def _ceiling(micro_usd: int | None) -> str:
    return "" if micro_usd is None else f" of at most ${format_usd(micro_usd)}"


def _passed_over(route: Route) -> tuple[Rejection, ...]:
    return tuple(Rejection(name=each.model, reason=each.reason) for each in route.rejected)


def _failed(attempts: tuple[Attempt, ...]) -> tuple[Rejection, ...]:
    return tuple(
        Rejection(name=f"{each.model}, attempt {each.number}", reason=_failure(each))
        for each in attempts
        if each.failure
    )


def _failure(attempt: Attempt) -> str:
    cost = f" It cost ${format_usd(attempt.micro_usd)}." if attempt.micro_usd else ""
    request = f" Request {attempt.request_id}." if attempt.request_id else ""
    return f"{attempt.failure}: {attempt.message}{cost}{request}"


def _mock(result: ModelResult[Any], subject: str) -> tuple[Decision, ...]:
    if not result.mock:
        return ()
    why = next(each.reason for each in result.route.rejected if each.because == "budget")
    return (Decision(subject=f"mock {subject}", chosen=result.model.name, reason=why),)
