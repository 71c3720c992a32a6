"""One suite for every PublicationStore."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import boto3
import pytest
from moto import mock_aws

from reelwright.upload.aws_publications import DynamoPublications
from reelwright.upload.local import SqlitePublications
from reelwright.upload.memory import MemoryPublications
from reelwright.upload.ports import PublicationStore
from reelwright.upload.record import PublicationKey, PublicationRecord, QuotaRecord
from reelwright.upload.schema import PublicationPlan, UploadSession
from tests.contract.aws_places import OneAtATime
from tests.unit.upload.packages import OTHER_ID, PRODUCTION_ID

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TABLE = "models"


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PublicationStore]:
    if request.param == "memory":
        yield MemoryPublications()
    elif request.param == "sqlite":
        yield SqlitePublications(tmp_path / "publications.db")
    else:
        with mock_aws():
            client = boto3.client("dynamodb", region_name="us-east-1")
            client.create_table(
                TableName=TABLE,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            )
            yield DynamoPublications(OneAtATime(client), TABLE)


def record(production_id: str = PRODUCTION_ID, version: int = 1, **told: object) -> PublicationRecord:
    plan = PublicationPlan(
        platform="youtube", account="main", marker="rw0", title="潮 <b>", privacy="private"
    )
    return PublicationRecord.model_validate(
        {
            "version": version,
            "production_id": production_id,
            "platform": "youtube",
            "account": "main",
            "plan": plan,
            "video_sha256": "00",
            "begun_at": NOON,
            "changed_at": NOON,
        }
        | told
    )


def test_there_is_nothing_at_first(store: PublicationStore) -> None:
    assert store.get(record().key) is None
    assert store.recent("youtube", 10) == ()
    assert store.quota("youtube", "main") == QuotaRecord(platform="youtube", account="main")


def test_a_record_comes_back_as_it_was_written(store: PublicationStore) -> None:
    session = UploadSession(uri="https://upload.example/1", total_bytes=9, chunk_bytes=4)
    written = record(state="session", session=session, sessions=1, gone_at=NOON, warnings=("no captions",))
    assert store.put(written)
    assert store.get(written.key) == written
    assert store.get(PublicationKey(PRODUCTION_ID, "youtube", "attic")) is None


def test_only_the_next_version_is_written(store: PublicationStore) -> None:
    assert not store.put(record(version=2))
    assert store.put(record())
    assert not store.put(record(state="uploaded"))
    assert not store.put(record(version=3))
    assert store.put(record(version=2, state="uploaded"))
    found = store.get(record().key)
    assert found
    assert (found.version, found.state) == (2, "uploaded")


def test_the_newest_productions_come_first_and_platforms_apart(store: PublicationStore) -> None:
    for production_id in (OTHER_ID, PRODUCTION_ID):
        assert store.put(record(production_id))
    assert [each.production_id for each in store.recent("youtube", 10)] == [PRODUCTION_ID, OTHER_ID]
    assert [each.production_id for each in store.recent("youtube", 1)] == [PRODUCTION_ID]
    assert store.recent("tiktok", 10) == ()


def test_a_productions_records_are_found_on_all_accounts(store: PublicationStore) -> None:
    own = [record(), record(account="attic")]
    for each in (*own, record(OTHER_ID), record(platform="tiktok")):
        assert store.put(each)
    assert store.of_production("youtube", PRODUCTION_ID) == (own[1], own[0])
    assert store.of_production("instagram", PRODUCTION_ID) == ()
    assert store.of_production("youtube", PRODUCTION_ID[:-1]) == ()


def test_quotas_are_written_on_condition_too(store: PublicationStore) -> None:
    first = QuotaRecord(
        version=1,
        platform="youtube",
        account="main",
        spent={"units": {495000: 50}},
        closed_until={"units": NOON},
    )
    assert store.put_quota(first)
    assert not store.put_quota(first)
    assert store.quota("youtube", "main") == first
    assert store.quota("youtube", "attic").version == 0


def test_of_many_writers_of_a_version_one_succeeds(store: PublicationStore) -> None:
    barrier, done = Barrier(6), []

    def write(number: int) -> None:
        barrier.wait()
        done.append(store.put(record(sessions=number)))

    threads = [Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 5 + [True]
