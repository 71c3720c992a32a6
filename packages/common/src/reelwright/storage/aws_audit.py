"""The audit trail in DynamoDB: partition ``audit`` of the control table.

Sort keys: ``entry#<20 digits>`` for the entries, ``head``, and ``once#<sha256>`` for what is noted once.
Entry and head are written in one transaction, on condition that the head is still the one that was read: of
writers at the same time one wins, and the others chain on to it.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from botocore.exceptions import ClientError
from pydantic import JsonValue, ValidationError

from reelwright.clock import Clock, SystemClock
from reelwright.environment.schema import RetrySettings
from reelwright.resilience.retry import delay_seconds
from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.chain import (
    BEGINNING,
    ChainHead,
    Row,
    head_after,
    newest_first,
    next_entry,
    trail_broken,
    verify_chain,
)
from reelwright.storage.errors import AuditTrailBroken, StorageUnavailable
from reelwright.storage.ports import Signer
from reelwright.storage.schema import AuditEntry

__all__ = ["DynamoAuditLog"]

_PARTITION = "audit"
_ATTEMPTS = 24
_PATIENCE_SECONDS = 20.0
_PAUSES = RetrySettings(attempts=10, base_seconds=0.05, cap_seconds=1.0, floor_seconds=0.01)
_PASSING = {
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
_ONCE_SECONDS = 35 * 24 * 3600
"""Events are delivered for a day, and stay in a dead letter queue for two weeks at most."""


class DynamoAuditLog:
    """An AuditLog in the control table. What is noted ``once`` is remembered for 35 days.

    StorageUnavailable after two dozen attempts or 20 s, with growing, jittered pauses: under load, or when
    the table does not answer. An answer that was lost is found again, so trying does not write twice.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        *,
        clock: Clock | None = None,
        rng: Random | None = None,
        signer: Signer | None = None,
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock or SystemClock()
        self._rng = rng or Random()
        self._signer = signer
        self._place = f"The table {table}"

    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        reason: str,
        details: dict[str, JsonValue],
        once: str | None = None,
    ) -> AuditEntry:
        """Add an entry at the end of the chain."""

        def follow(head: ChainHead) -> AuditEntry:
            return next_entry(
                head,
                at=self._clock.now(),
                actor=actor,
                action=action,
                subject=subject,
                reason=reason,
                details=details,
                once=once,
                signer=self._signer,
            )

        return self._persist(_Draft(follow, once, f"{self._rng.getrandbits(64):016x}"))

    def entries(self, *, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """Return entries, newest first."""
        with typed(self._place):
            found = (row.entry for row in self._rows(forward=False) if row.entry)
            return tuple(newest_first(found, subject, limit))

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the chain, a line each; appends meanwhile do no harm."""
        with typed(self._place):
            before = _parse_head(self._stored_head())
            rows = [*self._rows(forward=True)]
            after = _parse_head(self._stored_head())
        if before is None and after is not None:
            return self.verify()  # the first entry came while we read
        known = after.sequence if after else None
        return verify_chain(rows, head=before, known_up_to=known, signer=self._signer)

    def _persist(self, draft: "_Draft") -> AuditEntry:
        ends = self._clock.monotonic() + _PATIENCE_SECONDS
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._try(draft)
            except StorageUnavailable as error:
                pause = delay_seconds(attempt, _PAUSES, self._rng)
                pause = max(pause, error.retry_after_seconds or 0.0)
                if attempt >= _ATTEMPTS or self._clock.monotonic() + pause > ends:
                    raise
                self._clock.sleep(pause)

    def _try(self, draft: "_Draft") -> AuditEntry:
        with typed(self._place):
            if draft.tried and self._get(_entry_key(draft.tried.sequence)).get("write") == draft.write:
                return draft.tried
            stored = self._head_to_follow()
            head = BEGINNING if stored is None else _parse_head(stored)
            if head is None:
                raise trail_broken()
            draft.tried = draft.follow(head)
            try:
                self._client.transact_write_items(TransactItems=self._transaction(draft.tried, stored, draft))
            except ClientError as error:
                return self._after_refusal(draft, error)
            return draft.tried

    def _transaction(
        self, entry: AuditEntry, stored_head: str | None, draft: "_Draft"
    ) -> list[dict[str, Any]]:
        head = head_after(entry, self._signer).model_dump_json()
        item = {"entry": entry.model_dump_json(), "write": draft.write}
        puts = [self._put(_entry_key(entry.sequence), **item), self._put("head", head=head)]
        if stored_head is not None:
            puts[1]["Put"] |= {
                "ConditionExpression": "#head = :head",
                "ExpressionAttributeNames": {"#head": "head"},
                "ExpressionAttributeValues": {":head": {"S": stored_head}},
            }
        if draft.once is not None:
            puts.append(self._put(_once_key(draft.once), entry=_entry_key(entry.sequence)))
            ends = int(entry.at.timestamp()) + _ONCE_SECONDS
            puts[2]["Put"]["Item"]["expires_at"] = {"N": str(ends)}
        return puts

    def _put(self, sort_key: str, **texts: str) -> dict[str, Any]:
        """Return a write of an item that must not be there yet."""
        item = {name: {"S": text} for name, text in {"pk": _PARTITION, "sk": sort_key, **texts}.items()}
        unless_there = {"ConditionExpression": "attribute_not_exists(pk)"}
        return {"Put": {"TableName": self._table, "Item": item, **unless_there}}

    def _after_refusal(self, draft: "_Draft", error: ClientError) -> AuditEntry:
        if code_of(error) != "TransactionCanceledException":
            raise error
        if draft.once is not None and (known := self._get(_once_key(draft.once)).get("entry")):
            return self._known(known)
        reasons = {it.get("Code", "None") for it in error.response.get("CancellationReasons", [])}
        if reasons - {"None"} - _PASSING:
            raise error
        raise StorageUnavailable(
            f"{self._place} is busy: others write into the audit trail at the same time.",
            next_step="Try again in a moment.",
        ) from error

    def _known(self, sort_key: str) -> AuditEntry:
        entry = _row({**self._item(sort_key), "sk": {"S": sort_key}}).entry
        if entry is None:
            raise AuditTrailBroken(
                f"{self._place} knows that this was noted, but {sort_key} is gone or altered.",
                next_step="Verify the audit trail, and compare it with a backup of the table.",
            )
        return entry

    def _head_to_follow(self) -> str | None:
        """Return the head as it is stored, None if the trail is empty; a trail without a head is broken."""
        stored = self._stored_head()
        if stored is None and next(self._rows(forward=True, limit=1), None):
            stored = self._stored_head()  # the first entry may have come just now, and its head with it
            if stored is None:
                raise trail_broken()
        return stored

    def _stored_head(self) -> str | None:
        return self._get("head").get("head")

    def _get(self, sort_key: str) -> dict[str, str]:
        """Return the texts of an item; none if it is not there."""
        return _texts(self._item(sort_key))

    def _item(self, sort_key: str) -> dict[str, dict[str, str]]:
        key = {"pk": {"S": _PARTITION}, "sk": {"S": sort_key}}
        answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        item: dict[str, dict[str, str]] = answer.get("Item", {})
        return item

    def _rows(self, *, forward: bool, limit: int | None = None) -> Iterator[Row]:
        more: dict[str, Any] = {} if limit is None else {"Limit": limit}
        while True:
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :entry)",
                ExpressionAttributeValues={":pk": {"S": _PARTITION}, ":entry": {"S": "entry#"}},
                ScanIndexForward=forward,
                ConsistentRead=True,
                **more,
            )
            yield from map(_row, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            more["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


@dataclass
class _Draft:
    """An entry on its way: how it follows a head, and what marks it as written by this call."""

    follow: Callable[[ChainHead], AuditEntry]
    once: str | None
    write: str
    tried: AuditEntry | None = None


def _entry_key(sequence: int) -> str:
    return f"entry#{sequence:020d}"


def _once_key(once: str) -> str:
    return f"once#{hashlib.sha256(once.encode()).hexdigest()}"


def _texts(item: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: value["S"] for name, value in item.items() if "S" in value}


def _row(item: dict[str, dict[str, str]]) -> Row:
    """Return a place of the chain; an entry that stands where another belongs is none."""
    texts = _texts(item)
    place = texts["sk"]
    try:
        entry = AuditEntry.model_validate_json(texts.get("entry", ""))
    except ValidationError:
        return Row(place, None)
    return Row(place, entry if _entry_key(entry.sequence) == place else None)


def _parse_head(stored: str | None) -> ChainHead | None:
    try:
        return ChainHead.model_validate_json(stored or "")
    except ValidationError:
        return None
