"""The other parts of the plugin, through the emulator's API, so that an upgrade shows what broke."""

import json
from functools import partial

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator import Emulator
from tests.emulator.samples import RAISES, invoke, make_function, make_role, make_stack, run_machine
from tests.emulator.waiting import until

FETCHES = """
import boto3
def handler(event, context):
    return boto3.client("s3").get_object(Bucket="closed", Key="a")["Body"].read().decode()
"""
READS = """
import boto3
def handler(event, context):
    if event.endswith("/"):
        return len(boto3.client("ssm").get_parameters_by_path(Path=event, Recursive=True)["Parameters"])
    return boto3.client("ssm").get_parameter(Name=event)["Parameter"]["Value"]
"""
ASKS_A_GUARDRAIL = """
import boto3
def handler(event, context):
    content = [{"text": {"text": "Hello."}}]
    boto3.client("bedrock-runtime").apply_guardrail(
        guardrailIdentifier=event, guardrailVersion="1", source="INPUT", content=content)
"""


def test_an_exception_is_reported_by_its_name_and_the_function_lives_on(emulator: Emulator) -> None:
    make_function(emulator, "raises", RAISES)
    report = invoke(emulator, "raises")
    assert report["errorType"] == "ProductionBusy"
    assert json.loads(report["errorMessage"]) == {"code": "busy"}
    assert any("main.py" in line for line in report["stackTrace"])
    assert invoke(emulator, "raises", "count") == 2


def test_a_named_exception_is_caught_by_a_state_machine(emulator: Emulator) -> None:
    function = make_function(emulator, "raises-in-a-step", RAISES)
    caught = {"ErrorEquals": ["ProductionBusy"], "ResultPath": "$.error", "Next": "Caught"}
    definition = {
        "StartAt": "Try",
        "States": {
            "Try": {"Type": "Task", "Resource": function, "Catch": [caught], "End": True},
            "Caught": {"Type": "Pass", "End": True},
        },
    }
    ended = run_machine(emulator, "catches", definition, {})
    cause = json.loads(json.loads(ended["output"])["error"]["Cause"])
    assert cause["errorMessage"] == '{"code": "busy"}'


def test_the_states_of_an_item_stand_in_the_history_as_those_of_the_machine_do(emulator: Emulator) -> None:
    item = {
        "StartAt": "Look",
        "States": {
            "Look": {
                "Type": "Choice",
                "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "Rest"}],
                "Default": "Over",
            },
            "Rest": {"Type": "Wait", "Seconds": 0, "Next": "Over"},
            "Over": {"Type": "Pass", "End": True},
        },
    }
    each = {"Type": "Map", "ItemsPath": "$", "MaxConcurrency": 1, "ItemProcessor": item, "End": True}
    ended = run_machine(emulator, "items", {"StartAt": "Each", "States": {"Each": each}}, [1, 2])
    pages = emulator.client("stepfunctions").get_paginator("get_execution_history")
    history = pages.paginate(executionArn=ended["executionArn"]).build_full_result()["events"]
    entered = [event["stateEnteredEventDetails"]["name"] for event in history if "Entered" in event["type"]]
    assert entered == ["Each", "Look", "Rest", "Over", "Look", "Over"]


@pytest.mark.parametrize(("percent", "status"), [(50, "SUCCEEDED"), (49, "FAILED")])
def test_a_distributed_map_tolerates_as_many_failures_as_its_input_says(
    emulator: Emulator, percent: int, status: str
) -> None:
    fails = {"Variable": "$", "NumericEquals": 1, "Next": "Failed"}
    item = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Look",
        "States": {
            "Look": {"Type": "Choice", "Choices": [fails], "Default": "Over"},
            "Over": {"Type": "Pass", "End": True},
            "Failed": {"Type": "Fail", "Error": "Broken"},
        },
    }
    each = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "MaxConcurrencyPath": "$.at_a_time",
        "ToleratedFailurePercentagePath": "$.percent",
        "ItemProcessor": item,
        "End": True,
    }
    given = {"items": [1, 2], "at_a_time": 1, "percent": percent}
    name = f"tolerates-{percent}"
    assert (
        run_machine(emulator, name, {"StartAt": "Each", "States": {"Each": each}}, given)["status"] == status
    )


