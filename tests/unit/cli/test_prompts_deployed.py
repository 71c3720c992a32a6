"""`reelwright prompts --env dev`, against a bucket and a table."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.config.errors import SourceUnreachable
from reelwright.environment import aws
from reelwright.environment.deployment import Deployment
from reelwright.prompts.aws_outcomes import DynamoOutcomes
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.outcomes import PromptOutcome
from reelwright.storage.memory import MemoryAuditLog
from tests.unit.cli.conftest import Run

NAME = "write-script"
WHY = ("--reason", "a test", "--actor", "ann")
DEPLOYED = Deployment(environment="dev", config_bucket="reelwright-config", productions_table="productions")


@pytest.fixture
def audit() -> MemoryAuditLog:
    return MemoryAuditLog()


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, audit: MemoryAuditLog) -> Iterator[Any]:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1"}
    for name, value in {**keys, "AWS_DEFAULT_REGION": "eu-west-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("reelwright.environment.aws.find_deployment", lambda _: DEPLOYED)
    monkeypatch.setattr("reelwright.cli.prompts_desk.open_audit", lambda _: audit)
    monkeypatch.setattr("reelwright.cli.prompts_desk.open_configuration", _away)
    with mock_aws():
        aws._client.cache_clear()
        s3 = boto3.client("s3", region_name="eu-west-1")
        place = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket=DEPLOYED.config_bucket, CreateBucketConfiguration=place)
        versioning = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=DEPLOYED.config_bucket, VersioningConfiguration=versioning)
        dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
        dynamodb.create_table(
            TableName=DEPLOYED.productions_table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")],
        )
        yield dynamodb
    aws._client.cache_clear()


def _away(_: str) -> None:
    raise SourceUnreachable("Settings are away.")


def said(run: Run, *words: object) -> Any:
    outcome = run("prompts", *words, "--env", "dev", "--json")
    assert outcome.code == 0, outcome.out + outcome.err
    return json.loads(outcome.out)


@pytest.mark.usefixtures("table")
def test_a_prompt_is_saved_served_and_rolled_back_there(run: Run, place: Path, audit: MemoryAuditLog) -> None:
    found = PromptLibrary().get(NAME)
    assert found
    file = place / f"{NAME}.md"
    versions = []
    for words in ("tiny sentences", "long sentences"):
        file.write_text(re.sub(r"Write for the ear: [^\n]*", f"Write for the ear: {words}.", found.text))
        told = said(run, "save", file, "--label", "production", *WHY)
        versions.append(told["version"])
        assert told["moved"]["undo"].endswith(" --env dev")
    assert said(run, "show", NAME)["version"] == versions[1]
    assert said(run, "rollback", NAME, *WHY)["version"] == versions[0]
    assert said(run, "show", NAME)["version"] == versions[0]
    assert [entry.actor for entry in audit.entries()].count("ann") >= 6


def test_how_it_did_is_read_from_the_table_of_productions(run: Run, table: Any) -> None:
    store = DynamoOutcomes(table, DEPLOYED.productions_table)
    for number in range(3):
        told = {"key": f"prod_{number}/write_script/0", "prompt": NAME, "version": "0" * 12}
        more = {"variant": "control", "result": "accepted", "at": datetime(2026, 11, 1, tzinfo=UTC)}
        store.put(PromptOutcome.model_validate(told | more))
    (one,) = said(run, "show", NAME, "--performance")["performance"]
    assert (one["exposures"], one["accepted"]) == (3, 3)
