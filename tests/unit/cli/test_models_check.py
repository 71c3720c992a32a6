"""`reelwright models check` and `reset`: exit codes that a script can go by, and the trail of a change."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelwright.clock import SystemClock
from reelwright.cost.ledger import CostLedger
from reelwright.environment.schema import HealthSettings
from reelwright.models.catalogue import load_catalogue
from reelwright.models.health import FleetHealth
from reelwright.models.schema import Failure, Model
from reelwright.observability.metrics import NoMetrics
from reelwright.resilience.local import SqliteHealth
from tests.simulators.anthropic import AnthropicSimulator
from tests.simulators.openai import OpenAISimulator
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Faults, nobody_listens
from tests.unit.cli.conftest import Run
from tests.unit.cli.vendors import KEY, reach

WHY = ("--reason", "a test")
OFFERED = [each.vendor_id for each in load_catalogue() if each.provider == "anthropic"]
WRITERS = ("claude-haiku-5-5", "claude-haiku-4-5")


@pytest.fixture
def anthropic(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnthropicSimulator]:
    with AnthropicSimulator(models=OFFERED) as simulator:
        reach(monkeypatch, anthropic=simulator)
        yield simulator


def model(name: str) -> Model:
    return next(each for each in load_catalogue() if each.name == name)


def note(place: Path, name: str, *outcomes: Failure | None) -> None:
    """Let another process have made calls."""
    store = SqliteHealth(place / ".reelwright" / "health.db")
    health = FleetHealth(store, HealthSettings(), SystemClock(), Random(1), NoMetrics())
    for outcome in outcomes:
        health.note(model(name), outcome, 2.0)
    health.close()


def checked(run: Run, *words: str) -> tuple[int, dict[str, Any], dict[str, dict[str, Any]]]:
    outcome = run("models", "check", *words, "--json")
    told = json.loads(outcome.out)
    return outcome.code, told, {row["name"]: row for row in told["models"]}


def test_all_is_well_where_only_engines_of_ours_are_asked(run: Run) -> None:
    code, told, rows = checked(run)
    assert (code, told["ok"]) == (0, True)
    assert {name for name, row in rows.items() if row["routed"]} == {
        "embedded-writer",
        "embedded-voice",
        "embedded-motion-graphics",
    }
    assert rows["nova-reel"]["state"] == "out"
    assert rows["nova-reel"]["findings"] == ["retired by its provider; use runway-gen4-5"]
    assert rows["claude-sonnet-4-5"]["days_left"] is not None
    said = run("models", "check").out
    assert "3 well, 0 with warnings, 0 broken" in said


@pytest.mark.usefixtures("anthropic")
def test_statistics_of_the_fleet_are_shown(run: Run, place: Path) -> None:
    note(place, "claude-haiku-5-5", None, None, None, "refused", None, None, None, None, None, "unavailable")
    code, _, rows = checked(run)
    health = rows["claude-haiku-5-5"]["health"]
    assert code == 0
    assert (health["calls"], health["failure_share"], health["refusal_share"]) == (
        10,
        0.1,
        pytest.approx(1 / 9, abs=0.02),
    )
    assert health["p50_seconds"] == pytest.approx(2.0, rel=0.1)
    assert "10 calls, 10% failed" in run("models", "check").out


@pytest.mark.usefixtures("anthropic")
def test_an_open_breaker_breaks_the_check_until_it_is_reset(run: Run, place: Path) -> None:
    note(place, "claude-haiku-5-5", *["unavailable"] * 6)
    code, told, rows = checked(run)
    assert (code, told["ok"]) == (1, False)
    assert rows["claude-haiku-5-5"]["state"] == "broken"
    assert "calls failed" in rows["claude-haiku-5-5"]["findings"][0]
    assert (
        run("models", "reset", "claude-haiku-5-5", "--reason", "they mended it", "--actor", "ann").code == 0
    )
    assert checked(run)[0] == 0
    entries = json.loads(run("config", "audit", "--json").out)["entries"]
    assert [(each["action"], each["actor"], each["subject"], each["reason"]) for each in entries[:2]] == [
        ("model.reset.done", "ann", "models/claude-haiku-5-5", "they mended it"),
        ("model.reset.intended", "ann", "models/claude-haiku-5-5", "they mended it"),
    ]
    assert entries[1]["details"]["before"]["state"] == "open"
    assert run("config", "audit").code == 0


@pytest.mark.usefixtures("anthropic")
@pytest.mark.parametrize(
    ("failure", "said"), [("retired", "has ended the model"), ("misconfigured", "refused")]
)
def test_what_a_vendor_said_is_remembered_and_forgotten(
    run: Run, place: Path, failure: Failure, said: str
) -> None:
    note(place, "claude-haiku-5-5", failure)
    code, _, rows = checked(run)
    assert code == 1
    assert said in rows["claude-haiku-5-5"]["findings"][0]
    assert run("models", "reset", "claude-haiku-5-5", *WHY).code == 0
    assert checked(run)[0] == 0


def test_a_broken_model_that_no_route_uses_breaks_nothing(run: Run, place: Path) -> None:
    note(place, "claude-haiku-5-5", *["unavailable"] * 6)
    code, _, rows = checked(run)
    assert code == 0
    assert rows["claude-haiku-5-5"]["state"] == "out"


@pytest.mark.usefixtures("anthropic")
def test_a_price_that_has_expired_breaks_the_check(run: Run) -> None:
    value = '{"usd": "1", "per": 1000000, "as_of": "2026-01-01", "valid_until": "2026-02-01"}'
    run("config", "set", "catalog.prices.claude-haiku-5-5.input_tokens", value, *WHY)
    code, _, rows = checked(run)
    assert code == 1
    assert "believed until 2026-02-01" in rows["claude-haiku-5-5"]["price_problem"]
    run("config", "set", "costs.unknown_price", "ceiling", *WHY)
    assert checked(run)[0] == 0


@pytest.mark.usefixtures("anthropic")
def test_a_price_that_ends_soon_is_a_warning(run: Run) -> None:
    soon = (SystemClock().now().date() + timedelta(20)).isoformat()
    value = f'{{"usd": "1", "per": 1000000, "as_of": "2026-01-01", "valid_until": "{soon}"}}'
    run("config", "set", "catalog.prices.claude-haiku-5-5.input_tokens", value, *WHY)
    code, _, rows = checked(run)
    assert code == 0
    assert rows["claude-haiku-5-5"]["state"] == "warned"
    assert rows["claude-haiku-5-5"]["price_until"] == soon
    assert f"price is believed until {soon} only" in run("models", "check").out


@pytest.mark.usefixtures("anthropic")
def test_a_budget_that_stops_all_is_told_and_breaks_no_model(run: Run, place: Path) -> None:
    run("config", "set", "budgets.total_block_usd", "1", *WHY)
    ledger = CostLedger.open(f"sqlite:///{place}/.reelwright/ledger.db")
    charge = ledger.reserve(["env:local"], 1_000_000, key="somebody's")
    ledger.settle(ledger.intend(charge), 1_000_000)
    ledger.close()
    code, told, _ = checked(run)
    assert code == 0
    assert set(told["stopped_by_budget"]) == {"content"}
    assert "nobody is asked for content" in run("models", "check").out


def test_a_service_without_a_model_breaks_the_check(run: Run) -> None:
    run("config", "set", "models.video.models", '["nova-reel"]', *WHY)
    code, told, _ = checked(run)
    assert code == 1
    assert "retired by its provider" in told["no_route"]["video"]
    assert "NO  no model for video" in run("models", "check").out
    assert checked(run, "--service", "audio")[0] == 0


def test_nobody_is_asked_without_being_told_to(run: Run, anthropic: AnthropicSimulator) -> None:
    checked(run)
    assert anthropic.received == []


def test_probing_asks_every_vendor_with_a_key_and_buys_nothing(
    run: Run, anthropic: AnthropicSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RunwaySimulator() as runway:
        reach(monkeypatch, runway=runway)
        code, told, rows = checked(run, "--probe")
        assert runway.received
        assert (runway.accepted, anthropic.accepted, runway.objections) == ([], [], [])
    assert (code, told["probed"]) == (0, {"anthropic": "", "runway": ""})
    assert {name for name, row in rows.items() if row["probed"] and row["routed"]} >= set(WRITERS)
    assert not any(row["probed"] for row in rows.values() if row["provider"] in {"openai", "polly", "luma"})


def test_a_model_that_its_vendor_does_not_offer_breaks_the_check(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with AnthropicSimulator(models=["claude-haiku-4-5", "claude-opus-5-5"]) as simulator:
        reach(monkeypatch, anthropic=simulator)
        code, _, rows = checked(run, "--probe")
    assert code == 1
    assert rows["claude-haiku-5-5"]["state"] == "broken"
    assert rows["claude-sonnet-5-5"]["problem"], "wrong too"
    assert rows["claude-sonnet-5-5"]["state"] == "out", "but nobody would ask it"


def test_a_key_that_is_refused_breaks_the_check(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with AnthropicSimulator(keys=["sk-another-key-0123456789"]) as simulator:
        reach(monkeypatch, anthropic=simulator)
        outcome = run("models", "check", "--probe")
    assert outcome.code == 1, "it was reached"
    assert "refuses its credential" in outcome.out
    assert KEY not in outcome.out + outcome.err


@pytest.mark.usefixtures("anthropic")
def test_one_vendor_that_is_away_is_broken_and_all_of_them_are_unavailable(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAISimulator() as openai, nobody_listens() as nobody:
        reach(monkeypatch, openai=openai)
        monkeypatch.setenv("REELWRIGHT__PROVIDERS__ANTHROPIC__ENDPOINTS", json.dumps([nobody]))
        code, told, rows = checked(run, "--probe")
        assert code == 1
        assert told["probed"]["anthropic"]
        assert rows["claude-haiku-5-5"]["state"] == "broken"
        monkeypatch.setenv("REELWRIGHT__PROVIDERS__OPENAI__ENDPOINTS", json.dumps([nobody]))
        assert checked(run, "--probe")[0] == 4


def test_a_vendor_in_trouble_is_nobody(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with AnthropicSimulator(faults=Faults.script(["overloaded"] * 9)) as simulator:
        reach(monkeypatch, anthropic=simulator)
        assert run("models", "check", "--probe").code == 4


def test_health_that_cannot_be_read_is_not_taken_for_good(run: Run, place: Path) -> None:
    (place / ".reelwright").mkdir(exist_ok=True)
    (place / ".reelwright" / "health.db").write_bytes(b"no database" * 100)
    outcome = run("models", "check", "--json")
    assert outcome.code == 4
    assert json.loads(outcome.out)["error"]["code"] == "health_store_unavailable"


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_change_without_a_reason_is_none(run: Run, reason: str) -> None:
    outcome = run("models", "reset", "gpt-6-luna", "--reason", reason)
    assert outcome.code == 2
    assert json.loads(run("config", "audit", "--json").out)["entries"] == []
