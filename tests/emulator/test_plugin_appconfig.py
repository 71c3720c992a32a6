"""AppConfig: versions, validators, deployments, and who may read."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.emulator import Emulator
from tests.emulator.samples import heard, invoke, listen, make_function, make_role, make_stack
from tests.emulator.waiting import until

READS_CONFIGURATION = """
import boto3
def handler(event, context):
    data = boto3.client("appconfigdata")
    token = data.start_configuration_session(
        ApplicationIdentifier=event, EnvironmentIdentifier="runtime",
        ConfigurationProfileIdentifier="closed")["InitialConfigurationToken"]
    return data.get_latest_configuration(ConfigurationToken=token)["Configuration"].read().decode()
"""
VALIDATES = """
import base64, json
class Refused(Exception): pass
def handler(event, context):
    document = json.loads(base64.b64decode(event["content"]))
    if document.get("fps") == 0:
        raise Refused(f"fps must not be 0 in version {event['configurationVersion']}")
"""


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


def test_the_deployment_that_is_under_way_is_listed_however_many_there_were(emulator: Emulator) -> None:
    application, profile = make_profile(emulator, "busy")
    version = make_version(emulator, application, profile, {"fps": 24})
    strategy = make_strategy(emulator, f"{application}-at-once", minutes=0)
    for _ in range(4):
        deploy(emulator, application, profile, version, strategy)
    where = {"ApplicationId": application, "EnvironmentId": environment_of(emulator, application)}
    first = emulator.client("appconfig").list_deployments(**where, MaxResults=3)
    rest = emulator.client("appconfig").list_deployments(**where, NextToken=first["NextToken"])
    assert [it["DeploymentNumber"] for it in first["Items"]] == [4, 3, 2]
    assert [it["DeploymentNumber"] for it in rest["Items"]] == [1]
    assert "NextToken" not in rest


def test_a_deployment_that_somebody_stops_is_rolled_back_and_heard_of(emulator: Emulator) -> None:
    application, profile = make_profile(emulator, "stopped")
    queue = listen(emulator, "stops", {"source": ["aws.appconfig"]})
    associate(emulator, application)
    start(emulator, application, profile, make_version(emulator, application, profile, {"fps": 24}))
    second = make_version(emulator, application, profile, {"fps": 30})
    number = start(emulator, application, profile, second, minutes=8)["DeploymentNumber"]
    where = {"ApplicationId": application, "EnvironmentId": environment_of(emulator, application)}
    emulator.client("appconfig").stop_deployment(**where, DeploymentNumber=number)
    titles: list[str] = []

    def rolled_back() -> bool:
        titles.extend(event["detail-type"] for event in heard(emulator, queue))
        return "On Deployment Rolled Back" in titles

    until(rolled_back, "the deployment was rolled back", seconds=15)
    assert served(emulator, application, profile) == {"fps": 24}


def test_a_deployment_stands_where_it_is_held_and_goes_on(emulator: Emulator) -> None:
    application, profile = make_profile(emulator, "held")
    version = make_version(emulator, application, profile, {"fps": 24})
    strategy = make_strategy(emulator, "held", minutes=2)
    with emulator.deployments_held() as hold:
        number = deploy(emulator, application, profile, version, strategy)["DeploymentNumber"]

        def reached() -> tuple[str, float]:
            told = emulator.client("appconfig").get_deployment(
                ApplicationId=application,
                EnvironmentId=environment_of(emulator, application),
                DeploymentNumber=number,
            )
            return told["State"], told["PercentageComplete"]

        time.sleep(3 * emulator.minute_seconds)
        assert reached() == ("DEPLOYING", 0)
        hold(1.5)
        until(lambda: reached() == ("DEPLOYING", 50), "half of it")
        time.sleep(3 * emulator.minute_seconds)
        assert reached() == ("DEPLOYING", 50)
        hold(3)
        until(lambda: reached() == ("BAKING", 100), "all of it")
    until(lambda: reached() == ("COMPLETE", 100), "the deployment is through")


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
    strategy = make_strategy(emulator, f"{application}-{version}", minutes)
    return deploy(emulator, application, profile, version, strategy)


def make_strategy(emulator: Emulator, name: str, minutes: int) -> str:
    made = emulator.client("appconfig").create_deployment_strategy(
        Name=name,
        DeploymentDurationInMinutes=minutes,
        GrowthFactor=50,
        FinalBakeTimeInMinutes=minutes,
        ReplicateTo="NONE",
    )
    return str(made["Id"])


def deploy(emulator: Emulator, application: str, profile: str, version: str, strategy: str) -> Any:
    return emulator.client("appconfig").start_deployment(
        ApplicationId=application,
        EnvironmentId=environment_of(emulator, application),
        DeploymentStrategyId=strategy,
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
    make_stack(emulator, f"association-{application}", {"Association": resource})


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
