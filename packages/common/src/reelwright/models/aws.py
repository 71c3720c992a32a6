"""Answers on AWS: items of a DynamoDB table, which removes those that have lapsed.

Key: ``pk`` is ``answer#<key>``, ``sk`` is ``-``; ``expires_at`` is the table's time to live.
"""

from typing import Any

from reelwright.clock import Clock
from reelwright.models.errors import AnswersUnavailable
from reelwright.storage.aws_errors import typed

__all__ = ["DynamoAnswers"]

_MAX_BYTES = 380_000
"""Of an item's 400 KB."""


class DynamoAnswers:
    """An AnswerStore in a table."""

    def __init__(self, client: Any, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def get(self, key: str) -> bytes | None:
        """Return what is stored and has not lapsed; the table may keep it longer. StorageUnavailable."""
        with typed(f"The table {self._table}"):
            found = self._client.get_item(TableName=self._table, Key=_key(key), ConsistentRead=True)
        item = found.get("Item")
        if item is None or int(item["expires_at"]["N"]) <= self._clock.now().timestamp():
            return None
        return bytes(item["answer"]["B"])

    def put(self, key: str, answer: bytes, *, ttl_seconds: float) -> None:
        """Store an answer; one that is there and has not lapsed stays. StorageUnavailable."""
        if len(answer) > _MAX_BYTES:
            raise AnswersUnavailable(f"An answer of {len(answer)} bytes does not fit into the table.")
        now = int(self._clock.now().timestamp())
        with typed(f"The table {self._table}"):
            self._put_if_absent(key, answer, now, int(ttl_seconds))

    def _put_if_absent(self, key: str, answer: bytes, now: int, ttl_seconds: int) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    **_key(key),
                    "answer": {"B": answer},
                    "expires_at": {"N": str(now + max(1, ttl_seconds))},
                },
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _key(key: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": f"answer#{key}"}, "sk": {"S": "-"}}
