"""Secrets: made, rotated, told of."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator import Emulator
from tests.emulator.samples import RAISES, heard, invoke, listen, make_function, make_stack
from tests.emulator.waiting import until

ROTATES = """
import boto3
def handler(event, context):
    secrets, token = boto3.client("secretsmanager"), event["ClientRequestToken"]
    stages = secrets.describe_secret(SecretId=event["SecretId"])["VersionIdsToStages"]
    assert "AWSPENDING" in stages[token], stages
    if event["Step"] == "createSecret":
        secrets.put_secret_value(SecretId=event["SecretId"], ClientRequestToken=token, SecretString=token,
                                 VersionStages=["AWSPENDING"])
    if event["Step"] == "testSecret":
        pending = secrets.get_secret_value(SecretId=event["SecretId"], VersionStage="AWSPENDING")
        assert pending["SecretString"] == token
    if event["Step"] == "finishSecret":
        current = [version for version, labels in stages.items() if "AWSCURRENT" in labels]
        move = {"RemoveFromVersionId": current[0]} if current else {}
        secrets.update_secret_version_stage(SecretId=event["SecretId"], VersionStage="AWSCURRENT",
                                            MoveToVersionId=token, **move)
"""


def test_a_scheduled_secret_is_rotated_at_once_and_on_request(emulator: Emulator) -> None:
    function = make_function(emulator, "rotates", ROTATES)
    schedule = {
        "SecretId": {"Ref": "Secret"},
        "RotationLambdaARN": function,
        "RotationRules": {"ScheduleExpression": "rate(30 days)"},
    }
    resources = {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "signing/audit"}},
        "Schedule": {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": schedule},
    }
    make_stack(emulator, "rotation", resources)
    secrets = emulator.client("secretsmanager")
    told = until(lambda: rotated(emulator, "signing/audit"), "the first rotation")
    assert told["RotationEnabled"]
    assert (told["NextRotationDate"] - told["LastRotatedDate"]).days == 30
    first = secrets.get_secret_value(SecretId="signing/audit")["SecretString"]
    token = secrets.rotate_secret(SecretId="signing/audit")["VersionId"]
    until(lambda: secrets.get_secret_value(SecretId="signing/audit")["SecretString"] == token, "a new value")
    previous = secrets.get_secret_value(SecretId="signing/audit", VersionStage="AWSPREVIOUS")
    assert previous["SecretString"] == first


def test_a_rotation_that_fails_stays_pending_and_readers_keep_the_old_value(emulator: Emulator) -> None:
    function = make_function(emulator, "fails-to-rotate", RAISES)
    secrets = emulator.client("secretsmanager")
    secrets.create_secret(Name="stuck", SecretString="old")
    token = secrets.rotate_secret(SecretId="stuck", RotationLambdaARN=function)["VersionId"]
    until(lambda: invoke(emulator, "fails-to-rotate", "count") > 1, "the function was called")
    assert secrets.describe_secret(SecretId="stuck")["VersionIdsToStages"][token] == ["AWSPENDING"]
    assert secrets.get_secret_value(SecretId="stuck")["SecretString"] == "old"
    with pytest.raises(ClientError, match="no value yet"):
        secrets.get_secret_value(SecretId="stuck", VersionId=token, VersionStage="AWSPENDING")


def test_a_secret_made_without_a_value_has_none(emulator: Emulator) -> None:
    made = {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "empty"}}}
    make_stack(emulator, "empty-secret", made)
    secrets = emulator.client("secretsmanager")
    assert not secrets.describe_secret(SecretId="empty").get("VersionIdsToStages")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId="empty")


def test_the_reference_to_a_secret_is_its_arn_and_a_new_template_keeps_its_value(emulator: Emulator) -> None:
    secrets, cloudformation = emulator.client("secretsmanager"), emulator.client("cloudformation")
    resource = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "kept", "Description": "old"}}
    arn = make_stack(emulator, "kept-secret", {"Secret": resource})["Secret"]
    assert arn == secrets.describe_secret(SecretId="kept")["ARN"]
    secrets.put_secret_value(SecretId="kept", SecretString="by hand")
    resource["Properties"] = {"Name": "kept", "Description": "new"}
    template = json.dumps({"Resources": {"Secret": resource}})
    cloudformation.update_stack(StackName="kept-secret", TemplateBody=template)
    until(lambda: secrets.describe_secret(SecretId="kept")["Description"] == "new", "the update")
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == "by hand"
    cloudformation.delete_stack(StackName="kept-secret")
    until(
        lambda: not secrets.list_secrets(Filters=[{"Key": "name", "Values": ["kept"]}])["SecretList"],
        "deleted",
    )


def test_calls_that_change_secrets_become_events_without_values(emulator: Emulator) -> None:
    pattern = {"detail": {"eventName": ["PutSecretValue", "GetSecretValue"]}}
    queue = listen(emulator, "calls", {"source": ["aws.secretsmanager"], **pattern})
    secrets = emulator.client("secretsmanager")
    secrets.create_secret(Name="watched")
    secrets.put_secret_value(SecretId="watched", SecretString="canary")
    secrets.get_secret_value(SecretId="watched")
    events: list[dict[str, Any]] = []
    until(lambda: events.extend(heard(emulator, queue)) or events, "an event")
    (event,) = events
    assert event["detail-type"] == "AWS API Call via CloudTrail"
    assert event["detail"]["requestParameters"]["secretId"] == "watched"
    assert event["detail"]["userIdentity"]["arn"].startswith("arn:aws:iam::")
    assert "canary" not in json.dumps(event)


def rotated(emulator: Emulator, secret: str) -> Any:
    told = emulator.client("secretsmanager").describe_secret(SecretId=secret)
    return told if "LastRotatedDate" in told else None
