"""One suite for every OutcomeStore."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from reelwright.upload.outcomes import OutcomePoint, OutcomeStore
from reelwright.upload.outcomes_aws import DynamoOutcomes
from reelwright.upload.outcomes_local import SqliteOutcomes
from reelwright.upload.outcomes_memory import MemoryOutcomes
from reelwright.upload.record import PublicationKey
from reelwright.upload.schema import PublicationOutcome
from tests.unit.upload.packages import OTHER_ID, PRODUCTION_ID

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
TABLE = "models"
KEY = PublicationKey(PRODUCTION_ID, "youtube", "main")


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OutcomeStore]:
    if request.param == "memory":
        yield MemoryOutcomes()
    elif request.param == "sqlite":
        yield SqliteOutcomes(tmp_path / "outcomes.db")
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
            yield DynamoOutcomes(client, TABLE)


def point(moment: datetime = NOON, production_id: str = PRODUCTION_ID, **told: object) -> OutcomePoint:
    return OutcomePoint.model_validate(
        {
            "production_id": production_id,
            "platform": "youtube",
            "account": "main",
            "remote_id": "v1",
            "collected_at": moment,
        }
        | told
    )


def test_there_is_nothing_at_first(store: OutcomeStore) -> None:
    assert store.newest(KEY) is None
    assert store.series(KEY) == ()


def test_a_point_comes_back_as_it_was_and_missing_stays_missing(store: OutcomeStore) -> None:
    written = point(outcome=PublicationOutcome(views=0, likes=7, untold="No scope for 潮."))
    store.append(written)
    assert store.newest(KEY) == written
    assert store.series(KEY) == (written,)
    assert written.outcome.comments is None


def test_points_are_in_order_of_time_whatever_their_zone_and_whenever_they_came(store: OutcomeStore) -> None:
    elsewhere = (NOON + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=9)))
    points = [point(NOON - timedelta(days=1)), point(), point(elsewhere), point(NOON + timedelta(seconds=1))]
    for each in (points[2], points[0], points[3], points[1]):
        store.append(each)
    assert store.series(KEY) == tuple(points)
    assert store.newest(KEY) == points[3]


def test_one_of_the_same_moment_is_there_once(store: OutcomeStore) -> None:
    store.append(point())
    store.append(point())
    assert store.series(KEY) == (point(),)


def test_publications_are_apart(store: OutcomeStore) -> None:
    others = [point(production_id=OTHER_ID), point(account="attic"), point(platform="tiktok")]
    for each in (point(), *others):
        store.append(each)
    assert store.series(KEY) == (point(),)
    assert [store.newest(each.key) for each in others] == others
