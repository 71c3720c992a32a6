"""The function that hears of AppConfig's deployments."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.flags.aws import DynamoFlagStates
from services.sync_flags import handler as module
from services.sync_flags.handler import handler
from tests.simulators.appconfig import AppConfig, serving


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
