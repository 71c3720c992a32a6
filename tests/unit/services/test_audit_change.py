"""The function that EventBridge calls, with the events that AWS sends."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.environment.secret import SigningKey
from reelwright.errors import InvalidInput
from reelwright.storage.aws import DynamoAuditLog
from reelwright.storage.changes import read_event, record_event
from reelwright.storage.memory import MemoryAuditLog
from reelwright.storage.schema import AuditEntry
from services.audit_change import handler as module
from tests.contract.aws_places import TABLE, a_table
from tests.contract.rings import signing_with

CANARY = "canary-4711"
RING = {"current": "k1", "keys": {"k1": "0a" * 32}}
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:reelwright/dev/providers/runway-AbCdEf"  # noqa: S105 (an address)
ROLE = "arn:aws:sts::111122223333:assumed-role/Operator/ann"

Json = dict[str, Any]


def event(source: str, detail_type: str, detail: Mapping[str, Any], **more: Any) -> Json:
    return {
        "version": "0",
        "id": f"id of {detail_type}",
        "detail-type": detail_type,
        "source": source,
        "account": "111122223333",
        "time": "2026-11-20T10:00:00Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": dict(detail),
        **more,
    }


DEPLOYMENT = event(
    "aws.appconfig",
    "On Deployment Start",
    {
        "InvocationId": "5tfjcig",
        "Parameters": {"note": CANARY},
        "Type": "OnDeploymentStart",
        "Application": {"Id": "ba8toh7", "Name": "reelwright-dev"},
        "Environment": {"Id": "pgil2o7", "Name": "runtime"},
        "ConfigurationProfile": {"Id": "ga3tqep", "Name": "settings"},
        "DeploymentNumber": 12,
        "ConfigurationVersion": "7",
        "Description": CANARY,
    },
)
ROLLED_BACK = event(
    "aws.appconfig", "On Deployment Rollback", {**DEPLOYMENT["detail"], "Type": "OnDeploymentRolledBack"}
)
CREATED = event(
    "aws.s3",
    "Object Created",
    {
        "version": "0",
        "bucket": {"name": "reelwright-dev-config"},
        "object": {
            "key": "documents/settings",
            "size": 71,
            "etag": CANARY,
            "version-id": "v7",
            "sequencer": "0",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "111122223333",
        "source-ip-address": "192.0.2.7",
        "reason": "PutObject",
    },
)
DELETED = event(
    "aws.s3",
    "Object Deleted",
    {
        "bucket": {"name": "reelwright-dev-config"},
        "object": {"key": "documents/settings", "version-id": "marker", "etag": CANARY},
        "requester": "111122223333",
        "reason": "DeleteObject",
        "deletion-type": "Delete Marker Created",
    },
)
PUT_SECRET = event(
    "aws.secretsmanager",
    "AWS API Call via CloudTrail",
    {
        "userIdentity": {
            "type": "AssumedRole",
            "arn": ROLE,
            "accessKeyId": CANARY,
            "sessionContext": {"attributes": {"secret": CANARY}},
        },
        "eventTime": "2026-11-20T10:00:00Z",
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "PutSecretValue",
        "sourceIPAddress": "192.0.2.8",
        "userAgent": CANARY,
        "requestParameters": {
            "secretId": "reelwright/dev/providers/runway",
            "clientRequestToken": "token-of-the-version",
            "secretString": CANARY,
            "secretBinary": CANARY,
        },
        "responseElements": {"arn": SECRET_ARN, "value": CANARY},
        "eventType": "AwsApiCall",
    },
)
ROTATED = event(
    "aws.secretsmanager",
    "AWS Service Event via CloudTrail",
    {
        "userIdentity": {"accountId": "111122223333", "invokedBy": "secretsmanager.amazonaws.com"},
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "RotationSucceeded",
        "requestParameters": None,
        "responseElements": None,
        "additionalEventData": {"SecretId": SECRET_ARN, "VersionId": CANARY},
        "eventType": "AwsServiceEvent",
    },
)
PARAMETER = event(
    "aws.ssm",
    "Parameter Store Change",
    {
        "operation": "Update",
        "name": "/reelwright/dev/settings/video/fps",
        "type": "String",
        "description": CANARY,
        "value": CANARY,
    },
)
DENIED = copy.deepcopy(PUT_SECRET)
DENIED["detail"] |= {"errorCode": "AccessDenied", "errorMessage": CANARY}
UNKNOWN = event(
    "aws.kms", "KMS CMK Rotation", {"key-id": CANARY}, resources=["arn:aws:kms:eu-west-1:1:key/k"]
)


@pytest.mark.parametrize(
    ("reported", "actor", "action", "subject"),
    [
        (DEPLOYMENT, "unknown", "appconfig.deployment_start", "appconfig/runtime/settings"),
        (ROLLED_BACK, "unknown", "appconfig.deployment_rolled_back", "appconfig/runtime/settings"),
        (CREATED, "111122223333", "s3.object_created", "documents/settings"),
        (DELETED, "111122223333", "s3.object_deleted", "documents/settings"),
        (
            PUT_SECRET,
            ROLE,
            "secretsmanager.put_secret_value",
            "secrets/providers/runway",
        ),
        (
            ROTATED,
            "secretsmanager.amazonaws.com",
            "secretsmanager.rotation_succeeded",
            "secrets/providers/runway",
        ),
        (PARAMETER, "unknown", "ssm.parameter_update", "ssm/reelwright/dev/settings/video/fps"),
        (UNKNOWN, "unknown", "kms.kms_cmk_rotation", "arn:aws:kms:eu-west-1:1:key/k"),
    ],
    ids=lambda it: it["detail-type"] if isinstance(it, dict) else "",
)
def test_who_did_what_to_what(reported: Json, actor: str, action: str, subject: str) -> None:
    change = read_event(reported)

    assert (change.actor, change.action, change.subject) == (actor, action, subject)
    assert change.details["event_time"] == "2026-11-20T10:00:00Z"


def test_what_helps_to_find_the_change_again() -> None:
    assert read_event(DEPLOYMENT).details == {
        "event": "aws.appconfig: On Deployment Start",
        "event_time": "2026-11-20T10:00:00Z",
        "application": "reelwright-dev",
        "deployment": "12",
        "version": "7",
    }
    assert read_event(CREATED).details["version"] == "v7"
    assert read_event(DELETED).details["deletion"] == "Delete Marker Created"
    assert read_event(PUT_SECRET).details["version"] == "token-of-the-version"
    assert read_event(PARAMETER).details["type"] == "String"


def test_a_call_that_was_denied_says_so() -> None:
    assert read_event(DENIED).details["error"] == "AccessDenied"


@pytest.mark.parametrize(
    "reported", [DEPLOYMENT, CREATED, DELETED, PUT_SECRET, ROTATED, PARAMETER, DENIED, UNKNOWN]
)
def test_nothing_but_named_fields_is_taken(reported: Json) -> None:
    audit = MemoryAuditLog()
    record_event(reported, audit)

    assert CANARY in json.dumps(reported)
    assert CANARY not in audit.lines[0]


@pytest.mark.parametrize("detail", [{}, {"object": 7, "bucket": None}, {"name": ["x"], "eventName": {}}])
@pytest.mark.parametrize("source", ["aws.appconfig", "aws.s3", "aws.ssm", "aws.secretsmanager"])
@pytest.mark.parametrize("kind", ["Something New", "AWS API Call via CloudTrail"])
def test_a_detail_of_another_shape_is_still_noted(source: str, kind: str, detail: Json) -> None:
    audit = MemoryAuditLog()

    entry = record_event(event(source, kind, detail), audit)

    assert entry.details["event"] == f"{source}: {kind}"
    assert audit.verify() == ()


@pytest.mark.parametrize("broken", [{}, {"id": ""}, {**CREATED, "id": ""}, {**CREATED, "detail": CANARY}])
def test_what_is_no_event_is_refused_without_repeating_it(broken: Json) -> None:
    with pytest.raises(InvalidInput, match="not an event of EventBridge") as caught:
        read_event(broken)
    assert CANARY not in str(caught.value)


def test_the_same_event_twice_is_one_entry_and_another_like_it_is_another() -> None:
    audit = MemoryAuditLog()

    first = record_event(CREATED, audit)

    assert record_event(copy.deepcopy(CREATED), audit) == first
    assert record_event({**CREATED, "id": "another"}, audit).sequence == 2


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("REELWRIGHT_ENV", "dev")
    monkeypatch.setenv("REELWRIGHT_CONTROL_TABLE", TABLE)
    monkeypatch.setattr(module, "configure_logging", lambda *_: None)
    with mock_aws():
        clients = {
            "dynamodb": a_table(),
            "secretsmanager": boto3.client("secretsmanager", region_name="us-east-1"),
        }
        monkeypatch.setattr(module, "aws_client", lambda service: clients[service])
        module._audit_log.cache_clear()
        yield clients
        module._audit_log.cache_clear()


def entries(clients: Any) -> tuple[AuditEntry, ...]:
    log = DynamoAuditLog(clients["dynamodb"], TABLE, signer=signing_with(SigningKey.model_validate(RING)))
    assert log.verify() == ()
    return log.entries()


def test_events_become_signed_entries_of_the_table_once(table: Any) -> None:
    table["secretsmanager"].create_secret(Name="reelwright/dev/signing/audit", SecretString=json.dumps(RING))

    numbers = [module.handler(it, None)["sequence"] for it in (CREATED, PARAMETER, CREATED, PUT_SECRET)]

    assert numbers == [1, 2, 1, 3]
    assert [it.key_id for it in entries(table)] == ["k1", "k1", "k1"]
    assert [it.actor for it in entries(table)] == [ROLE, "unknown", "111122223333"]


def test_without_a_key_yet_the_event_is_left_for_another_delivery(table: Any) -> None:
    with pytest.raises(Exception, match="secret_missing") as caught:
        module.handler(CREATED, None)
    assert type(caught.value).__name__ == "SecretMissing"
    assert entries(table) == ()

    table["secretsmanager"].create_secret(Name="reelwright/dev/signing/audit", SecretString=json.dumps(RING))
    module.handler(CREATED, None)
    assert len(entries(table)) == 1


def test_a_function_that_is_not_told_its_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REELWRIGHT_ENV", raising=False)
    with pytest.raises(Exception, match="REELWRIGHT_ENV") as caught:
        module.handler(CREATED, None)
    assert type(caught.value).__name__ == "InvalidEnvironment"
