"""Calls that are routed, retried, paid, remembered and refused."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reelwright.cost.errors import LedgerUnavailable
from reelwright.cost.schema import Usage
from reelwright.errors import InvalidInput
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import (
    AnswerRejected,
    CallInProgress,
    ModelRetired,
    NoModelAvailable,
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
    RouteFailed,
)
from reelwright.models.parts import ModelParts
from reelwright.models.schema import ContentRequest, ContentResponse, Message, ModelResult, Requirements
from reelwright.resilience.bulkhead import BulkheadFull
from tests.unit.models.world import OURS, PENNY, PRODUCTION, World, failing, text_request, writer

BILLED = (Usage(unit="output_tokens", quantity=2),)
AGAIN = {"unavailable": 3, "throttled": 5, "timed_out": 2, "rejected": 2}
"""How often the shipped settings ask one model at most, by failure."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_the_shipped_catalogue_serves_every_service_and_tier() -> None:
    served = {(model.service, tier) for model in load_catalogue() for tier in model.tiers if model.free}
    assert served == {
        (s, t) for s in ("content", "audio", "video") for t in ("economy", "standard", "premium")
    }


def test_a_call_says_who_answered_what_it_used_and_what_that_cost(world: World) -> None:
    result = world.process().write(text_request())

    assert (result.model.name, result.output.text, result.mock, result.cached) == (
        "alpha",
        "{}",
        False,
        False,
    )
    assert [(line.unit, line.quantity, line.micro_usd) for line in result.charges] == [
        ("output_tokens", 3, 3 * PENNY)
    ]
    assert [(a.model, a.number, a.failure, a.micro_usd) for a in result.attempts] == [
        ("alpha", 1, None, 3 * PENNY)
    ]
    assert world.states() == {"alpha/1": "settled"}
    assert world.parts.ledger.totals(f"video:{PRODUCTION}").settled == 3 * PENNY


def test_text_of_a_vendor_that_films_too_is_asked_for_and_not_ordered(world: World) -> None:
    world.parts = replace(
        world.parts, providers=replace(world.parts.providers, footage={"alpha": world.gamma})
    )
    assert world.process().write(text_request()).model.name == "alpha"
    assert world.gamma.requests == 0


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        (ProviderUnavailable, "unavailable"),
        (ProviderTimedOut, "timed_out"),
        (ProviderThrottled, "throttled"),
        (AnswerRejected, "rejected"),
        (ProviderExhausted, "exhausted"),
        (RequestInvalid, "callers_fault"),
        (RequestRefused, "refused"),
        (ModelRetired, "retired"),
        (ProviderMisconfigured, "misconfigured"),
    ],
)
def test_every_failure_is_repeated_as_its_policy_says_and_then_left(
    world: World, kind: type[ProviderFailed], failure: str
) -> None:
    world.alpha.outcomes = [failing(kind) for _ in range(9)]

    result = world.process().write(text_request())

    tries = AGAIN.get(failure, 1)
    assert world.alpha.asked == ["alpha"] * tries
    assert result.model.name == "beta"
    assert [a.failure for a in result.attempts] == [failure] * tries + [None]
    assert world.states() == {f"alpha/{n}": "released" for n in range(1, tries + 1)} | {"beta/1": "settled"}
    assert world.spent() == 3 * PENNY


def test_every_attempt_has_a_token_of_its_own(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderUnavailable), failing(ProviderUnavailable)]
    world.process().write(text_request())

    assert len(set(world.alpha.tokens)) == 3
    assert all(token.isalnum() and len(token) <= 64 for token in world.alpha.tokens)


def test_the_wait_that_a_vendor_asks_for_is_kept(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderThrottled, retry_after_seconds=17.0)]
    result = world.process().write(text_request())

    assert result.model.name == "alpha"
    assert result.latency_seconds >= 17.0


def test_a_wait_past_the_deadline_is_not_begun(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderThrottled, retry_after_seconds=1e6)]
    result = world.process().write(text_request())

    assert result.model.name == "beta"
    assert result.latency_seconds < 1.0


def test_a_failure_that_is_billed_is_on_the_bill(world: World) -> None:
    world.alpha.outcomes = [failing(RequestRefused, accepted="yes", usage=BILLED)]
    result = world.process().write(text_request())

    assert world.states() == {"alpha/1": "settled", "beta/1": "settled"}
    assert sum(line.micro_usd for line in result.charges) == 5 * PENNY == world.spent()
    assert [(line.model, line.failed) for line in result.charges] == [("alpha", True), ("beta", False)]
    assert world.alpha.billed_tokens + world.beta.billed_tokens == 5


