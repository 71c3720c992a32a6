"""What the store of prompts last said, in the control table: the memory of a cold start while S3 is down.

Not in S3 itself: a copy beside the original is away when the original is. One item, compressed; it has the
labels and the texts that they point at, and of those that they pointed at before as many as fit.
"""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from reelwright.config.aws_errors import asking, code_of
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.prompts.ports import RememberedPrompts
from reelwright.prompts.remembering import merged, remembered_from_json, remembered_to_json

__all__ = ["DynamoPromptMemory"]

_KEY = {"pk": {"S": "prompts"}, "sk": {"S": "last-known-good"}}
_NAME = "the memory of prompts"
_MAX_BYTES = 390_000
"""An item may have 400 KB, its keys and numbers included."""
_MAX_PLAIN_BYTES = 32_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DynamoPromptMemory:
    """PromptMemory in DynamoDB. An item that cannot be read is as good as none."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def load(self) -> RememberedPrompts | None:
        """Return what is remembered; SourceUnreachable if the table cannot be read."""
        try:
            with asking(_NAME):
                answer = self._client.get_item(TableName=self._table, Key=_KEY, ConsistentRead=True)
        except SourceFailed as error:
            raise SourceUnreachable(
                error.message, next_step=error.next_step, context=error.context
            ) from error
        return _unpacked(answer.get("Item", {}))

    def save(self, remembered: RememberedPrompts) -> None:
        """Remember beside what is; of two that save at once the newer labels stay. Errors as a source's."""
        kept = merged(self.load(), remembered)
        item = {
            **_KEY,
            "at": {"N": str(_microseconds(kept.at))},
            "body": {"B": _packed(kept)},
        }
        with asking(_NAME):
            self._put_unless_older(item)

    def _put_unless_older(self, item: dict[str, Any]) -> None:
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


def _packed(remembered: RememberedPrompts) -> bytes:
    """Return it compressed; texts that labels only pointed at before give way first, then all texts."""
    served = {
        (name, position.version)
        for name, labels in remembered.labels.prompts.items()
        for position in labels.values()
    }
    now = {key: text for key, text in remembered.texts.items() if key in served}
    for texts in (remembered.texts, now, {}):
        plain = remembered_to_json(RememberedPrompts(remembered.labels, texts, remembered.at))
        packed = zlib.compress(plain, level=9)
        if len(packed) <= _MAX_BYTES:
            return packed
    raise SourceFailed("the labels of prompts are too many to be remembered")


def _unpacked(item: dict[str, Any]) -> RememberedPrompts | None:
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(bytes(item["body"]["B"]), _MAX_PLAIN_BYTES)
        return remembered_from_json(plain)
    except (KeyError, ValueError, zlib.error):
        return None


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
