"""The function that hears of AppConfig's deployments."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import SystemClock, VirtualClock
from reelwright.flags.aws import DynamoFlagStates
from reelwright.observability.metrics import Metric
from services.sync_flags import handler as module
from services.sync_flags.handler import handler
from tests.simulators.appconfig import AppConfig, serving

REGULAR = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@pytest.fixture
def appconfig() -> AppConfig:
    return AppConfig(VirtualClock())


@pytest.fixture
def table(appconfig: AppConfig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("REELWRIGHT_ENV", "dev")
    monkeypatch.setenv("REELWRIGHT_CONFIGURATION_APPLICATION", "app1")
    monkeypatch.setenv("REELWRIGHT_CONTROL_TABLE", "control")
    monkeypatch.setattr(module, "configure_logging", lambda *_: None)
    with serving(appconfig) as url, mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        dynamodb.create_table(
            TableName="control",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        clients = {"dynamodb": dynamodb, "appconfig": appconfig.client("appconfig", url)}
        monkeypatch.setattr(module, "aws_client", clients.__getitem__)
        yield dynamodb


def event(profile: str, number: int = 1, kind: str = "Complete") -> dict[str, Any]:
    """What EventBridge brings."""
    return {
        "version": "0",
        "id": "c53dbd72-c1a0-2302-9ed6-c076e9128277",
        "detail-type": f"On Deployment {kind}",
        "source": "aws.appconfig",
        "resources": ["arn:aws:appconfig:us-east-1:111122223333:extensionassociation/z763ff5"],
        "detail": {
            "InvocationId": "5tfjcig",
            "Parameters": {},
            "Type": f"OnDeployment{kind}",
            "Application": {"Id": "app1", "Name": "reelwright-dev"},
            "Environment": {"Id": "pgil2o7", "Name": profile},
            "ConfigurationProfile": {"Id": "ga3tqep", "Name": profile},
            "DeploymentNumber": number,
            "ConfigurationVersion": "1",
        },
    }


def test_a_deployment_of_flags_is_kept(table: Any, appconfig: AppConfig) -> None:
    appconfig.publish("flags", b'{"version": "1"}')

    told = handler(event("flags"), None)

    assert told == {"profile": "flags", "number": 1, "phase": "COMPLETE", "percentage": 100.0}
    assert json.dumps(told)
    assert DynamoFlagStates(table, "control").load()["flags"].new.document == {"version": "1"}


def test_events_in_any_order_end_in_what_is_true(table: Any, appconfig: AppConfig) -> None:
    appconfig.publish("kill-switches", b'{"version": "1"}')
    appconfig.publish("kill-switches", b'{"version": "1", "flags": {"a": {}}}', state="DEPLOYING")
    appconfig.move("kill-switches", "ROLLED_BACK", 0.0)

    for number, kind in ((2, "Rolled Back"), (1, "Complete"), (2, "Start"), (2, "Start")):
        handler(event("kill-switches", number, kind), None)

    kept = DynamoFlagStates(table, "control").load()["kill-switches"]
    assert (kept.number, kept.phase) == (2, "ROLLED_BACK")
    assert kept.old
    assert kept.old.document == {"version": "1"}


def test_a_deployment_of_settings_is_nothing_to_it(table: Any, appconfig: AppConfig) -> None:
    appconfig.publish("settings", b"{}", environment="runtime")

    assert handler(event("settings"), None) == {}
    assert DynamoFlagStates(table, "control").load() == {}


def test_an_event_that_is_none_is_an_error(table: Any) -> None:
    with pytest.raises(Exception, match="ConfigurationProfile"):
        handler({"detail": {}}, None)
    assert DynamoFlagStates(table, "control").load() == {}


@pytest.mark.parametrize("event", [REGULAR, {}])
def test_the_regular_look_makes_good_for_events_that_were_lost(
    table: Any, appconfig: AppConfig, event: dict[str, Any]
) -> None:
    appconfig.publish("flags", b'{"version": "1"}')
    appconfig.publish("flags", b'{"version": "1", "flags": {"a": {}}}', state="DEPLOYING")
    appconfig.move("flags", "DEPLOYING", 40.0)

    told = handler(event, None)

    assert told["flags"] == {"profile": "flags", "number": 2, "phase": "DEPLOYING", "percentage": 40.0}
    assert told["kill-switches"] == {}
    assert json.dumps(told)
    kept = DynamoFlagStates(table, "control").load()
    assert (kept["flags"].percentage, kept.keys()) == (40.0, {"flags"})


def test_the_regular_look_reads_each_document_once(table: Any, appconfig: AppConfig) -> None:
    appconfig.publish("flags", b'{"version": "1"}')
    appconfig.publish("flags", b'{"version": "1", "flags": {"a": {}}}', state="DEPLOYING")
    for percentage in (20.0, 40.0, 60.0):
        appconfig.move("flags", "DEPLOYING", percentage)
        handler(REGULAR, None)

    documents = [it for it in appconfig.requests if "hostedconfigurationversions/" in it]
    assert len(documents) == 2, appconfig.requests
    assert DynamoFlagStates(table, "control").load()["flags"].percentage == 60.0


def test_the_regular_look_tells_of_trouble_and_leaves_no_dead_letter(
    table: Any, appconfig: AppConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert table
    appconfig.publish("flags", b"garbage")
    appconfig.publish("kill-switches", b'{"version": "1"}')

    told = handler(REGULAR, None)

    assert told["flags"] == {"failed": "source_failed"}
    assert told["kill-switches"]["number"] == 1
    assert failures(capsys) == ["flags"]


def test_an_event_that_cannot_be_dealt_with_is_counted_and_comes_again(
    table: Any, appconfig: AppConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert table
    appconfig.publish("flags", b"garbage")
    with pytest.raises(Exception, match="no flag document"):
        handler(event("flags"), None)
    assert failures(capsys) == ["flags"]


def test_what_is_kept_and_cannot_be_read_is_written_anew(table: Any, appconfig: AppConfig) -> None:
    appconfig.publish("flags", b'{"version": "1"}')
    handler(REGULAR, None)
    key = {"pk": {"S": "flags"}, "sk": {"S": "flags"}}
    item = table.get_item(TableName="control", Key=key)["Item"]
    table.put_item(TableName="control", Item=item | {"body": {"B": b"x"}})

    handler(REGULAR, None)

    assert DynamoFlagStates(table, "control").load()["flags"].number == 1


def test_productions_can_tell_how_long_ago_appconfig_was_asked(table: Any, appconfig: AppConfig) -> None:
    appconfig.publish("flags", b'{"version": "1"}')
    handler(REGULAR, None)
    measured = Measured()
    clock = VirtualClock(start=SystemClock().now() + timedelta(seconds=600))

    DynamoFlagStates(table, "control", clock=clock, metrics=measured).load()

    assert {profile: round(age, -1) for profile, age in measured.ages.items()} == {
        "flags": 600,
        "kill-switches": 600,
    }


class Measured:
    """Takes the ages of flags."""

    def __init__(self) -> None:
        self.ages: dict[str, float] = {}

    def emit(self, metric: Metric, value: float, **details: str) -> None:
        assert metric is Metric.FLAGS_AGE
        self.ages[details["profile"]] = value


def failures(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The profiles whose state could not be brought up to date, as the log measures them."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return [line["profile"] for line in lines if line.get("FlagSyncFailed") == 1]