def test_an_answer_that_was_lost_counts_as_unknown_and_never_as_free(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderTimedOut, accepted="maybe")]
    result = world.process().write(text_request())

    assert result.model.name == "alpha"
    assert world.states() == {"alpha/1": "unknown", "alpha/2": "settled"}
    (lost,) = [line for line in result.charges if line.state == "unknown"]
    assert lost.micro_usd == world.parts.ledger.totals("env:local").unknown > 0


def test_what_is_no_vendors_failure_is_unknown_too(world: World) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    world.alpha.before = full
    with pytest.raises(OSError, match="No space"):
        world.process().write(text_request())
    assert world.states() == {"alpha/1": "unknown"}


def test_an_answer_that_its_asker_refuses_falls_through_and_is_paid(world: World) -> None:
    world.alpha.outcomes = ["", ""]
    result = world.process().write(
        text_request(), objection=lambda _, response: "" if response.text else "it is empty"
    )

    assert result.model.name == "beta"
    assert [a.failure for a in result.attempts] == ["rejected", "rejected", None]
    assert world.spent() == 9 * PENNY
    assert "it is empty" in result.attempts[0].message


@dataclass
class Editor:
    """Objects to what is empty, and knows what to say to whoever wrote it."""

    said: str = "Write something. "
    repaired_of: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, _: object, response: ContentResponse) -> str:
        return "" if response.text else "it is empty"

    def repaired(self, request: ContentRequest, response: ContentResponse, why: str) -> ContentRequest:
        self.repaired_of.append((response.text, why))
        return request.model_copy(update={"messages": (Message(role="user", text=self.said),)})


def test_who_gave_an_answer_that_cannot_be_used_is_told_why_once_and_the_next_is_asked_as_at_first(
    world: World,
) -> None:
    asked: list[tuple[str, tuple[Message, ...]]] = []
    for pen in (world.alpha, world.beta):
        pen.heard = asked
    world.alpha.outcomes = ["", ""]
    editor = Editor()
    result = world.process().write(text_request(), objection=editor)

    again = (Message(role="user", text=editor.said),)
    assert asked == [("alpha", ()), ("alpha", again), ("beta", ())]
    assert editor.repaired_of == [("", "it is empty")] * 2
    assert result.model.name == "beta"
    assert world.spent() == 9 * PENNY


def test_a_repaired_answer_is_the_answer_to_the_call_and_found_again(world: World) -> None:
    world.alpha.outcomes = [""]
    result = world.process().write(text_request(), objection=Editor())
    assert (result.model.name, [a.failure for a in result.attempts]) == ("alpha", ["rejected", None])
    again = world.process().write(text_request(), objection=Editor())
    assert again.output == result.output
    assert world.spent() == 6 * PENNY


def test_as_much_is_set_aside_for_a_repair_as_reading_the_answer_again_may_cost(world: World) -> None:
    world.alpha.outcomes = [""]
    world.process().write(text_request(), objection=Editor(said="Wrong. " * 3_000))
    first, second = sorted(world.parts.ledger.charges(), key=lambda charge: charge.key)
    assert second.reserved_micro_usd > first.reserved_micro_usd


def test_engines_of_ours_are_the_last_resort_and_cost_nothing(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderExhausted)]
    world.beta.outcomes = [failing(ProviderExhausted)]
    result = world.process().write(text_request())

    assert (result.model.name, result.output.text, result.mock) == ("embedded-writer", "ours", False)
    assert world.spent() == 0


def test_when_nobody_answers_the_error_tells_what_everybody_said(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90), writer("beta", 80)))
    world.alpha.outcomes = [failing(ProviderExhausted)]
    world.beta.outcomes = [failing(RequestRefused)]
    with pytest.raises(RouteFailed, match=r"alpha \(exhausted\).*beta \(refused\)") as caught:
        world.process().write(text_request())
    assert [attempt.model for attempt in caught.value.attempts] == ["alpha", "beta"]


def test_when_all_fail_alike_the_error_is_theirs(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90), writer("beta", 80)))
    world.alpha.outcomes = world.beta.outcomes = [failing(RequestRefused), failing(RequestRefused)]
    with pytest.raises(RequestRefused):
        world.process().write(text_request())


