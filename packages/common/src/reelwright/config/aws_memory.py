"""What each source last said, in the control table: the memory that a cold start has during an outage."""

import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from reelwright.config.aws_errors import LastKnownGoodTooLarge, asking, code_of
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.ports import Remembered
from reelwright.config.remembering import remembered_from_json, remembered_to_json

__all__ = ["DynamoLastKnownGood"]

_PARTITION = "config"
_NAME = "the memory of configuration"
_MAX_BYTES = 390_000
"""An item may have 400 KB, its keys and numbers included."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DynamoLastKnownGood:
    """A LastKnownGood in DynamoDB: one item for each source, compressed.

    An item that cannot be read is as good as none. Only a newer answer replaces an older one.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def load(self) -> Mapping[str, Remembered]:
        """Return what is remembered; SourceUnreachable if the table cannot be read."""
        try:
            with asking(_NAME):
                items = list(self._items())
        except SourceFailed as error:
            raise SourceUnreachable(
                error.message, next_step=error.next_step, context=error.context
            ) from error
        read = {item["sk"]["S"]: _remembered(item) for item in items}
        return {source: remembered for source, remembered in read.items() if remembered}

    def save(self, source: str, remembered: Remembered) -> None:
        """Remember an answer. LastKnownGoodTooLarge if it does not fit; errors of DynamoDB as a source's."""
        body = _packed(source, remembered)
        item = {
            "pk": {"S": _PARTITION},
            "sk": {"S": source},
            "at": {"N": str(_microseconds(remembered.at))},
            "body": {"B": body},
        }
        with asking(_NAME):
            self._put_if_newer(item)

    def _put_if_newer(self, item: dict[str, Any]) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR #at <= :at",
                ExpressionAttributeNames={"#at": "at"},
                ExpressionAttributeValues={":at": item["at"]},
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def _items(self) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": _PARTITION}},
                ConsistentRead=True,
                **more,
            )
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _packed(source: str, remembered: Remembered) -> bytes:
    text = json.dumps(remembered_to_json(remembered), separators=(",", ":"))
    packed = zlib.compress(text.encode(), level=9)
    if len(packed) > _MAX_BYTES:
        raise LastKnownGoodTooLarge(
            f"What {source} says has {len(packed)} bytes compressed; {_MAX_BYTES} fit.",
            next_step="Make the document smaller: an outage at a cold start would find nothing remembered.",
            context={"source": source, "bytes": len(packed)},
        )
    return packed


def _remembered(item: Mapping[str, Any]) -> Remembered | None:
    try:
        return remembered_from_json(json.loads(zlib.decompress(item["body"]["B"])))
    except (KeyError, ValueError, zlib.error, SourceFailed):
        return None


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
