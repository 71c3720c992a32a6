"""What is peculiar to Secrets Manager: its errors, names, dates and empty secrets."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from moto import mock_aws
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.environment.secret import SigningKey
from reelwright.errors import ReelwrightError
from reelwright.secrets.aws import SecretsManagerStore, name_from_id
from reelwright.secrets.errors import (
    RotationRefused,
    SecretMalformed,
    SecretMissing,
    SecretNameInvalid,
    SecretsUnavailable,
)
from reelwright.secrets.kinds import parse
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.rotation import Rotation, Step
from tests.unit.secrets.stores import Killed, dying_store

PREFIX = "reelwright/dev/"
NAME, RING = "providers/runway", "signing/audit"
TOKEN = str(UUID(int=7))
STEPS: tuple[Step, ...] = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client(
            "secretsmanager",
            region_name="eu-west-1",
            aws_access_key_id="x",
            aws_secret_access_key="x",  # noqa: S106 (moto asks for some)
        )


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said by the service"}}, "Operation")


AWAY = [
    refusal("ThrottlingException"),
    refusal("InternalServiceError"),
    refusal("AccessDeniedException"),
    refusal("DecryptionFailure"),
    EndpointConnectionError(endpoint_url="here"),
    ConnectTimeoutError(endpoint_url="here"),
    ReadTimeoutError(endpoint_url="here"),
]


@pytest.mark.parametrize("error", AWAY, ids=str)
def test_a_service_that_is_away_is_unavailable_in_every_call(error: Exception) -> None:
    failing = Mock()
    for method in ("get_secret_value", "put_secret_value", "describe_secret", "get_paginator"):
        getattr(failing, method).side_effect = error
    store = SecretsManagerStore(failing, PREFIX)
    for use in (
        lambda: store.read(NAME),
        lambda: store.put(NAME, SecretStr("cnry-1a2b3c")),
        lambda: store.put(NAME, SecretStr("cnry-1a2b3c"), version=TOKEN),
        lambda: store.describe(NAME),
        lambda: store.promote(NAME, TOKEN),
        lambda: store.start_rotation(NAME),
        store.names,
    ):
        with pytest.raises(SecretsUnavailable) as caught:
            use()
        assert caught.value.next_step
        assert "cnry-1a2b3c" not in str(caught.value)


def test_who_may_not_read_is_told_so() -> None:
    failing = Mock()
    failing.get_secret_value.side_effect = refusal("AccessDeniedException")

    with pytest.raises(SecretsUnavailable, match="Allow the caller"):
        SecretsManagerStore(failing, PREFIX).read(NAME)


def test_a_secret_that_the_stack_has_not_made_is_missing(client: Any) -> None:
    with pytest.raises(SecretMissing):
        SecretsManagerStore(client, PREFIX).put(NAME, SecretStr("value"))


def test_an_empty_value_where_the_service_answers_without_a_text_is_missing() -> None:
    answering = Mock()
    answering.get_secret_value.return_value = {"VersionId": "v"}

    with pytest.raises(SecretMissing, match="no value"):
        SecretsManagerStore(answering, PREFIX).read(NAME)


def test_a_binary_secret_is_malformed(client: Any) -> None:
    client.create_secret(Name=f"{PREFIX}{NAME}", SecretBinary=b"cnry-1a2b3c")

    with pytest.raises(SecretMalformed, match="binary"):
        SecretsManagerStore(client, PREFIX).read(NAME)


def test_a_secret_about_to_be_deleted_is_gone(client: Any) -> None:
    store = SecretsManagerStore(client, PREFIX)
    client.create_secret(Name=f"{PREFIX}{NAME}", SecretString="value")
    client.delete_secret(SecretId=f"{PREFIX}{NAME}")

    assert store.describe(NAME) is None
    assert store.names() == ()
    with pytest.raises(SecretMissing):
        store.read(NAME)


def test_a_version_that_another_wrote_first_stands() -> None:
    racing = Mock()
    racing.get_secret_value.side_effect = refusal("ResourceNotFoundException")
    racing.put_secret_value.side_effect = refusal("ResourceExistsException")

    assert SecretsManagerStore(racing, PREFIX).put(NAME, SecretStr("late"), version=TOKEN) == TOKEN


def test_names_of_many_pages_are_read(client: Any) -> None:
    for number in range(130):
        client.create_secret(Name=f"{PREFIX}providers/p{number:03}", SecretString="value")

    assert len(SecretsManagerStore(client, PREFIX).names()) == 130


def test_a_description_has_the_dates_of_the_service() -> None:
    describing = Mock()
    when = datetime(2026, 5, 1, tzinfo=UTC)
    describing.describe_secret.return_value = {
        "VersionIdsToStages": {"a": ["AWSCURRENT"], "b": ["AWSPENDING"]},
        "RotationEnabled": True,
        "CreatedDate": when,
        "LastChangedDate": when,
        "LastRotatedDate": when,
        "NextRotationDate": when,
    }
    describing.list_secret_version_ids.side_effect = refusal("AccessDeniedException")

    description = SecretsManagerStore(describing, PREFIX).describe(RING)

    assert description
    assert description.has_value
    assert description.rotates
    assert {description.changed_at, description.rotated_at, description.next_rotation_at} == {when}
    assert description.pending_since == when


def test_only_descriptions_are_asked_for_descriptions(client: Any) -> None:
    client.create_secret(Name=f"{PREFIX}{NAME}", SecretString="value")
    asked: list[str] = []
    client.meta.events.register("before-call", lambda model, **_: asked.append(model.name))

    SecretsManagerStore(client, PREFIX).describe(NAME)

    assert asked == ["DescribeSecret"]


@pytest.mark.parametrize(
    ("secret_id", "name"),
    [
        ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:reelwright/dev/signing/audit-AbC12x", RING),
        ("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:reelwright/dev/a-b-c-AbC12x", "a-b-c"),
        ("reelwright/dev/signing/audit", RING),
    ],
)
def test_an_arn_names_a_secret(secret_id: str, name: str) -> None:
    assert name_from_id(secret_id, PREFIX) == name


@pytest.mark.parametrize(
    "secret_id",
    [
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:reelwright/prod/signing/audit-AbC12x",
        "reelwright/development/x",
        "",
    ],
)
def test_a_secret_of_another_environment_is_refused(secret_id: str) -> None:
    with pytest.raises(SecretNameInvalid):
        name_from_id(secret_id, PREFIX)


def test_a_rotation_that_is_going_on_is_said() -> None:
    busy = Mock()
    busy.describe_secret.return_value = {"RotationEnabled": True}
    busy.rotate_secret.side_effect = refusal("InvalidRequestException")

    with pytest.raises(RotationRefused, match="still going on"):
        SecretsManagerStore(busy, PREFIX).start_rotation(RING)


class FirstStep:
    """The service as it is when it calls the function for the first time: a version without a value."""

    def __init__(self, client: Any, *, is_empty: bool) -> None:
        self._client = client
        self.secret_id = f"{PREFIX}{RING}"
        created = client.create_secret(Name=self.secret_id)
        self.arn = created["ARN"]
        if not is_empty:
            ring = '{"current": "a", "keys": {"a": "' + "0a" * 32 + '"}}'
            client.put_secret_value(SecretId=self.secret_id, SecretString=ring)
        self.store = SecretsManagerStore(self, PREFIX)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def describe_secret(self, **which: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.describe_secret(**which)
        stages = {TOKEN: ["AWSPENDING"], **answer.get("VersionIdsToStages", {})}
        return {**answer, "RotationEnabled": True, "VersionIdsToStages": stages}


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_ring_is_renewed_in_four_steps(client: Any, *, is_empty: bool) -> None:
    service = FirstStep(client, is_empty=is_empty)
    rotation = Rotation(service.store, clock=VirtualClock(), rng=Random(1))
    for step in STEPS:
        rotation.run(step, RING, TOKEN)
        rotation.run(step, RING, TOKEN)

    read = service.store.read(RING)
    ring = parse(RING, SigningKey, read.text)
    assert read.version == TOKEN
    assert len(ring.keys) == (1 if is_empty else 2)
    stages = client.describe_secret(SecretId=service.secret_id)["VersionIdsToStages"]
    assert stages[TOKEN] == ["AWSCURRENT"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(12))
def test_a_rotation_killed_at_any_call_is_finished_by_the_next_try(
    client: Any, at: int, *, after: bool
) -> None:
    service = FirstStep(client, is_empty=False)
    before = parse(RING, SigningKey, service.store.read(RING).text)

    def rotate(store: SecretStore) -> None:
        for step in STEPS:
            Rotation(store, clock=VirtualClock(), rng=Random(at)).run(step, RING, TOKEN)

    with suppress(Killed):
        rotate(dying_store(service.store, at=at, after=after))
    rotate(service.store)

    read = service.store.read(RING)
    ring = parse(RING, SigningKey, read.text)
    assert read.version == TOKEN
    assert len(ring.keys) == 2
    assert ring.keys["a"] == before.keys["a"]
    assert service.store.read(RING, stage="AWSPREVIOUS").version != TOKEN
    assert client.describe_secret(SecretId=service.secret_id)["VersionIdsToStages"][TOKEN] == ["AWSCURRENT"]


def test_every_error_of_the_store_is_of_the_tree() -> None:
    for code in ("ResourceNotFoundException", "InvalidRequestException", "SomethingNew"):
        failing = Mock()
        failing.get_secret_value.side_effect = refusal(code)
        with pytest.raises(ReelwrightError) as caught:
            SecretsManagerStore(failing, PREFIX).read(NAME)
        assert "said by the service" not in str(caught.value)
