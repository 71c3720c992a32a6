"""One suite for every SecretStore."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from pydantic import SecretStr

from reelwright.clock import VirtualClock
from reelwright.secrets.aws import SecretsManagerStore
from reelwright.secrets.errors import RotationRefused, SecretMissing, SecretNameInvalid
from reelwright.secrets.local import FileSecrets, local_secrets
from reelwright.secrets.memory import MemorySecrets
from reelwright.secrets.ports import SecretStore

PREFIX = "reelwright/dev/"
NAME = "providers/runway"
RING = "signing/audit"
ONE, TWO, THREE = (str(UUID(int=number)) for number in (1, 2, 3))


@dataclass(frozen=True)
class Place:
    store: SecretStore
    declare: Callable[[str], object]
    """Have there be a secret without a value, where the store knows such."""


def on_aws() -> Place:
    client: Any = boto3.client(
        "secretsmanager",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 (moto asks for some)
    )
    client.create_secret(Name="reelwright/prod/providers/runway", SecretString="of another environment")
    return Place(
        SecretsManagerStore(client, PREFIX), lambda name: client.create_secret(Name=f"{PREFIX}{name}")
    )


def in_memory() -> Place:
    store = MemorySecrets(VirtualClock(), Random(1))
    return Place(store, store.declare)


@pytest.fixture(params=["aws", "memory", "file", "chain"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    match request.param:
        case "aws":
            with mock_aws():
                yield on_aws()
        case "memory":
            yield in_memory()
        case "file":
            yield Place(FileSecrets(tmp_path / "secrets.env", clock=VirtualClock(), rng=Random(1)), str)
        case _:
            yield Place(local_secrets(tmp_path / "secrets.env", {}, clock=VirtualClock(), rng=Random(1)), str)


@pytest.fixture
def store(place: Place) -> SecretStore:
    for name in (NAME, RING):
        place.declare(name)
    return place.store


def text_of(store: SecretStore, name: str = NAME, **which: Any) -> str:
    return store.read(name, **which).text.get_secret_value()


def test_what_is_put_is_what_is_read(store: SecretStore) -> None:
    version = store.put(NAME, SecretStr("first"))

    read = store.read(NAME)
    assert (read.name, read.version, read.text.get_secret_value()) == (NAME, version, "first")
    assert read.created_at is None or read.created_at.tzinfo


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(store: SecretStore, text: str) -> None:
    store.put(NAME, SecretStr(text))

    assert text_of(store) == text


def test_the_one_before_stays_readable(store: SecretStore) -> None:
    first = store.put(NAME, SecretStr("first"))
    second = store.put(NAME, SecretStr("second"))

    assert text_of(store, stage="AWSPREVIOUS") == "first"
    assert text_of(store, version=first) == "first"
    assert text_of(store, version=second) == text_of(store) == "second"


def test_only_two_stages_are_left_after_three_values(store: SecretStore) -> None:
    for text in ("first", "second", "third"):
        store.put(NAME, SecretStr(text))

    assert text_of(store, stage="AWSPREVIOUS") == "second"
    assert text_of(store) == "third"


def test_a_pending_version_disturbs_nobody(store: SecretStore) -> None:
    current = store.put(NAME, SecretStr("first"))

    store.put(NAME, SecretStr("second"), stage="AWSPENDING", version=TWO)

    assert text_of(store) == "first"
    assert text_of(store, stage="AWSPENDING") == text_of(store, version=TWO) == "second"
    description = store.describe(NAME)
    assert description
    assert description.version == current
    assert description.stages == {current: ("AWSCURRENT",), TWO: ("AWSPENDING",)}
    assert description.pending_since


def test_promotion_moves_the_stages(store: SecretStore) -> None:
    current = store.put(NAME, SecretStr("first"))
    store.put(NAME, SecretStr("second"), stage="AWSPENDING", version=TWO)

    store.promote(NAME, TWO)

    assert text_of(store) == "second"
    assert text_of(store, stage="AWSPREVIOUS") == "first"
    description = store.describe(NAME)
    assert description
    assert description.stages == {TWO: ("AWSCURRENT",), current: ("AWSPREVIOUS",)}
    assert description.pending_since is None


def test_promoting_twice_is_promoting_once(store: SecretStore) -> None:
    store.put(NAME, SecretStr("first"))
    store.put(NAME, SecretStr("second"), stage="AWSPENDING", version=TWO)
    store.promote(NAME, TWO)
    before = store.describe(NAME)

    store.promote(NAME, TWO)

    assert store.describe(NAME) == before


def test_an_older_version_can_be_made_current_again(store: SecretStore) -> None:
    first = store.put(NAME, SecretStr("first"))
    store.put(NAME, SecretStr("second"))

    store.promote(NAME, first)

    assert text_of(store) == "first"
    assert text_of(store, stage="AWSPREVIOUS") == "second"


@pytest.mark.parametrize("stage", ["AWSCURRENT", "AWSPENDING"])
def test_a_version_is_written_once_and_the_first_writer_wins(store: SecretStore, stage: Any) -> None:
    store.put(NAME, SecretStr("before"))

    assert store.put(NAME, SecretStr("one"), stage=stage, version=TWO) == TWO
    assert store.put(NAME, SecretStr("other"), stage=stage, version=TWO) == TWO

    assert text_of(store, version=TWO) == "one"


def test_the_first_version_is_current_whatever_it_was_written_for(store: SecretStore) -> None:
    store.put(NAME, SecretStr("first"), stage="AWSPENDING", version=ONE)

    assert text_of(store) == "first"
    description = store.describe(NAME)
    assert description
    assert description.has_value
    assert description.pending_since is None


def test_what_there_is_not_is_missing(store: SecretStore) -> None:
    with pytest.raises(SecretMissing, match="reelwright secrets set"):
        store.read(NAME)
    with pytest.raises(SecretMissing):
        store.read("providers/nobody")
    store.put(NAME, SecretStr("first"))
    for which in ({"stage": "AWSPENDING"}, {"stage": "AWSPREVIOUS"}, {"version": THREE}):
        with pytest.raises(SecretMissing):
            text_of(store, **which)
    with pytest.raises(SecretMissing):
        store.promote(NAME, THREE)
    assert store.describe("providers/nobody") is None


def test_a_secret_without_a_value_says_so(store: SecretStore) -> None:
    description = store.describe(NAME)

    assert description is None or not description.has_value


def test_a_description_holds_no_value(store: SecretStore) -> None:
    store.put(NAME, SecretStr("cnry-0a1b2c"))

    description = store.describe(NAME)
    assert description
    assert description.has_value
    assert description.changed_at
    assert "cnry-0a1b2c" not in repr(description) + description.model_dump_json()


def test_names_are_those_of_this_environment_sorted(store: SecretStore) -> None:
    store.put(RING, SecretStr("1"))
    store.put(NAME, SecretStr("2"))

    assert store.names() == (NAME, RING)


@pytest.mark.parametrize("name", ["", "UPPER", "a//b", "../up", "a b", "a\n", "a/", "x" * 300])
def test_what_is_no_name_is_not_written(store: SecretStore, name: str) -> None:
    with pytest.raises(SecretNameInvalid):
        store.put(name, SecretStr("value"))


def test_rotation_of_what_has_none_is_refused(place: Place) -> None:
    place.declare(NAME)
    place.store.put(NAME, SecretStr("first"))

    with pytest.raises(RotationRefused):
        place.store.start_rotation(NAME)


def test_writers_side_by_side_leave_one_current_and_one_before(store: SecretStore) -> None:
    threads = [
        threading.Thread(target=store.put, args=(NAME, SecretStr(f"value-{number}"))) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    description = store.describe(NAME)
    assert description
    stages = sorted(label for labels in description.stages.values() for label in labels)
    assert stages == ["AWSCURRENT", "AWSPREVIOUS"]
    assert text_of(store) != text_of(store, stage="AWSPREVIOUS")
