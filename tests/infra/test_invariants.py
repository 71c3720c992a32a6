"""What holds for every resource of every environment."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentSpec
from tests.infra.conftest import CONTEXT, Assembly, Json

# A changed id is a new, empty resource, and in some environments the end of the old one.
STATEFUL = {
    "AccessLogsBucket": "AWS::S3::Bucket",
    "ArtifactsBucket": "AWS::S3::Bucket",
    "ConfigurationApplication": "AWS::AppConfig::Application",
    "ConfigurationFlags": "AWS::AppConfig::Environment",
    "ConfigurationKillSwitches": "AWS::AppConfig::Environment",
    "ConfigurationRuntime": "AWS::AppConfig::Environment",
    "CredentialsKey": "AWS::KMS::Key",
    "CredentialsSecret": "AWS::SecretsManager::Secret",
    "ProductionsKey": "AWS::KMS::Key",
    "ProductionsTable": "AWS::DynamoDB::Table",
}
ALL_TYPES = Counter(STATEFUL.values()) + Counter({"AWS::S3::BucketPolicy": 2})


def statements(assembly: Assembly) -> Iterator[tuple[str, Json]]:
    """Every policy statement, with the logical id of the resource that it stands in."""
    for name, resource in assembly.resources.items():
        for value in resource["Properties"].values():
            if isinstance(value, dict) and "Statement" in value:
                yield from ((name, statement) for statement in value["Statement"])


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
    assert found == STATEFUL


def test_what_holds_data_ends_as_the_environment_says(assembly: Assembly) -> None:
    end = "Retain" if assembly.environment.deploy.retain_data else "Delete"
    for name in STATEFUL:
        resource = assembly.resources[name]
        assert (name, resource["DeletionPolicy"]) == (name, end)
        assert (name, resource["UpdateReplacePolicy"]) == (name, end)


def test_the_stack_is_made_of_these_and_nothing_else(assembly: Assembly) -> None:
    assert Counter(resource["Type"] for resource in assembly.resources.values()) == ALL_TYPES


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


def test_every_wildcard_that_grants_something_is_known(assembly: Assembly) -> None:
    wide = {
        name
        for name, statement in statements(assembly)
        if statement["Effect"] == "Allow" and "*" in (statement["Action"], statement["Resource"])
    }
    # In a key's own policy "*" is that key.
    assert wide == {"ProductionsKey", "CredentialsKey"}


def test_only_the_account_itself_and_s3_are_granted_anything_here(assembly: Assembly) -> None:
    granted = {str(it["Principal"]) for _, it in statements(assembly) if it["Effect"] == "Allow"}
    parts = ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"]
    account = {"Fn::Join": ["", parts]}
    assert granted == {str({"AWS": account}), str({"Service": "logging.s3.amazonaws.com"})}


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
    assert synthesise(load_environment("prod")).template == assemblies["prod"].template
