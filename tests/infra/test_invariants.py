"""What holds for every resource of every environment."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentSpec
from tests.infra.conftest import CONTEXT, Assembly, Json, masked

# A changed id is a new, empty resource, and in some environments the end of the old one.
STATEFUL = {
    "AccessLogsBucket": "AWS::S3::Bucket",
    "ArtifactsBucket": "AWS::S3::Bucket",
    "ConfigBucket": "AWS::S3::Bucket",
    "ConfigurationApplication": "AWS::AppConfig::Application",
    "ConfigurationFlags": "AWS::AppConfig::Environment",
    "ConfigurationKillSwitches": "AWS::AppConfig::Environment",
    "ConfigurationRuntime": "AWS::AppConfig::Environment",
    "ControlTable": "AWS::DynamoDB::Table",
    "FlagsProfile": "AWS::AppConfig::ConfigurationProfile",
    "KillSwitchesProfile": "AWS::AppConfig::ConfigurationProfile",
    "LedgerTable": "AWS::DynamoDB::Table",
    "ModelsTable": "AWS::DynamoDB::Table",
    "ProductionsKey": "AWS::KMS::Key",
    "ProductionsTable": "AWS::DynamoDB::Table",
    "PlatformInstagramSecret": "AWS::SecretsManager::Secret",
    "PlatformTiktokSecret": "AWS::SecretsManager::Secret",
    "PlatformYoutubeSecret": "AWS::SecretsManager::Secret",
    "ProviderAnthropicSecret": "AWS::SecretsManager::Secret",
    "ProviderElevenlabsSecret": "AWS::SecretsManager::Secret",
    "ProviderLumaSecret": "AWS::SecretsManager::Secret",
    "ProviderOpenaiSecret": "AWS::SecretsManager::Secret",
    "ProviderRunwaySecret": "AWS::SecretsManager::Secret",
    "SettingsProfile": "AWS::AppConfig::ConfigurationProfile",
    "SigningAuditSecret": "AWS::SecretsManager::Secret",
}
KEYS_OF_THEIR_OWN = dict.fromkeys(["ConfigurationKey", "CredentialsKey", "OperationsKey"], "AWS::KMS::Key")
TYPES = {
    "AWS::AppConfig::Application": 1,
    "AWS::AppConfig::ConfigurationProfile": 3,
    "AWS::AppConfig::DeploymentStrategy": 2,
    "AWS::AppConfig::Environment": 3,
    "AWS::AppConfig::ExtensionAssociation": 1,
    "AWS::CloudWatch::Alarm": 49,
    "AWS::DynamoDB::Table": 4,
    "AWS::Events::Rule": 9,
    "AWS::IAM::Role": 24,
    "AWS::KMS::Key": 1,
    "AWS::Lambda::Function": 21,
    "AWS::Lambda::Permission": 12,
    "AWS::Logs::LogGroup": 23,
    "AWS::S3::Bucket": 3,
    "AWS::S3::BucketPolicy": 3,
    "AWS::SNS::Topic": 1,
    "AWS::SNS::TopicPolicy": 1,
    "AWS::SQS::Queue": 1,
    "AWS::SQS::QueuePolicy": 1,
    "AWS::SSM::Parameter": 1,
    "AWS::SecretsManager::RotationSchedule": 1,
    "AWS::SecretsManager::Secret": 9,
    "AWS::StepFunctions::StateMachine": 2,
    "Custom::Definitions": 1,
}
"""Every environment's resources; one with a key for each class of data has three keys more."""
SERVICES = {
    "appconfig.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    "logging.s3.amazonaws.com",
    "states.amazonaws.com",
}
"""AWS services that a policy of ours lets in; logs come with their region in front."""


def stateful(assembly: Assembly) -> dict[str, str]:
    return STATEFUL if assembly.environment.deploy.single_key else STATEFUL | KEYS_OF_THEIR_OWN


