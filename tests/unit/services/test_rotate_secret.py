"""The function that Secrets Manager calls, with the events that it sends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import boto3
import pytest
from moto import mock_aws

from reelwright.environment.secret import SigningKey
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.kinds import parse
from services.rotate_secret import handler as module

TOKEN = str(UUID(int=7))
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
RING = json.dumps({"current": "a", "keys": {"a": "0a" * 32}})


class Service:
    """Moto, where a rotation has just begun: it has no such state of its own."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.rotates = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_secret(self, **which: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.describe_secret(**which)
        stages = {TOKEN: ["AWSPENDING"], **answer.get("VersionIdsToStages", {})}
        return {**answer, "RotationEnabled": self.rotates, "VersionIdsToStages": stages}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("REELWRIGHT_ENV", "dev")
    monkeypatch.setattr(module, "configure_logging", lambda *_: None)
    with mock_aws():
        client = boto3.client(
            "secretsmanager",
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 (moto asks for some)
        )
        service = Service(client)
        monkeypatch.setattr(module, "aws_client", lambda _: service)
        yield service


@contextmanager
def refused(name: str) -> Iterator[None]:
    """Expect an error that leaves the function under this name."""
    with pytest.raises(Exception, match='"code"') as caught:
        yield
    assert type(caught.value).__name__ == name


def event(step: str, arn: str, token: str = TOKEN) -> dict[str, str]:
    return {"Step": step, "SecretId": arn, "ClientRequestToken": token, "RotationToken": "newer"}


def test_four_events_renew_a_ring(service: Service) -> None:
    arn = service.create_secret(Name="reelwright/dev/signing/audit", SecretString=RING)["ARN"]

    for step in STEPS:
        module.handler(event(step, arn), None)

    read = SecretsManagerStore(service, "reelwright/dev/").read("signing/audit")
    assert read.version == TOKEN
    assert len(parse("signing/audit", SigningKey, read.text).keys) == 2


def test_a_secret_of_another_environment_is_left_alone(service: Service) -> None:
    arn = service.create_secret(Name="reelwright/prod/signing/audit", SecretString=RING)["ARN"]

    with refused("SecretNameInvalid"):
        module.handler(event("createSecret", arn), None)


def test_a_key_of_a_provider_is_refused(service: Service) -> None:
    arn = service.create_secret(Name="reelwright/dev/providers/runway", SecretString="key-00000001")["ARN"]

    with refused("RotationRefused"):
        module.handler(event("createSecret", arn), None)


def test_a_version_that_is_not_pending_is_refused(service: Service) -> None:
    arn = service.create_secret(Name="reelwright/dev/signing/audit", SecretString=RING)["ARN"]

    with refused("RotationRefused"):
        module.handler(event("finishSecret", arn, str(UUID(int=8))), None)
    service.rotates = False
    with refused("RotationRefused"):
        module.handler(event("createSecret", arn), None)


@pytest.mark.parametrize(
    "wrong", [{"Step": "dropSecret"}, {"ClientRequestToken": "short"}, {"SecretId": None}]
)
def test_an_event_of_another_shape_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    arn = service.create_secret(Name="reelwright/dev/signing/audit", SecretString=RING)["ARN"]

    with refused("ValidationError"):
        module.handler({**event("createSecret", arn), **wrong}, None)
