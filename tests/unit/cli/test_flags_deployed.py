"""`reelwright flags --env dev`, against a simulator that speaks AppConfig's own wire format."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.config.errors import SourceUnreachable
from reelwright.environment.deployment import Deployment
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.deployments import share_of
from reelwright.storage.memory import MemoryAuditLog
from tests.simulators.appconfig import AppConfig, serving
from tests.unit.cli.conftest import Run

WHY = ("--reason", "a test", "--actor", "ann")


class Steps(VirtualClock):
    """Whoever waits on it sees AppConfig go on, a step at a time."""

    def __init__(self, appconfig: AppConfig, steps: list[tuple[str, float]]) -> None:
        super().__init__()
        self._appconfig = appconfig
        self._steps = iter(steps)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        state, percentage = next(self._steps)
        self._appconfig.move("flags", state, percentage)


@pytest.fixture
def audit() -> MemoryAuditLog:
    return MemoryAuditLog()


@pytest.fixture
def appconfig(monkeypatch: pytest.MonkeyPatch, audit: MemoryAuditLog) -> Iterator[AppConfig]:
    """The application of dev as a deploy left it."""
    simulator = AppConfig(VirtualClock())
    for profile in ("flags", "kill-switches"):
        simulator.publish(profile, json.dumps(flag_definitions(profile).as_json()).encode())
    deployment = Deployment(environment="dev", configuration_application=simulator.application)
    monkeypatch.setattr("reelwright.environment.aws.find_deployment", lambda _: deployment)
    for command in ("set", "audit", "history"):
        monkeypatch.setattr(f"reelwright.cli.flags_{command}.open_audit", lambda _: audit)
    monkeypatch.setattr("reelwright.cli.flags_list.open_configuration", _away)
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1"}
    with serving(simulator) as url:
        for name, value in {**keys, "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": url}.items():
            monkeypatch.setenv(name, value)
        yield simulator


def _away(_: str) -> None:
    raise SourceUnreachable("Settings are away.")


def said(run: Run, *words: object, code: int = 0) -> Any:
    outcome = run("flags", *words, "--env", "dev", "--json")
    assert outcome.code == code, outcome.out + outcome.err
    return json.loads(outcome.out)


def deployed(appconfig: AppConfig, profile: str = "flags") -> Any:
    newest = appconfig.deployments[profile][-1]
    return json.loads(appconfig.hosted[profile][int(newest["ConfigurationVersion"]) - 1]["content"])


def test_a_change_is_hosted_and_deployed_gradually(
    run: Run, appconfig: AppConfig, audit: MemoryAuditLog
) -> None:
    told = said(run, "set", "captions", "off", *WHY)
    assert (told["version"], told["gradual"]) == ("2", True)
    assert told["undo"] == 'reelwright flags rollback 1 --flag captions --reason "…" --env dev'
    assert deployed(appconfig)["values"]["captions"] == {"enabled": False}
    assert appconfig.deployments["flags"][-1]["DeploymentStrategyId"] == "xreelwright-dev-gradual"
    assert [entry.subject for entry in audit.entries()] == ["runtime/flags"] * 2


@pytest.mark.parametrize("words", [["set", "captions", "off"], ["rollback", "1"]])
def test_who_is_in_a_hurry_reaches_everybody_at_once(
    run: Run, appconfig: AppConfig, words: list[str]
) -> None:
    said(run, "set", "music", "off", *WHY)
    said(run, *words, "--strategy", "instant", *WHY)
    assert appconfig.deployments["flags"][-1]["DeploymentStrategyId"] == "xreelwright-dev-instant"


def test_a_switch_is_always_deployed_at_once(run: Run, appconfig: AppConfig) -> None:
    appconfig.instant = False
    said(run, "set", "captions", "off", *WHY)
    appconfig.instant = True
    told = said(run, "kill", "provider", "runway", *WHY)
    assert told["undo"].endswith("--env dev")
    assert appconfig.deployments["kill-switches"][-1]["DeploymentStrategyId"] == "xreelwright-dev-instant"
    assert deployed(appconfig, "kill-switches")["values"]["stop-provider-runway"] == {"enabled": True}
    assert appconfig.deployments["flags"][-1]["State"] == "DEPLOYING"


def test_what_the_console_wrote_is_kept_with_everything_that_it_says(run: Run, appconfig: AppConfig) -> None:
    document = deployed(appconfig)
    document["flags"]["theirs"] = {"name": "Theirs", "attributes": {"x": {"constraints": {"type": "number"}}}}
    document["values"]["theirs"] = {"enabled": True, "x": 0.1, "_updatedAt": "2026-01-01T00:00:00Z"}
    appconfig.publish("flags", json.dumps(document).encode())
    said(run, "set", "captions", "off", *WHY)
    document["values"]["captions"] = {"enabled": False}
    assert deployed(appconfig) == document


def test_a_deployment_that_runs_is_told_and_nothing_is_written(
    run: Run, appconfig: AppConfig, audit: MemoryAuditLog
) -> None:
    appconfig.instant = False
    said(run, "set", "captions", "off", *WHY)
    appconfig.move("flags", "DEPLOYING", 25.0)
    noted = len(audit.entries())
    for words in (["set", "music", "off"], ["rollback", "1"]):
        error = said(run, *words, *WHY, code=4)["error"]
        assert error["code"] == "deployment_in_progress"
        assert "number 2, DEPLOYING at 25 %" in error["message"]
    assert (len(appconfig.hosted["flags"]), len(audit.entries())) == (2, noted)


def test_a_change_in_between_is_built_upon(run: Run, appconfig: AppConfig) -> None:
    def somebody() -> None:
        document = deployed(appconfig)
        document["values"]["music"] = {"enabled": False}
        appconfig.publish("flags", json.dumps(document).encode())

    appconfig.between = somebody
    said(run, "set", "captions", "off", *WHY)
    values = deployed(appconfig)["values"]
    assert (values["captions"], values["music"]) == ({"enabled": False}, {"enabled": False})


def test_a_deployment_is_followed_until_it_is_through(
    run: Run, appconfig: AppConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    appconfig.instant = False
    steps = [
        ("DEPLOYING", 10.0),
        ("DEPLOYING", 10.0),
        ("DEPLOYING", 50.0),
        ("BAKING", 100.0),
        ("COMPLETE", 100.0),
    ]
    monkeypatch.setattr("reelwright.cli.flags_wait.SystemClock", lambda: Steps(appconfig, steps))
    outcome = run("flags", "set", "captions", "off", "--wait", *WHY, "--env", "dev", "--json")
    assert json.loads(outcome.out)["deployment"] == {"number": 2, "state": "COMPLETE", "percentage": 100.0}
    told = [line for line in outcome.err.splitlines() if line.startswith("Deployment")]
    assert told == [
        "Deployment 2: deploying, 0 %",
        "Deployment 2: deploying, 10 %",
        "Deployment 2: deploying, 50 %",
        "Deployment 2: baking, 100 %",
        "Deployment 2: complete, 100 %",
    ]


def test_a_deployment_that_is_rolled_back_is_a_refusal(
    run: Run, appconfig: AppConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    appconfig.instant = False
    steps = [("DEPLOYING", 30.0), ("ROLLED_BACK", 30.0)]
    monkeypatch.setattr("reelwright.cli.flags_wait.SystemClock", lambda: Steps(appconfig, steps))
    error = said(run, "set", "captions", "off", "--wait", *WHY, code=3)["error"]
    assert error["code"] == "rolled_back"
    assert "at 30 %" in error["message"]


def test_what_is_under_way_is_listed_with_what_the_others_get(run: Run, appconfig: AppConfig) -> None:
    appconfig.instant = False
    said(run, "set", "captions", "off", *WHY)
    appconfig.move("flags", "DEPLOYING", 25.0)
    outcome = run("flags", "list", "--env", "dev")
    assert "deployment 2 is DEPLOYING at 25 %" in outcome.out
    assert re.search(r"captions +off  \(those not yet reached: on\)  \(ann,", outcome.out)
    assert "Overrides of flags are not known: Settings are away." in outcome.err


def test_a_unit_takes_the_document_that_its_share_gives_it(run: Run, appconfig: AppConfig) -> None:
    appconfig.instant = False
    said(run, "set", "captions", "off", *WHY)
    appconfig.move("flags", "DEPLOYING", 25.0)
    for unit in ("prod_1", "prod_2", "prod_3", "prod_4", "prod_5", "prod_6"):
        told = said(run, "eval", "captions", "--unit", unit)
        assert told["enabled"] is (share_of(unit) >= 25.0)
        assert told["version"] == ("1" if told["enabled"] else "2")
    assert "the others still take 1" in said(run, "eval", "captions")["document"]


def test_a_switch_counts_for_everybody_from_when_its_deployment_begins(
    run: Run, appconfig: AppConfig
) -> None:
    appconfig.instant = False
    said(run, "kill", "provider", "runway", *WHY)
    appconfig.move("kill-switches", "DEPLOYING", 0.0)
    for unit in ("prod_1", "prod_2", "prod_3"):
        assert said(run, "eval", "stop-provider-runway", "--unit", unit)["enabled"] is True
    switches = said(run, "list")["profiles"]["kill-switches"]["flags"]
    assert all(one["others_get"] is None for one in switches)
    appconfig.move("kill-switches", "ROLLED_BACK", 0.0)
    assert said(run, "eval", "stop-provider-runway", "--unit", "prod_1")["enabled"] is False


def test_history_tells_the_console_from_us(run: Run, appconfig: AppConfig) -> None:
    said(run, "set", "captions", "off", *WHY)
    appconfig.host("flags", b"{}", description="by hand")
    revisions = said(run, "history", "--profile", "flags")["revisions"]
    assert [(one["actor"], one["reason"]) for one in revisions if one["version"] in "23"] == [
        ("console", "by hand"),
        ("ann", "a test"),
    ]
    assert next(one for one in revisions if one["version"] == "2")["changes"] == [
        {"flag": "captions", "old": {"enabled": True}, "new": {"enabled": False}}
    ]


def test_what_was_rolled_back_changed_what_it_was_made_of(run: Run, appconfig: AppConfig) -> None:
    said(run, "set", "captions", "off", *WHY)
    appconfig.move("flags", "ROLLED_BACK", 0.0)
    said(run, "set", "music", "off", *WHY)
    revisions = said(run, "history", "--profile", "flags")["revisions"]
    assert [[change["flag"] for change in one["changes"]] for one in revisions] == [
        ["music"],
        ["captions"],
        [],
    ]
    assert said(run, "history", "captions")["revisions"] == [revisions[1]]
    assert "never deployed" not in run("flags", "history", "captions", "--env", "dev").out
    appconfig.host("flags", b"{")
    told = run("flags", "history", "--env", "dev", "--profile", "flags", "--limit", 1)
    assert told.out.startswith("never deployed  flags 4  console")


def test_a_validators_refusal_is_told(run: Run, appconfig: AppConfig) -> None:
    appconfig.refusal = "no such tier"
    error = said(run, "set", "captions", "off", *WHY, code=2)["error"]
    assert "no such tier" in error["message"]


@pytest.mark.parametrize(("fault", "code"), [("throttle", 4), ("broken", 4), ("denied", 1), ("garbage", 1)])
def test_appconfig_that_is_away_is_a_typed_error(
    run: Run, appconfig: AppConfig, fault: Any, code: int
) -> None:
    appconfig.fault = fault
    said(run, "set", "captions", "off", *WHY, code=code)
    said(run, "list", code=code)