def test_a_table_from_cloudformation_forgets_what_has_expired(emulator: Emulator) -> None:
    table = {
        "TableName": "expires",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    }
    make_stack(emulator, "tables", {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": table}})
    told = emulator.client("dynamodb").describe_time_to_live(TableName="expires")["TimeToLiveDescription"]
    assert told == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_a_function_may_do_what_its_role_says_and_denials_stand_in_the_log(emulator: Emulator) -> None:
    own = "arn:aws:ssm:us-east-1:000000000000:parameter/own/*"
    actions = ["ssm:GetParameter", "ssm:GetParametersByPath"]
    resources = [own, own.removesuffix("/*")]
    role = make_role(emulator, "narrow", {"Effect": "Allow", "Action": actions, "Resource": resources})
    make_function(emulator, "reads", READS, role)
    for name in ("/own/a", "/other/a"):
        emulator.client("ssm").put_parameter(Name=name, Value=name, Type="String")
    assert invoke(emulator, "reads", "/own/a") == "/own/a"
    assert invoke(emulator, "reads", "/own/") == 1
    assert "AccessDenied" in invoke(emulator, "reads", "/other/")["errorMessage"]
    assert "AccessDenied" in invoke(emulator, "reads", "/other/a")["errorMessage"]
    assert any(
        line.endswith("ssm:GetParameter " + own.replace("own/*", "other/a")) for line in emulator.denials()
    )


def test_a_function_may_ask_the_guardrail_that_its_role_names_and_no_other(emulator: Emulator) -> None:
    own = "arn:aws:bedrock:us-east-1:000000000000:guardrail/own"
    allowed = {"Effect": "Allow", "Action": "bedrock:ApplyGuardrail", "Resource": own}
    make_function(emulator, "guards", ASKS_A_GUARDRAIL, make_role(emulator, "guarded", allowed))
    assert "ResourceNotFound" in invoke(emulator, "guards", "own")["errorMessage"], "let in"
    assert "AccessDenied" in invoke(emulator, "guards", "other")["errorMessage"]


def test_a_function_makes_no_log_group_anew_that_was_deleted(emulator: Emulator) -> None:
    make_function(emulator, "logs", RAISES)
    functions, logs = emulator.client("lambda"), emulator.client("logs")
    logs.create_log_group(logGroupName="/own")
    functions.update_function_configuration(FunctionName="logs", LoggingConfig={"LogGroup": "/own"})
    assert invoke(emulator, "logs", "count") == 1
    assert logs.describe_log_streams(logGroupName="/own")["logStreams"]
    logs.delete_log_group(logGroupName="/own")
    assert invoke(emulator, "logs", "count")
    assert logs.describe_log_groups(logGroupNamePrefix="/own")["logGroups"] == []


def test_a_bucket_that_insists_on_tls_is_open_to_functions(emulator: Emulator) -> None:
    make_function(emulator, "fetches", FETCHES)
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="closed")
    s3.put_object(Bucket="closed", Key="a", Body=b"content")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::closed/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket="closed", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    assert invoke(emulator, "fetches") == "content"


def test_a_stack_cannot_delete_a_bucket_that_holds_a_version(emulator: Emulator) -> None:
    versioned = {"BucketName": "holds-something", "VersioningConfiguration": {"Status": "Enabled"}}
    make_stack(emulator, "bucket", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": versioned}})
    s3, cloudformation = emulator.client("s3"), emulator.client("cloudformation")
    version = s3.put_object(Bucket="holds-something", Key="a", Body=b"a")["VersionId"]
    marker = s3.delete_object(Bucket="holds-something", Key="a")["VersionId"]
    cloudformation.delete_stack(StackName="bucket")
    status = partial(stack_status, emulator, "bucket")
    until(lambda: status() == "DELETE_FAILED", "the deletion was refused")
    for each in (version, marker):
        s3.delete_object(Bucket="holds-something", Key="a", VersionId=each)
    cloudformation.delete_stack(StackName="bucket")
    until(lambda: status() == "", "the stack is gone")


def stack_status(emulator: Emulator, name: str) -> str:
    try:
        (stack,) = emulator.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return ""
    return str(stack["StackStatus"])
