"""Batches of a deployed environment: what is asked for in the bucket, what became of it in the table.

::

    batches/<id>/batch.json       the batch; written last, so that one that can be found is whole
    batches/<id>/plan.jsonl       its items
    pk batch_01K8…, sk outcome#00042   what became of an item, in the table of productions
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from reelwright.ids import check_batch_id
from reelwright.pipeline.batch.errors import BatchNotFound
from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from reelwright.storage.aws_errors import code_of, typed

__all__ = ["CloudBatches", "batch_prefix"]

_MISSING: Final = {"NoSuchKey", "404"}
_BATCH, _PLAN = "batch.json", "plan.jsonl"


def batch_prefix(batch_id: str) -> str:
    """Return what the keys of a batch's objects begin with."""
    return f"batches/{check_batch_id(batch_id)}/"


class CloudBatches:
    """A BatchStore over a bucket and a table. Faults of AWS are StorageUnavailable or StorageUnwritable."""

    def __init__(self, s3: Any, bucket: str, dynamodb: Any, table: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._dynamodb = dynamodb
        self._table = table

    def create(self, batch: Batch, items: Iterable[BatchItem]) -> None:
        """Store a batch with all its items, or nothing that can be found."""
        lines = "".join(f"{item.model_dump_json()}\n" for item in items)
        self.write(batch.id, _PLAN, lines.encode(), "application/jsonl")
        self.write(batch.id, _BATCH, batch.model_dump_json().encode(), "application/json")

    def load(self, batch_id: str) -> Batch:
        """Return a batch; BatchNotFound."""
        return Batch.model_validate_json(self._read(batch_id, _BATCH))

    def items(self, batch_id: str) -> tuple[BatchItem, ...]:
        """Return all items, in order."""
        lines = self._read(batch_id, _PLAN).split(b"\n")
        return tuple(BatchItem.model_validate_json(line) for line in lines if line)

    def outcomes(self, batch_id: str) -> dict[int, Outcome]:
        """Return what became of items so far, by their numbers."""
        found = [Outcome.model_validate_json(item["body"]["S"]) for item in self._noted(batch_id)]
        return {outcome.number: outcome for outcome in found}

    def put(self, batch_id: str, outcome: Outcome) -> None:
        """Note what became of an item, in place of what was noted before."""
        item = {
            "pk": {"S": check_batch_id(batch_id)},
            "sk": {"S": f"outcome#{outcome.number:06}"},
            "body": {"S": outcome.model_dump_json()},
        }
        with typed(f"The table {self._table}"):
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def write(self, batch_id: str, name: str, content: bytes, media_type: str) -> str:
        """Write an object beside the batch's others, and return where it is."""
        key = batch_prefix(batch_id) + name
        with typed(f"The bucket {self._bucket}"):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=media_type)
        return f"s3://{self._bucket}/{key}"

    def _read(self, batch_id: str, name: str) -> bytes:
        key = batch_prefix(batch_id) + name
        with typed(f"The bucket {self._bucket}"):
            try:
                data: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if code_of(error) not in _MISSING:
                    raise
                raise _not_found(batch_id) from error
        return data

    def _noted(self, batch_id: str) -> Iterator[dict[str, Any]]:
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :outcome)",
            "ExpressionAttributeValues": {
                ":pk": {"S": check_batch_id(batch_id)},
                ":outcome": {"S": "outcome#"},
            },
            "ConsistentRead": True,
        }
        with typed(f"The table {self._table}"):
            while True:
                page = self._dynamodb.query(**query)
                yield from page["Items"]
                if "LastEvaluatedKey" not in page:
                    return
                query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _not_found(batch_id: str) -> BatchNotFound:
    return BatchNotFound(
        f"There is no batch {batch_id} in this environment.",
        next_step="Resume it in the environment in which it was begun; one of this machine, in its folder.",
        context={"batch_id": batch_id},
    )
