"""One item: how long it may be pending."""

from datetime import UTC, datetime, timedelta

from reelwright.pipeline.declaration import Pending
from reelwright.pipeline.items import _as_result
from reelwright.pipeline.ports import StepResult

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pending(token: str, minutes: int) -> Pending:
    return Pending(token, 5.0, NOON + timedelta(minutes=minutes))


def deadline_after(before: StepResult, outcome: Pending) -> datetime:
    stored = _as_result(outcome, before, 0.0).pending
    assert stored is not None
    return stored.deadline


def test_no_later_answer_moves_the_deadline_of_the_same_work() -> None:
    before = _as_result(pending("order 1", 10), StepResult(attempts=0), 0.0)
    assert deadline_after(before, pending("order 1", 30)) == NOON + timedelta(minutes=10)
    assert deadline_after(before, pending("order 1", 5)) == NOON + timedelta(minutes=5)


def test_other_work_has_a_time_of_its_own() -> None:
    before = _as_result(pending("order 1", 10), StepResult(attempts=0), 0.0)
    assert deadline_after(before, pending("order 2", 30)) == NOON + timedelta(minutes=30)
