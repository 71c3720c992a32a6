"""The other parts of the plugin, through the emulator's API, so that an upgrade shows what broke."""

import json
from functools import partial

from botocore.exceptions import ClientError

from tests.emulator.emulator import Emulator
from tests.emulator.samples import RAISES, ROLE, invoke, make_function, make_role, make_stack
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
    states = emulator.client("stepfunctions")
    machine = states.create_state_machine(name="catches", definition=json.dumps(definition), roleArn=ROLE)
    run = states.start_execution(stateMachineArn=machine["stateMachineArn"], input="{}")["executionArn"]
    look = states.describe_execution
    ended = until(
        lambda: (now := look(executionArn=run))["status"] != "RUNNING" and now, "the execution has ended"
    )
    cause = json.loads(json.loads(ended["output"])["error"]["Cause"])
    assert cause["errorMessage"] == '{"code": "busy"}'


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
