"""`reelwright flags`, against this machine's own documents."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reelwright.cli.flags_set import TOLD
from reelwright.clock import VirtualClock
from reelwright.config.local import LocalPlace
from reelwright.environment.loader import load_environment
from reelwright.flags.local import DocumentFlagStates
from reelwright.flags.manager import FeatureFlagManager
from reelwright.pipeline.flagging import Asking, context_of
from reelwright.production.schema import Brief, FlagRecord
from reelwright.storage.errors import StorageUnavailable
from tests.unit.cli.conftest import Run
from tests.unit.cli.fake_studio import World

WHY = ("--reason", "a test", "--actor", "ann")


def said(run: Run, *words: object) -> Any:
    outcome = run("flags", *words, "--json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def change(run: Run, *words: object) -> Any:
    return said(run, *words, *WHY)


def refused(run: Run, *words: object, code: int = 2) -> Any:
    outcome = run("flags", *words, *WHY, "--json")
    assert outcome.code == code, outcome.out + outcome.err
    return json.loads(outcome.out)["error"]


def answer_of(run: Run, flag: str, *words: object) -> Any:
    return said(run, "eval", flag, *words)


def what_readers_see(place: Path) -> FeatureFlagManager:
    """The flags as any process of this environment reads them."""
    store = LocalPlace("local", place / ".reelwright", VirtualClock()).runtime()
    return FeatureFlagManager.from_document(DocumentFlagStates(store).load()["flags"].new.document)


def listed(run: Run, flag: str) -> Any:
    profiles = said(run, "list")["profiles"].values()
    return next(one for profile in profiles for one in profile["flags"] if one["flag"] == flag)


def test_every_flag_and_switch_is_listed_as_code_defines_it(run: Run) -> None:
    told = said(run, "list")["profiles"]
    assert (told["flags"]["version"], told["flags"]["deployment"]) == (None, None)
    assert listed(run, "captions")["value"] == {"enabled": True}
    assert listed(run, "stop-provider-runway")["summary"] == "off"
    assert "content-model" in run("flags", "list").out
    assert "stop-provider" not in run("flags", "list", "--profile", "flags").out


def test_what_is_set_is_what_readers_see_and_can_be_undone(run: Run, place: Path) -> None:
    told = change(run, "set", "captions", "off")
    assert told["changed"] == {"captions": {"old": {"enabled": True}, "new": {"enabled": False}}}
    assert what_readers_see(place).is_enabled("captions") is False
    one = listed(run, "captions")
    assert (one["summary"], one["actor"], one["reason"]) == ("off", "ann", "a test")
    undo = re.findall(r'"[^"]*"|\S+', told["undo"].removeprefix("reelwright flags "))
    assert said(run, *undo)["version"]
    assert what_readers_see(place).is_enabled("captions") is True


def test_one_operators_change_leaves_anothers(run: Run) -> None:
    change(run, "set", "music", "off")
    change(run, "set", "video-model", "on", "--attribute", "tier=premium")
    change(run, "set", "captions", "off")
    assert listed(run, "music")["summary"] == "off"
    assert listed(run, "video-model")["summary"] == "on tier=premium"
    assert listed(run, "video-model")["version"] != listed(run, "captions")["version"]


def test_a_share_grows_and_nothing_else_of_it_changes(run: Run, place: Path) -> None:
    change(run, "set", "video-model", "on", "--attribute", "tier=premium", "--percent", 10, "--seed", "ramp")
    ids = [f"prod_{number}" for number in range(400)]
    few = {each for each in ids if what_readers_see(place).is_enabled("video-model", {"id": each})}
    change(run, "set", "video-model", "--percent", 50)
    manager = what_readers_see(place)
    more = {each for each in ids if manager.is_enabled("video-model", {"id": each})}
    assert few < more
    assert 120 < len(more) < 280
    assert manager.evaluate("video-model", {"id": next(iter(more))}).attributes == {"tier": "premium"}
    rule = listed(run, "video-model")["value"]["_variants"][0]["rule"]
    assert rule == '(split pct::50 by::$id seed::"ramp")'


def test_a_schedule_begins_and_ends_on_the_second(run: Run) -> None:
    change(run, "set", "music", "off", "--from", "2999-12-01", "--until", "2999-12-24T18:00:30+01:00")
    moments = {
        "2999-11-30T23:59:59Z": True,
        "2999-12-01T00:00:00Z": False,
        "2999-12-24T17:00:29Z": False,
        "2999-12-24T17:00:30Z": True,
    }
    for moment, enabled in moments.items():
        assert answer_of(run, "music", "--context", f"now={moment}")["enabled"] is enabled
    assert answer_of(run, "music")["enabled"] is True


def test_why_a_flag_answers_is_told_rule_by_rule(run: Run) -> None:
    change(run, "set", "music", "off", "--rule", '(eq $language "de")', "--variant", "germans")
    change(run, "set", "music", "off", "--percent", 0, "--variant", "nobody")
    told = answer_of(run, "music", "--context", "language=de", "--unit", "prod_1")
    assert (told["variant"], told["reason"]) == ("germans", "TARGETING_MATCH")
    assert [(one["name"], one["outcome"]) for one in told["variants"]] == [
        ("nobody", "not matched"),
        ("germans", "matched"),
        ("default", "not asked"),
    ]
    text = run("flags", "eval", "music", "--context", "language=en").out
    assert 'false  (eq $language "de")  — $language is "en"' in text
    assert "no rule matched" in text


def test_all_flags_answer_in_a_line_each(run: Run) -> None:
    change(run, "kill", "provider", "runway")
    told = {one["flag"]: one["enabled"] for one in said(run, "eval", "--all")["flags"]}
    assert (told["captions"], told["stop-provider-runway"], told["stop-provider-luma"]) == (True, True, False)
    assert "captions: on" in run("flags", "eval", "--all").out
    assert run("flags", "eval").code == run("flags", "eval", "captions", "--all").code == 2


def test_a_switch_with_a_rule_is_told_its_provider(run: Run) -> None:
    change(run, "set", "stop-provider-luma", "on", "--rule", '(eq $provider "luma")')
    assert answer_of(run, "stop-provider-luma")["enabled"] is True


def test_settings_that_override_are_told_and_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT__FLAGS__OVERRIDES__captions", "false")
    assert listed(run, "captions")["overridden"] is False
    assert "overridden by flags.overrides: off" in run("flags", "list").out
    told = answer_of(run, "captions")
    assert (told["enabled"], told["reason"]) == (False, "OVERRIDE")
    assert "settings here override captions" in run("flags", "set", "captions", "off", *WHY).err


def test_a_switch_is_pulled_and_put_back(run: Run) -> None:
    told = change(run, "kill", "provider", "runway")
    assert (told["profile"], told["gradual"]) == ("kill-switches", False)
    assert told["undo"] == 'reelwright flags kill provider runway --undo --reason "…"'
    assert change(run, "kill", "provider", "runway")["version"] is None
    assert listed(run, "stop-provider-runway")["summary"] == "on"
    change(run, "kill", "provider", "runway", "--undo")
    assert listed(run, "stop-provider-runway")["summary"] == "off"
    assert "Did you mean 'runway'" in refused(run, "kill", "provider", "runwy")["message"]
    assert "folder" in refused(run, "kill", "platform", "runway")["next_step"]


def test_a_switch_is_pulled_also_where_nothing_can_be_noted(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> None:
        raise StorageUnavailable("The trail is away.")

    monkeypatch.setattr("reelwright.cli.flags_audit.open_audit", away)
    monkeypatch.setattr("reelwright.cli.flags_set.open_audit", away)
    outcome = run("flags", "kill", "provider", "runway", *WHY)
    assert outcome.code == 0
    assert "Not in the audit trail" in outcome.err
    assert listed(run, "stop-provider-runway")["summary"] == "on"
    assert run("flags", "set", "captions", "off", *WHY).code == 4
    assert listed(run, "captions")["summary"] == "on"


def test_every_change_is_in_the_audit_trail(run: Run) -> None:
    change(run, "set", "captions", "off")
    change(run, "kill", "platform", "x")
    entries = json.loads(run("config", "audit", "--json").out)["entries"]
    assert [(one["actor"], one["action"], one["subject"]) for one in entries] == [
        ("ann", f"document.put.{step}", f"runtime/{profile}")
        for profile in ("kill-switches", "flags")
        for step in ("done", "intended")
    ]
    assert "values.captions.enabled" in json.dumps(entries)


def test_history_tells_who_changed_what_and_back_is_a_new_version(run: Run) -> None:
    first = change(run, "set", "captions", "off")["version"]
    change(run, "set", "music", "off")
    change(run, "rollback", first)
    revisions = said(run, "history")["revisions"]
    assert [[one["flag"] for one in each["changes"]] for each in revisions] == [
        ["music"],
        ["music"],
        ["captions"],
    ]
    assert revisions[0]["restored_from"] == first
    assert [len(said(run, "history", flag)["revisions"]) for flag in ("captions", "music", "publish-x")] == [
        1,
        2,
        0,
    ]
    assert "captions: on → off" in run("flags", "history").out
    assert said(run, "history", "--limit", 1)["revisions"] == revisions[:1]
    assert "Nothing was changed" in run("flags", "history", "publish-x").out


def test_a_whole_value_may_come_from_a_file(run: Run, place: Path) -> None:
    value = {
        "_variants": [
            {"name": "a", "enabled": False, "rule": '(eq $topic "a")'},
            {"name": "b", "enabled": True},
        ]
    }
    (place / "value.json").write_text(json.dumps(value))
    assert change(run, "set", "captions", "--document", "value.json")["changed"]["captions"]["new"] == value
    (place / "value.json").write_text('{"_variants": [{"name": "a", "enabled": true, "rule": "(("}]}')
    assert "rule" in refused(run, "set", "captions", "--document", "value.json")["message"]
    assert listed(run, "captions")["value"] == value


def test_a_rule_that_asks_for_what_is_never_told_is_warned_of(run: Run) -> None:
    outcome = run("flags", "set", "captions", "off", "--rule", '(eq $langauge "de")', *WHY)
    assert outcome.code == 0
    assert "asks for $langauge, which is never told" in outcome.err
    assert "Warning" not in run("flags", "set", "captions", "off", "--rule", '(eq $language "de")', *WHY).err


def test_what_rules_are_told_is_known_here() -> None:
    settings = load_environment("local").settings
    asking = Asking("prod_1", "local", Brief(topic="Tides"), datetime(2026, 1, 1, tzinfo=UTC))
    assert set(context_of(asking, settings)) == TOLD["flags"]


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["set", "captoins", "on"], "Did you mean 'captions'"),
        (["set", "captions", "on", "--attribute", "tier=x"], "no attribute 'tier'"),
        (["set", "video-model", "--attribute", "teir=x"], "Did you mean 'tier'"),
        (["set", "video-model", "--attribute", "tier=gold"], "economy, standard, premium"),
        (["set", "video-model", "--attribute", "tier"], "no name and value"),
        (["set", "captions", "--percent", "101"], "no share"),
        (["set", "captions", "--percent", "nan"], "no share"),
        (["set", "captions", "off", "--rule", "(eqq $a 1)"], "Line 1, column 2"),
        (["set", "captions", "off", "--from", "soon"], "no moment"),
        (["set", "captions", "off", "--from", "2999-01-01T10:00"], "no moment"),
        (["set", "captions", "off", "--until", "2020-01-01"], "is over"),
        (["set", "captions", "off", "--from", "2999-02-01", "--until", "2999-01-01"], "before it began"),
        (["set", "captions", "off", "--variant", "beta"], "no variant 'beta'"),
        (["set", "captions", "off", "--percent", "1", "--variant", "default"], "no rule matches"),
        (["set", "captions"], "Nothing is to be set"),
        (["set", "captions", "on", "--document", "x.json"], "whole value"),
        (["set", "captions", "--document", "none.json"], "cannot be read"),
        (["set", "captions", "sideways"], "'sideways'"),
        (["rollback", "no-such"], "no version"),
        (["rollback", "bundled", "--flag", "captoins"], "Did you mean"),
        (["kill", "vendor", "runway"], "vendor"),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(run: Run, words: list[str], match: str) -> None:
    assert match in refused(run, *words)["message"]
    assert said(run, "history")["revisions"] == []


def test_no_change_without_a_reason(run: Run) -> None:
    for words in (["set", "captions", "off"], ["kill", "provider", "runway"], ["rollback", "bundled"]):
        assert run("flags", *words).code == 2
        assert run("flags", *words, "--reason", "").code == 2


def test_a_production_that_there_is_shows_what_it_was_told_and_what_it_would_be_told(
    run: Run, world: World
) -> None:
    record = FlagRecord(
        flag="captions", enabled=True, reason="STATIC", version="bundled", origin="what code defines"
    )
    made = world.sample.production.model_copy(update={"flags": (record,)})
    world.productions[made.id] = made
    topic = json.dumps(made.brief.topic)
    change(run, "set", "captions", "off", "--rule", f"(eq $topic {topic})")
    told = answer_of(run, "captions", "--production", made.id)
    assert (told["enabled"], told["pinned"]["enabled"]) == (False, True)
    assert told["context"]["id"] == made.id
    assert set(told["context"]) == TOLD["flags"]
    assert "it was told on" in run("flags", "eval", "captions", "--production", made.id).out
