"""The function that a schedule calls every day."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from services.check_secrets import handler as module

RING = json.dumps({"current": "a", "keys": {"a": "0a" * 32}})
PLAIN = "not-json-and-never-shown"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("REELWRIGHT_ENV", "dev")
    monkeypatch.setattr(module, "configure_logging", lambda *_: None)
    with mock_aws():
        client = boto3.client(
            "secretsmanager",
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 (moto asks for some)
        )
        monkeypatch.setattr(module, "aws_client", lambda _: client)
        yield client


def emitted(text: str) -> dict[str, float]:
    """The last value of every metric in the lines of a log."""
    values = {}
    for line in text.splitlines():
        data = json.loads(line)
        for directive in data["_aws"]["CloudWatchMetrics"]:
            values |= {metric["Name"]: data[metric["Name"]] for metric in directive["Metrics"]}
    return values


def test_what_is_in_need_is_counted_and_what_was_never_set_is_not(
    service: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    service.create_secret(Name="reelwright/dev/signing/audit", SecretString=RING)
    service.create_secret(Name="reelwright/dev/providers/luma")
    service.create_secret(Name="reelwright/prod/providers/luma", SecretString="x")

    answer = module.handler({}, None)

    assert answer == {"checked": 2, "in_need": {}}
    assert emitted(capsys.readouterr().out)["SecretsInNeed"] == 0


def test_a_misshapen_secret_is_named_and_not_shown(service: Any, capsys: pytest.CaptureFixture[str]) -> None:
    service.create_secret(Name="reelwright/dev/platforms/youtube", SecretString=PLAIN)

    answer = module.handler({}, None)

    said = capsys.readouterr()
    assert answer == {"checked": 1, "in_need": {"platforms/youtube": ["malformed"]}}
    assert emitted(said.out)["SecretsInNeed"] == 1
    assert PLAIN not in said.out + said.err
