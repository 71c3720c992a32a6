"""Whatever changes configuration, by whatever way, is in the audit trail; and the trail can be trusted."""

import json

import pytest

from tests.e2e.deployed.stack import Stack
from tests.emulator.waiting import until


@pytest.fixture(scope="session")
def changed(stack: Stack) -> set[str]:
    """One change of each kind; the subjects that the trail must name."""
    stack.client("ssm").put_parameter(
        Name="/reelwright/dev/probes/audited", Value="1", Type="String", Overwrite=True
    )
    stack.client("s3").put_object(Bucket=stack.names.config_bucket, Key="documents/probe.json", Body=b"{}")
    stack.client("secretsmanager").put_secret_value(
        SecretId="reelwright/dev/providers/runway", SecretString=json.dumps({"api_key": "canary-5up3r"})
    )
    stack.runtime.deploy(stack.runtime.current())
    return {
        "ssm/reelwright/dev/probes/audited",
        "documents/probe.json",
        "secrets/providers/runway",
        "appconfig/runtime/settings",
    }


def test_every_change_is_in_the_audit_trail(stack: Stack, changed: set[str]) -> None:
    def missing() -> set[str]:
        return changed - {entry.subject for entry in stack.watch.audit_entries()}

    until(lambda: not missing(), f"entries for {changed}", seconds=60, pause=0.5)


def test_the_chain_verifies_with_its_signatures(stack: Stack, changed: set[str]) -> None:
    assert changed
    assert stack.watch.broken_audit() == []
    assert all(entry.signature for entry in stack.watch.audit_entries())


def test_an_entry_altered_in_the_table_shows(stack: Stack, changed: set[str]) -> None:
    assert changed
    table = stack.client("dynamodb")
    key = {"pk": {"S": "audit"}, "sk": {"S": f"entry#{1:020}"}}
    where = {"TableName": stack.names.control_table, "Key": key}
    item = table.get_item(**where)["Item"]
    altered = {
        name: {"S": value["S"].replace("actor", "actress")} for name, value in item.items() if "S" in value
    }
    table.put_item(TableName=stack.names.control_table, Item=item | altered | key)
    try:
        assert any("1" in line for line in stack.watch.broken_audit())
    finally:
        table.put_item(TableName=stack.names.control_table, Item=item)
    assert stack.watch.broken_audit() == []


def test_no_value_of_a_secret_is_in_the_trail_or_in_a_log(stack: Stack, changed: set[str]) -> None:
    assert changed
    entries = json.dumps([entry.model_dump(mode="json") for entry in stack.watch.audit_entries()])
    logs = json.dumps(stack.watch.function_log("audit-change"))
    assert "canary-5up3r" not in entries + logs + stack.emulator.tail(10_000_000)