def test_the_same_call_again_is_answered_from_its_receipt(world: World) -> None:
    first = world.process().write(text_request())
    again = world.process().write(text_request())

    assert world.alpha.asked == ["alpha"]
    assert (again.output, again.charges, again.model) == (first.output, first.charges, first.model)
    assert [a.model for a in again.attempts] == ["alpha"]
    assert world.spent() == 3 * PENNY


def test_another_call_is_another_purchase(world: World) -> None:
    world.process().write(text_request())
    world.process().write(text_request(idempotency_key=f"{PRODUCTION}/write_script/0/other"))
    assert world.alpha.asked == ["alpha", "alpha"]


class Broken:
    """A ledger of which some calls do not come through."""

    def __init__(self, ledger: Any, *broken: str) -> None:
        self._ledger = ledger
        self.broken = set(broken)

    def __getattr__(self, name: str) -> Any:
        if name in self.broken:
            raise LedgerUnavailable("The ledger is away.")
        return getattr(self._ledger, name)


def test_without_a_ledger_nothing_is_bought(world: World) -> None:
    with pytest.raises(LedgerUnavailable):
        world.process(ledger=Broken(world.parts.ledger, "reserve")).write(text_request())
    assert world.alpha.asked == []


def test_an_intent_that_may_not_be_noted_lets_nothing_leave(world: World) -> None:
    with pytest.raises(LedgerUnavailable):
        world.process(ledger=Broken(world.parts.ledger, "intend")).write(text_request())
    assert world.alpha.asked == []
    assert world.states() == {"alpha/1": "released"}


def test_an_answer_in_hand_is_kept_when_the_ledger_goes_away(world: World) -> None:
    with pytest.raises(LedgerUnavailable):
        world.process(ledger=Broken(world.parts.ledger, "settle")).write(text_request())
    result = world.process().write(text_request())

    assert world.alpha.asked == ["alpha"]
    assert world.states() == {"alpha/1": "settled"}
    assert sum(line.micro_usd for line in result.charges) == 3 * PENNY == world.spent()


def test_an_answer_of_this_very_call_in_the_cache_is_paid_for(tmp_path: Path) -> None:
    """Its worker died before it settled, and after this one had looked for a receipt."""
    world = World(tmp_path, changes={"costs.cache_seconds": 3600})
    late = world.process()
    session = late._session("content", text_request(), None)
    late._session = lambda *_: session  # type: ignore[method-assign]  # it looked early
    late._answers.receipt = lambda _: None  # type: ignore[method-assign]  # it looked early
    with pytest.raises(LedgerUnavailable):
        world.process(ledger=Broken(world.parts.ledger, "settle")).write(text_request())

    result = late.write(text_request())

    assert world.alpha.asked == ["alpha"]
    assert world.states() == {"alpha/1": "settled"}
    assert sum(line.micro_usd for line in result.charges) == 3 * PENNY == world.spent()


def test_of_two_workers_at_one_attempt_one_asks(world: World) -> None:
    other: list[Any] = []

    def meanwhile() -> None:
        world.alpha.before = lambda: None
        with pytest.raises(CallInProgress, match="another worker"):
            late.write(text_request())
        other.append("refused")

    late = world.process()
    # The other worker looks before the first has noted anything, and comes second to the ledger.
    session = late._session("content", text_request(), None)
    late._session = lambda *_: session  # type: ignore[method-assign]  # it looked early
    world.alpha.before = meanwhile
    world.process().write(text_request())

    assert other == ["refused"]
    assert world.alpha.asked == ["alpha"]


def test_a_breaker_that_is_open_is_passed_over_until_it_closes(world: World) -> None:
    world.alpha.outcomes = [failing(ProviderUnavailable)] * 9
    for number in range(2):
        world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/{number}"))
    asked = len(world.alpha.asked)
    result = world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/x"))

    assert len(world.alpha.asked) == asked
    assert ("alpha", "health") in [(each.model, each.because) for each in result.route.rejected]


def test_an_operator_can_stop_a_provider_at_once(world: World) -> None:
    switched_off = lambda provider: "stopped by an operator" if provider == "alpha" else ""  # noqa: E731 (a switch)
    result = world.process(switched_off=switched_off).write(text_request())

    assert result.model.name == "beta"
    assert [(e.model, e.because) for e in result.route.rejected] == [("alpha", "switch")]


