"""Asking a DynamoDB table until it answers: what is safe to repeat, for how long, and what a refusal says."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from random import Random
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from reelwright.clock import Clock
from reelwright.cost.errors import LedgerUnavailable
from reelwright.storage.aws_errors import code_of, typed
from reelwright.storage.errors import StorageUnavailable

__all__ = ["Asking", "Refused"]

_Answer = TypeVar("_Answer")
_Item = Mapping[str, Any]

_PATIENCE_SECONDS: Final = 30.0
_FAULTS: Final = 3
"""Answers that may be lost in a row before the table counts as away."""
_FIRST_WAIT_SECONDS: Final = 0.02
_LONGEST_WAIT_SECONDS: Final = 1.0
_REFUSED: Final = "ConditionalCheckFailed"
_IN_THE_WAY: Final = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_SERVER_ERROR: Final = 500


class Refused(Exception):  # noqa: N818 (a refusal is an answer; nobody outside sees it)
    """A condition did not hold. ``reasons``: one for each item of a transaction, in their order."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("a condition did not hold")
        self.reasons = reasons


class Asking:
    """One table, asked again and again while it is busy or its answers are lost.

    Transactions bear a token, by which DynamoDB knows for ten minutes that it has done one. Other writes
    are conditional and tell a repetition by what they find. Contention is waited out for half a minute,
    with full jitter; then, or after three lost answers in a row, it is LedgerUnavailable. What does not
    pass, such as missing permissions, is raised at once as ``storage.aws_errors`` names it.
    """

    def __init__(self, client: Any, table: str, *, clock: Clock, rng: Random) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._rng = rng

    def transact(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Write all items, or raise Refused."""
        token = f"{self._rng.getrandbits(128):032x}"
        self._until_answered(
            lambda: self._client.transact_write_items(TransactItems=[*items], ClientRequestToken=token)
        )

    def put(self, put: Mapping[str, Any]) -> None:
        """Put an item, or raise Refused."""
        self._until_answered(lambda: self._client.put_item(**put))

    def update(self, update: Mapping[str, Any]) -> None:
        """Update an item, or raise Refused."""
        self._until_answered(lambda: self._client.update_item(**update))

    def get(self, key: _Item) -> _Item | None:
        """Return an item as it is now."""
        answer = self._until_answered(
            lambda: self._client.get_item(TableName=self._table, Key=dict(key), ConsistentRead=True)
        )
        found: _Item | None = answer.get("Item")
        return found

    def get_many(self, keys: Sequence[_Item]) -> list[_Item]:
        """Return up to a hundred items in no order; LedgerUnavailable if some are withheld for too long."""
        found: list[_Item] = []
        rest: Any = {self._table: {"Keys": [*keys], "ConsistentRead": True}}
        until = self._clock.monotonic() + _PATIENCE_SECONDS
        for attempt in count():
            answer = self._until_answered(partial(self._client.batch_get_item, RequestItems=rest))
            found += answer.get("Responses", {}).get(self._table, [])
            rest = answer.get("UnprocessedKeys")
            if not rest:
                return found
            self._wait(attempt, until, "it withholds items")
        return found

    def query(self, condition: str, values: Mapping[str, Any]) -> list[_Item]:
        """Return all items that a key condition names, as they are now, by their sort keys."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": dict(values),
            "ConsistentRead": True,
        }
        found: list[_Item] = []
        while True:
            answer = self._until_answered(partial(self._client.query, **asked))
            found += answer["Items"]
            if not answer.get("LastEvaluatedKey"):
                return found
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _until_answered(self, call: Callable[[], _Answer]) -> _Answer:
        until, faults = self._clock.monotonic() + _PATIENCE_SECONDS, 0
        for attempt in count():
            try:
                return self._once(call)
            except _Passing as passing:
                faults += passing.lost
                if faults >= _FAULTS:
                    raise self._unavailable(str(passing)) from passing
                self._wait(attempt, until, str(passing))
        raise AssertionError("unreachable")

    def _once(self, call: Callable[[], _Answer]) -> _Answer:
        try:
            with typed(f"The ledger {self._table}"):
                return _refusing(call)
        except StorageUnavailable as error:
            cause: Any = error.__cause__
            lost = isinstance(cause, BotoCoreError) or _status(cause) >= _SERVER_ERROR
            raise _Passing(error.context.get("code", ""), lost=lost) from cause

    def _wait(self, attempt: int, until: float, reason: str) -> None:
        if self._clock.monotonic() >= until:
            raise self._unavailable(reason)
        ceiling = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** min(attempt, 10))
        self._clock.sleep(self._rng.uniform(0.0, ceiling))

    def _unavailable(self, reason: str) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"The ledger {self._table} cannot be reached just now ({reason}).",
            next_step="Try again in a moment; nothing paid is begun before.",
            context={"table": self._table, "reason": reason},
        )


class _Passing(Exception):  # noqa: N818 (never leaves this module)
    """Worth another try: not done, or, if ``lost``, perhaps done without an answer that says so."""

    def __init__(self, reason: str, *, lost: bool) -> None:
        super().__init__(reason)
        self.lost = lost


def _refusing(call: Callable[[], _Answer]) -> _Answer:
    """Return the answer; Refused if a condition did not hold, _Passing if others were in the way."""
    try:
        return call()
    except ClientError as error:
        response: Mapping[str, Any] = error.response
        if code_of(error) == "ConditionalCheckFailedException":
            raise Refused([{"Code": _REFUSED, **response}]) from error
        reasons = response.get("CancellationReasons", [])
        codes = {str(reason.get("Code")) for reason in reasons}
        if _REFUSED in codes:
            raise Refused(reasons) from error
        if codes & _IN_THE_WAY:
            raise _Passing(", ".join(sorted(codes & _IN_THE_WAY)), lost=False) from error
        raise


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
