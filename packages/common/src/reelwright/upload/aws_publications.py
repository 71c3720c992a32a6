"""Publications on AWS: items of a DynamoDB table that others may share.

::

    pk                        sk                           attributes
    publication#<platform>    <production_id>#<account>    version, record
    quota#<platform>          <account>                    version, record

A role needs ``dynamodb:GetItem``, ``PutItem`` and ``Query`` on the table.
"""

from typing import Any

from reelwright.storage.aws_errors import typed
from reelwright.upload.record import PublicationKey, PublicationRecord, QuotaRecord

__all__ = ["DynamoPublications"]

_Key = dict[str, dict[str, str]]


class DynamoPublications:
    """A PublicationStore in a table. StorageUnavailable if it cannot be reached."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, key: PublicationKey) -> PublicationRecord | None:
        """Return the record, read consistently."""
        text = self._text(_publication_key(key))
        return None if text is None else PublicationRecord.model_validate_json(text)

    def put(self, record: PublicationRecord) -> bool:
        """Store the record if it follows what is stored."""
        return self._put(_publication_key(record.key), record.version, record.model_dump_json())

    def recent(self, platform: str, limit: int) -> tuple[PublicationRecord, ...]:
        """Return the newest."""
        found: list[PublicationRecord] = []
        further: dict[str, Any] = {}
        while len(found) < limit:
            answer = self._page(platform, limit - len(found), further)
            found += [PublicationRecord.model_validate_json(item["record"]["S"]) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                break
            further = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return tuple(found)

    def of_production(self, platform: str, production_id: str) -> tuple[PublicationRecord, ...]:
        """Return a production's, read consistently; it has few accounts on one platform."""
        with typed(f"The table {self._table}"):
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :production)",
                ExpressionAttributeValues={
                    ":pk": {"S": f"publication#{platform}"},
                    ":production": {"S": f"{production_id}#"},
                },
                ConsistentRead=True,
            )
        return tuple(PublicationRecord.model_validate_json(item["record"]["S"]) for item in answer["Items"])

    def quota(self, platform: str, account: str) -> QuotaRecord:
        """Return what was taken, read consistently."""
        text = self._text(_quota_key(platform, account))
        empty = QuotaRecord(platform=platform, account=account)
        return empty if text is None else QuotaRecord.model_validate_json(text)

    def put_quota(self, record: QuotaRecord) -> bool:
        """Store the record if it follows what is stored."""
        key = _quota_key(record.platform, record.account)
        return self._put(key, record.version, record.model_dump_json())

    def _page(self, platform: str, limit: int, further: dict[str, Any]) -> dict[str, Any]:
        with typed(f"The table {self._table}"):
            answer: dict[str, Any] = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"publication#{platform}"}},
                ScanIndexForward=False,
                ConsistentRead=True,
                Limit=limit,
                **further,
            )
        return answer

    def _text(self, key: _Key) -> str | None:
        with typed(f"The table {self._table}"):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return str(answer["Item"]["record"]["S"]) if "Item" in answer else None

    def _put(self, key: _Key, version: int, text: str) -> bool:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if version > 1:
            condition = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": {"N": str(version - 1)}},
            }
        item = {**key, "version": {"N": str(version)}, "record": {"S": text}}
        with typed(f"The table {self._table}"):
            try:
                self._client.put_item(TableName=self._table, Item=item, **condition)
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True


def _publication_key(key: PublicationKey) -> _Key:
    return {
        "pk": {"S": f"publication#{key.platform}"},
        "sk": {"S": f"{key.production_id}#{key.account}"},
    }


def _quota_key(platform: str, account: str) -> _Key:
    return {"pk": {"S": f"quota#{platform}"}, "sk": {"S": account}}