@pytest.mark.parametrize(
    ("prefer", "order"),
    [
        ("quality", ["slow", "mid", "fast", "embedded-writer"]),
        ("latency", ["fast", "mid", "slow", "embedded-writer"]),
    ],
)
def test_the_order_is_what_is_preferred(tmp_path: Path, prefer: str, order: list[str]) -> None:
    models = (
        writer("mid", 80, typical_seconds=5.0),
        writer("fast", 70, typical_seconds=1.0),
        writer("slow", 90, typical_seconds=9.0),
    )
    world = World(tmp_path, models=(*models, OURS))
    world.changes = {
        "models.content.prefer": prefer,
        "providers": {name: world.settings().providers["alpha"] for name in ("mid", "fast", "slow")},
    }
    providers = world.parts.providers
    content = {**providers.content, **dict.fromkeys(("mid", "fast", "slow"), world.alpha)}
    manager = world.process(providers=type(providers)(content=content, audio={}, video={}))

    assert [each.model.name for each in manager.select("content", Requirements()).candidates] == order


def test_named_models_are_asked_in_the_order_named(world: World) -> None:
    world.changes["models.content.models"] = ["beta", "alpha"]
    route = world.process().select("content", Requirements())
    assert [each.model.name for each in route.candidates] == ["beta", "alpha"]


def test_a_retired_model_is_asked_only_by_name(tmp_path: Path) -> None:
    gone = writer("alpha", 90, lifecycle="retired", replaced_by="beta")
    world = World(tmp_path, models=(gone, OURS))
    route = world.process().select("content", Requirements())
    assert [(each.model, each.because) for each in route.rejected] == [("alpha", "lifecycle")]
    assert "use beta" in route.rejected[0].reason

    world.changes["models.content.allow_retired"] = ["alpha"]
    assert world.process().select("content", Requirements()).candidates[0].model.name == "alpha"


def test_no_candidate_is_an_error_with_every_reason(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90, languages=("de",)),))
    with pytest.raises(NoModelAvailable, match="alpha: does not work in language 'en'") as caught:
        world.process().write(text_request())
    assert isinstance(caught.value, InvalidInput)


def test_a_cache_serves_any_production_for_its_time_and_no_longer(world: World) -> None:
    world.changes["costs.cache_seconds"] = 3600
    world.process().write(text_request())
    other = text_request(idempotency_key="prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG/write_script/0/abc")
    hit = world.process().write(other)
    assert (hit.cached, hit.charges, world.alpha.asked) == (True, (), ["alpha"])

    world.clock.advance(3600)
    miss = world.process().write(other)
    assert (miss.cached, world.alpha.asked) == (False, ["alpha", "alpha"])


def test_without_a_cache_nothing_is_shared(world: World) -> None:
    world.process().write(text_request())
    other = text_request(idempotency_key="prod_01KAQ4Z7M8V3N5T2X9C6B1D0EG/write_script/0/abc")
    assert isinstance(world.process().write(other), ModelResult)
    assert world.alpha.asked == ["alpha", "alpha"]


def test_when_every_breaker_is_open_all_are_asked_all_the_same(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90), writer("beta", 80)))
    world.changes["health.open_failures_in_a_row"] = 2
    world.alpha.outcomes = [failing(ProviderUnavailable)] * 6
    world.beta.outcomes = [failing(ProviderUnavailable)] * 6
    for number in range(2):
        with pytest.raises(ProviderUnavailable):
            world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/{number}"))
    world.alpha.outcomes.clear()

    result = world.process().write(text_request(idempotency_key=f"{PRODUCTION}/a/0/x"))
    assert result.model.name == "alpha"
    assert result.route.bypass
    assert "asked all the same" in result.route.warnings[0]


def test_our_own_want_of_places_is_not_held_against_a_vendor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise BulkheadFull("All places stayed taken.")

    monkeypatch.setattr(ModelParts, "_bulkhead", lambda *_: SimpleNamespace(place=full))
    result = world.process().write(text_request())

    assert result.model.name == "embedded-writer"
    assert {state for key, state in world.states().items() if key.startswith("alpha")} == {"released"}
    assert world.parts.health_for(world.settings()).statistics(world.models[0]).ill == 0
    assert world.alpha.asked == []
