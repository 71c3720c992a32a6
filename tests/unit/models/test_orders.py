"""Footage that is ordered once, collected by any process, and never ordered twice by itself."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    CallInProgress,
    OutcomeUnknown,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestRefused,
)
from reelwright.models.schema import ModelPending, ModelResult
from reelwright.storage.errors import StorageFull
from tests.unit.models.world import PENNY, World, shot_request

LOST = ProviderTimedOut("No answer came.", accepted="maybe")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def shoot(world: World, **changes: Any) -> ModelResult[Any] | ModelPending:
    """Ask as a process that has just begun."""
    return world.process(**changes).shoot(shot_request(world.folder))


def collected(world: World, *, patience: int = 20) -> ModelResult[Any]:
    for _ in range(patience):
        result = shoot(world)
        if isinstance(result, ModelResult):
            return result
        world.clock.advance(result.check_after_seconds)
    raise AssertionError("it never came")


def test_footage_is_ordered_by_one_process_and_collected_by_another(world: World) -> None:
    ordered = shoot(world)
    assert isinstance(ordered, ModelPending)
    assert (ordered.model.name, ordered.reference) == ("gamma", "task-0")
    assert world.states() == {"gamma/1": "reserved"}

    result = collected(world)

    assert (result.model.name, result.output.media.read_bytes()) == ("gamma", b"task-0")
    assert len(world.gamma.submits) == 1
    assert world.states() == {"gamma/1": "settled"}
    assert sum(line.micro_usd for line in result.charges) == 5 * PENNY == world.spent()
    assert [each.model.name for each in result.route.candidates] == ["gamma", "delta", "embedded-graphics"]


def test_what_was_collected_is_not_collected_again(world: World) -> None:
    collected(world)
    again = collected(world)
    assert again.output.media.read_bytes() == b"task-0"
    assert len(world.gamma.submits) == 1


@pytest.mark.parametrize("failure", [ProviderThrottled, ProviderUnavailable])
def test_an_order_that_was_certainly_not_taken_on_is_placed_again(
    world: World, failure: type[ProviderFailed]
) -> None:
    world.gamma.outcomes = [failure("Not now.", accepted="no")]
    assert collected(world).model.name == "gamma"
    assert world.states() == {"gamma/1": "released", "gamma/2": "settled"}
    assert world.gamma.requests == 2


def test_an_order_whose_answer_was_lost_is_never_placed_again(world: World) -> None:
    world.gamma.outcomes = [LOST]
    for _ in range(3):
        with pytest.raises(OutcomeUnknown, match="cost resolve") as caught:
            shoot(world)
    assert world.gamma.requests == 1
    assert world.delta.requests == 0
    assert world.states() == {"gamma/1": "unknown"}
    assert caught.value.context["charge"].endswith("gamma/1")


def test_a_vendor_that_knows_tokens_is_asked_what_became_of_the_order(world: World) -> None:
    world.gamma.knows_tokens = True
    world.gamma.outcomes = [LOST]
    assert isinstance(shoot(world), ModelPending)
    assert collected(world).model.name == "gamma"
    assert len(world.gamma.submits) == 1
    assert world.spent() == 5 * PENNY


def test_an_order_that_is_sent_again_just_now_cannot_be_called_unspent(world: World) -> None:
    """Between the look and the order that follows it an operator looks too, and sees as little."""
    gamma, ledger = world.gamma, world.parts.ledger
    gamma.knows_tokens, gamma.outcomes = True, [ProviderUnavailable("No answer.", accepted="maybe")]
    taken_on, looks = gamma.submit, []

    def submit(*asked: Any) -> str:
        open_charges = [it for it in ledger.charges(budget="env:local") if it.state == "unknown"]
        looks.extend(ledger.release(charge, unless="under way").state for charge in open_charges)
        try:
            return taken_on(*asked)
        except ProviderUnavailable:
            gamma.submits.clear()  # it had not arrived
            raise

    gamma.submit = submit  # type: ignore[method-assign]
    assert collected(world).model.name == "gamma"
    assert (looks, world.states()) == (["unknown"], {"gamma/1": "settled"})


def test_an_operator_may_let_the_next_candidate_be_paid(world: World) -> None:
    world.changes["models.video.on_unknown"] = "fall_back"
    world.gamma.outcomes = [LOST]
    result = collected(world)
    assert result.model.name == "delta"
    assert world.states() == {"gamma/1": "unknown", "delta/1": "settled"}
    assert sorted(line.state for line in result.charges) == ["settled", "unknown"]


def test_who_finds_out_that_nothing_was_spent_lets_it_be_ordered_again(world: World) -> None:
    world.gamma.outcomes = [LOST]
    with pytest.raises(OutcomeUnknown):
        shoot(world)
    (charge,) = world.parts.ledger.charges()
    world.parts.ledger.release(charge)

    assert collected(world).model.name == "gamma"
    assert world.states() == {"gamma/1": "released", "gamma/2": "settled"}


class Overtaken:
    """A ledger that is overtaken by another worker just before it gives money back."""

    def __init__(self, ledger: Any, other: Callable[[], object]) -> None:
        self._ledger, self._other = ledger, other

    def release(self, charge: Any, **how: Any) -> Any:
        self._other()
        return self._ledger.release(charge, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


def test_who_hears_a_refusal_late_gives_nothing_back_of_what_another_has_ordered(world: World) -> None:
    world.gamma.knows_tokens = True
    world.gamma.outcomes = [ProviderUnavailable("Shedding load.")]
    ledger = Overtaken(world.parts.ledger, lambda: shoot(world))
    with pytest.raises(CallInProgress):
        shoot(world, ledger=ledger)
    assert (len(world.gamma.submits), world.states()) == (1, {"gamma/1": "unknown"})
    assert collected(world).model.name == "gamma"
    assert (len(world.gamma.submits), world.states()) == (1, {"gamma/1": "settled"})


def test_what_was_ordered_in_vain_is_cancelled_and_may_have_cost_something(world: World) -> None:
    key = shot_request(world.folder).idempotency_key
    world.process().abandon(key)
    assert (world.gamma.cancelled, world.states()) == ([], {})
    shoot(world)
    world.process().abandon(key)
    assert (world.gamma.cancelled, world.states()) == (["task-0"], {"gamma/1": "unknown"})


def test_what_was_delivered_is_not_let_go(world: World) -> None:
    collected(world)
    world.process().abandon(shot_request(world.folder).idempotency_key)
    assert (world.gamma.cancelled, world.states()) == ([], {"gamma/1": "settled"})


class Beaten:
    """A ledger at which another worker orders from elsewhere just before this one sets money aside."""

    def __init__(self, ledger: Any, other: Callable[[], object]) -> None:
        self._ledger, self._other = ledger, other

    def reserve(self, *args: Any, **how: Any) -> Any:
        other, self._other = self._other, lambda: None
        other()
        return self._ledger.reserve(*args, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


@pytest.mark.parametrize("outcome", ["", LOST])
def test_of_two_workers_that_order_from_different_vendors_one_stands_back(
    world: World, outcome: ProviderFailed | str
) -> None:
    world.delta.outcomes = [outcome]

    def from_delta() -> None:
        world.changes["models.video.models"] = ["delta"]
        with suppress(OutcomeUnknown):
            shoot(world)
        world.changes.clear()

    with pytest.raises(CallInProgress, match="Another worker"):
        shoot(world, ledger=Beaten(world.parts.ledger, from_delta))
    assert world.gamma.submits == []
    assert world.states() == {"gamma/1": "released", "delta/1": "unknown" if outcome else "reserved"}


def test_what_cannot_be_put_away_is_collected_again(world: World) -> None:
    shoot(world)
    world.clock.advance(60)
    shoot(world)
    world.clock.advance(60)
    full = FullStore()
    with pytest.raises(StorageFull):
        shoot(world, artifacts=full)
    assert world.states() == {"gamma/1": "reserved"}
    assert collected(world).model.name == "gamma"
    assert (len(world.gamma.submits), world.states()) == (1, {"gamma/1": "settled"})


class FullStore:
    def put_file(self, *_: Any) -> Any:
        raise StorageFull("No space is left.")


class Killed(BaseException):
    """The process died here."""


class DeadlyIntent:
    """A ledger at which a process dies before it notes an intent."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger

    def intend(self, charge: Any) -> Any:
        raise Killed(charge.key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)


