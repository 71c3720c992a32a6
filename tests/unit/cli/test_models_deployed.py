"""Models of a deployed environment: its tables, its bucket, its secrets, with the caller's credentials."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.cli import models_call, models_check
from reelwright.cli.modelling import ledger_url, open_models
from reelwright.environment import aws
from reelwright.environment.deployment import Deployment
from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.environment.secret import Secret
from tests.contract.aws_places import BUCKET, TABLE, a_bucket, a_table
from tests.simulators.anthropic import AnthropicSimulator
from tests.unit.cli.conftest import Run

KEY = "sk-simulated-0123456789"
DEPLOYED = Deployment(environment="dev", artifacts_bucket=BUCKET, ledger_table=TABLE, models_table=TABLE)


@pytest.fixture
def deployed(place: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 (a folder to work in)
    """The stack Reelwright-dev; one table keeps what two keep there."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(aws, "find_deployment", lambda _name: DEPLOYED)
    with mock_aws():
        aws._client.cache_clear()
        a_table()
        a_bucket()
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="reelwright/dev/providers/anthropic", SecretString=KEY)
        yield
    aws._client.cache_clear()


def settings_with(simulator: AnthropicSimulator) -> Settings:
    settings = load_environment("dev").settings
    anthropic = settings.providers["anthropic"].model_copy(
        update={"endpoints": (simulator.url,), "credential": Secret("providers/anthropic")}
    )
    return settings.model_copy(update={"providers": {**settings.providers, "anthropic": anthropic}})


@pytest.mark.usefixtures("deployed")
def test_a_call_is_paid_from_the_environments_ledger_with_its_key(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with AnthropicSimulator(keys=[KEY]) as simulator:
        monkeypatch.setattr(models_call, "open_settings", lambda _name: settings_with(simulator))
        monkeypatch.setattr(sys, "stdin", io.StringIO("Say hello"))
        words = ("models", "call", "content", "--model", "claude-haiku-5-5", "--env", "dev", "--json")
        outcome = run(*words)
        assert outcome.code == 0, outcome.err
        answer = json.loads(outcome.out)
        again = run("models", "call", "--resume", answer["key"], "--env", "dev", "--json")
        assert len(simulator.accepted) == 1
    assert json.loads(again.out)["text"] == answer["text"]
    parts = open_models("dev")
    totals = parts.ledger.totals("env:dev")
    assert totals.settled == round(float(answer["cost_usd"]) * 1_000_000) > 0
    assert (totals.reserved, totals.unknown) == (0, 0)


@pytest.mark.usefixtures("deployed")
def test_health_is_read_from_the_fleets_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with AnthropicSimulator() as simulator:
        settings = settings_with(simulator)
    parts = open_models("dev")
    model = next(each for each in parts.catalogue_for(settings) if each.name == "claude-haiku-5-5")
    health = parts.health_for(settings)
    for _ in range(6):
        health.note(model, "unavailable", 1.0)
    parts.close()
    monkeypatch.setattr(models_check, "open_settings", lambda _name: settings)
    outcome = run("models", "check", "--env", "dev", "--json")
    rows = {row["name"]: row for row in json.loads(outcome.out)["models"]}
    assert outcome.code == 1
    assert rows["claude-haiku-5-5"]["health"]["state"] == "open"


@pytest.mark.usefixtures("deployed")
def test_bedrock_may_deliver_to_the_environments_bucket_in_its_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Any] = []

    def with_vendors(providers: Any, **named: Any) -> Any:
        made.append(named["footage_buckets"])
        return providers

    monkeypatch.setattr("reelwright.pipeline.vendors.with_vendors", with_vendors)
    open_models("dev")
    assert made == [{"us-east-1": BUCKET}]


@pytest.mark.usefixtures("deployed")
def test_costs_are_where_the_stack_says() -> None:
    assert ledger_url("dev") == f"dynamodb://{TABLE}"


def test_a_stack_without_tables_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "find_deployment", lambda _name: Deployment(environment="dev"))
    with pytest.raises(InvalidEnvironment, match="before it had tables"):
        open_models("dev")


def test_an_environment_that_does_not_exist_is_told() -> None:
    with pytest.raises(InvalidEnvironment):
        ledger_url("nowhere")
