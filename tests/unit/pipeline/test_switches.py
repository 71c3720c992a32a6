"""Where kill switches are read from, by whom, and how often."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import SystemClock, VirtualClock
from reelwright.config.local import LocalPlace
from reelwright.flags.aws import DynamoFlagStates
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.pipeline.cloudbench import Clients, cloud_parts, engines_for
from reelwright.pipeline.switches import cloud_switches, local_switches
from reelwright.pipeline.workbench import local_parts
from reelwright.storage.schema import Author
from tests.unit.flags.test_kill_switches import document, state
from tests.unit.pipeline.cloud import DEPLOYMENT, REGION

STOPPING = document(stop_provider_runway=True, stop_platform_folder=True)
GOING = document(stop_provider_runway=False, stop_platform_folder=False)
IN_TABLE = DEPLOYMENT.model_copy(update={"control_table": "control"})


def pull(root: Path, environment: str, content: dict[str, Any]) -> None:
    store = LocalPlace(environment, root, SystemClock()).runtime()
    author = Author(actor="ada", reason="it breaks")
    store.put("kill-switches", json.dumps(content).encode(), expect=None, author=author)


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        dynamodb.create_table(
            TableName=IN_TABLE.control_table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        yield dynamodb


def deploy(client: Any, told: FlagState) -> None:
    assert DynamoFlagStates(client, IN_TABLE.control_table).save(told)


def test_on_one_machine_they_are_a_document_of_the_environment(tmp_path: Path) -> None:
    clock = VirtualClock()
    switches = local_switches(tmp_path, "dev", clock)
    other = local_switches(tmp_path, "local", clock)
    assert switches.provider("runway") == ""
    pull(tmp_path, "dev", STOPPING)
    clock.advance(1.0)
    assert "stop-provider-runway" in switches.provider("runway")
    assert "stop-platform-folder" in switches.platform("folder")
    assert other.provider("runway") == ""


def test_on_one_machine_a_damaged_document_of_flags_hides_no_switch(tmp_path: Path) -> None:
    pull(tmp_path, "local", STOPPING)
    store = LocalPlace("local", tmp_path, SystemClock()).runtime()
    store.put("flags", b"{}", expect=None, author=Author(actor="ada", reason="none"))
    (content,) = tmp_path.rglob("flags/*.content")
    content.chmod(0o644)
    content.write_bytes(b"damaged")
    assert local_switches(tmp_path, "local", VirtualClock()).provider("runway")


def test_on_one_machine_the_next_process_remembers_what_this_one_read(tmp_path: Path) -> None:
    pull(tmp_path, "local", STOPPING)
    assert local_switches(tmp_path, "local", VirtualClock()).provider("runway")
    pull(tmp_path, "local", {"version": "1", "flags": {}, "values": {"stop-provider-runway": {}}})
    assert local_switches(tmp_path, "local", VirtualClock()).provider("runway")


def test_on_aws_they_are_in_the_control_table_beside_what_is_not_read(client: Any) -> None:
    clock = VirtualClock()
    switches = cloud_switches(IN_TABLE, client, clock)
    assert switches.provider("runway") == ""
    deploy(client, state(STOPPING, number=3))
    client.put_item(TableName="control", Item={"pk": {"S": "flags"}, "sk": {"S": "flags"}})
    clock.advance(1.0)
    assert "version 3" in switches.provider("runway")
    assert "--env dev" in switches.platform("folder")


def test_each_invocation_begins_with_a_look_and_keeps_what_was_read_before(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy(client, state(STOPPING))
    assert cloud_switches(IN_TABLE, client, SystemClock()).provider("runway")
    deploy(client, state(GOING, number=2))
    assert cloud_switches(IN_TABLE, client, SystemClock()).provider("runway") == ""
    deploy(client, state(STOPPING, number=3))
    assert cloud_switches(IN_TABLE, client, SystemClock()).provider("runway")
    client.delete_table(TableName="control")
    assert cloud_switches(IN_TABLE, client, SystemClock()).provider("runway")
    assert "KillSwitchesUnread" not in capsys.readouterr().err


@pytest.mark.parametrize("is_measured", [True, False])
def test_a_function_that_cannot_read_them_goes_on_and_says_so(
    client: Any, capsys: pytest.CaptureFixture[str], *, is_measured: bool
) -> None:
    gone = IN_TABLE.model_copy(update={"control_table": "elsewhere"})
    switches = cloud_switches(gone, client, VirtualClock(), is_measured=is_measured)
    assert switches.provider("runway") == ""
    told = capsys.readouterr().out
    assert ("KillSwitchesUnread" in told) is is_measured
    assert ('"instead": "bundled"' in told) is is_measured


def test_a_deployment_that_is_under_way_stops_everybody(client: Any) -> None:
    under_way = FlagState(
        profile="kill-switches",
        number=2,
        phase="DEPLOYING",
        percentage=1.0,
        old=FlagVersion(version="1", document=GOING),
        new=FlagVersion(version="2", document=STOPPING),
    )
    deploy(client, under_way)
    assert cloud_switches(IN_TABLE, client, VirtualClock()).provider("runway")


def test_the_parts_of_a_function_ask_them(client: Any, tmp_path: Path) -> None:
    deploy(client, state(STOPPING))
    clients = Clients(s3=boto3.client("s3", region_name=REGION), dynamodb=client)
    parts = cloud_parts(
        IN_TABLE,
        lease_seconds=60,
        clients=clients,
        clock=VirtualClock(),
        room=tmp_path,
        engines=engines_for(clients, tmp_path, {}),
    )
    assert "stop-provider-runway" in parts.models.switched_off("runway")
    assert "stop-platform-folder" in parts.platform_stopped("folder")


def test_the_parts_of_one_machine_ask_them(tmp_path: Path) -> None:
    pull(tmp_path, "local", STOPPING)
    parts = local_parts(tmp_path, 1, "local")
    try:
        assert "stop-provider-runway" in parts.models.switched_off("runway")
        assert "stop-platform-folder" in parts.platform_stopped("folder")
    finally:
        for part in parts.closeables:
            part.close()