def test_who_meets_money_whose_time_is_over_writes_down_that_it_is_free(world: World) -> None:
    with pytest.raises(Killed):
        shoot(world, ledger=DeadlyIntent(world.parts.ledger))
    assert world.states() == {"gamma/1": "reserved"}
    world.clock.advance(world.settings().costs.reservation_seconds + 1)
    shoot(world)
    assert world.states() == {"gamma/1": "released", "gamma/2": "reserved"}


class Dying:
    """A port that kills its caller at the n-th call from now on, before or after the work is done."""

    def __init__(self, target: Any, countdown: Any, *, after: bool) -> None:
        self._target, self._countdown, self._after = target, countdown, after

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._target, name)
        if not callable(attribute):
            return attribute

        def call(*args: Any, **kwargs: Any) -> Any:
            dies = next(self._countdown) == 0
            if dies and not self._after:
                raise Killed(name)
            result = attribute(*args, **kwargs)
            if dies:
                raise Killed(name)
            return result

        return call


def dying(world: World, at: int, *, after: bool) -> dict[str, Any]:
    """Return the parts of a process that dies at its ``at``-th call to anything outside."""
    countdown = itertools.count(-at)
    wrapped = {
        name: Dying(getattr(world.parts, name), countdown, after=after)
        for name in ("ledger", "answers", "artifacts")
    }
    providers = world.parts.providers
    footage = {name: Dying(each, countdown, after=after) for name, each in providers.footage.items()}
    return wrapped | {"providers": type(providers)(providers.content, {}, providers.video, footage)}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("knows_tokens", [False, True])
