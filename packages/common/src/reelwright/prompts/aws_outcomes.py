"""What became of prompts on AWS: items of the table of productions, which whoever ends one may write.

::

    pk                      sk
    prompt#write-script     prod_01K8…/write_script/0     the outcome as JSON, and how much it tells

They have no attribute ``kind``, so they are in no list of productions.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from reelwright.prompts.outcomes import PromptOutcome, in_order, parse_outcome
from reelwright.storage.aws_errors import typed

__all__ = ["DynamoOutcomes"]


class DynamoOutcomes:
    """An OutcomeStore in a table with the keys ``pk`` and ``sk``. Faults of DynamoDB as ``storage`` has them.

    A role needs ``dynamodb:PutItem`` to write and ``dynamodb:Query`` to read.
    """

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, outcome: PromptOutcome) -> bool:
        """Keep an outcome, unless as much is known."""
        with typed(f"The table {self._table}"):
            return self._put_if_more(outcome)

    def of(self, prompt: str, *, latest: int | None = None) -> tuple[PromptOutcome, ...]:
        """Return the outcomes of a prompt, a megabyte of items a request, of the latest first."""
        where = f"The table {self._table}"
        items = islice(self._items(prompt, latest), latest)
        return in_order(parse_outcome(item["outcome"]["S"], where=where) for item in items)

    def _put_if_more(self, outcome: PromptOutcome) -> bool:
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": f"prompt#{outcome.prompt}"},
                    "sk": {"S": outcome.key},
                    "stage": {"N": str(outcome.stage)},
                    "outcome": {"S": outcome.model_dump_json()},
                },
                ConditionExpression="attribute_not_exists(pk) OR stage < :stage",
                ExpressionAttributeValues={":stage": {"N": str(outcome.stage)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _items(self, prompt: str, latest: int | None) -> Iterator[Mapping[str, Any]]:
        more: dict[str, Any] = {} if latest is None else {"Limit": max(1, latest)}
        while True:
            with typed(f"The table {self._table}"):
                page = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression="pk = :pk",
                    ExpressionAttributeValues={":pk": {"S": f"prompt#{prompt}"}},
                    ConsistentRead=True,
                    ScanIndexForward=False,
                    **more,
                )
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            more["ExclusiveStartKey"] = page["LastEvaluatedKey"]
