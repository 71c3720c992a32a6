"""What every store of batches promises, on one machine and in a deployed environment."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from reelwright.errors import InvalidInput
from reelwright.pipeline.batch.aws import CloudBatches
from reelwright.pipeline.batch.errors import BatchNotFound
from reelwright.pipeline.batch.local import SqliteBatches
from reelwright.pipeline.batch.ports import BatchStore
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from reelwright.production.schema import Brief
from tests.unit.pipeline.cloud import DEPLOYMENT, REGION, make_resources

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
BATCH = Batch(
    id="batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA",
    environment="dev",
    out_dir="/tmp/out",  # noqa: S108 (nothing is written there)
    budget_usd="1.000000",
    created_at=NOW,
)
OTHER = BATCH.model_copy(update={"id": "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KB"})
PRODUCTION = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0"
ITEMS = (
    BatchItem(
        number=1,
        source="rows.csv, row 2",
        production_id=f"{PRODUCTION}01",
        brief=Brief(topic="Ebbe\u2028und Flut 🌊", notes="1\r\n2"),
        seed=7,
        settings={"video": {"fps": 24}},
    ),
    BatchItem(
        number=2, source="rows.csv, row 3", production_id=f"{PRODUCTION}02", error={"code": "row_invalid"}
    ),
)


@pytest.fixture(params=["sqlite", "cloud"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BatchStore]:
    if request.param == "sqlite":
        with closing(SqliteBatches(tmp_path)) as store:
            yield store
        return
    with mock_aws():
        make_resources()
        s3, table = boto3.client("s3", region_name=REGION), boto3.client("dynamodb", region_name=REGION)
        yield CloudBatches(s3, DEPLOYMENT.artifacts_bucket, table, DEPLOYMENT.productions_table)


def outcome(number: int, minutes: int = 0) -> Outcome:
    return Outcome(number=number, status="failed", error={"code": "x"}, at=NOW + timedelta(minutes=minutes))


def test_what_is_stored_comes_back_as_it_was(store: BatchStore) -> None:
    store.create(BATCH, ITEMS)
    assert store.load(BATCH.id) == BATCH
    assert store.items(BATCH.id) == ITEMS
    assert store.outcomes(BATCH.id) == {}


def test_an_unknown_batch_is_not_found(store: BatchStore) -> None:
    store.create(BATCH, ITEMS)
    with pytest.raises(BatchNotFound) as refused:
        store.load(OTHER.id)
    assert refused.value.context == {"batch_id": OTHER.id}


def test_what_is_no_id_is_refused(store: BatchStore) -> None:
    with pytest.raises(InvalidInput, match="not a batch id"):
        store.load("../../etc")


def test_the_last_outcome_of_an_item_counts(store: BatchStore) -> None:
    store.create(BATCH, ITEMS)
    store.create(OTHER, ITEMS)
    for each in (outcome(2), outcome(1), outcome(2, minutes=1)):
        store.put(BATCH.id, each)
    assert store.outcomes(BATCH.id) == {1: outcome(1), 2: outcome(2, minutes=1)}
    assert store.outcomes(OTHER.id) == {}


def test_outcomes_are_all_there_however_many(store: BatchStore) -> None:
    items = [ITEMS[0].model_copy(update={"number": number}) for number in range(1, 41)]
    store.create(BATCH, items)
    long = {"code": "x", "message": "m" * 30_000}
    for item in items:
        store.put(BATCH.id, outcome(item.number).model_copy(update={"error": long}))
    assert list(store.outcomes(BATCH.id)) == list(range(1, 41))
