"""One suite for every OutcomeStore."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from reelwright.prompts.aws_outcomes import DynamoOutcomes
from reelwright.prompts.local import SqliteOutcomes
from reelwright.prompts.memory import MemoryOutcomes
from reelwright.prompts.outcomes import OutcomeStore, OutcomesUnavailable, PromptOutcome
from reelwright.storage.errors import StorageUnwritable
from tests.contract.aws_places import OneAtATime

TABLE = "productions"
BEGUN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


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


def outcome(number: int = 1, **fields: Any) -> PromptOutcome:
    told = {
        "key": f"prod_{number}/write_script/0",
        "prompt": "write-script",
        "version": "0123456789ab",
        "variant": "control",
        "label": "production",
        "source": "store",
        "model": "house-large",
        "result": "accepted",
        "micro_usd": 1_234,
        "seconds": 2.5,
        "at": BEGUN + timedelta(minutes=number),
    }
    return PromptOutcome.model_validate(told | fields)


@pytest.fixture(params=["aws", "file", "memory"])
def reopened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], OutcomeStore]]:
    """What opens the same store again, as another process would."""
    with ExitStack() as stack:
        if request.param == "aws":
            stack.enter_context(mock_aws())
            client = OneAtATime(table())
            yield lambda: DynamoOutcomes(client, TABLE)
        elif request.param == "file":
            yield lambda: SqliteOutcomes(tmp_path / "new" / "prompts.db")
        else:
            kept = MemoryOutcomes()
            yield lambda: kept


def test_an_outcome_comes_back_as_it_was(reopened: Callable[[], OutcomeStore]) -> None:
    told = outcome(objections=2, score=0.75)
    assert reopened().put(told)

    assert reopened().of("write-script") == (told,)


def test_a_prompt_that_nobody_used_has_none(reopened: Callable[[], OutcomeStore]) -> None:
    reopened().put(outcome())

    assert reopened().of("write-script.investing") == ()
    assert reopened().of("write") == ()


def test_a_step_that_is_counted_again_is_one(reopened: Callable[[], OutcomeStore]) -> None:
    first = outcome()
    assert reopened().put(first)
    assert not reopened().put(first)
    assert not reopened().put(outcome(micro_usd=9_999, seconds=9.0))

    assert reopened().of("write-script") == (first,)


def test_what_tells_more_replaces_what_tells_less_and_never_the_other_way(
    reopened: Callable[[], OutcomeStore],
) -> None:
    failed, answered = outcome(result="rejected", model=""), outcome(result="fell_back")
    scored = outcome(result="fell_back", score=0.5)
    store = reopened()
    assert [store.put(each) for each in (failed, answered, failed, scored, answered, failed)] == [
        *(True, True, False),
        *(True, False, False),
    ]

    assert store.of("write-script") == (scored,)


def test_many_that_count_the_same_steps_at_once_count_each_once(
    reopened: Callable[[], OutcomeStore],
) -> None:
    told = [outcome(number) for number in range(20)] * 4
    store = reopened()
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(store.put, told))

    assert counted.count(True) == 20
    assert len(reopened().of("write-script")) == 20


def test_they_come_in_the_order_of_time_and_more_than_a_page_of_them(
    reopened: Callable[[], OutcomeStore],
) -> None:
    store, long = reopened(), "m" * 20_000
    for number in range(60, 0, -1):
        store.put(outcome(number, model=long))

    found = store.of("write-script")
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert len(found) == 60


def test_the_latest_are_those_of_the_last_productions(reopened: Callable[[], OutcomeStore]) -> None:
    store = reopened()
    for number in range(10, 30):
        store.put(outcome(number))

    assert [one.key for one in store.of("write-script", latest=3)] == [
        f"prod_{number}/write_script/0" for number in (27, 28, 29)
    ]
    assert len(store.of("write-script", latest=100)) == 20
    assert store.of("write-script", latest=0) == ()


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "prompts.db"
    file.write_bytes(b"no database, but long enough to be looked at" * 100)
    with pytest.raises(OutcomesUnavailable, match=r"prompts\.db"):
        SqliteOutcomes(file).of("write-script")
    with pytest.raises(OutcomesUnavailable, match=r"prompts\.db"):
        SqliteOutcomes(file).put(outcome())


def test_no_file_is_made_by_looking(tmp_path: Path) -> None:
    assert SqliteOutcomes(tmp_path / "prompts.db").of("write-script") == ()
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_not_there_is_told() -> None:
    with mock_aws():
        store = DynamoOutcomes(table(), "another")
        with pytest.raises(StorageUnwritable, match="another"):
            store.put(outcome())
        with pytest.raises(StorageUnwritable, match="another"):
            store.of("write-script")


def test_an_outcome_that_nobody_can_read_is_told() -> None:
    with mock_aws():
        client = table()
        store = DynamoOutcomes(client, TABLE)
        store.put(outcome())
        key = {"pk": {"S": "prompt#write-script"}, "sk": {"S": "prod_1/write_script/0"}}
        client.put_item(TableName=TABLE, Item={**key, "outcome": {"S": '{"key": "x"}'}})
        with pytest.raises(OutcomesUnavailable, match="productions"):
            store.of("write-script")
