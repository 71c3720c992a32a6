"""Operators stop a vendor: from then on nothing is ordered of it, and what was ordered is collected."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reelwright.errors import GuardrailRefused
from reelwright.models.errors import (
    NoModelAvailable,
    OutcomeUnknown,
    ProviderStopped,
    ProviderTimedOut,
    ProviderUnavailable,
    RouteFailed,
)
from reelwright.models.schema import ModelPending, ModelResult
from tests.unit.models.world import OURS, World, shot_request, text_request, writer

LOST = ProviderTimedOut("No answer came.", accepted="maybe")
AWAY = ProviderUnavailable("It is away.")


@dataclass
class Board:
    """Switches that are pulled and put back, also by those who are asked meanwhile."""

    pulled: set[str] = field(default_factory=set)

    def __call__(self, provider: str) -> str:
        return "stopped by an operator" if provider in self.pulled else ""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def board() -> Board:
    return Board()


def shoot(world: World, board: Board) -> ModelResult[Any] | ModelPending:
    return world.process(switched_off=board).shoot(shot_request(world.folder))


def passed_over(result: ModelResult[Any]) -> list[tuple[str, str]]:
    return [(each.model, each.because) for each in result.route.rejected]


def test_who_is_stopped_between_two_attempts_is_not_asked_again(world: World, board: Board) -> None:
    world.alpha.outcomes = [AWAY, "{}"]
    world.alpha.before = lambda: board.pulled.add("alpha")
    result = world.process(switched_off=board).write(text_request())
    assert (world.alpha.asked, result.model.name) == (["alpha"], "beta")
    assert passed_over(result) == [("alpha", "switch")]
    assert result.route.rejected[0].reason == "alpha is stopped by an operator."
    assert [(each.model, each.failure) for each in result.attempts] == [
        ("alpha", "unavailable"),
        ("beta", None),
    ]


def test_money_that_was_set_aside_for_who_is_stopped_meanwhile_is_given_back(
    world: World, board: Board
) -> None:
    reserve = world.parts.ledger.reserve

    def pulling(*args: Any, **kwargs: Any) -> Any:
        board.pulled.add("alpha")
        return reserve(*args, **kwargs)

    world.parts.ledger.reserve = pulling  # type: ignore[method-assign]  # an operator acts just then
    result = world.process(switched_off=board).write(text_request())
    assert world.alpha.asked == []
    assert result.model.name == "beta"
    assert world.states() == {"alpha/1": "released", "beta/1": "settled"}


def test_an_engine_of_ours_is_stopped_like_any_other(tmp_path: Path, board: Board) -> None:
    world = World(tmp_path, models=(writer("alpha", 90), OURS))
    world.alpha.outcomes = [AWAY] * 3
    world.alpha.before = lambda: board.pulled.add("embedded")
    with pytest.raises(RouteFailed, match="embedded is stopped by an operator"):
        world.process(switched_off=board).write(text_request())


def test_a_call_that_operators_alone_keep_from_everybody_is_refused_and_says_by_which_switches(
    world: World,
) -> None:
    board = Board({"alpha", "beta", "embedded"})
    with pytest.raises(
        ProviderStopped, match=r"\(alpha, beta, embedded-writer: stopped by an operator\)"
    ) as refused:
        world.process(switched_off=board).write(text_request())
    assert isinstance(refused.value, GuardrailRefused)
    assert "put back" in refused.value.next_step
    assert world.states() == {}


def test_a_call_that_nobody_could_carry_out_anyway_is_bad_input_whoever_is_stopped(
    tmp_path: Path, board: Board
) -> None:
    world = World(tmp_path, models=(writer("alpha", 90, languages=("en",)),))
    board.pulled.add("alpha")
    with pytest.raises(NoModelAvailable):
        world.process(switched_off=board).write(text_request(language="de"))


def test_what_was_ordered_before_the_switch_is_collected_and_nothing_new_is_ordered(
    world: World, board: Board
) -> None:
    assert isinstance(shoot(world, board), ModelPending)
    board.pulled.update(("gamma", "delta", "embedded"))
    assert isinstance(shoot(world, board), ModelPending)
    result = shoot(world, board)
    assert isinstance(result, ModelResult)
    assert result.model.name == "gamma"
    assert (len(world.gamma.submits), world.delta.submits) == (1, [])
    assert world.states() == {"gamma/1": "settled"}


def test_after_a_failed_order_the_next_one_goes_to_who_is_not_stopped(world: World, board: Board) -> None:
    world.gamma.polls, world.gamma.endings = 0, [ProviderUnavailable("It failed.", accepted="yes")]
    assert isinstance(shoot(world, board), ModelPending)
    board.pulled.add("gamma")
    second = shoot(world, board)
    assert second.model.name == "delta"
    assert len(world.gamma.submits) == 1


def ordering_dies(world: World, board: Board) -> None:
    """Let a worker die between its intent and its order."""

    def die(*_: Any) -> str:
        raise KeyboardInterrupt

    submit: Callable[..., str] = world.gamma.submit
    world.gamma.submit = die  # type: ignore[method-assign]  # the worker is gone
    with pytest.raises(KeyboardInterrupt):
        shoot(world, board)
    world.gamma.submit = submit  # type: ignore[method-assign]  # as it was


def test_an_order_that_never_arrived_waits_for_the_switch_and_is_placed_once(
    world: World, board: Board
) -> None:
    world.gamma.knows_tokens = True
    ordering_dies(world, board)
    board.pulled.add("gamma")
    for _ in range(3):
        waiting = shoot(world, board)
        assert isinstance(waiting, ModelPending)
        assert (waiting.model.name, waiting.reference) == ("gamma", "")
        world.clock.advance(waiting.check_after_seconds)
    assert world.gamma.submits == world.delta.submits == []
    board.pulled.clear()
    placed = shoot(world, board)
    assert isinstance(placed, ModelPending)
    assert (placed.reference, len(world.gamma.submits)) == ("task-0", 1)


def test_an_order_that_never_arrived_is_given_up_when_its_time_is_over(world: World, board: Board) -> None:
    world.gamma.knows_tokens = True
    ordering_dies(world, board)
    board.pulled.add("gamma")
    world.clock.advance(100_000.0)
    with pytest.raises(OutcomeUnknown, match="gamma") as unknown:
        shoot(world, board)
    assert "cost resolve" in unknown.value.next_step
    assert world.gamma.submits == []


def test_an_order_whose_answer_is_lost_is_found_though_its_vendor_is_stopped_meanwhile(
    world: World, board: Board
) -> None:
    world.gamma.knows_tokens, world.gamma.outcomes = True, [LOST]
    submit: Callable[..., str] = world.gamma.submit

    def pulling(*args: Any) -> str:
        board.pulled.add("gamma")
        return submit(*args)

    world.gamma.submit = pulling  # type: ignore[method-assign]  # an operator acts just then
    found = shoot(world, board)
    assert isinstance(found, ModelPending)
    assert (found.reference, len(world.gamma.submits)) == ("task-0", 1)
