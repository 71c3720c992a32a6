"""One suite for every AnswerStore."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.models.aws import DynamoAnswers
from reelwright.models.errors import AnswersUnavailable
from reelwright.models.local import SqliteAnswers
from reelwright.models.memory import MemoryAnswers
from reelwright.models.ports import AnswerStore
from reelwright.storage.errors import StorageUnwritable

TABLE = "models"


def table() -> Any:
    client = boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106 (moto asks for some)
    )
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("pk", "sk")],
    )
    return client


@dataclass(frozen=True)
class Place:
    store: AnswerStore
    clock: VirtualClock


@pytest.fixture(params=["aws", "file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    clock = VirtualClock()
    match request.param:
        case "aws":
            with mock_aws():
                yield Place(DynamoAnswers(table(), TABLE, clock), clock)
        case "file":
            yield Place(SqliteAnswers(tmp_path / "new" / "answers.db", clock), clock)
        case _:
            yield Place(MemoryAnswers(clock), clock)


def test_an_answer_is_kept_to_the_byte(place: Place) -> None:
    place.store.put("receipt/prod_1/shoot/0", b"\x00\xff answer", ttl_seconds=60)

    assert place.store.get("receipt/prod_1/shoot/0") == b"\x00\xff answer"
    assert place.store.get("receipt/prod_1/shoot/1") is None


def test_an_answer_lapses(place: Place) -> None:
    place.store.put("key", b"one", ttl_seconds=3600)
    place.clock.advance(3599)
    assert place.store.get("key") == b"one"
    place.clock.advance(1)
    assert place.store.get("key") is None


def test_the_first_answer_stays_until_it_lapses(place: Place) -> None:
    place.store.put("key", b"one", ttl_seconds=10)
    place.store.put("key", b"two", ttl_seconds=3600)
    assert place.store.get("key") == b"one"

    place.clock.advance(10)
    assert place.store.get("key") is None
    place.store.put("key", b"three", ttl_seconds=10)
    assert place.store.get("key") == b"three"


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    clock = VirtualClock()
    SqliteAnswers(tmp_path / "answers.db", clock).put("key", b"one", ttl_seconds=10)

    assert SqliteAnswers(tmp_path / "answers.db", clock).get("key") == b"one"


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "answers.db").write_bytes(b"no database, but long enough to be looked at" * 100)

    with pytest.raises(AnswersUnavailable, match=r"answers\.db"):
        SqliteAnswers(tmp_path / "answers.db", VirtualClock()).get("key")


def test_a_table_that_is_not_there_is_told() -> None:
    with mock_aws():
        store = DynamoAnswers(table(), "another", VirtualClock())
        with pytest.raises(StorageUnwritable, match="another"):
            store.get("key")


def test_an_answer_that_no_item_holds_is_told() -> None:
    with mock_aws():
        store = DynamoAnswers(table(), TABLE, VirtualClock())
        with pytest.raises(AnswersUnavailable, match="400000 bytes"):
            store.put("key", b"x" * 400_000, ttl_seconds=10)
