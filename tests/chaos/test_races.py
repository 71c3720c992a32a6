"""Two workers at one call, at the moments where the simulation found that money went astray."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reelwright.models.errors import CallInProgress, OutcomeUnknown, ProviderThrottled, ProviderTimedOut
from reelwright.models.schema import ModelPending, ModelResult
from tests.unit.models.world import PENNY, PRODUCTION, World, shot_request, text_request


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


class Between:
    """A port that lets somebody else act once, before or after one of its methods is carried out."""

    def __init__(self, target: Any, method: str, act: Callable[[], object], *, after: bool = False) -> None:
        self._target, self._method, self._act, self._after = target, method, act, after
        self._acted = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)
        return method if name != self._method else lambda *args, **kwargs: self._call(method, args, kwargs)

    def _call(self, method: Any, args: Any, kwargs: Any) -> Any:
        acts, self._acted = not self._acted, True
        if acts and not self._after:
            self._act()
        result = method(*args, **kwargs)
        if acts and self._after:
            self._act()
        return result


def test_who_set_money_aside_and_is_overtaken_sends_nothing_and_takes_nothing_back(world: World) -> None:
    ledger = Between(world.parts.ledger, "intend", lambda: world.process().write(text_request()))
    with pytest.raises(CallInProgress):
        world.process(ledger=ledger).write(text_request())
    assert world.alpha.billed_tokens == 3
    assert world.states() == {"alpha/1": "released", "alpha/2": "settled"}


def test_what_another_worker_set_aside_is_not_given_back_once_its_request_may_have_left(
    world: World,
) -> None:
    ledger, key = world.parts.ledger, f"{text_request().idempotency_key}/alpha/1"
    video = f"video:{PRODUCTION}"
    subject = {"model": "alpha", "attempt": "1", "service": "content"}
    charge = ledger.reserve((video, "env:local"), 100, key=key, subject=subject)
    listening = Between(ledger, "charges", lambda: ledger.intend(charge), after=True)
    world.process(ledger=listening).write(text_request())
    assert world.states() == {"alpha/1": "unknown", "alpha/2": "settled"}


def test_what_was_settled_by_hand_stands_on_the_bill(world: World) -> None:
    world.gamma.outcomes = [ProviderTimedOut("No answer came.", accepted="maybe")]
    with pytest.raises(OutcomeUnknown):
        world.process().shoot(shot_request(world.folder))
    (charge,) = world.parts.ledger.charges()
    world.parts.ledger.settle(charge, 5 * PENNY)
    result = _collected(world)
    assert result.model.name == "delta"
    assert sum(line.micro_usd for line in result.charges) == 10 * PENNY == world.spent()


def test_a_second_order_is_given_up_once_the_first_is_delivered_after_all(world: World) -> None:
    world.changes |= {"models.video.on_unknown": "fall_back", "models.video.timeout_seconds": 60}
    world.gamma.polls, world.delta.polls = 10**6, 10**6
    while not world.delta.submits:
        outcome = world.process().shoot(shot_request(world.folder))
        assert isinstance(outcome, ModelPending)
        world.clock.advance(outcome.check_after_seconds)
    world.gamma.polls = 0
    result = _collected(world)
    assert result.model.name == "gamma"
    assert world.delta.cancelled == ["task-0"]
    assert world.states() == {"gamma/1": "settled", "delta/1": "unknown"}
    assert sorted(line.state for line in result.charges) == ["settled", "unknown"]


def test_who_finds_that_another_worker_paid_meanwhile_looks_for_its_receipt(world: World) -> None:
    world.gamma.polls = 0
    world.process().shoot(shot_request(world.folder))
    answers = Between(world.parts.answers, "get", lambda: _collected(world), after=True)
    result = world.process(answers=answers).shoot(shot_request(world.folder))
    assert isinstance(result, ModelResult)
    assert result.model.name == "gamma"
    assert world.delta.submits == []


def test_a_refusal_gives_nothing_back_once_another_worker_has_ordered_by_the_same_token(
    world: World,
) -> None:
    world.gamma.knows_tokens = True
    other = world.process()
    submit = world.gamma.submit

    def overtaken(*_: Any) -> str:
        world.gamma.submit = submit  # type: ignore[method-assign]  # the other worker's goes through
        assert isinstance(other.shoot(shot_request(world.folder)), ModelPending)
        raise ProviderThrottled("Too fast.", accepted="no")

    world.gamma.submit = overtaken  # type: ignore[method-assign]  # it is what this is about
    with pytest.raises(CallInProgress):
        world.process().shoot(shot_request(world.folder))
    assert world.states() == {"gamma/1": "unknown"}
    assert _collected(world).model.name == "gamma"
    assert world.states() == {"gamma/1": "settled"}
    assert len(world.gamma.submits) == 1


def _collected(world: World) -> ModelResult[Any]:
    for _ in range(20):
        result = world.process().shoot(shot_request(world.folder))
        if isinstance(result, ModelResult):
            return result
        world.clock.advance(result.check_after_seconds)
    raise AssertionError("it never came")
