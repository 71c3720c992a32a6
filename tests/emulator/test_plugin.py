"""Each part of the plugin by itself, through the emulator's API, so that an upgrade shows what broke."""

import json
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator import Emulator
from tests.emulator.samples import ROLE, heard, invoke, listen, make_function, make_role, make_stack
from tests.emulator.waiting import until

RAISES = """
calls = 0
class ProductionBusy(Exception): pass
def handler(event, context):
    global calls
    calls += 1
    if event == "count":
        return calls
    raise ProductionBusy('{"code": "busy"}')
"""
MEASURES = """
import json, time
def handler(event, context):
    emf = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [
        {"Namespace": "Reelwright", "Dimensions": [["environment"]],
         "Metrics": [{"Name": "Failed", "Unit": "Count"}]}]},
        "environment": event, "Failed": 1}
    print(json.dumps(emf))
"""
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
FETCHES = """
import boto3
def handler(event, context):
    return boto3.client("s3").get_object(Bucket="closed", Key="a")["Body"].read().decode()
"""
READS_CONFIGURATION = """
import boto3
def handler(event, context):
    data = boto3.client("appconfigdata")
    token = data.start_configuration_session(
        ApplicationIdentifier=event, EnvironmentIdentifier="runtime",
        ConfigurationProfileIdentifier="closed")["InitialConfigurationToken"]
    return data.get_latest_configuration(ConfigurationToken=token)["Configuration"].read().decode()
"""
READS = """
import boto3
def handler(event, context):
    if event.endswith("/"):
        return len(boto3.client("ssm").get_parameters_by_path(Path=event, Recursive=True)["Parameters"])
    return boto3.client("ssm").get_parameter(Name=event)["Parameter"]["Value"]
"""
VALIDATES = """
import base64, json
class Refused(Exception): pass
def handler(event, context):
    document = json.loads(base64.b64decode(event["content"]))
    if document.get("fps") == 0:
        raise Refused(f"fps must not be 0 in version {event['configurationVersion']}")
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


def test_a_metric_in_the_log_moves_the_alarm_of_its_dimension_and_time_moves_it_back(
    emulator: Emulator,
) -> None:
    make_function(emulator, "measures", MEASURES)
    for environment in ("dev", "prod"):
        emulator.client("cloudwatch").put_metric_alarm(
            AlarmName=f"failed-{environment}",
            Namespace="Reelwright",
            MetricName="Failed",
            Dimensions=[{"Name": "environment", "Value": environment}],
            Statistic="Sum",
            Period=120,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
        )
    invoke(emulator, "measures", "dev")
    until(lambda: "ALARM" in history(emulator, "failed-dev"), "failed-dev was in alarm")
    until(lambda: state(emulator, "failed-dev") == "OK", "failed-dev is well again")
    assert "ALARM" not in history(emulator, "failed-prod")


def test_composite_and_expression_alarms_come_from_cloudformation(emulator: Emulator) -> None:
    child = {
        "AlarmName": "child",
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "ignore",
    }
    expression = {
        "AlarmName": "expression",
        "Metrics": [{"Id": "share", "Expression": "1/2"}],
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    rule = {"AlarmName": "parent", "AlarmRule": 'ALARM("child")'}
    resources = {
        "Child": {"Type": "AWS::CloudWatch::Alarm", "Properties": child},
        "Expression": {"Type": "AWS::CloudWatch::Alarm", "Properties": expression},
        "Parent": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": rule, "DependsOn": "Child"},
    }
    assert make_stack(emulator, "alarms", resources)["Parent"] == "parent"
    for name in ("child", "expression"):
        emulator.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    assert [state(emulator, name) for name in ("parent", "expression")] == ["ALARM", "ALARM"]
    emulator.client("cloudformation").delete_stack(StackName="alarms")
    until(lambda: not state(emulator, "parent"), "the alarms are gone")


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


def test_reading_configuration_needs_a_permission_for_this_configuration(emulator: Emulator) -> None:
    application, profile = make_profile(emulator, "closed")
    start(emulator, application, profile, make_version(emulator, application, profile, {"fps": 24}))
    environment = environment_of(emulator, application)
    arn = f"arn:aws:appconfig:us-east-1:000000000000:application/{application}/environment/{environment}"
    actions = ["appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration"]
    for name, configuration in (("reader", profile), ("stranger", "other")):
        allowed = {"Effect": "Allow", "Action": actions, "Resource": f"{arn}/configuration/{configuration}"}
        make_function(emulator, name, READS_CONFIGURATION, make_role(emulator, name, allowed))
    assert json.loads(invoke(emulator, "reader", application)) == {"fps": 24}
    assert "AccessDenied" in invoke(emulator, "stranger", application)["errorMessage"]


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


def test_changes_of_parameters_become_events(emulator: Emulator) -> None:
    queue = listen(
        emulator, "parameters", {"source": ["aws.ssm"], "detail": {"name": [{"prefix": "/told/"}]}}
    )
    parameters = emulator.client("ssm")
    for value in ("1", "2"):
        parameters.put_parameter(Name="/told/a", Value=value, Type="String", Overwrite=True)
    parameters.put_parameter(Name="/untold/a", Value="1", Type="String")
    parameters.delete_parameter(Name="/told/a")
    events: list[dict[str, Any]] = []
    until(lambda: events.extend(heard(emulator, queue)) or len(events) >= 3, "three events")
    assert [event["detail"]["operation"] for event in events] == ["Create", "Update", "Delete"]
    assert {event["detail"]["name"] for event in events} == {"/told/a"}


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


def test_an_event_that_a_function_cannot_take_ends_as_a_dead_letter_after_three_tries(
    emulator: Emulator,
) -> None:
    function = make_function(emulator, "never-takes", RAISES)
    queue = emulator.client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
    emulator.client("lambda").update_function_configuration(
        FunctionName="never-takes",
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:000000000000:dead-letters"},
    )
    events = emulator.client("events")
    events.put_rule(Name="never-takes", EventPattern=json.dumps({"source": ["ours"]}))
    events.put_targets(Rule="never-takes", Targets=[{"Id": "never-takes", "Arn": function}])
    events.put_events(Entries=[{"Source": "ours", "DetailType": "t", "Detail": "{}"}])
    (letter,) = until(lambda: heard(emulator, queue), "a dead letter")
    assert letter["requestPayload"]["source"] == "ours"
    assert invoke(emulator, "never-takes", "count") == 4


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


def test_a_version_is_written_only_on_top_of_the_one_that_was_read(emulator: Emulator) -> None:
    application, profile = make_profile(emulator, "conditional")
    appconfig = emulator.client("appconfig")
    version = {
        "ApplicationId": application,
        "ConfigurationProfileId": profile,
        "ContentType": "application/json",
    }
    first = appconfig.create_hosted_configuration_version(
        **version, Content=b"{}", LatestVersionNumber=0, Description="by ann: first"
    )
    assert first["VersionNumber"] == 1
    with pytest.raises(appconfig.exceptions.ConflictException):
        appconfig.create_hosted_configuration_version(**version, Content=b"{}", LatestVersionNumber=0)
    appconfig.create_hosted_configuration_version(**version, Content=b"[]", LatestVersionNumber=1)
    del version["ContentType"]
    read = appconfig.get_hosted_configuration_version(**version, VersionNumber=1)
    assert (read["Description"], read["Content"].read()) == ("by ann: first", b"{}")
    page = appconfig.list_hosted_configuration_versions(**version, MaxResults=1)
    rest = appconfig.list_hosted_configuration_versions(**version, NextToken=page["NextToken"])
    assert [item["VersionNumber"] for item in page["Items"] + rest["Items"]] == [2, 1]


def test_a_validator_refuses_a_version_when_it_is_to_be_deployed(emulator: Emulator) -> None:
    function = make_function(emulator, "validates", VALIDATES)
    application, profile = make_profile(emulator, "validated", function)
    appconfig = emulator.client("appconfig")
    bad = make_version(emulator, application, profile, {"fps": 0})
    with pytest.raises(ClientError, match="not allowed to invoke"):
        appconfig.validate_configuration(
            ApplicationId=application, ConfigurationProfileId=profile, ConfigurationVersion=bad
        )
    emulator.client("lambda").add_permission(
        FunctionName="validates",
        StatementId="AppConfig",
        Action="lambda:InvokeFunction",
        Principal="appconfig.amazonaws.com",
    )
    with pytest.raises(
        appconfig.exceptions.BadRequestException, match="fps must not be 0 in version 1"
    ) as refused:
        start(emulator, application, profile, bad)
    assert refused.value.response["Reason"] == "InvalidConfiguration"
    good = make_version(emulator, application, profile, {"fps": 24})
    appconfig.validate_configuration(
        ApplicationId=application, ConfigurationProfileId=profile, ConfigurationVersion=good
    )
    assert start(emulator, application, profile, good)["State"] in ("DEPLOYING", "BAKING", "COMPLETE")


def test_an_alarm_rolls_a_deployment_back_and_everybody_hears_of_it(emulator: Emulator) -> None:
    application, profile = make_profile(emulator, "watched")
    queue = listen(emulator, "deployments", {"source": ["aws.appconfig"]})
    associate(emulator, application)
    watch(emulator, application, "deployment-goes-wrong")
    start(
        emulator, application, profile, make_version(emulator, application, profile, {"fps": 24}), minutes=0
    )
    until(lambda: served(emulator, application, profile) == {"fps": 24}, "the first version")
    start(
        emulator, application, profile, make_version(emulator, application, profile, {"fps": 30}), minutes=8
    )
    emulator.client("cloudwatch").set_alarm_state(
        AlarmName="deployment-goes-wrong", StateValue="ALARM", StateReason="test"
    )
    events: list[dict[str, Any]] = []

    def titles() -> list[str]:
        events.extend(heard(emulator, queue))
        return [event["detail-type"] for event in events]

    until(lambda: "On Deployment Rolled Back" in titles(), "the deployment was rolled back", seconds=15)
    assert "On Deployment Start" in titles()
    assert "On Deployment Complete" in titles()
    rolled_back = next(event for event in events if event["detail-type"] == "On Deployment Rolled Back")
    assert rolled_back["detail"]["ConfigurationProfile"] == {"Id": profile, "Name": "watched"}
    assert (rolled_back["detail"]["DeploymentNumber"], rolled_back["detail"]["ConfigurationVersion"]) == (
        2,
        "2",
    )
    assert served(emulator, application, profile) == {"fps": 24}


def stack_status(emulator: Emulator, name: str) -> str:
    try:
        (stack,) = emulator.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError:
        return ""
    return str(stack["StackStatus"])


def state(emulator: Emulator, alarm: str) -> str:
    found = emulator.client("cloudwatch").describe_alarms(
        AlarmNames=[alarm], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return "".join(str(one["StateValue"]) for one in found["MetricAlarms"] + found["CompositeAlarms"])


def history(emulator: Emulator, alarm: str) -> list[str]:
    items = emulator.client("cloudwatch").describe_alarm_history(AlarmName=alarm)["AlarmHistoryItems"]
    return [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in items]


def rotated(emulator: Emulator, secret: str) -> Any:
    told = emulator.client("secretsmanager").describe_secret(SecretId=secret)
    return told if "LastRotatedDate" in told else None


def make_profile(emulator: Emulator, name: str, validator: str = "") -> tuple[str, str]:
    appconfig = emulator.client("appconfig")
    application = appconfig.create_application(Name=name)["Id"]
    appconfig.create_environment(ApplicationId=application, Name="runtime")
    validators = [{"Type": "LAMBDA", "Content": validator}] if validator else []
    profile = appconfig.create_configuration_profile(
        ApplicationId=application, Name=name, LocationUri="hosted", Validators=validators
    )
    return application, profile["Id"]


def make_version(emulator: Emulator, application: str, profile: str, content: Any) -> str:
    made = emulator.client("appconfig").create_hosted_configuration_version(
        ApplicationId=application,
        ConfigurationProfileId=profile,
        Content=json.dumps(content).encode(),
        ContentType="application/json",
    )
    return str(made["VersionNumber"])


def environment_of(emulator: Emulator, application: str) -> str:
    (environment,) = emulator.client("appconfig").list_environments(ApplicationId=application)["Items"]
    return str(environment["Id"])


def start(emulator: Emulator, application: str, profile: str, version: str, minutes: int = 0) -> Any:
    appconfig = emulator.client("appconfig")
    strategy = appconfig.create_deployment_strategy(
        Name=f"{application}-{version}",
        DeploymentDurationInMinutes=minutes,
        GrowthFactor=50,
        FinalBakeTimeInMinutes=minutes,
        ReplicateTo="NONE",
    )
    return appconfig.start_deployment(
        ApplicationId=application,
        EnvironmentId=environment_of(emulator, application),
        DeploymentStrategyId=strategy["Id"],
        ConfigurationProfileId=profile,
        ConfigurationVersion=version,
    )


def served(emulator: Emulator, application: str, profile: str) -> Any:
    data = emulator.client("appconfigdata")
    token = data.start_configuration_session(
        ApplicationIdentifier=application,
        EnvironmentIdentifier="runtime",
        ConfigurationProfileIdentifier=profile,
    )["InitialConfigurationToken"]
    return json.loads(
        data.get_latest_configuration(ConfigurationToken=token)["Configuration"].read() or b"null"
    )


def associate(emulator: Emulator, application: str) -> None:
    association = {
        "ExtensionIdentifier": "AWS.AppConfig.DeploymentNotificationsToEventBridge",
        "ResourceIdentifier": f"arn:aws:appconfig:us-east-1:000000000000:application/{application}",
    }
    resource = {"Type": "AWS::AppConfig::ExtensionAssociation", "Properties": association}
    make_stack(emulator, "association", {"Association": resource})


def watch(emulator: Emulator, application: str, alarm: str) -> None:
    emulator.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm,
        Namespace="N",
        MetricName="M",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    arn = f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{alarm}"
    emulator.client("appconfig").update_environment(
        ApplicationId=application,
        EnvironmentId=environment_of(emulator, application),
        Monitors=[{"AlarmArn": arn}],
    )