def test_a_process_killed_anywhere_leaves_an_order_that_is_known_or_unknown_but_never_a_second(
    tmp_path: Path, *, after: bool, knows_tokens: bool
) -> None:
    """Intent, submit, record, collect, receipt, settle: die at each, and go on as another process."""
    unknown = 0
    for at in range(40):
        folder = tmp_path / str(at)
        folder.mkdir()
        world = World(folder)
        world.gamma.knows_tokens = knows_tokens
        world.gamma.polls = 0
        try:
            while True:
                died = shoot(world, **dying(world, at, after=after))
                if isinstance(died, ModelResult):
                    break
        except Killed:
            pass
        try:
            result = collected(world)
        except OutcomeUnknown:
            unknown += 1
            assert not knows_tokens
            assert world.states() == {"gamma/1": "unknown"}
            assert len(world.gamma.submits) <= 1
            continue
        assert len(world.gamma.submits) == 1, f"killed at {at}"
        assert world.delta.requests == 0
        assert world.spent() == 5 * PENNY
        assert world.parts.ledger.totals("env:local").committed == 5 * PENNY
        assert sum(line.micro_usd for line in result.charges) == 5 * PENNY
    assert (unknown > 0) == (not knows_tokens)


def test_a_task_that_fails_is_billed_as_the_vendor_says_and_another_is_asked(world: World) -> None:
    usage = (Usage(unit="video_seconds", quantity=2),)
    world.gamma.endings = [RequestRefused("Moderated.", accepted="yes", usage=usage)]
    result = collected(world)

    assert result.model.name == "delta"
    assert world.states() == {"gamma/1": "settled", "delta/1": "settled"}
    assert world.spent() == 7 * PENNY
    assert sum(line.micro_usd for line in result.charges) == 7 * PENNY


def test_a_question_that_goes_unanswered_is_asked_again(world: World) -> None:
    world.gamma.endings = [ProviderUnavailable("Busy."), ProviderTimedOut("Slow.", accepted="maybe")]
    assert collected(world).model.name == "gamma"
    assert len(world.gamma.submits) == 1


def test_a_question_that_will_not_be_answered_leaves_it_unknown(world: World) -> None:
    world.gamma.endings = [ProviderMisconfigured("The key was withdrawn.")]
    with pytest.raises(OutcomeUnknown):
        collected(world)
    assert world.states() == {"gamma/1": "unknown"}

    assert collected(world).model.name == "gamma"
    assert world.states() == {"gamma/1": "settled"}


def test_footage_that_does_not_come_in_time_is_cancelled_and_unknown_not_failed(world: World) -> None:
    world.changes["models.video.timeout_seconds"] = 60
    world.gamma.polls = 10**6
    started = world.clock.monotonic()
    with pytest.raises(OutcomeUnknown, match="in time"):
        collected(world)

    assert world.clock.monotonic() - started <= 60 + 10
    assert world.gamma.cancelled == ["task-0"]
    assert world.states() == {"gamma/1": "unknown"}


def test_footage_that_its_asker_refuses_is_paid_and_another_is_asked(world: World) -> None:
    def objection(_: Any, response: Any) -> str:
        return "it is black" if response.media.read_bytes() == b"task-0" and not world.delta.submits else ""

    for _ in range(20):
        result = world.process().shoot(shot_request(world.folder), objection=objection)
        if isinstance(result, ModelResult):
            break
        world.clock.advance(result.check_after_seconds)
    assert isinstance(result, ModelResult)
    assert world.states()["gamma/1"] == "settled"
    assert [line.state for line in result.charges].count("settled") == 2
