"""`reelwright models route`, and the page of all routes: who would be asked, and why nobody else."""

import json
from pathlib import Path
from typing import Any

import pytest

import docs
from reelwright.cli.models_routes import RouteTable
from reelwright.cost.ledger import CostLedger
from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment
from reelwright.models.catalogue import load_catalogue
from tests.unit.cli.conftest import Run

ROOT = Path(__file__).resolve().parents[3]
WHY = ("--reason", "a test")


@pytest.mark.parametrize("has_keys", [False, True], ids=["without keys", "with all keys"])
@pytest.mark.parametrize("service", ["content", "audio", "video"])
@pytest.mark.parametrize("environment", ENVIRONMENT_NAMES)
class TestEveryEnvironmentAndService:
    """On the day of the page."""

    @pytest.fixture
    def table(self, environment: str, service: str, has_keys: bool) -> RouteTable:  # noqa: FBT001 (a parameter of the test)
        return docs.routes_on(docs.ROUTES_ON, environment, service, has_keys=has_keys)

    def test_every_model_is_a_candidate_or_passed_over_with_a_reason(self, table: RouteTable) -> None:
        assert table.route
        names = [each.model.name for each in table.route.candidates]
        passed_over = [each.model for each in table.route.rejected]
        of_service = [model.name for model in load_catalogue() if model.service == table.service]
        assert sorted(names + passed_over) == sorted(of_service)
        assert all(each.reason and each.because for each in table.route.rejected)

    def test_who_is_asked_serves_the_tier_best_first_and_free_last(self, table: RouteTable) -> None:
        assert table.route
        candidates = table.route.candidates
        assert all(table.wanted.tier in each.model.tiers for each in candidates)
        order = [(each.model.free, -each.model.quality) for each in candidates]
        assert order == sorted(order)
        assert candidates[-1].model.free, "something always answers"

    def test_every_price_is_known_and_under_its_ceiling(self, table: RouteTable) -> None:
        assert table.route
        for each in table.route.candidates:
            assert (each.estimate_micro_usd > 0) is not each.model.free
            assert each.ceiling_micro_usd is None or each.estimate_micro_usd <= each.ceiling_micro_usd
        assert not [each for each in table.route.rejected if each.because == "price"]

    def test_nova_reel_is_skipped_as_retired(self, table: RouteTable) -> None:
        assert table.route
        said = {each.model: each for each in table.route.rejected}
        if table.service == "video":
            for name in ("nova-reel", "nova-reel-v1-1"):
                assert said[name].because == "lifecycle"
                assert "retired by its provider on 2026-09-30; use runway-gen4-5" in said[name].reason

    def test_only_who_has_a_key_is_asked(self, table: RouteTable, has_keys: bool) -> None:  # noqa: FBT001 (a parameter of the test)
        assert table.route
        keyless = {"embedded", "bedrock", "polly"}
        lacking = [each for each in table.route.rejected if each.because == "credential"]
        if has_keys:
            assert not lacking
        else:
            assert {each.model.provider for each in table.route.candidates} <= keyless


def test_the_page_has_a_table_for_each() -> None:
    page = (ROOT / "docs" / "reference" / "routes.md").read_text("utf-8")
    headings = [line.removeprefix("### ") for line in page.splitlines() if line.startswith("### ")]
    assert headings == [f"{name}: {service}" for name in ENVIRONMENT_NAMES for service in docs.ROUTED]
    assert str(docs.ROUTES_ON) in page
    assert page.count("**Without keys**") == page.count("**With all keys**") == len(headings)


def route(run: Run, *words: str) -> dict[str, Any]:
    outcome = run("models", "route", *words, "--json")
    assert outcome.code == 0, outcome.err
    told: dict[str, Any] = json.loads(outcome.out)
    return told


def because(told: dict[str, Any], name: str) -> str:
    return str(next(each["because"] for each in told["rejected"] if each["model"] == name))


