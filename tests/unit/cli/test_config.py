"""`reelwright config`, against this machine's own configuration."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from reelwright.cli import promote as promoting
from reelwright.config.manager import ConfigurationManager
from reelwright.environment.loader import load_environment
from tests.unit.cli.conftest import Run


def said(run: Run, *words: object) -> Any:
    outcome = run("config", *words, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


USUAL = load_environment("local").settings.video.model_dump(mode="json")


def set_fps(run: Run, value: object = 30, *more: object) -> Any:
    return said(run, "set", "video.fps", value, "--reason", "smoother", "--actor", "ann", *more)


def test_a_setting_a_table_and_all_of_them_can_be_read(run: Run) -> None:
    assert said(run, "get", "video.fps")["value"] == 24
    assert said(run, "get", "video")["value"] == USUAL
    assert said(run, "get")["value"]["video"]["fps"] == 24
    assert run("config", "get", "production").out == (
        "duration_tolerance = 0.08\njobs = 0\nstrict_duration = false\n"
    )


def test_a_wrong_name_offers_the_right_one(run: Run) -> None:
    outcome = run("config", "get", "video.fsp")
    assert outcome.code == 2
    assert "Did you mean 'video.fps'?" in outcome.err


def test_what_is_set_is_read_explained_and_taken_back(run: Run) -> None:
    set_fps(run)
    explained = said(run, "explain", "video.fps")
    assert (explained["value"], explained["layer"]) == (30, "runtime")
    assert "ann: smoother" in explained["reason"]
    assert [(hidden["layer"], hidden["value"]) for hidden in explained["shadowed"]] == [("defaults", 24)]
    assert said(run, "unset", "video.fps", "--reason", "enough")["key"] == "video.fps"
    assert said(run, "explain", "video.fps")["layer"] == "defaults"


def test_people_see_what_hides_what(run: Run) -> None:
    set_fps(run)
    text = run("config", "explain", "video.fps").out
    assert text.startswith("video.fps = 30\n  layer    runtime")
    assert "  hides    defaults: 24" in text
    assert "\nfps = 30\n" in run("config", "explain", "video").out


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("video.fps", "60", 60),
        ("features.music", "false", False),
        ("audio.duck_db", "-6", -6),
        ("budgets.per_video_usd", "1.50", "1.50"),
        ("audio.voice", "30", "30"),
        ("video", '{"fps": 60}', {**USUAL, "fps": 60}),
    ],
)
def test_a_value_is_read_by_the_type_of_its_setting(run: Run, key: str, text: str, value: object) -> None:
    outcome = run("config", "set", "--reason", "a test", key, "--", text)
    assert outcome.code == 0, outcome.err
    assert said(run, "get", key)["value"] == value


@pytest.mark.parametrize("text", ["31", "fast", '{"a": 1}', ""])
def test_a_wrong_value_says_what_is_allowed_and_changes_nothing(run: Run, text: str) -> None:
    outcome = run("config", "set", "video.fps", text, "--reason", "a test")
    assert outcome.code == 2
    assert "video.fps" in outcome.err
    assert "24, 30 or 60" in outcome.err
    assert said(run, "history")["revisions"] == []


def test_an_override_may_last_for_a_time(run: Run) -> None:
    set_fps(run, 30, "--for", "1d 6h")
    assert "until" in said(run, "explain", "video.fps")["reason"]


@pytest.mark.parametrize("text", ["", "soon", "3", "3 years", "h3", "1d and 6h", "0h"])
def test_a_time_that_is_none_is_bad_input(run: Run, text: str) -> None:
    outcome = run("config", "set", "video.fps", "30", "--reason", "a test", "--for", text)
    assert outcome.code == 2


def test_the_trail_tells_who_did_what_and_shows_tampering(run: Run, place: Path) -> None:
    set_fps(run)
    set_fps(run, 60, "--at-once")
    whole = said(run, "audit")
    assert whole["whole"] is True
    assert [(it["actor"], it["action"], it["subject"]) for it in whole["entries"]] == [
        ("ann", "document.put.done", "runtime/settings"),
        ("ann", "document.put.intended", "runtime/settings"),
    ] * 2
    assert run("config", "audit", "--limit", "1").out.count("ann: document.put.done") == 1
    trail = place / ".reelwright" / "audit" / "audit.jsonl"
    trail.write_text(trail.read_text().replace("smoother", "no reason", 1))
    broken = run("config", "audit", "--json")
    assert broken.code == 1
    assert json.loads(broken.out)["broken"]


def test_documents_are_backed_up_and_brought_back(run: Run, place: Path) -> None:
    set_fps(run, 60, "--layer", "s3")
    assert said(run, "backup", "kept.zip")["documents"] == {"settings": 1}
    set_fps(run, 30, "--layer", "s3")
    written = said(run, "restore", "kept.zip", "--reason", "a test", "--actor", "bo")["written"]
    assert len(written["settings"]) == 1
    assert said(run, "get", "video.fps")["value"] == 60
    assert said(run, "restore", "kept.zip", "--reason", "a test")["written"] == {}
    assert said(run, "audit")["whole"]
    (place / "kept.zip").write_bytes(b"no zip")
    assert run("config", "restore", "kept.zip", "--reason", "a test").code in {1, 2}
    assert run("config", "restore", "none.zip", "--reason", "a test").code == 2


def test_what_is_meant_to_stay_is_written_below_the_overrides(run: Run) -> None:
    version = set_fps(run, 60, "--layer", "s3")["version"]
    assert said(run, "explain", "video.fps")["layer"] == "s3"
    set_fps(run, 30)
    assert said(run, "explain", "video.fps")["layer"] == "runtime"
    said(run, "unset", "video.fps", "--reason", "a test")
    assert said(run, "get", "video.fps")["value"] == 60
    said(run, "unset", "video.fps", "--reason", "a test", "--layer", "s3")
    assert said(run, "get", "video.fps")["value"] == 24
    said(run, "rollback", version, "--reason", "a test", "--layer", "s3")
    assert said(run, "get", "video.fps")["value"] == 60
    assert run("config", "set", "video.fps", "30", "--reason", "a test", "--layer", "ssm").code == 2


def test_no_change_without_a_reason(run: Run) -> None:
    assert run("config", "set", "video.fps", "30").code == 2
    assert run("config", "unset", "video.fps").code == 2


def test_unsetting_what_is_not_set_is_bad_input(run: Run) -> None:
    outcome = run("config", "unset", "video.fps", "--reason", "a test")
    assert outcome.code == 2
    assert "no override of video.fps" in outcome.err


def test_history_tells_who_and_why_and_rollback_goes_back(run: Run) -> None:
    first = set_fps(run, 30)["version"]
    set_fps(run, 60)
    newest, oldest = said(run, "history", "video.fps")["revisions"]
    assert (newest["actor"], newest["reason"]) == ("ann", "smoother")
    assert [(change["old"], change["new"]) for change in newest["changes"]] == [(30, 60)]
    assert oldest["version"] == first
    said(run, "rollback", first, "--reason", "too smooth")
    assert said(run, "get", "video.fps")["value"] == 30
    assert said(run, "history")["revisions"][0]["restored_from"] == first
    assert "too smooth" in run("config", "history").out


def test_an_unknown_version_is_bad_input(run: Run) -> None:
    set_fps(run)
    outcome = run("config", "rollback", "no-such", "--reason", "a test")
    assert outcome.code == 2
    assert outcome.err.startswith("Error [")


def test_the_bundled_environments_and_a_document_can_be_checked(run: Run, place: Path) -> None:
    assert said(run, "validate")["checked"] == [
        f"environments/{name}.toml" for name in ("local", "dev", "staging", "prod")
    ]
    good, bad = place / "good.json", place / "bad.json"
    good.write_text('{"schema_version": 1, "settings": {"video": {"fps": 30}}}')
    bad.write_text('{"schema_version": 1, "settings": {"video": {"fps": 31}}}')
    assert said(run, "validate", good)["valid"] is True
    refused = run("config", "validate", bad)
    assert refused.code == 2
    assert "video.fps = 31 is refused" in refused.err
    assert run("config", "validate", place / "none.json").code == 2


def test_a_document_may_come_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b'{"schema_version": 2}')

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert run("config", "validate", "-").code == 2


def test_the_schema_knows_every_setting(run: Run) -> None:
    assert "video" in said(run, "schema")["properties"]
    assert "notes" in said(run, "schema", "--document")["properties"]


@pytest.fixture
def two(place: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ConfigurationManager]:
    """Two environments whose configuration stands on this machine."""
    managers = {
        name: ConfigurationManager.for_environment(name, root=place / "two", variables={})
        for name in ("dev", "staging")
    }
    monkeypatch.setattr(promoting, "open_configuration", managers.__getitem__)
    monkeypatch.setattr("reelwright.cli.config.open_configuration", managers.__getitem__)
    return managers


def promote(run: Run, *more: str) -> Any:
    return run("config", "promote", "dev", "staging", "--reason", "proven", "--actor", "ann", "--json", *more)


def test_what_was_proven_is_promoted(run: Run, two: dict[str, ConfigurationManager]) -> None:
    two["dev"].set_runtime_override("video.fps", 30, actor="ann", reason="smoother")
    outcome = promote(run, "--yes")
    assert outcome.code == 0, outcome.err
    assert "video.fps: 24 → 30" in outcome.err
    assert json.loads(outcome.out)["changes"] == [{"key": "video.fps", "old": 24, "new": 30}]
    two["staging"].refresh(force=True)
    explained = two["staging"].explain("video.fps")
    assert (explained.value, explained.layer) == (30, "s3")
    assert "from dev: proven" in explained.reason
    again = promote(run, "--yes")
    assert (again.code, json.loads(again.out)["changes"]) == (0, [])


def test_nobody_is_promoted_without_a_yes(run: Run, two: dict[str, ConfigurationManager]) -> None:
    two["dev"].set_runtime_override("video.fps", 30, actor="ann", reason="smoother")
    outcome = promote(run)
    assert outcome.code == 3
    assert two["staging"].history() == ()


def test_a_budget_rises_only_when_that_is_said(run: Run, two: dict[str, ConfigurationManager]) -> None:
    two["dev"].set_runtime_override("budgets.per_day_block_usd", "99", actor="ann", reason="a test")
    refused = promote(run, "--yes")
    assert refused.code == 3
    assert "budgets.per_day_block_usd" in json.loads(refused.out)["error"]["message"]
    assert promote(run, "--yes", "--allow-budget-rise").code == 0


def test_what_the_target_cannot_do_is_refused(run: Run, two: dict[str, ConfigurationManager]) -> None:
    two["dev"].set_runtime_override("models.video.models", ["nova-reel"], actor="ann", reason="a test")
    refused = promote(run, "--yes")
    assert refused.code == 2
    assert "no video model for tier standard" in json.loads(refused.out)["error"]["message"]


def test_an_environment_is_not_promoted_to_itself(run: Run) -> None:
    assert run("config", "promote", "dev", "dev", "--reason", "a test").code == 2


def test_environments_are_compared(run: Run, two: dict[str, ConfigurationManager]) -> None:
    two["staging"].set_runtime_override("video.fps", 60, actor="ann", reason="a test")
    changes = json.loads(run("config", "diff", "staging", "--env", "dev", "--json").out)["changes"]
    assert {"key": "video.fps", "old": 24, "new": 60, "layer": "runtime"} in changes
