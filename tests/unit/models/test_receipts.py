"""What is written down of an answer is what another process reads, whichever version wrote it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from reelwright.cost.schema import ChargeLine, Usage
from reelwright.models.errors import ProviderUnavailable
from reelwright.models.receipts import OrderNote, Receipt
from reelwright.models.schema import (
    Attempt,
    Candidate,
    ContentResponse,
    ModelPending,
    RejectedCandidate,
    Route,
    Standing,
)
from reelwright.production.choices import choice_of_model
from tests.unit.models.world import OURS, PENNY, World, shot_request, text_request, writer

ALPHA, BETA = writer("alpha", 90), writer("beta", 80)
MODELS = {model.name: model for model in (ALPHA, BETA)}
USAGE = (Usage(unit="output_tokens", quantity=3),)
ROUTE = Route(
    service="content",
    candidates=(
        Candidate(model=ALPHA, reason="serves tier economy", estimate_micro_usd=7, ceiling_micro_usd=9),
        Candidate(model=BETA, reason="serves tier economy", estimate_micro_usd=5),
    ),
    rejected=tuple(
        RejectedCandidate(model=name, reason=why, because=because)
        for name, why, because in (
            ("c", "does not serve tier economy", "tier"),
            ("d", "does not serve tier economy", "tier"),
            ("e", "it is left alone", "health"),
            ("f", "does not serve tier economy", "tier"),
        )
    ),
    warnings=("The day is dear.",),
    mock=True,
    bypass=True,
)
ATTEMPTS = (
    Attempt(model="alpha", number=1, failure="throttled", message="Too many.", request_id="r", seconds=0.5),
    Attempt(model="beta", number=1, seconds=0.25, micro_usd=4),
)
LINE = ChargeLine(service="content", provider="p", model="alpha", unit="u", quantity=1, micro_usd=2)


def receipt(**changes: Any) -> Receipt:
    values: dict[str, Any] = {
        "model": "beta",
        "response": ContentResponse(text="…", usage=USAGE),
        "route": ROUTE,
        "attempts": ATTEMPTS,
        "charge_key": "prod/write/0/beta/1",
        "usage": USAGE,
        "charges": (LINE,),
        "mock": True,
    }
    return Receipt(**values | changes)


def of_the_first_version(kept: Receipt) -> dict[str, Any]:
    """Return a receipt as it was written while routes still held whole entries of the catalogue."""
    assert isinstance(kept.response, ContentResponse)
    return {
        "model": kept.model,
        "response": kept.response.model_dump(mode="json"),
        "file": None,
        "route": kept.route.model_dump(mode="json"),
        "attempts": [each.model_dump(mode="json") for each in kept.attempts],
        "charge_key": kept.charge_key,
        "usage": [each.model_dump(mode="json") for each in kept.usage],
        "charges": [each.model_dump(mode="json") for each in kept.charges],
        "mock": kept.mock,
    }


def test_a_receipt_is_read_as_it_was_written() -> None:
    written = receipt()
    read = Receipt.read(written.written(), MODELS)
    assert read.response == {
        "text": "…",
        "usage": [{"unit": "output_tokens", "quantity": 3, "reported_micro_usd": None}],
    }
    assert read == receipt(response=read.response)


def test_two_receipts_in_turn_keep_their_own_reasons() -> None:
    other = ROUTE.model_copy(update={"rejected": ROUTE.rejected[:1]})
    for route in (ROUTE, other, ROUTE):
        assert Receipt.read(receipt(route=route).written(), MODELS).route == route


def test_receipts_of_the_first_version_are_read_the_same() -> None:
    text = json.dumps(of_the_first_version(receipt())).encode()
    assert Receipt.read(text, MODELS) == Receipt.read(receipt().written(), MODELS)


def test_a_note_of_the_first_version_is_read_the_same() -> None:
    note = OrderNote(ROUTE, ATTEMPTS)
    first = of_the_first_version(receipt())
    text = json.dumps({key: first[key] for key in ("route", "attempts")}).encode()
    assert OrderNote.read(text, MODELS) == OrderNote.read(note.written(), MODELS) == note


def test_how_candidates_were_doing_is_not_kept_and_one_that_is_no_more_is_left_out() -> None:
    ill = ROUTE.candidates[0].model_copy(update={"standing": Standing(state="demoted", reason="slow")})
    route = ROUTE.model_copy(update={"candidates": (ill, ROUTE.candidates[1])})
    assert Receipt.read(receipt(route=route).written(), MODELS).route == ROUTE
    read = Receipt.read(receipt(route=route).written(), {"beta": BETA})
    assert read.route.candidates == ROUTE.candidates[1:]


def test_what_is_no_receipt_is_not_taken_for_none() -> None:
    with pytest.raises(ValidationError):
        Receipt.read(b'{"passed_over":[]}', MODELS)


def test_a_receipt_says_a_reason_once_and_holds_no_catalogue() -> None:
    text = receipt(route=ROUTE.model_copy(update={"rejected": ROUTE.rejected[:2] * 10})).written()
    assert text.count(b"does not serve tier economy") == 1
    assert b"quality" not in text


def test_an_answer_of_before_an_upgrade_is_not_bought_again(tmp_path: Path) -> None:
    world = World(tmp_path, models=(ALPHA, BETA, OURS))
    world.alpha.outcomes = [ProviderUnavailable("Shedding load.")]
    world.changes = {"retry.by_failure": {}, "retry.attempts": 1}
    first = world.process().write(text_request())
    key = f"receipt/{text_request().idempotency_key}"
    text = world.parts.answers.get(key)
    assert text is not None
    kept = Receipt.read(text, {**MODELS, OURS.name: OURS})
    response = ContentResponse.model_validate(kept.response)
    old = json.dumps(of_the_first_version(Receipt(**_fields(kept) | {"response": response}))).encode()
    for answer in (text, old):
        world.parts.answers._answers[key] = (answer, float("inf"))
        again = world.process().write(text_request())
        assert choice_of_model(again, "model") == choice_of_model(first, "model")
        assert (again.output, again.charges) == (first.output, first.charges)
    assert (world.alpha.asked, world.beta.asked) == (["alpha"], ["beta"])
    assert world.spent() == 3 * PENNY


def test_an_order_of_before_an_upgrade_is_collected_with_its_route(tmp_path: Path) -> None:
    world = World(tmp_path)
    request = shot_request(tmp_path)
    pending = world.process().shoot(request)
    assert isinstance(pending, ModelPending)
    (charge,) = world.parts.ledger.charges()
    key = f"order/{charge.key}"
    text = world.parts.answers.get(key)
    assert text is not None
    note = OrderNote.read(text, {model.name: model for model in world.models})
    first = {"route": note.route.model_dump(mode="json"), "attempts": []}
    world.parts.answers._answers[key] = (json.dumps(first).encode(), float("inf"))
    world.gamma.polls = 0
    result = world.process().shoot(request)
    assert not isinstance(result, ModelPending)
    assert result.route == note.route
    assert len(world.gamma.submits) == 1


def _fields(kept: Receipt) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in kept.__slots__}
