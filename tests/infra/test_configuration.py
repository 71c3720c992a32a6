"""AppConfig, and everything that listens to changes."""

from pathlib import Path

import pytest

from infra.constructs import definitions
from infra.constructs.definitions import definitions_hash
from infra.guardrails.grants import flat
from tests.infra.conftest import Assembly, Json

GUARDED = {"flags", "runtime"}


def rules(assembly: Assembly) -> dict[str, Json]:
    found = assembly.of_type("AWS::Events::Rule").values()
    return {rule["EventPattern"]["source"][0]: rule for rule in found if "EventPattern" in rule}


def test_what_deploys_at_its_own_pace_has_an_environment_of_its_own(assembly: Assembly) -> None:
    assert assembly.only("AWS::AppConfig::Application")["Name"] == f"reelwright-{assembly.environment.name}"
    lanes = assembly.of_type("AWS::AppConfig::Environment").values()
    assert {lane["Name"] for lane in lanes} == {"flags", "runtime", "kill-switches"}
    assert all(lane["ApplicationId"] == {"Ref": "ConfigurationApplication"} for lane in lanes)


def test_alarms_roll_back_flags_and_settings_but_never_a_kill_switch(assembly: Assembly) -> None:
    watching = {"AlarmsProductionsFailed", "AlarmsStepsFailed"}
    for lane in assembly.of_type("AWS::AppConfig::Environment").values():
        monitors = [monitor["AlarmArn"]["Fn::GetAtt"][0] for monitor in lane.get("Monitors", [])]
        assert {name[:-8] for name in monitors} == (watching if lane["Name"] in GUARDED else set())


def test_appconfig_may_read_the_alarms_that_it_watches(assembly: Assembly) -> None:
    watched = {
        str(monitor["AlarmArn"])
        for lane in assembly.of_type("AWS::AppConfig::Environment").values()
        for monitor in lane.get("Monitors", [])
    }
    (role,) = (
        it
        for it in assembly.of_type("AWS::IAM::Role").values()
        if "appconfig.amazonaws.com" in str(it["AssumeRolePolicyDocument"])
    )
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "cloudwatch:DescribeAlarms"
    assert {str(arn) for arn in statement["Resource"]} == watched


def test_every_profile_is_checked_by_our_own_schema_before_it_is_deployed(assembly: Assembly) -> None:
    profiles = assembly.of_type("AWS::AppConfig::ConfigurationProfile").values()
    kinds = {profile["Name"]: profile["Type"] for profile in profiles}
    assert kinds == {
        "flags": "AWS.AppConfig.FeatureFlags",
        "settings": "AWS.Freeform",
        "kill-switches": "AWS.AppConfig.FeatureFlags",
    }
    for profile in profiles:
        (validator,) = profile["Validators"]
        (function, _) = validator["Content"]["Fn::GetAtt"]
        assert validator["Type"] == "LAMBDA"
        assert assembly.resources[function]["Properties"]["FunctionName"].endswith("check-configuration")


def test_only_our_own_application_may_call_the_validator(assembly: Assembly) -> None:
    (allowed,) = (
        it
        for it in assembly.of_type("AWS::Lambda::Permission").values()
        if it["Principal"] == "appconfig.amazonaws.com"
    )
    assert allowed["SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert flat(allowed["SourceArn"]).endswith(":application/<ConfigurationApplication>*")


def test_gradual_is_gradual_and_instant_is_instant(assembly: Assembly) -> None:
    name, deploy = f"reelwright-{assembly.environment.name}", assembly.environment.deploy
    found = {it["Name"]: it for it in assembly.of_type("AWS::AppConfig::DeploymentStrategy").values()}
    gradual, instant = found[f"{name}-gradual"], found[f"{name}-instant"]
    assert (gradual["GrowthType"], gradual["GrowthFactor"]) == ("LINEAR", 20)
    assert gradual["DeploymentDurationInMinutes"] == deploy.rollout_minutes
    assert gradual["FinalBakeTimeInMinutes"] == deploy.bake_minutes
    assert instant["GrowthFactor"] == 100
    assert (instant["DeploymentDurationInMinutes"], instant["FinalBakeTimeInMinutes"]) == (0, 0)


def test_configuration_in_use_cannot_be_deleted_where_data_is_guarded(assembly: Assembly) -> None:
    guarded = "APPLY" if assembly.environment.deploy.deletion_protection else "BYPASS"
    for kind in ("Environment", "ConfigurationProfile"):
        found = assembly.of_type(f"AWS::AppConfig::{kind}").values()
        assert {it["DeletionProtectionCheck"] for it in found} == {guarded}


@pytest.mark.parametrize("kind", ["Deployment", "HostedConfigurationVersion"])
def test_the_template_deploys_no_configuration(kind: str, assembly: Assembly) -> None:
    assert assembly.of_type(f"AWS::AppConfig::{kind}") == {}


def test_appconfig_tells_of_its_deployments(assembly: Assembly) -> None:
    association = assembly.only("AWS::AppConfig::ExtensionAssociation")
    assert association["ExtensionIdentifier"] == "AWS.AppConfig.DeploymentNotificationsToEventBridge"
    assert "ConfigurationApplication" in str(association["ResourceIdentifier"])


def test_every_change_is_told_to_the_audit_trail(assembly: Assembly) -> None:
    sources = rules(assembly)
    assert sources.keys() == {"aws.appconfig", "aws.s3", "aws.ssm", "aws.secretsmanager"}
    for rule in sources.values():
        assert "AuditChange" in str(rule["Targets"][0]["Arn"])
    assert "SyncFlags" in str(sources["aws.appconfig"]["Targets"][1]["Arn"])


def test_what_cannot_be_delivered_is_tried_again_and_then_kept(assembly: Assembly) -> None:
    (queue,) = assembly.of_type("AWS::SQS::Queue")
    for rule in assembly.of_type("AWS::Events::Rule").values():
        for target in rule["Targets"]:
            assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue, "Arn"]}}
            assert target["RetryPolicy"] == {
                "MaximumEventAgeInSeconds": 7200,
                "MaximumRetryAttempts": 8,
            }


