"""Productions in DynamoDB: one partition for each production, one item for each thing that is known of it.

::

    pk              sk
    prod_01K8…      record                      the record; fence and lease of whoever may write it
    prod_01K8…      pinned                      the configuration that it was begun with
    prod_01K8…      result#shoot#003#<hash>     what a step returned for an item

What does not fit into an item is an artifact, and the item says which. Records alone have the attributes
``kind`` and ``id``: they are the keys of the sparse index ``recent``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from random import Random
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from pydantic import BaseModel, ValidationError

from reelwright.clock import Clock
from reelwright.config.schema import Pinned
from reelwright.errors import ReelwrightError
from reelwright.ids import check_production_id
from reelwright.pipeline.errors import (
    ClaimLost,
    ProductionBusy,
    ProductionExists,
    ProductionNotFound,
    StoreDamaged,
)
from reelwright.pipeline.ports import Claim, StepKey, StepResult
from reelwright.production.schema import Production
from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.errors import StorageUnavailable
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact

__all__ = ["INDEX", "DynamoProductions"]

INDEX = "recent"
"""The index of records by id, newest last."""

_KIND = "production"
_LEASE_SECONDS = 900.0
_BODY_BYTES = 300_000
"""An item may have 400 KB; what is longer goes into the store of artifacts."""
_PAGE = 100
"""As many items as one request reads."""
_READS = 5

_Record = TypeVar("_Record", bound=BaseModel)
_Item = Mapping[str, Any]


class DynamoProductions:
    """A ProductionStore in a table. A claim is a lease: it ends when it is given back, or with its time.

    ``lease_seconds`` is how long a holder may live, such as what is left of a function's time: whoever
    stalls longer can be overtaken, and finds out at the next save. Faults of DynamoDB that may pass are
    StorageUnavailable.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        artifacts: ArtifactStore,
        *,
        clock: Clock,
        rng: Random,
        lease_seconds: float = _LEASE_SECONDS,
    ) -> None:
        self._client = client
        self._table = table
        self._artifacts = artifacts
        self._clock = clock
        self._rng = rng
        self._lease_seconds = lease_seconds
        self._place = f"The table {table}"

    def create(self, production: Production, pinned: Pinned) -> None:
        """Store a new production with the configuration it pins, both or none."""
        key = check_production_id(production.id)
        record = _key(key, "record") | self._body(production) | {"kind": _text(_KIND), "id": _text(key)}
        items = [record | {"fence": _number(0)}, _key(key, "pinned") | self._body(pinned)]
        with typed(self._place):
            try:
                self._client.transact_write_items(TransactItems=[self._new(item) for item in items])
            except ClientError as error:
                raise self._not_created(error, key) from error

    def load(self, production_id: str) -> Production:
        """Return the record."""
        return self._read(Production, self._item(production_id, "record"), production_id)

    def pinned(self, production_id: str) -> Pinned:
        """Return the pinned configuration."""
        return self._read(Pinned, self._item(production_id, "pinned"), production_id)

    def recent(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions, or so many of them, newest first: ids begin with their time."""
        ids = list(islice(self._recent_ids(), limit))
        records = self._records(ids)
        return tuple(self._read(Production, records[each], each) for each in ids if each in records)

    @contextmanager
    def claim(self, production_id: str) -> Iterator[Claim]:
        """Take a lease on a production, and raise its fence. A dead process gives nothing back."""
        claim = self._lease(check_production_id(production_id))
        try:
            yield claim
        except Exception:
            self._give_back(claim)
            raise
        self._give_back(claim)

    def save(self, production: Production, claim: Claim) -> None:
        """Replace the record if no later claim was given."""
        body = self._body(production)
        kept, dropped = ("body", "spilled") if "body" in body else ("spilled", "body")
        try:
            self._update(
                production.id,
                f"SET {kept} = :body REMOVE {dropped}",
                "fence = :fence",
                {":body": body[kept], ":fence": _number(claim.fence)},
            )
        except _Refused as refused:
            raise ClaimLost(f"Production {production.id} was taken over by another worker.") from refused

    def result(self, key: StepKey) -> StepResult | None:
        """Return what is stored for the key."""
        item = self._get(key.production_id, _result_name(key))
        return self._read(StepResult, item, str(key)) if item else None

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        """Store a result unless a finished one is there; return the one that counts."""
        item = _key(key.production_id, _result_name(key)) | self._body(result)
        with typed(self._place):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item | {"done": {"BOOL": result.is_done}},
                    ConditionExpression="attribute_not_exists(pk) OR done = :false",
                    ExpressionAttributeValues={":false": {"BOOL": False}},
                )
            except ClientError as error:
                if code_of(error) != _CONDITION:
                    raise
                return self.result(key) or result
        return result

    def finished_items(self, production_id: str, step: str, input_hash: str) -> int:
        """Return how many items of a step are stored as finished, for whoever watches."""
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :step)",
            "FilterExpression": "done = :true AND contains(sk, :hash)",
            "ExpressionAttributeValues": {
                ":pk": _text(check_production_id(production_id)),
                ":step": _text(f"result#{step}#"),
                ":hash": _text(input_hash),
                ":true": {"BOOL": True},
            },
            "Select": "COUNT",
        }
        return sum(int(page["Count"]) for page in self._pages(query))

    def _new(self, item: _Item) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._table,
                "Item": dict(item),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _not_created(self, error: Any, production_id: str) -> BaseException:
        codes = {str(reason.get("Code")) for reason in error.response.get("CancellationReasons", [])}
        if "ConditionalCheckFailed" in codes:
            return ProductionExists(f"Production {production_id} exists already.")
        if code_of(error) == "TransactionCanceledException":
            return StorageUnavailable(
                f"{self._place} is busy with the same production ({', '.join(sorted(codes))}).",
                next_step="Try again in a moment.",
            )
        refused: BaseException = error
        return refused

    def _lease(self, production_id: str) -> Claim:
        """Take the lease; asking again after a lost answer finds our own mark on it, and takes it again."""
        now = self._clock.now().timestamp()
        try:
            item = self._update(
                production_id,
                "SET lease_until = :until, holder = :holder ADD fence :one",
                "attribute_exists(pk) AND (attribute_not_exists(lease_until) OR lease_until <= :now"
                " OR holder = :holder)",
                {
                    ":until": _number(now + self._lease_seconds),
                    ":now": _number(now),
                    ":holder": _text(f"{self._rng.getrandbits(64):016x}"),
                    ":one": _number(1),
                },
            )
        except _Refused as refused:
            self._item(production_id, "record")
            raise ProductionBusy(
                f"Production {production_id} is being made by another worker.",
                next_step="Wait for it: a worker that died is given up after a while.",
                context={"production_id": production_id},
            ) from refused
        return Claim(production_id, int(item["fence"]["N"]))

    def _give_back(self, claim: Claim) -> None:
        """Let the next worker in at once; if that cannot be said, the lease runs out."""
        with suppress(_Refused, ReelwrightError):
            self._update(
                claim.production_id,
                "SET lease_until = :never",
                "fence = :fence",
                {":never": _number(0), ":fence": _number(claim.fence)},
            )

    def _update(self, production_id: str, change: str, condition: str, values: _Item) -> _Item:
        with typed(self._place):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(production_id, "record"),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=dict(values),
                    ReturnValues="UPDATED_NEW",
                )
            except ClientError as error:
                if code_of(error) == _CONDITION:
                    raise _Refused from error
                raise
        attributes: _Item = answer.get("Attributes", {})
        return attributes

    def _item(self, production_id: str, name: str) -> _Item:
        item = self._get(check_production_id(production_id), name)
        if item is None:
            raise ProductionNotFound(
                f"There is no production {production_id} here.",
                next_step="List them with: reelwright productions list",
                context={"production_id": production_id},
            )
        return item

    def _get(self, production_id: str, name: str) -> _Item | None:
        with typed(self._place):
            answer = self._client.get_item(
                TableName=self._table, Key=_key(production_id, name), ConsistentRead=True
            )
        item: _Item | None = answer.get("Item")
        return item

    def _recent_ids(self) -> Iterator[str]:
        query = {
            "TableName": self._table,
            "IndexName": INDEX,
            "KeyConditionExpression": "kind = :kind",
            "ExpressionAttributeValues": {":kind": _text(_KIND)},
            "ProjectionExpression": "id",
            "ScanIndexForward": False,
        }
        for page in self._pages(query):
            yield from (str(item["id"]["S"]) for item in page["Items"])

    def _pages(self, query: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            with typed(self._place):
                page = self._client.query(**query, **more)
            yield page
            if not page.get("LastEvaluatedKey"):
                return
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _records(self, ids: list[str]) -> dict[str, _Item]:
        found: dict[str, _Item] = {}
        for start in range(0, len(ids), _PAGE):
            keys = [_key(each, "record") for each in ids[start : start + _PAGE]]
            for item in self._batch(keys):
                found[item["pk"]["S"]] = item
        return found

    def _batch(self, keys: list[dict[str, Any]]) -> Iterator[_Item]:
        """Read many items; what a busy table leaves out is asked for again, a few times."""
        asked: dict[str, Any] = {self._table: {"Keys": keys}}
        for attempt in range(_READS):
            with typed(self._place):
                answer = self._client.batch_get_item(RequestItems=asked)
            yield from answer["Responses"].get(self._table, ())
            asked = answer.get("UnprocessedKeys") or {}
            if not asked:
                return
            self._clock.sleep(0.1 * 2**attempt * self._rng.random())
        raise StorageUnavailable(f"{self._place} is too busy to be read.", next_step="Try again in a moment.")

    def _body(self, model: BaseModel) -> dict[str, Any]:
        text = model.model_dump_json()
        if len(text.encode()) <= _BODY_BYTES:
            return {"body": _text(text)}
        artifact = self._artifacts.put_bytes(text.encode(), "application/json")
        return {"spilled": _text(artifact.model_dump_json())}

    def _read(self, schema: type[_Record], item: _Item, name: str) -> _Record:
        try:
            if "spilled" in item:
                artifact = Artifact.model_validate_json(item["spilled"]["S"])
                return schema.model_validate_json(self._artifacts.read_bytes(artifact))
            return schema.model_validate_json(item["body"]["S"])
        except (KeyError, ValidationError) as error:
            raise StoreDamaged(
                f"What is stored of {name} cannot be read.",
                next_step="It may have been written by another version. Make the video again.",
                context={"name": name},
            ) from error


_CONDITION = "ConditionalCheckFailedException"


class _Refused(Exception):  # noqa: N818 (never leaves this module)
    """A condition did not hold."""


def _key(production_id: str, name: str) -> dict[str, Any]:
    return {"pk": _text(production_id), "sk": _text(name)}


def _result_name(key: StepKey) -> str:
    return f"result#{key.step}#{key.index:03d}#{key.input_hash}"


def _text(text: str) -> dict[str, str]:
    return {"S": text}


def _number(value: float) -> dict[str, str]:
    return {"N": f"{value:.6f}" if isinstance(value, float) else str(value)}
