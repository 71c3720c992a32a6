"""One suite over every place that keeps productions."""

import hashlib
import json
import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.clock import Clock, VirtualClock
from reelwright.config.schema import ConfigurationRecord, Pinned
from reelwright.environment.loader import load_environment
from reelwright.errors import InvalidInput
from reelwright.ids import new_production_id
from reelwright.pipeline.aws import DynamoProductions
from reelwright.pipeline.declaration import PIPELINE, Pending
from reelwright.pipeline.errors import (
    ClaimLost,
    ProductionBusy,
    ProductionExists,
    ProductionNotFound,
    StoreDamaged,
)
from reelwright.pipeline.journal import new_step_records
from reelwright.pipeline.local import SqliteProductions
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.ports import Claim, ProductionStore, StepKey, StepResult
from reelwright.production.schema import Brief, Production
from reelwright.storage.errors import StorageUnavailable, StorageUnwritable
from reelwright.storage.memory import MemoryArtifacts
from tests.contract.aws_places import OneAtATime

PINNED = Pinned(
    settings=load_environment("local").settings,
    documents={"flags": {"version": "1", "flags": {"é": [1, 2.5, None]}}},
    configuration=ConfigurationRecord(fingerprint="f" * 64, generation=3, sources=(), overridden=()),
)
CLOCK = VirtualClock()


