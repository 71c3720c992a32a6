"""`reelwright cost estimate`: before anything is made, and against what it became."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelwright.cost.schema import format_usd
from tests.unit.cli.conftest import Run
from tests.unit.cli.cost_world import (
    Spender,
    local_spender,
    one_video,
    production_id,
    store_production,
    usage,
)

BRIEF = """---
topic: Why tides come twice a day
duration_seconds: 45
---
The Moon pulls on the water.
"""
KEY = "sk-simulated-0123456789"


def estimated(run: Run, *words: object) -> Any:
    outcome = run("cost", "estimate", *words, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def configure(run: Run, **said: str) -> None:
    for key, value in said.items():
        outcome = run("config", "set", key.replace("__", "."), value, "--reason", "a test")
        assert outcome.code == 0, outcome.err


@pytest.fixture
def paid(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line where vendors may be asked: keys for two, and dear models."""
    for provider in ("ANTHROPIC", "RUNWAY"):
        monkeypatch.setenv(f"REELWRIGHT_SECRET__PROVIDERS__{provider}", KEY)
    configure(
        run,
        models__content__tier="standard",
        models__video__tier="standard",
        providers__polly__enabled="true",
    )
    return run


def micro(usd: str) -> int:
    return round(float(usd) * 1_000_000)


def test_engines_of_ours_cost_nothing_and_nothing_is_in_the_way(run: Run) -> None:
    told = estimated(run, "Tides")
    assert (told["expected_usd"], told["high_usd"], told["budgets"]) == ("0.000000", "0.000000", [])
    assert [each["model"] for each in told["services"]] == [
        "embedded-writer",
        "embedded-voice",
        "embedded-motion-graphics",
    ]


def test_it_says_who_would_be_asked_for_how_much_and_what_was_assumed(paid: Run) -> None:
    told = estimated(paid, "Tides", "--duration", "60")
    models = {each["service"]: each["model"] for each in told["services"]}
    assert (models["content"], models["video"]) == ("claude-sonnet-5-5", "runway-gen4-5")
    for name in ("low_usd", "expected_usd", "high_usd"):
        assert sum(micro(each[name]) for each in told["services"]) == micro(told[name])
    assert micro(told["low_usd"]) < micro(told["expected_usd"]) < micro(told["high_usd"])
    candidates = told["routes"]["video"]["candidates"]
    assert candidates[0]["model"] == "runway-gen4-5"
    assert any(each["model"] == "nova-reel" for each in told["routes"]["video"]["rejected"])
    assert any("60 s" in assumption for assumption in told["assumptions"])
    text = paid("cost", "estimate", "Tides").out
    assert "Asked for video, in this order:\n  runway-gen4-5: at most $" in text
    assert f"prices of book {told['price_book']}" in text


def test_scenes_that_nobody_is_paid_for_cost_nothing(paid: Run, place: Path) -> None:
    def footage(*words: object) -> tuple[str, int, int]:
        told = estimated(paid, *words)
        video = next(each for each in told["services"] if each["service"] == "video")
        assert ("video" in told["routes"]) == (video["model"] == "runway-gen4-5")
        return video["model"], video["calls"], micro(video["expected_usd"])

    model, calls, whole = footage("Tides")
    assert (model, calls > 5, whole > 0) == ("runway-gen4-5", True, True)
    assert footage("Tides", "--footage", "graphics") == ("embedded-motion-graphics", 9, 0)
    model, some_calls, some = footage("Tides", "--footage", "mixed")
    assert (model, some_calls) == ("runway-gen4-5", 4)
    assert 0.25 * whole < some < 0.45 * whole
    (place / "brief.md").write_text(
        "---\ntopic: Tides\nscenes: [1=graphics]\nmedia: [{file: a.mp4, scene: 2}, b.mp4]\n---\n"
    )
    _, _, rest = footage("--brief", "brief.md")
    assert rest == pytest.approx(whole * 6 / 9, rel=0.01)
    text = paid("cost", "estimate", "--brief", "brief.md").out
    assert "3 of about 9 scenes drawn by an engine of ours, which is free, or brought" in text


def test_a_lower_resolution_that_is_asked_for_is_what_is_estimated(paid: Run) -> None:
    assert any("480p" in each for each in estimated(paid, "Tides", "--resolution", "480p")["assumptions"])


def test_ceilings_of_candidates_are_shown(paid: Run) -> None:
    configure(paid, models__video__link_ceiling_usd="1.50")
    candidates = estimated(paid, "Tides")["routes"]["video"]["candidates"]
    assert {each["ceiling_usd"] for each in candidates} == {"1.500000"}
    assert ", ceiling $1.500000" in paid("cost", "estimate", "Tides").out