def test_rules_listen_to_their_own_environment_only(assembly: Assembly) -> None:
    name, found = assembly.environment.name, rules(assembly)
    patterns = {source: rule["EventPattern"]["detail"] for source, rule in found.items()}
    assert patterns["aws.appconfig"] == {"Application": {"Id": [{"Ref": "ConfigurationApplication"}]}}
    assert patterns["aws.s3"] == {"bucket": {"name": [{"Ref": "ConfigBucket"}]}}
    assert patterns["aws.ssm"] == {"name": [{"prefix": f"/reelwright/{name}/"}]}
    by_id, by_name = patterns["aws.secretsmanager"]["requestParameters"]["$or"]
    assert by_name == {"name": [{"prefix": f"reelwright/{name}/"}]}
    assert by_id["secretId"][0] == {"prefix": f"reelwright/{name}/"}
    assert f":secret:reelwright/{name}/" in str(by_id["secretId"][1])


def test_dead_letters_are_encrypted_and_kept_for_two_weeks(assembly: Assembly) -> None:
    queue = assembly.only("AWS::SQS::Queue")
    assert queue["MessageRetentionPeriod"] == 14 * 86_400
    assert queue["KmsMasterKeyId"]["Fn::GetAtt"][1] == "Arn"
    statements = assembly.only("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    (denied,) = (it for it in statements if it["Effect"] == "Deny")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_definitions_are_merged_last_and_nobody_waits_for_ever(assembly: Assembly) -> None:
    (merged,) = (it for it in assembly.resources.values() if it["Type"] == "Custom::Definitions")
    assert merged["DeletionPolicy"] == ("Retain" if assembly.environment.deploy.retain_data else "Delete")
    assert merged["Properties"]["ServiceToken"]["Fn::GetAtt"][0].startswith("FunctionsMergeDefinitions")
    assert int(merged["Properties"]["ServiceTimeout"]) <= 600
    needed = {"FlagsProfile", "SettingsProfile", "KillSwitchesProfile", "ConfigurationFlags"}
    assert needed <= set(merged["DependsOn"])


def test_a_changed_definition_is_another_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "ROOT", tmp_path)
    flags = tmp_path / "environments" / "flags"
    flags.mkdir(parents=True)
    hashes = [definitions_hash("dev")]
    for text in ("a = 1", "a = 2"):
        (flags / "flags.toml").write_text(text, encoding="utf-8")
        hashes.append(definitions_hash("dev"))
    (flags / "flags.toml").rename(flags / "others.toml")
    hashes.append(definitions_hash("dev"))
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize("source", definitions.SOURCES)
def test_everything_that_definitions_follow_from_is_there(source: str) -> None:
    assert (definitions.ROOT / source.format(environment="dev")).exists()


def test_a_deploy_writes_no_parameter_of_the_operators(assembly: Assembly) -> None:
    name = assembly.environment.name
    assert assembly.only("AWS::SSM::Parameter")["Name"] == f"/reelwright/{name}/deployment/version"
