"""`reelwright cost report|budget|unknown|resolve`, against ledgers that productions have filled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.cli import cost, cost_budgets, cost_report, cost_unknown, costing
from reelwright.cost.report.rows import GROUPINGS
from reelwright.cost.schema import format_usd
from reelwright.environment import aws
from reelwright.environment.loader import load_environment
from reelwright.pipeline.errors import ProductionNotFound
from reelwright.storage.local_audit import FolderAuditLog
from tests.contract.aws_places import TABLE
from tests.contract.ledger_tables import a_moto_table
from tests.unit.cli.conftest import Run
from tests.unit.cli.cost_world import (
    HOSTILE,
    Spender,
    local_spender,
    one_video,
    production_id,
    spender_at,
    store_production,
    usage,
)


def said(run: Run, *words: object) -> Any:
    outcome = run("cost", *words, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


@pytest.fixture
def spender(place: Path) -> Iterator[Spender]:
    """Two videos of just now, with a failed attempt, an unknown one and one under way."""
    made = local_spender(place, datetime.now(UTC) - timedelta(seconds=1))
    one_video(made, 1)
    video = one_video(made, 2, shots=(5,))
    made.buy(f"{video}/shoot/7/ab", "runway-veo3-1-fast", usage("video_seconds", 8), failed=True)
    made.lose(f"{video}/shoot/8/ab", "luma-ray-3-2", "task-77")
    made.begin(f"{video}/shoot/9/ab", "runway-gen4-5")
    yield made
    made.ledger.close()


def test_choices_are_those_of_the_rows() -> None:
    assert cost._GROUPINGS == GROUPINGS


def test_where_nothing_was_spent_there_is_nothing_and_no_file_is_made(run: Run, place: Path) -> None:
    assert said(run, "report")["rows"] == []
    assert "Nothing was spent" in run("cost", "report", "--advice").out
    assert said(run, "unknown") == {"unknown": [], "unknown_usd": "0.000000"}
    assert not (place / ".reelwright" / "ledger.db").exists()


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_grouping_has_the_whole_ledger(run: Run, spender: Spender, by: str) -> None:
    told = said(run, "report", "--by", by)
    total = {
        "settled_usd": format_usd(spender.settled),
        "unknown_usd": format_usd(spender.unknown),
        "reserved_usd": format_usd(spender.reserved),
        "failed_usd": format_usd(spender.failed),
    }
    assert told["total"].items() >= total.items()
    for name, amount in total.items():
        assert sum(micro(row[name]) for row in told["rows"]) == micro(amount)
    text = run("cost", "report", "--by", by).out
    assert all(f"${total[name]}" in text for name in total)


def micro(usd: str) -> int:
    return round(float(usd) * 1_000_000)


@pytest.mark.usefixtures("spender")
def test_rows_say_what_they_are_of(run: Run, place: Path) -> None:
    store_production(place, production_id(1), HOSTILE)
    services = {row["service"]: row["charges"] for row in said(run, "report")["rows"]}
    assert services == {"video": 7, "audio": 2, "content": 2}
    videos = {row["video"]: row["topic"] for row in said(run, "report", "--by", "video")["rows"]}
    assert videos == {production_id(1): HOSTILE, production_id(2): None}
    units = {row["unit"]: row["quantity"] for row in said(run, "report", "--by", "unit")["rows"]}
    assert units["characters"] == 3_420


def test_a_period_leaves_out_what_is_before_and_after(run: Run, place: Path) -> None:
    now = datetime.now(UTC)
    for number, days in enumerate((40, 20, 2), start=1):
        spender = local_spender(place, now - timedelta(days=days))
        one_video(spender, number, shots=(5,))
        spender.ledger.close()
    assert len(said(run, "report", "--by", "video")["rows"]) == 2
    assert len(said(run, "report", "--by", "video", "--since", "50d")["rows"]) == 3
    assert len(said(run, "report", "--by", "video", "--since", "50d", "--until", "10d")["rows"]) == 2
    day = f"{now - timedelta(days=20):%Y-%m-%d}"
    (row,) = said(run, "report", "--by", "video", "--since", day, "--until", day)["rows"]
    assert row["video"] == production_id(2)


@pytest.mark.parametrize(
    "words",
    [
        ["--since", "soon"],
        ["--since", "2999-01-01"],
        ["--since", "2026-02-30"],
        ["--since", "9999w " * 12],
        ["--since", "7d", "--until", "2020-01-01"],
        ["--until", ""],
        ["--by", "colour"],
    ],
)
def test_a_period_that_is_none_is_bad_input(run: Run, words: list[str]) -> None:
    assert run("cost", "report", *words).code == 2


def test_a_page_is_written_whole_or_refused(run: Run, place: Path, spender: Spender) -> None:
    told = said(run, "report", "--html", "costs/page.html")
    page = (place / "costs" / "page.html").read_text(encoding="utf-8")
    assert told["html"] == "costs/page.html"
    assert format_usd(spender.settled) in page
    (place / "file").touch()
    for wrong in (".", "file/page.html"):
        outcome = run("cost", "report", "--html", wrong)
        assert (outcome.code, outcome.out) == (2, "")


def budgets(run: Run, *words: object) -> dict[str, dict[str, Any]]:
    return {row["budget"]: row for row in said(run, "budget", *words)["budgets"]}


def set_limit(run: Run, key: str, value: str) -> None:
    outcome = run("config", "set", f"budgets.{key}", value, "--reason", "a test")
    assert outcome.code == 0, outcome.err


def test_budgets_show_what_is_spent_left_and_follows(run: Run, spender: Spender) -> None:
    set_limit(run, "per_day_block_usd", "100")
    set_limit(run, "per_day_warn_usd", "1")
    set_limit(run, "per_day_action_usd", "90")
    set_limit(run, "per_video_usd", "9")
    today = f"day:local:{datetime.now(UTC):%Y-%m-%d}"
    rows = budgets(run)
    day = rows[today]
    committed = spender.settled + spender.unknown + spender.reserved
    assert day["settled_usd"] == format_usd(spender.settled)
    assert day["reserved_usd"] == format_usd(spender.reserved)
    assert day["unknown_usd"] == format_usd(spender.unknown)
    assert day["left_usd"] == format_usd(100_000_000 - committed)
    assert day["level"] == "warn"
    assert rows["env:local"]["limit_usd"] is None
    assert rows["env:local"]["begins_anew"] is None
    assert rows[f"video:{production_id(2)}"]["limit_usd"] == "9.000000"
    assert {f"{today}:{service}" for service in ("content", "audio", "video")} < rows.keys()
    assert "begins anew" in run("cost", "budget").out


@pytest.mark.usefixtures("spender")
def test_days_begin_anew_where_the_settings_say_that_they_begin(run: Run) -> None:
    set_limit(run, "time_zone", "Asia/Tokyo")
    anew = [row["begins_anew"] for name, row in budgets(run).items() if name.startswith(("day", "month"))]
    assert anew
    assert all(moment.endswith("T00:00:00+09:00") for moment in anew)


@pytest.mark.usefixtures("spender")
@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({"per_day_action_usd": "0.50"}, "mock"),
        ({"per_day_block_usd": "0.50"}, "block"),
        ({"per_day_warn_usd": "0.50"}, "warn"),
        ({}, "normal"),
    ],
)
def test_the_level_is_what_productions_would_be_told(run: Run, settings: dict[str, str], level: str) -> None:
    high = {"per_day_warn_usd": "900", "per_day_action_usd": "950", "per_day_block_usd": "1000"}
    set_limit(run, "per_day_action", "mock")
    for key, value in (high | settings).items():
        set_limit(run, key, value)
    assert budgets(run)[f"day:local:{datetime.now(UTC):%Y-%m-%d}"]["level"] == level


def test_a_limit_is_set_where_all_settings_are(run: Run) -> None:
    outcome = run("cost", "budget", "set", "per_day_block_usd", "5")
    assert outcome.code == 2
    assert "reelwright config set budgets.per_day_block_usd 5 --reason TEXT" in outcome.err
    assert "Limits are: " in run("cost", "budget", "set", "per_week_usd", "5").err
    assert "not an amount" in run("cost", "budget", "set", "per_video_usd", "five").err


def unknown_key(run: Run) -> str:
    (found,) = said(run, "unknown")["unknown"]
    key: str = found["key"]
    return key


def test_unknown_charges_say_what_to_look_up(run: Run, spender: Spender) -> None:
    (found,) = said(run, "unknown")["unknown"]
    assert (found["provider"], found["reference"], found["reserved_usd"]) == ("luma", "task-77", "2.000000")
    assert "task-77" in found["look_up"]
    assert "ask luma what became of task-77" in run("cost", "unknown").out
    spender.lose(f"{production_id(2)}/shoot/6/ab", "luma-ray-3-2")
    assert "the usage that luma shows for luma-ray-3-2 at 20" in run("cost", "unknown").out


def test_what_was_spent_is_settled_and_stands_in_the_trail(run: Run, spender: Spender) -> None:
    key = unknown_key(run)
    told = said(run, "resolve", key, "--spent", "1.25", "--reason", "invoice 12", "--actor", "ann")
    assert (told["state"], told["settled_usd"], told["done"]) == ("settled", "1.250000", True)
    charge = spender.ledger.charge(key)
    assert charge is not None
    assert (charge.state, charge.settled_micro_usd) == ("settled", 1_250_000)
    assert charge.lines[0].price == "looked up by ann"
    assert charge.lines[0].failed
    assert said(run, "unknown")["unknown"] == []
    outcome = run("config", "audit", "--json")
    entries = json.loads(outcome.out)["entries"]
    assert [(each["actor"], each["action"], each["subject"]) for each in entries] == [
        ("ann", "charge.resolve.done", f"charges/{key}"),
        ("ann", "charge.resolve.intended", f"charges/{key}"),
    ]
    assert entries[0]["reason"] == "invoice 12"


def test_what_was_not_spent_is_given_back(run: Run, spender: Spender) -> None:
    key, budget = unknown_key(run), f"video:{production_id(2)}"
    before = spender.ledger.totals(budget)
    outcome = run("cost", "resolve", key, "--not-spent")
    assert outcome.code == 0
    assert f"{key} is released: $2.000000 come back to its budgets." in outcome.out
    after = spender.ledger.totals(budget)
    assert (before.unknown - after.unknown, after.settled - before.settled) == (2_000_000, 0)


def test_what_a_worker_sends_again_just_now_cannot_be_called_unspent(run: Run, spender: Spender) -> None:
    key = unknown_key(run)
    charge = spender.ledger.charge(key)
    assert charge is not None
    spender.ledger.mark_unknown(charge, until=spender.clock.now() + timedelta(seconds=90))
    refused = run("cost", "resolve", key, "--not-spent")
    assert (refused.code, "Look again after" in refused.err) == (4, True)
    assert unknown_key(run) == key
    assert json.loads(run("config", "audit", "--json").out)["entries"] == []


def test_who_takes_it_up_between_the_look_and_the_word_is_heeded_too(
    run: Run, spender: Spender, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, audit_of = unknown_key(run), cost_unknown.open_audit
    charge = spender.ledger.charge(key)
    assert charge is not None
    until = spender.clock.now().replace(microsecond=0) + timedelta(seconds=90)

    def taken_up_meanwhile(environment: str) -> Any:
        spender.ledger.mark_unknown(charge, until=until)
        return audit_of(environment)

    monkeypatch.setattr(cost_unknown, "open_audit", taken_up_meanwhile)
    refused = run("cost", "resolve", key, "--not-spent")
    assert (refused.code, f"{until:%H:%M:%S} UTC" in refused.err) == (4, True)
    assert unknown_key(run) == key
    actions = [each["action"] for each in json.loads(run("config", "audit", "--json").out)["entries"]]
    assert actions == ["charge.resolve.intended"]


@pytest.mark.usefixtures("spender")
def test_a_rehearsal_says_what_would_be_done_and_does_nothing(run: Run) -> None:
    key = unknown_key(run)
    outcome = run("cost", "resolve", key, "--spent", "3", "--dry-run")
    assert "is settled at $3.000000, of $2.000000 that were set aside" in outcome.out
    assert "It is more than was set aside" in outcome.out
    assert "Nothing was changed." in outcome.out
    assert unknown_key(run) == key
    assert json.loads(run("config", "audit", "--json").out)["entries"] == []


def test_only_what_nobody_knows_can_be_resolved(run: Run, spender: Spender) -> None:
    video = production_id(2)
    for key in (
        f"{video}/narrate/0/{2:016x}/polly-neural/1",
        f"{video}/shoot/9/ab/runway-gen4-5/1",
        "no such charge",
        "",
    ):
        before = spender.ledger.charge(key) if key else None
        for how in (("--spent", "1"), ("--not-spent",)):
            assert run("cost", "resolve", key, *how).code == 2
        assert (spender.ledger.charge(key) if key else None) == before


@pytest.mark.usefixtures("spender")
@pytest.mark.parametrize(
    "amount", ["-1", "much", "1e3", "NaN", "inf", "1.0000001", "", "1,5", "9" * 40, "0x10"]
)
def test_an_amount_that_is_none_changes_nothing(run: Run, amount: str) -> None:
    key = unknown_key(run)
    assert run("cost", "resolve", key, "--spent", amount).code == 2
    assert unknown_key(run) == key


@pytest.mark.usefixtures("spender")
def test_one_of_spent_and_not_spent_is_said(run: Run) -> None:
    assert run("cost", "resolve", unknown_key(run)).code == 2
    assert run("cost", "resolve", unknown_key(run), "--not-spent", "--spent", "1").code == 2


def test_a_deployed_environment_is_told_from_its_table(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_moto_table() as client:
        monkeypatch.setattr(aws, "aws_client", lambda *_, **__: client)
        monkeypatch.setattr(costing, "ledger_url", lambda _: f"dynamodb://{TABLE}")
        monkeypatch.setattr(costing, "_deployed", lambda _: _NoProductions())
        for module in (cost_report, cost_budgets, cost_unknown):
            monkeypatch.setattr(module, "open_settings", lambda _: load_environment("dev").settings)
        now = datetime.now(UTC) - timedelta(seconds=1)
        spender = spender_at(f"dynamodb://{TABLE}", now, "dev")
        video = one_video(spender, 1)
        lost = spender.lose(f"{video}/shoot/8/ab", "luma-ray-3-2", "task-77")
        assert said(run, "report", "--env", "dev", "--advice")["total"]["settled_usd"] == format_usd(
            spender.settled
        )
        day = budgets(run, "--env", "dev")[f"day:dev:{now:%Y-%m-%d}"]
        assert (day["limit_usd"], day["settled_usd"]) == ("5.000000", format_usd(spender.settled))
        assert unknown_at(run) == lost.key
        monkeypatch.setattr(cost_unknown, "open_audit", lambda _: FolderAuditLog(place / "audit"))
        assert said(run, "resolve", lost.key, "--spent", "0.40", "--env", "dev")["done"] is True
        assert spender.ledger.totals("env:dev").settled == spender.settled + 400_000


def unknown_at(run: Run) -> str:
    (found,) = said(run, "unknown", "--env", "dev")["unknown"]
    key: str = found["key"]
    return key


class _NoProductions:
    """A store whose productions are gone."""

    def load(self, production_id: str) -> object:
        raise ProductionNotFound(f"There is no {production_id}.")
