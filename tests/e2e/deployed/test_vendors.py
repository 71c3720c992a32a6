"""Paid models on the deployed stack: fallbacks, footage that is waited for, and every cent accounted for."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from reelwright.cost.budgets import budget_names
from reelwright.cost.schema import format_usd
from tests.e2e.deployed.stack import Stack
from tests.e2e.deployed.vendors import KEY, Vendors, vendors_of
from tests.emulator.waiting import until

FIRST_AND_SECOND = ("claude-haiku-5-5", "gpt-6-luna")
GENEROUS = {"per_day_warn_usd": "4.00", "per_day_action_usd": "8.00", "per_day_block_usd": "9.00"}


@pytest.fixture(scope="module")
def vendors(stack: Stack) -> Iterator[Vendors]:
    """Vendors that productions ask, as long as the tests of this file run."""
    before = stack.runtime.current()
    with vendors_of(stack) as vendors:
        spending(stack, vendors, GENEROUS)
        yield vendors
        stack.put_back(before)


@pytest.fixture(scope="module")
def bought(stack: Stack, vendors: Vendors) -> str:
    """A production that was made by paid models."""
    stack.facts["calls of shoot before"] = len(stack.watch.calls("shoot"))
    with stack.timed("production with vendors"):
        made = stack.make()
    (stack.emulator.folder / "bought.json").write_bytes(stack.fetch(made, "production.json"))
    stack.facts["bill of the vendors (USD)"] = format_usd(vendors.bill_micro_usd)
    return made


def spending(stack: Stack, vendors: Vendors, budgets: dict[str, str]) -> None:
    """Deploy settings that lead to the vendors, within budgets."""
    settings = {"providers": vendors.settings, "budgets": budgets}
    stack.runtime.deploy({"schema_version": 1, "settings": settings})
    stack.runtime.settled()
    stack.restart("begin-production")


def step(stack: Stack, production_id: str, name: str) -> dict[str, Any]:
    steps: list[dict[str, Any]] = stack.record(production_id)["production"]["steps"]
    return next(each for each in steps if each["name"] == name)


def models_of(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The choices of models of a step, by what they were for."""
    return {each["subject"]: each for each in found["decisions"] if each["subject"].endswith("model")}


def test_who_writes_falls_back_to_the_next_vendor_and_the_record_says_so(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    first, second = FIRST_AND_SECOND
    (choice,) = models_of(step(stack, bought, "write_script")).values()
    assert choice["chosen"] == second
    tried = [each for each in choice["rejected"] if each["name"].startswith(f"{first}, attempt")]
    assert [each["reason"].partition(":")[0] for each in tried] == ["unavailable"] * 3
    assert len(vendors.anthropic.received) == 3
    assert (vendors.anthropic.bill_micro_usd, len(vendors.openai.accepted)) == (0, 1)


def test_footage_is_waited_for_by_the_state_machine_and_made_again_when_it_fails(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    scenes = step(stack, bought, "shoot")["items_total"]
    tasks = list(vendors.runway.tasks.values())
    assert [task.state for task in tasks].count("failed") == 1
    assert len(tasks) == scenes + 1, "one was ordered again, and none twice"
    looks = sum(task.looks for task in tasks)
    assert looks == 2 * len(tasks), "nobody looks at what is over, nor more often than the vendor asks for"
    calls = len(stack.watch.calls("shoot")) - stack.facts["calls of shoot before"]
    assert 2 * scenes < calls <= scenes + looks + 1, "between two looks the state machine waits"


def test_speech_is_asked_again_after_a_throttled_request(stack: Stack, vendors: Vendors, bought: str) -> None:
    (choice,) = models_of(step(stack, bought, "narrate")).values()
    assert choice["chosen"] == "polly-standard"
    assert [it["reason"].partition(":")[0] for it in choice["rejected"] if "attempt" in it["name"]] == [
        "throttled"
    ]
    assert vendors.polly.accepted


def test_what_the_record_says_it_cost_is_what_the_vendors_ask_for(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    record = stack.record(bought)
    assert record["cost"]["generation_cost_usd"] == format_usd(vendors.bill_micro_usd)
    assert record["cost"]["unknown_usd"] == "0.000000"
    charges = [line for each in record["production"]["steps"] for line in each["charges"]]
    assert sum(line["micro_usd"] for line in charges) == vendors.bill_micro_usd > 0
    assert {line["provider"] for line in charges if line["micro_usd"]} == {"openai", "polly", "runway"}


def test_the_ledger_says_the_same_and_nothing_is_left_open(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    names = budget_names("dev", datetime.now(UTC).date(), "content", bought)
    for budget in (names.environment, names.video):
        totals = stack.ledger.totals(budget)
        assert (totals.settled, totals.reserved, totals.unknown) == (vendors.bill_micro_usd, 0, 0)
    states = {charge.state for charge in stack.ledger.charges(budget=names.video)}
    assert states <= {"settled", "released"}


def test_no_vendor_was_asked_what_it_does_not_take_and_no_role_was_too_small(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    assert bought
    assert vendors.objections == []
    assert stack.emulator.denials() == []


def test_no_key_is_in_any_log_or_record(stack: Stack, bought: str) -> None:
    said = [json.dumps(stack.record(bought))]
    for slug in ("begin-production", "write-script", "narrate", "shoot", "finish-production"):
        said += stack.watch.function_log(slug)
    assert KEY not in "\n".join(said)


def test_a_day_that_is_spent_has_engines_of_ours_stand_in_and_the_record_says_mock(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    assert bought
    before = vendors.bill_micro_usd
    half = format_usd(before // 2)
    spending(stack, vendors, GENEROUS | {"per_day_action_usd": half})
    made = stack.make()
    record = stack.record(made)
    assert vendors.bill_micro_usd == before
    assert record["cost"]["generation_cost_usd"] == "0.000000"
    mock = [
        (decision["subject"], decision["chosen"])
        for each in record["production"]["steps"]
        for decision in each["decisions"]
        if decision["subject"].startswith("mock")
    ]
    assert {chosen for _, chosen in mock} == {"embedded-writer", "embedded-voice", "embedded-motion-graphics"}


def test_the_regular_look_at_money_measures_it_and_the_alarm_rings(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    assert bought
    spending(stack, vendors, {"per_day_block_usd": format_usd(vendors.bill_micro_usd)})
    stack.restart("check-spending")
    told = stack.call("check-spending")
    assert told["lapsed"] == []
    assert told["spent_usd"]["day"] == format_usd(vendors.bill_micro_usd)
    assert told["used"]["day"] == 1.0
    for alarm in ("BudgetNearlyUsed-day", "BudgetUsed-day"):
        until(lambda name=alarm: "ALARM" in stack.watch.alarm_history(name), f"{alarm} rings", seconds=60)
    assert "ALARM" not in stack.watch.alarm_history("BudgetUsed-month")


def test_the_regular_look_at_models_asks_everybody_and_buys_nothing(
    stack: Stack, vendors: Vendors, bought: str
) -> None:
    assert bought
    before = vendors.bill_micro_usd
    stack.restart("check-model-health")
    told = stack.call("check-model-health")
    assert told["asked"] > 10
    # The simulated Polly knows one language of each voice.
    assert told["unwell"] == {"polly-standard": "voice aditi does not speak hi-IN there"}
    assert vendors.bill_micro_usd == before
    until(lambda: "ALARM" in stack.watch.alarm_history("ModelsUnwell"), "ModelsUnwell rings", seconds=90)
    assert any(
        "claude-haiku-5-5 was looked at" in line for line in stack.watch.function_log("check-model-health")
    )
    assert stack.emulator.denials() == []