def statements(value: Any) -> Iterator[Json]:
    """Every policy statement, however deep it stands."""
    if isinstance(value, dict):
        yield from value.get("Statement", ())
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from statements(inner)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from (key, *texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def test_what_holds_data_keeps_its_logical_id(assembly: Assembly) -> None:
    kinds = set(STATEFUL.values())
    found = {name: it["Type"] for name, it in assembly.resources.items() if it["Type"] in kinds}
    assert found == stateful(assembly)


def test_what_holds_data_ends_as_the_environment_says(assembly: Assembly) -> None:
    end = "Retain" if assembly.environment.deploy.retain_data else "Delete"
    for name in stateful(assembly):
        resource = assembly.resources[name]
        assert (name, resource["DeletionPolicy"]) == (name, end)
        assert (name, resource["UpdateReplacePolicy"]) == (name, end)


def test_the_stack_is_made_of_these_and_nothing_else(assembly: Assembly) -> None:
    keys = 1 if assembly.environment.deploy.single_key else 4
    assert Counter(it["Type"] for it in assembly.resources.values()) == TYPES | {"AWS::KMS::Key": keys}


def test_every_bucket_is_encrypted_versioned_and_closed_to_the_public(assembly: Assembly) -> None:
    for bucket in assembly.of_type("AWS::S3::Bucket").values():
        assert bucket["BucketEncryption"]
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_every_bucket_refuses_plain_http_and_old_tls(assembly: Assembly) -> None:
    for name in assembly.of_type("AWS::S3::Bucket"):
        policies = assembly.of_type("AWS::S3::BucketPolicy").values()
        (policy,) = [it for it in policies if it["Bucket"] == {"Ref": name}]
        denied = [it for it in policy["PolicyDocument"]["Statement"] if it["Effect"] == "Deny"]
        assert [it["Condition"] for it in denied] == [
            {"Bool": {"aws:SecureTransport": "false"}},
            {"NumericLessThan": {"s3:TlsVersion": 1.2}},
        ]
        assert all(it["Action"] == "s3:*" and it["Principal"] == {"AWS": "*"} for it in denied)


def test_every_key_rotates(assembly: Assembly) -> None:
    assert all(key["EnableKeyRotation"] is True for key in assembly.of_type("AWS::KMS::Key").values())


def test_only_the_account_itself_and_these_services_are_granted_anything(assembly: Assembly) -> None:
    allowed = [it for it in statements(assembly.template) if it["Effect"] == "Allow"]
    given = [it["Principal"] for it in allowed if "Principal" in it]
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"]
    account = {"Fn::Join": ["", parts]}
    logs = {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
    known = [{"AWS": account}, {"Service": logs}, *({"Service": service} for service in SERVICES)]
    assert {str(it) for it in given} == {str(it) for it in known}


def test_no_policy_is_managed_by_somebody_else(assembly: Assembly) -> None:
    assert [it for it in assembly.of_type("AWS::IAM::Role").values() if "ManagedPolicyArns" in it] == []


def needs(value: Any) -> Iterator[str]:
    """The logical ids that a part of a template refers to."""
    if isinstance(value, list):
        for inner in value:
            yield from needs(inner)
    elif isinstance(value, dict):
        if "Ref" in value:
            yield value["Ref"]
        elif "Fn::GetAtt" in value:
            yield value["Fn::GetAtt"][0]
        for inner in value.values():
            yield from needs(inner)


def test_nothing_waits_for_itself(assembly: Assembly) -> None:
    waiting = {
        name: ({*needs(it["Properties"]), *it.get("DependsOn", [])} & assembly.resources.keys())
        for name, it in assembly.resources.items()
    }
    assert len(list(TopologicalSorter(waiting).static_order())) == len(assembly.resources)


def test_there_is_room_for_more_resources(assembly: Assembly) -> None:
    assert len(assembly.resources) < 400
    assert CONTEXT["@aws-cdk/core:stackResourceLimit"] == 400


def test_the_stack_tells_whose_it_is(assembly: Assembly) -> None:
    environment = assembly.environment
    expected = {**environment.deploy.tags, "project": "reelwright", "environment": environment.name}
    assert assembly.artifact["properties"]["tags"] == expected
    assert "cost-centre" in expected


def test_the_stack_is_protected_as_the_environment_says(assembly: Assembly) -> None:
    protected = assembly.artifact["properties"].get("terminationProtection", False)
    assert protected is assembly.environment.deploy.deletion_protection


def test_no_template_knows_an_account_or_a_region(assembly: Assembly) -> None:
    assert assembly.artifact["environment"] == "aws://unknown-account/unknown-region"
    found = [
        text for text in texts(assembly.template) if re.search(r"\b\d{12}\b|\b[a-z]{2}-[a-z]+-\d\b", text)
    ]
    assert found == []


def test_no_value_is_asked_of_the_deployer(assembly: Assembly) -> None:
    assert assembly.template["Parameters"].keys() == {"BootstrapVersion"}


def test_an_environment_may_name_its_account_and_region(
    synthesise: Callable[[EnvironmentSpec], Assembly],
) -> None:
    dev = load_environment("dev")
    deploy = dev.deploy.model_copy(update={"account": "012345678901", "region": "eu-west-1"})
    there = synthesise(dev.model_copy(update={"deploy": deploy}))
    assert there.artifact["environment"] == "aws://012345678901/eu-west-1"


def test_the_same_environment_gives_the_same_template_whoever_asks(
    synthesise: Callable[[EnvironmentSpec], Assembly],
    assemblies: dict[str, Assembly],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CDK_DEFAULT_ACCOUNT", "012345678901")
    monkeypatch.setenv("CDK_DEFAULT_REGION", "eu-west-1")
    again = synthesise(load_environment("prod"))
    assert masked(again.template) == masked(assemblies["prod"].template)
