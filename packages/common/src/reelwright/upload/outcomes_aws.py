"""Outcomes on AWS: items of a DynamoDB table that others may share.

::

    pk                                                sk                     attributes
    outcome#<platform>#<account>#<production_id>      <moment in UTC>        point

A role needs ``dynamodb:Query`` and ``PutItem`` on the table. Points are small and few: about eighty in the
half year in which a publication is looked at.
"""

from datetime import UTC
from typing import Any

from reelwright.storage.aws_errors import typed
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.record import PublicationKey

__all__ = ["DynamoOutcomes"]


class DynamoOutcomes:
    """An OutcomeStore in a table. StorageUnavailable if it cannot be reached."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def append(self, point: OutcomePoint) -> None:
        """Add a point."""
        moment = point.collected_at.astimezone(UTC).isoformat(timespec="microseconds")
        item = {
            "pk": {"S": _partition(point.key)},
            "sk": {"S": moment},
            "point": {"S": point.model_dump_json()},
        }
        with typed(f"The table {self._table}"):
            self._client.put_item(TableName=self._table, Item=item)

    def newest(self, key: PublicationKey) -> OutcomePoint | None:
        """Return the last point, read consistently."""
        items = self._page(key, ScanIndexForward=False, Limit=1)["Items"]
        return _point(items[0]) if items else None

    def series(self, key: PublicationKey) -> tuple[OutcomePoint, ...]:
        """Return all points, oldest first."""
        found: list[OutcomePoint] = []
        further: dict[str, Any] = {}
        while True:
            answer = self._page(key, **further)
            found += map(_point, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return tuple(found)
            further = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _page(self, key: PublicationKey, **more: Any) -> dict[str, Any]:
        with typed(f"The table {self._table}"):
            answer: dict[str, Any] = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": _partition(key)}},
                ConsistentRead=True,
                **more,
            )
        return answer


def _partition(key: PublicationKey) -> str:
    return f"outcome#{key.platform}#{key.account}#{key.production_id}"


def _point(item: dict[str, Any]) -> OutcomePoint:
    return OutcomePoint.model_validate_json(item["point"]["S"])