def test_the_command_prints_candidates_reasons_and_the_budget(run: Run) -> None:
    said = run("models", "route", "video").out
    assert "1. embedded-motion-graphics" in said
    assert "budget normal" in said
    assert "not, lifecycle: nova-reel, nova-reel-v1-1\n       retired by its provider on 2026-09-30" in said


def test_all_services_at_once(run: Run) -> None:
    told = route(run, "--all")
    assert [each["service"] for each in told["routes"]] == ["content", "audio", "video"]
    assert all(each["candidates"] for each in told["routes"])
    assert run("models", "route", "--all").out.count("budget normal") == 3


def test_a_tier_and_a_preference_can_be_tried(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_SECRET__PROVIDERS__ANTHROPIC", "sk-0123456789")
    monkeypatch.setenv("REELWRIGHT_SECRET__PROVIDERS__OPENAI", "sk-0123456789")
    best = route(run, "content", "--tier", "premium")["candidates"]
    assert best[0]["model"] == "claude-opus-5-5"
    cheap = route(run, "content", "--tier", "premium", "--prefer", "cost")["candidates"]
    prices = [float(each["estimate_usd"]) for each in cheap[:-1]]
    assert prices == sorted(prices)
    assert cheap[0]["model"] != best[0]["model"]
    assert {each["model"] for each in cheap} == {each["model"] for each in best}


def test_a_tier_counts_also_where_models_are_named(run: Run) -> None:
    run("config", "set", "models.content.models", '["embedded-writer"]', *WHY)
    assert because(route(run, "content"), "claude-haiku-5-5") == "configuration"
    assert because(route(run, "content", "--tier", "economy"), "claude-haiku-5-5") == "credential"


def test_sizes_change_what_can_be_asked_and_what_it_costs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_SECRET__PROVIDERS__RUNWAY", "sk-0123456789")
    short = route(run, "video", "--tier", "standard", "--seconds", "3")
    long = route(run, "video", "--tier", "standard", "--seconds", "10")
    estimates = [
        float(next(each["estimate_usd"] for each in told["candidates"] if each["model"] == "runway-gen4-5"))
        for told in (short, long)
    ]
    assert estimates == [0.36, 1.2]
    assert because(route(run, "video", "--tier", "standard", "--seconds", "11"), "runway-gen4-5") == (
        "capability"
    )
    square = route(run, "video", "--tier", "standard", "--aspect", "1:1")
    assert because(square, "runway-gen4-5") == "capability"


def test_a_ceiling_is_shown_and_kept_to(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_SECRET__PROVIDERS__RUNWAY", "sk-0123456789")
    run("config", "set", "models.video.link_ceiling_usd", "0.90", *WHY)
    told = route(run, "video")
    assert because(told, "runway-hailuo3") == "ceiling"
    assert {each["ceiling_usd"] for each in told["candidates"]} == {"0.90"}
    assert "of $0.90 allowed" in run("models", "route", "video").out


def test_spent_money_shows(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_SECRET__PROVIDERS__RUNWAY", "sk-0123456789")
    settings = load_environment("local").settings
    assert settings.budgets.per_day_action_usd
    told = route(run, "video")
    assert told["candidates"][0]["provider"] == "runway"
    ledger = CostLedger.open(f"sqlite:///{place}/.reelwright/ledger.db")
    day = f"day:local:{told['on']}"
    charge = ledger.reserve([day], 3_000_000, key="somebody's")
    ledger.settle(ledger.intend(charge), 3_000_000)
    ledger.close()
    told = route(run, "video")
    assert told["budget"]["level"] == "mock"
    assert told["mock"] is True
    assert because(told, "runway-hailuo3") == "budget"
    assert "MOCK" in run("models", "route", "video").out


def test_no_route_is_an_error_for_one_service_and_a_line_for_all(run: Run) -> None:
    run("config", "set", "models.video.models", '["runway-gen4-5"]', *WHY)
    outcome = run("models", "route", "video")
    assert outcome.code == 2
    assert "no credential" in outcome.err
    everything = run("models", "route", "--all")
    assert everything.code == 0
    assert "NO ROUTE [no_model_available]" in everything.out