def test_a_brief_is_read_and_what_is_said_goes_over_it(run: Run, place: Path) -> None:
    (place / "brief.md").write_text(BRIEF)
    assert any("45 s" in each for each in estimated(run, "--brief", "brief.md")["assumptions"])
    longer = estimated(run, "--brief", "brief.md", "--duration", "90")
    assert longer["topic"] == "Why tides come twice a day"
    assert any("90 s" in each for each in longer["assumptions"])


@pytest.mark.parametrize(
    ("settings", "level", "when"),
    [
        ({"budgets__per_video_usd": "1"}, "block", "expected"),
        ({"budgets__per_video_usd": "8"}, "block", "high"),
        ({"budgets__per_day_service_usd__video": "0.10"}, "block", "expected"),
        ({"budgets__per_month_block_usd": "0.10"}, "block", "expected"),
        ({"budgets__per_day_action_usd": "0.10", "budgets__per_day_action": "mock"}, "mock", "expected"),
        ({"budgets__per_day_warn_usd": "0.10"}, "warn", "expected"),
    ],
)
def test_budgets_in_the_way_are_named(paid: Run, settings: dict[str, str], level: str, when: str) -> None:
    high = {"per_day_warn_usd": "900", "per_day_action_usd": "950", "per_day_block_usd": "1000"}
    configure(paid, **{f"budgets__{key}": value for key, value in high.items()})
    configure(paid, **settings)
    found = estimated(paid, "Tides")["budgets"]
    assert [(each["level"], each["when"]) for each in found] == [(level, when)]
    assert found[0]["setting"] in {key.replace("__", ".") for key in settings}
    (said,) = paid("cost", "estimate", "Tides").out.partition("Budgets in the way:\n")[2].splitlines()
    assert Decimal(found[0]["from_usd"]) == Decimal(next(iter(settings.values())))
    assert f", from ${found[0]['from_usd']} on ({found[0]['setting']}); $0.000000" in said


def test_what_was_spent_already_counts(paid: Run, place: Path) -> None:
    spent = local_spender(place, datetime.now(UTC))
    one_video(spent, 1)
    spent.ledger.close()
    configure(
        paid,
        budgets__per_day_warn_usd="900",
        budgets__per_day_action_usd="1",
        budgets__per_day_block_usd="950",
    )
    found = {each["level"]: each["when"] for each in estimated(paid, "Tides")["budgets"]}
    assert found == {"mock": "now"}
    # It is estimated as it was meant all the same.
    assert micro(estimated(paid, "Tides")["expected_usd"]) > 0


@pytest.fixture
def spent(place: Path) -> Spender:
    """One video of staging, dearer than expected in every way there is."""
    made = local_spender(place)
    store_production(place, production_id(1), "Why tides come twice a day")
    video = one_video(made, 1)
    made.buy(f"{video}/shoot/7/ab", "runway-veo3-1-fast", usage("video_seconds", 8), failed=True)
    made.lose(f"{video}/shoot/8/ab", "luma-ray-3-2")
    return made


def test_the_difference_is_explained_to_the_micro_dollar(run: Run, spent: Spender) -> None:
    told = estimated(run, production_id(1))
    actual = micro(told["actual"]["generation_cost_usd"])
    assert actual == spent.settled + spent.unknown
    assert told["actual"]["unknown_usd"] == format_usd(spent.unknown)
    assert told["actual"]["failed_usd"] == format_usd(spent.failed)
    difference = micro(told["difference_usd"])
    assert difference == actual - micro(told["estimate"]["expected_usd"])
    assert sum(micro(each["usd"]) for each in told["differences"]) == difference
    reasons = " | ".join(each["reason"] for each in told["differences"])
    for reason in (
        "attempts that failed and were billed (runway-veo3-1-fast)",
        "charges whose outcome nobody knows yet (luma-ray-3-2)",
        "1,710 characters rather than",
    ):
        assert reason in reasons
    text = run("cost", "estimate", production_id(1)).out
    assert f"It cost ${format_usd(actual)}" in text
    assert "reelwright cost unknown" in text


def test_what_was_resolved_since_counts_as_it_is_now(run: Run, spent: Spender) -> None:
    (lost,) = json.loads(run("cost", "unknown", "--json").out)["unknown"]
    assert run("cost", "resolve", lost["key"], "--spent", "0.25").code == 0
    actual = estimated(run, production_id(1))["actual"]
    assert (actual["generation_cost_usd"], actual["unknown_usd"]) == (
        format_usd(spent.settled + 250_000),
        "0.000000",
    )


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["Tides", "--brief", "brief.md"],
        ["prod_x"],
        [production_id(8)],
        [production_id(8), "--duration", "30"],
        ["--brief", "none.md"],
        ["Tides", "--duration", "0"],
        ["Tides", "--aspect", "4:3"],
        [""],
    ],
)
def test_what_is_no_video_is_bad_input(run: Run, words: list[str]) -> None:
    outcome = run("cost", "estimate", *words)
    assert (outcome.code, outcome.out) == (2, "")
