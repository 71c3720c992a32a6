"""Shared state of a deployed environment: items of a DynamoDB table.

The table has the partition key ``pk`` (S), the sort key ``sk`` (S), and time to live by ``expires_at``::

    pk                        sk                       attributes
    health#provider/model     bucket#<its beginning: 13 digits of milliseconds since 1970>
                                                       one count for each name of a tally; expires_at
    health#provider/model     state                    one for every field of KeyState that was ever set

The state sorts behind all buckets, so one query gives both, however many buckets wait to be dropped.
A tally is added with ``ADD``, a state exchanged on condition of its version. A role needs ``dynamodb:Query``,
``GetItem``, ``UpdateItem`` and, to reset a model, ``DeleteItem`` on the table, for partition keys that begin
with ``health#``. Give it a client that neither waits nor tries for long: nobody waits for health.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from reelwright.resilience.ports import HealthStoreUnavailable, KeyState, Snapshot, Tally, changes

__all__ = ["DynamoHealth"]

_STATE: Final = "state"
_BUCKET: Final = "bucket#"
_NAMES_AT_ONCE: Final = 100
"""An expression may be 4 KB long and hold 300 operators."""
_FRESH: Final = asdict(KeyState())

_Item = Mapping[str, Mapping[str, Any]]


class DynamoHealth:
    """A HealthStore in a table that others may share. Safe between threads as its client is."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def read(self, key: str, since_ms: int) -> Snapshot:
        """Return the state and the buckets from a moment on: one request, of a few kilobytes."""
        state, buckets = KeyState(), {}
        for item in self._items(key, _bucket(max(since_ms, 0))):
            sort_key = item["sk"]["S"]
            if sort_key == _STATE:
                state = _state(item)
            else:
                buckets[int(sort_key.removeprefix(_BUCKET))] = _tally(item)
        return Snapshot(state, buckets)

    def state(self, key: str) -> KeyState:
        """Return the state as it is now."""
        with self._errors():
            answer = self._client.get_item(TableName=self._table, Key=_key(key, _STATE), ConsistentRead=True)
        return _state(answer.get("Item", {}))

    def swap(self, key: str, before: KeyState, after: KeyState) -> bool:
        """Write what differs if the version is still that of ``before``."""
        written = {**changes(before, after), "version": before.version + 1}
        names = {f"#{name}": name for name in written}
        values = {f":{name}": _attribute(value) for name, value in written.items()}
        unread = {} if before.version == 0 else {":before": _attribute(before.version)}
        try:
            with self._errors():
                self._update(
                    key,
                    _STATE,
                    UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
                    ConditionExpression="#version = :before" if unread else "attribute_not_exists(#version)",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=values | unread,
                )
        except _Refused:
            return False
        return True

    def count_failure(self, key: str, *, afresh: bool) -> KeyState:
        """Add one to the failures in a row, or begin again at one."""
        with self._errors():
            answer = self._update(
                key,
                _STATE,
                UpdateExpression="SET #row = :one" if afresh else "ADD #row :one",
                ExpressionAttributeNames={"#row": "failures_in_a_row"},
                ExpressionAttributeValues={":one": _attribute(1)},
                ReturnValues="ALL_NEW",
            )
        return _state(answer["Attributes"])

    def add(self, key: str, start_ms: int, tally: Tally, *, keep_seconds: float) -> None:
        """Add to the counts of a bucket, which DynamoDB drops some time after the time to keep."""
        expires = int(start_ms / 1000 + keep_seconds)
        counts = iter(tally.items())
        while some := list(islice(counts, _NAMES_AT_ONCE)):
            self._add(key, start_ms, dict(some), expires)

    def forget(self, key: str) -> None:
        """Drop all that is known of a key."""
        for item in list(self._items(key, _BUCKET)):
            with self._errors():
                self._client.delete_item(TableName=self._table, Key={"pk": item["pk"], "sk": item["sk"]})

    def close(self) -> None:
        """Do nothing: others share the client."""

    def _add(self, key: str, start_ms: int, tally: Tally, expires: int) -> None:
        numbered = [*enumerate(tally.items())]
        with self._errors():
            self._update(
                key,
                _bucket(start_ms),
                UpdateExpression="SET expires_at = :expires ADD "
                + ", ".join(f"#n{number} :n{number}" for number, _ in numbered),
                ExpressionAttributeNames={f"#n{number}": name for number, (name, _) in numbered},
                ExpressionAttributeValues={
                    ":expires": _attribute(expires),
                    **{f":n{number}": _attribute(count) for number, (_, count) in numbered},
                },
            )

    def _update(self, key: str, sort_key: str, **expressions: Any) -> Any:
        return self._client.update_item(TableName=self._table, Key=_key(key, sort_key), **expressions)

    def _items(self, key: str, sort_key: str) -> Iterator[_Item]:
        more: dict[str, Any] = {}
        while True:
            with self._errors():
                answer = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression="pk = :pk AND sk >= :sk",
                    ExpressionAttributeValues={":pk": {"S": _partition(key)}, ":sk": {"S": sort_key}},
                    ConsistentRead=True,
                    **more,
                )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            more["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code == "ConditionalCheckFailedException":
                raise _Refused from error
            raise self._unavailable(code) from error
        except BotoCoreError as error:
            raise self._unavailable(type(error).__name__) from error

    def _unavailable(self, reason: str) -> HealthStoreUnavailable:
        return HealthStoreUnavailable(
            f"The table {self._table} cannot be used ({reason}).",
            next_step="Look at the role's permissions and at the table.",
            context={"table": self._table, "code": reason},
        )


class _Refused(Exception):  # noqa: N818 (an answer rather than an error)
    """Somebody else has changed the state."""


def _partition(key: str) -> str:
    return f"health#{key}"


def _key(key: str, sort_key: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": _partition(key)}, "sk": {"S": sort_key}}


def _bucket(start_ms: int) -> str:
    return f"{_BUCKET}{start_ms:013d}"


def _attribute(value: str | float) -> dict[str, str]:
    return {"S": value} if isinstance(value, str) else {"N": repr(value)}


def _state(item: _Item) -> KeyState:
    """Return the state of an item; fields that it does not have are as in a fresh one."""
    kept = {name: _plain(item[name], like) for name, like in _FRESH.items() if name in item}
    return KeyState(**kept)


def _plain(attribute: Mapping[str, Any], like: str | float) -> Any:
    return type(like)(attribute["S"] if "S" in attribute else attribute["N"])


def _tally(item: _Item) -> dict[str, int]:
    own = {"pk", "sk", "expires_at"}
    return {name: int(value["N"]) for name, value in item.items() if name not in own}