TABLE = "productions"


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    """A client of an empty table, as the stack makes it."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        create_table(client)
        yield client


def create_table(client: Any) -> None:
    names = ("pk", "sk", "kind", "id")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_keys("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "recent",
                "KeySchema": _keys("kind", "id"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )


def _keys(hashed: str, sorted_by: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hashed, "KeyType": "HASH"},
        {"AttributeName": sorted_by, "KeyType": "RANGE"},
    ]


def dynamo(client: Any, folder: Path, clock: Clock = CLOCK, **options: Any) -> DynamoProductions:
    return DynamoProductions(client, TABLE, MemoryArtifacts(folder), clock=clock, rng=Random(), **options)


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ProductionStore]:
    if request.param == "memory":
        yield MemoryProductions(CLOCK)
        return
    if request.param == "dynamodb":
        yield dynamo(OneAtATime(request.getfixturevalue("dynamodb")), tmp_path)
        return
    sqlite = SqliteProductions(tmp_path)
    yield sqlite
    sqlite.close()


_TABLES_OF_VERSION_0 = """
CREATE TABLE productions (
    id TEXT PRIMARY KEY, record TEXT NOT NULL, settings TEXT NOT NULL, fence INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE results (
    production_id TEXT NOT NULL REFERENCES productions (id), step TEXT NOT NULL, item INTEGER NOT NULL,
    input_hash TEXT NOT NULL, done INTEGER NOT NULL, result TEXT NOT NULL,
    PRIMARY KEY (production_id, step, item, input_hash)
) STRICT;
"""


def a_production(number: int = 0) -> Production:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number))
    return Production(
        id=new_production_id(clock, Random(number)),
        environment="local",
        brief=Brief(topic=f"Topic {number}"),
        seed=number,
        settings_fingerprint="0" * 64,
        output_dir="out/x",
        created_at=clock.now(),
        steps=new_step_records(PIPELINE),
    )


def a_key(
    production: Production, step: str = "narrate", index: int = 0, input_hash: str = "a" * 64
) -> StepKey:
    return StepKey(production.id, step, index, input_hash)


def done(value: object) -> StepResult:
    return StepResult.model_validate({"output": value})


def pending() -> StepResult:
    return StepResult(pending=Pending("task 7", 5.0, datetime(2026, 1, 2, tzinfo=UTC)))


def test_what_is_created_can_be_read_back(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    assert store.load(production.id) == production
    assert store.pinned(production.id) == PINNED


def test_a_production_is_created_once(store: ProductionStore) -> None:
    store.create(a_production(), PINNED)
    with pytest.raises(ProductionExists):
        store.create(a_production(), PINNED)


def test_unknown_and_impossible_ids_are_told_apart_from_paths(store: ProductionStore) -> None:
    with pytest.raises(ProductionNotFound):
        store.load(a_production().id)
    for text in ("", "../../etc/passwd", "prod_", "prod_01" + "a" * 24, "x" * 1000):
        with pytest.raises(InvalidInput):
            store.load(text)
        with pytest.raises(InvalidInput), store.claim(text):
            pass


def test_recent_lists_the_newest_first(store: ProductionStore) -> None:
    productions = [a_production(number) for number in (2, 0, 1)]
    for production in productions:
        store.create(production, PINNED)
    assert [item.seed for item in store.recent()] == [2, 1, 0]
    assert [item.seed for item in store.recent(2)] == [2, 1]
    assert len(store.recent(9)) == 3


def test_a_claim_is_exclusive_and_given_back(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    with store.claim(production.id) as first:
        with pytest.raises(ProductionBusy), store.claim(production.id):
            pass
        store.save(production.model_copy(update={"status": "failed"}), first)
    with store.claim(production.id) as second:
        assert second.fence > first.fence
    assert store.load(production.id).status == "failed"


def test_a_claim_ends_with_an_error(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    with pytest.raises(RuntimeError), store.claim(production.id):
        raise RuntimeError
    with store.claim(production.id):
        pass


def test_a_late_worker_cannot_overwrite_the_record(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    with store.claim(production.id) as old:
        pass
    with store.claim(production.id) as new:
        store.save(production.model_copy(update={"status": "completed"}), new)
        with pytest.raises(ClaimLost):
            store.save(production.model_copy(update={"status": "failed"}), old)
    assert store.load(production.id).status == "completed"


def test_claims_need_a_production(store: ProductionStore) -> None:
    with pytest.raises(ProductionNotFound), store.claim(a_production().id):
        pass


def test_the_first_finished_result_counts_for_ever(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    key = a_key(production)
    assert store.result(key) is None
    assert store.put_result(key, done({"take": 1})).output == {"take": 1}
    assert store.put_result(key, done({"take": 2})).output == {"take": 1}
    assert store.put_result(key, pending()).output == {"take": 1}
    stored = store.result(key)
    assert stored is not None
    assert stored.output == {"take": 1}


def test_a_pending_result_is_replaced(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    key = a_key(production)
    assert store.put_result(key, pending()) == pending()
    assert store.put_result(key, done(1)).is_done


def test_keys_do_not_mix(store: ProductionStore) -> None:
    first, second = a_production(1), a_production(2)
    for production in (first, second):
        store.create(production, PINNED)
    keys = [
        a_key(first),
        a_key(second),
        a_key(first, step="shoot"),
        a_key(first, index=1),
        a_key(first, input_hash="b" * 64),
    ]
    for number, key in enumerate(keys):
        store.put_result(key, done(number))
    found = [store.result(key) for key in keys]
    assert [item.output for item in found if item] == list(range(len(keys)))


def test_many_threads_agree_on_one_result(store: ProductionStore) -> None:
    production = a_production()
    store.create(production, PINNED)
    key = a_key(production)
    seen: list[object] = []
    barrier = threading.Barrier(8)

    def put(number: int) -> None:
        barrier.wait()
        seen.append(store.put_result(key, done(number)).output)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(str, seen))) == 1


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(output=JSON)
def test_any_output_survives(store: ProductionStore, output: object) -> None:
    production = a_production()
    if not store.recent():
        store.create(production, PINNED)
    key = a_key(production, input_hash=hashlib.sha256(repr(output).encode()).hexdigest())
    store.put_result(key, done(output))
    stored = store.result(key)
    assert stored is not None
    assert stored.output == output


def test_a_lease_that_ran_out_is_lost() -> None:
    clock = VirtualClock()
    store = MemoryProductions(clock, lease_seconds=60)
    production = a_production()
    store.create(production, PINNED)
    with store.claim(production.id) as old:
        clock.advance(61)
        with store.claim(production.id), pytest.raises(ClaimLost):
            store.save(production, old)


def test_a_lease_in_a_table_that_ran_out_is_lost(dynamodb: Any, tmp_path: Path) -> None:
    clock = VirtualClock()
    store = dynamo(dynamodb, tmp_path, clock, lease_seconds=60)
    production = a_production()
    store.create(production, PINNED)
    with store.claim(production.id) as old:
        clock.advance(61)
        with store.claim(production.id) as new:
            assert new.fence > old.fence
            with pytest.raises(ClaimLost):
                store.save(production, old)
        with pytest.raises(ClaimLost):
            store.save(production, old)


def test_a_worker_that_died_gives_its_lease_back_with_time(dynamodb: Any, tmp_path: Path) -> None:
    class Died(BaseException):
        pass

    clock = VirtualClock()
    store = dynamo(dynamodb, tmp_path, clock, lease_seconds=60)
    production = a_production()
    store.create(production, PINNED)
    with pytest.raises(Died), store.claim(production.id):
        raise Died
    with pytest.raises(ProductionBusy), store.claim(production.id):
        pass
    clock.advance(60)
    with store.claim(production.id):
        pass


def test_what_is_too_large_for_an_item_is_stored_beside_it(dynamodb: Any, tmp_path: Path) -> None:
    store = dynamo(dynamodb, tmp_path)
    small = a_production()
    large = small.model_copy(update={"brief": small.brief.model_copy(update={"notes": "é" * 200_000})})
    store.create(large, PINNED)
    assert store.load(large.id) == large
    with store.claim(large.id) as claim:
        store.save(small, claim)
        assert store.load(large.id) == small
        store.save(large, claim)
    assert store.recent() == (large,)
    key = a_key(large)
    store.put_result(key, done("x" * 500_000))
    assert store.put_result(key, done("y" * 500_000)).output == "x" * 500_000


def test_the_watcher_counts_finished_items_of_one_input(dynamodb: Any, tmp_path: Path) -> None:
    store = dynamo(dynamodb, tmp_path)
    production = a_production()
    store.create(production, PINNED)
    for index in range(3):
        store.put_result(a_key(production, "shoot", index), done(index))
    store.put_result(a_key(production, "shoot", 3), pending())
    store.put_result(a_key(production, "shoot", 4, "b" * 64), done(4))
    assert store.finished_items(production.id, "shoot", "a" * 64) == 3


class Answering:
    """A client that carries out the call or not, and then answers with a fault of the service."""

    def __init__(self, client: Any, code: str, *, carried_out: bool, faults: int = 1) -> None:
        self._client, self._code, self._carried_out, self._faults = client, code, carried_out, faults

    def __getattr__(self, operation: str) -> Any:
        def call(**request: Any) -> Any:
            if self._faults:
                self._faults -= 1
                if self._carried_out:
                    getattr(self._client, operation)(**request)
                raise ClientError({"Error": {"Code": self._code, "Message": "later"}}, operation)
            return getattr(self._client, operation)(**request)

        return call


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerError"])
def test_a_fault_that_may_pass_is_retryable_and_the_call_can_be_repeated(
    dynamodb: Any, tmp_path: Path, code: str, *, carried_out: bool
) -> None:
    production = a_production()
    dynamo(dynamodb, tmp_path).create(production, PINNED)
    key = a_key(production)
    store = dynamo(Answering(dynamodb, code, carried_out=carried_out), tmp_path)
    with pytest.raises(StorageUnavailable):
        store.put_result(key, done(1))
    assert store.put_result(key, done(2)).output == (1 if carried_out else 2)


def test_a_table_that_is_not_there_is_named(dynamodb: Any, tmp_path: Path) -> None:
    dynamodb.delete_table(TableName=TABLE)
    with pytest.raises(StorageUnwritable, match=TABLE):
        dynamo(dynamodb, tmp_path).load(a_production().id)


def test_sqlite_survives_being_opened_again(tmp_path: Path) -> None:
    production = a_production()
    first = SqliteProductions(tmp_path)
    first.create(production, PINNED)
    first.put_result(a_key(production), done([1, 2]))
    first.close()
    second = SqliteProductions(tmp_path)
    stored = second.result(a_key(production))
    assert stored is not None
    assert stored.output == [1, 2]
    assert second.load(production.id) == production
    second.close()


def _file_of_version_0(root: Path, production: Production) -> None:
    """Write a database as the first version did: plain settings, which knew no providers."""
    connection = sqlite3.connect(root / "reelwright.db")
    connection.executescript(_TABLES_OF_VERSION_0)
    record = production.model_dump(mode="json", exclude={"configuration"})
    settings = PINNED.settings.model_dump(mode="json", exclude={"providers"})
    connection.execute(
        "INSERT INTO productions VALUES (?, ?, ?, 7)",
        (production.id, json.dumps(record), json.dumps(settings)),
    )
    result = done({"take": 1}).model_dump_json()
    connection.execute(
        "INSERT INTO results VALUES (?, 'narrate', 0, ?, 1, ?)", (production.id, "a" * 64, result)
    )
    connection.commit()
    connection.close()


def test_a_file_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    production = a_production()
    _file_of_version_0(tmp_path, production)
    for _ in range(2):
        store = SqliteProductions(tmp_path)
        pinned = store.pinned(production.id)
        assert pinned.settings == PINNED.settings.model_copy(update={"providers": {}})
        assert (pinned.documents, pinned.configuration) == ({}, None)
        assert store.load(production.id) == production
        stored = store.result(a_key(production))
        assert stored is not None
        assert stored.output == {"take": 1}
        store.close()


def test_many_open_a_file_of_the_first_version_at_once(tmp_path: Path) -> None:
    production = a_production()
    _file_of_version_0(tmp_path, production)
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: SqliteProductions(tmp_path), range(8)))
    for store in stores:
        assert store.pinned(production.id).settings.video == PINNED.settings.video
        store.close()


def _claim_and_tell(root: Path, production_id: str, pipe: Connection) -> None:
    with SqliteProductions(root).claim(production_id) as claim:
        pipe.send(claim.fence)
        signal.pause()


def test_a_killed_process_gives_its_claim_back(tmp_path: Path) -> None:
    production = a_production()
    store = SqliteProductions(tmp_path)
    store.create(production, PINNED)
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_claim_and_tell, args=(tmp_path, production.id, theirs)
    )
    process.start()
    fence = ours.recv()
    with pytest.raises(ProductionBusy), store.claim(production.id):
        pass
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with store.claim(production.id) as claim:
        assert claim == Claim(production.id, fence + 1)
    store.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "reelwright.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamaged, match=r"reelwright\.db"):
        SqliteProductions(tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnwritable, match="file"):
        SqliteProductions(tmp_path / "file")


def test_a_record_of_another_version_is_named(tmp_path: Path) -> None:
    store = SqliteProductions(tmp_path)
    production = a_production()
    store.create(production, PINNED)
    with store._file.writing() as connection:
        connection.execute("UPDATE productions SET record = '{\"id\": 1}'")
    with pytest.raises(StoreDamaged, match=production.id):
        store.load(production.id)
    store.close()
