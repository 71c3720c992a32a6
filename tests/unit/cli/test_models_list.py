"""`reelwright models list` and `show`: the catalogue as the environment sees it."""

import json
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from reelwright.cli import modelling
from reelwright.cost.schema import Service
from reelwright.environment import schema
from reelwright.models.catalogue import load_catalogue
from tests.unit.cli.conftest import Outcome, Run

WHY = ("--reason", "a test")


def rows(outcome: Outcome) -> dict[str, dict[str, Any]]:
    assert outcome.code == 0, outcome.err
    return {row["name"]: row for row in json.loads(outcome.out)["models"]}


def test_the_choices_are_those_of_the_schema() -> None:
    assert set(modelling.SERVICES) == set(get_args(Service))
    assert get_args(schema.Tier) == modelling.TIERS
    assert get_args(schema.Preference) == modelling.PREFERENCES


def test_every_model_is_listed_with_what_the_catalogue_says(run: Run) -> None:
    listed = rows(run("models", "list", "--all", "--json"))
    assert list(listed) == [model.name for model in load_catalogue()]
    for model in load_catalogue():
        row = listed[model.name]
        assert (row["vendor_id"], row["provider"], row["service"]) == (
            model.vendor_id,
            model.provider,
            model.service,
        )
        assert row["tiers"] == list(model.tiers)
        assert bool(row["prices"]) is not model.free
        assert row["price_problem"] == ""
        assert all(price["source"] and price["as_of"] and price["valid_until"] for price in row["prices"])


def test_what_is_retired_is_left_out_and_counted(run: Run) -> None:
    everything, usual = rows(run("models", "list", "--all", "--json")), rows(run("models", "list", "--json"))
    gone = set(everything) - set(usual)
    assert {"nova-reel", "nova-reel-v1-1"} <= gone
    assert {everything[name]["lifecycle"]["state"] for name in gone} == {"retired"}
    assert f"{len(gone)} more are retired or switched off" in run("models", "list").out
    assert "ended 2026-09-30, use runway-gen4-5" in run("models", "list", "--all", "--service", "video").out


def test_a_service_lists_its_own(run: Run) -> None:
    listed = rows(run("models", "list", "--service", "audio", "--json"))
    assert {row["service"] for row in listed.values()} == {"audio"}


def test_what_operators_say_counts(run: Run) -> None:
    run("config", "set", "catalog.models.gpt-6-luna.enabled", "false", *WHY)
    run("config", "set", "catalog.models.claude-haiku-5-5.tiers", '["premium"]', *WHY)
    run("config", "set", "providers.runway.enabled", "false", *WHY)
    listed = rows(run("models", "list", "--json"))
    assert "gpt-6-luna" not in listed
    assert listed["claude-haiku-5-5"]["tiers"] == ["premium"]
    assert listed["runway-gen4-5"]["provider_enabled"] is False
    assert "(its provider is switched off)" in run("models", "show", "runway-gen4-5").out


def test_a_price_that_is_no_longer_believed_is_marked(run: Run) -> None:
    yesterday = (date.today() - timedelta(1)).isoformat()  # noqa: DTZ011 (the command asks the same clock)
    key = "catalog.prices.runway-gen4-5.video_seconds"
    value = f'{{"usd": "0.15", "valid_until": "{yesterday}", "as_of": "2026-01-01"}}'
    assert run("config", "set", key, value, *WHY).code == 0
    row = rows(run("models", "list", "--json"))["runway-gen4-5"]
    assert "believed until" in row["price_problem"]
    assert [(price["usd"], price["expired"]) for price in row["prices"]] == [("0.15", True)]
    shown = run("models", "show", "runway-gen4-5").out
    assert "NO VALID PRICE" in shown
    assert f"EXPIRED, was believed until {yesterday}" in shown


def test_whether_a_key_is_there_is_told_and_never_the_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_SECRET__PROVIDERS__RUNWAY", "sk-canary-0123456789")
    outcome = run("models", "list", "--json")
    listed = rows(outcome)
    assert listed["runway-gen4-5"]["credential"] == "present"
    assert listed["luma-ray-3-2"]["credential"] == "missing"
    assert listed["polly-neural"]["credential"] == "AWS"
    assert listed["embedded-voice"]["credential"] == "none needed"
    assert "canary" not in outcome.out + outcome.err


def test_show_has_every_price_and_source(run: Run) -> None:
    told = json.loads(run("models", "show", "bedrock-claude-sonnet-5-5", "--json").out)
    regions = {price["region"] for price in told["all_prices"]}
    assert len(regions) > 1, "inference profiles have prices of their own"
    assert {price["region"] for price in told["prices"]} <= regions
    assert told["source"]
    text = run("models", "show", "bedrock-claude-sonnet-5-5").out
    assert told["source"] in text
    assert all(price["source"] in text for price in told["all_prices"])


def test_a_name_that_is_none_is_answered_with_those_near_it(run: Run) -> None:
    outcome = run("models", "show", "runway-gen45", "--json")
    assert outcome.code == 2
    error = json.loads(outcome.out)["error"]
    assert error["code"] == "model_unknown"
    assert "runway-gen4-5" in error["message"]


def test_looking_makes_no_ledger(run: Run, place: Any) -> None:
    run("models", "list")
    run("models", "show", "nova-lite")
    assert not list(place.rglob("*.db"))
