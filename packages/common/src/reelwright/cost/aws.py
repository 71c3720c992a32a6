"""Charges in one DynamoDB table: keys ``pk`` and ``sk``, both text; no index, no time to live.

::

    pk                sk                     attributes
    budget            <name>                 available, reserved, settled, unknown_amount; ceiling if limited
    charge#<key>      charge                 body (the charge as JSON), version, mark
    day#2026-11-25    <created at>#<key>     name: a charge that was created on that day, in UTC
    of#<budget>       <created at>#<key>     name: a charge that counts against that budget
    days              2026-11-25             there is such a day
    open              <expires at>#<key>     name: a reservation, and when it lapses

A condition cannot add, so ``available`` is kept beside the sums: the limit, or a number that stands for
none, less all that is committed. Budgets, charge and entries change in one TransactWriteItems. Every write of
a charge bears a new version, on which it is conditional, and a random mark: a worker whose answer was lost
knows its own write again. A budget in heavy use is one item, and workers that meet on it try again after a
random wait. Reads are consistent.

Actions needed on the table: GetItem, BatchGetItem, Query, PutItem, UpdateItem, DeleteItem. Its backups are
point-in-time recovery; nothing here is ever removed but entries of ``open``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from pydantic import ValidationError

from reelwright.clock import Clock
from reelwright.cost.aws_asking import Asking, Refused
from reelwright.cost.errors import LedgerUnavailable
from reelwright.cost.ledger_rules import added, budget_exceeded, lapsed, no_such_charge
from reelwright.cost.ledger_store import Turn
from reelwright.cost.schema import Charge, Totals
from reelwright.errors import Permanent

__all__ = ["DynamoCharges"]

_Item = Mapping[str, Any]

_NO_LIMIT: Final = 10**24
"""``available`` of a budget without a limit and without charges. DynamoDB keeps 38 digits."""
_PAGE: Final = 100
_ROUNDS: Final = 100
"""As often as a charge may change under the hands of one call."""
_ABSENT: Final = "attribute_not_exists(pk)"


@dataclass(frozen=True, slots=True)
class _Held:
    charge: Charge
    version: int
    mark: str


class DynamoCharges:
    """A LedgerStore in a table, shared by workers anywhere. Open one in every process: clients do not fork.

    ``client`` should make one attempt a call: repeating is done here, where it is known to be safe. ``rng``
    must not draw for two workers what only one of them may have: a SystemRandom, but in tests.
    """

    def __init__(self, client: Any, table: str, *, clock: Clock, rng: Random) -> None:
        self._ask = Asking(client, table, clock=clock, rng=rng)
        self._table = table
        self._rng = rng
        self._known: set[tuple[str, str]] = set()
        """Budgets and days that are there; neither is ever removed."""

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set or take off a limit; ``available`` moves by the difference."""
        for _ in range(_ROUNDS):
            item = self._budget(budget)
            before = _ceiling(item)
            if before == micro_usd or self._moved(budget, before, micro_usd):
                return
        raise self._contended(f"The budget {budget}")

    def add(self, charge: Charge) -> Charge:
        """Store a reservation if every budget has room for it, in one transaction without a read."""
        self._prepare(charge)
        name = _text(charge.key)
        puts = [
            self._record(charge, 0, self._mark()),
            self._entry(_opened(charge) | {"name": name}),
            *(self._entry(entry | {"name": name}) for entry in _entries(charge)),
        ]
        asked = charge.reserved_micro_usd
        counts = [self._count(budget, (asked, 0, 0), room=asked) for budget in charge.budgets]
        try:
            self._ask.transact([*counts, *puts])
        except Refused as refused:
            return self._not_added(charge, refused)
        return charge

    def change(self, key: str, turn: Turn) -> Charge:
        """Replace a charge and count the difference; anew if it changed between reading and writing."""
        mark = self._mark()
        for _ in range(_ROUNDS):
            held = self._held(key)
            if held is None:
                raise no_such_charge(key)
            if held.mark == mark:
                return held.charge
            turned = turn(held.charge)
            if turned is held.charge or self._replaced(held, turned, mark):
                return turned
        raise self._contended(f"The charge {key}")

    def lapse(self, now: datetime) -> tuple[Charge, ...]:
        """Store as lapsed what has lapsed, one charge after the other."""
        due = self._query("open", "", f"{_stamp(now)}~")
        turned = [self._lapsed(item["name"]["S"], now) for item in due]
        return tuple(charge for charge in turned if charge)

    def find(self, key: str) -> Charge | None:
        """Return a charge."""
        held = self._held(key)
        return held.charge if held else None

    def listed(
        self, budget: str | None, since: datetime | None, until: datetime | None
    ) -> tuple[Charge, ...]:
        """Return the charges of a stretch of time, day by day."""
        if since and until and since >= until:
            return ()
        first = _stamp(since) if since else ""
        last = _stamp(until) if until else "~"
        places = [f"of#{budget}"] if budget is not None else self._days(first[:10], last[:10])
        names = [item["name"]["S"] for place in places for item in self._query(place, first, last)]
        return tuple(sorted(self._batches(names), key=lambda charge: (charge.created_at, charge.key)))

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget."""
        item = self._ask.get(_key("budget", budget))
        return _totals(budget, item) if item else Totals(budget=budget)

    def budgets(self) -> tuple[str, ...]:
        """Return all names."""
        return tuple(sorted(item["sk"]["S"] for item in self._query("budget", "", None)))

    def close(self) -> None:
        """Do nothing: the client belongs to whoever made it."""

    def _days(self, first: str, last: str) -> list[str]:
        return [f"day#{item['sk']['S']}" for item in self._query("days", first, last)]

    def _prepare(self, charge: Charge) -> None:
        """Make the budgets and the day that this process has not seen yet."""
        for budget in charge.budgets:
            self._make("budget", budget, _EMPTY)
        self._make("days", _day(charge).removeprefix("day#"), {})

    def _make(self, pk: str, sk: str, attributes: _Item) -> None:
        if (pk, sk) in self._known:
            return
        with suppress(Refused):
            self._ask.put(self._put({**_key(pk, sk), **attributes})["Put"])
        self._known.add((pk, sk))

    def _budget(self, budget: str) -> _Item:
        self._make("budget", budget, _EMPTY)
        return self._ask.get(_key("budget", budget)) or {}

    def _moved(self, budget: str, before: int | None, after: int | None) -> bool:
        was = "attribute_not_exists(ceiling)" if before is None else "ceiling = :before"
        change = "REMOVE ceiling ADD" if after is None else "SET ceiling = :after ADD"
        values = {":by": _number(_room(after) - _room(before))}
        values |= {} if before is None else {":before": _number(before)}
        values |= {} if after is None else {":after": _number(after)}
        update = self._update(budget, f"{change} available :by", f"attribute_exists(pk) AND {was}", values)
        try:
            self._ask.update(update["Update"])
        except Refused:
            return False
        return True

    def _not_added(self, charge: Charge, refused: Refused) -> Charge:
        stored = self.find(charge.key)
        if stored:
            return stored
        for budget, reason in zip(charge.budgets, refused.reasons, strict=False):
            if reason.get("Code") == "ConditionalCheckFailed":
                item = reason.get("Item") or self._ask.get(_key("budget", budget))
                if item:
                    raise budget_exceeded(_totals(budget, item), charge.reserved_micro_usd)
        self._known.clear()
        raise self._contended(f"The table {self._table}") from refused

    def _replaced(self, held: _Held, charge: Charge, mark: str) -> bool:
        """Write a charge if it is still as it was read, and what that changes elsewhere."""
        record = self._record(charge, held.version + 1, mark)
        change = added(held.charge, charge)
        others = [self._count(budget, change) for budget in charge.budgets] if any(change) else []
        others += self._reopened(held.charge, charge)
        try:
            if others:
                self._ask.transact([record, *others])
            else:
                self._ask.put(record["Put"])
        except Refused:
            return False
        return True

    def _reopened(self, before: Charge, after: Charge) -> list[dict[str, Any]]:
        was = _opened(before) if before.state == "reserved" else None
        is_now = _opened(after) if after.state == "reserved" else None
        if was == is_now:
            return []
        removed = [{"Delete": {"TableName": self._table, "Key": was}}] if was else []
        return removed + ([self._entry(is_now | {"name": _text(after.key)})] if is_now else [])

    def _lapsed(self, key: str, now: datetime) -> Charge | None:
        """Return a charge that this call lapsed, or None if somebody else did."""
        changed: list[Charge] = []

        def turn(stored: Charge) -> Charge:
            turned = lapsed(stored, now)
            changed[:] = [turned] if turned is not stored else []
            return turned

        charge = self.change(key, turn)
        return charge if changed else None

    def _record(self, charge: Charge, version: int, mark: str) -> dict[str, Any]:
        item = _key(f"charge#{charge.key}", "charge") | {
            "body": _text(charge.model_dump_json()),
            "version": _number(version),
            "mark": _text(mark),
        }
        put = self._put(item)
        if version:
            put["Put"] |= {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": _number(version - 1)},
            }
        return put

    def _entry(self, item: _Item) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": dict(item)}}

    def _put(self, item: _Item) -> dict[str, Any]:
        put = self._entry(item)
        put["Put"]["ConditionExpression"] = _ABSENT
        return put

    def _count(self, budget: str, change: tuple[int, int, int], room: int | None = None) -> dict[str, Any]:
        reserved, settled, unknown = change
        values = {
            ":available": _number(-sum(change)),
            ":reserved": _number(reserved),
            ":settled": _number(settled),
            ":unknown": _number(unknown),
        }
        adding = "ADD available :available, reserved :reserved, settled :settled, unknown_amount :unknown"
        if room is None:
            return self._update(budget, adding, "attribute_exists(pk)", values)
        values[":room"] = _number(room)
        return self._update(budget, adding, "available >= :room", values)

    def _update(self, budget: str, change: str, condition: str, values: _Item) -> dict[str, Any]:
        update = {
            "TableName": self._table,
            "Key": _key("budget", budget),
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": dict(values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return {"Update": update}

    def _held(self, key: str) -> _Held | None:
        item = self._ask.get(_key(f"charge#{key}", "charge"))
        return self._read(item) if item else None

    def _read(self, item: _Item) -> _Held:
        try:
            charge = Charge.model_validate_json(item["body"]["S"])
            return _Held(charge, int(item["version"]["N"]), item["mark"]["S"])
        except (KeyError, ValidationError) as error:
            raise Permanent(
                f"The ledger {self._table} is damaged: {item['pk']['S']} cannot be read.",
                next_step="Restore the item from a backup of the table.",
                context={"table": self._table, "pk": item["pk"]["S"]},
            ) from error

    def _batches(self, names: Sequence[str]) -> Iterator[Charge]:
        for start in range(0, len(names), _PAGE):
            keys = [_key(f"charge#{name}", "charge") for name in names[start : start + _PAGE]]
            for item in self._ask.get_many(keys):
                yield self._read(item).charge

    def _query(self, pk: str, first: str, last: str | None) -> list[_Item]:
        """Return the items of a partition from one sort key to another, both included."""
        condition, values = "pk = :pk", {":pk": _text(pk)}
        if last is not None:
            condition = "pk = :pk AND sk BETWEEN :first AND :last"
            values |= {":first": _text(first or " "), ":last": _text(last)}
        return self._ask.query(condition, values)

    def _contended(self, what: str) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"{what} is changed by too many at once.",
            next_step="Try again in a moment.",
            context={"table": self._table},
        )

    def _mark(self) -> str:
        return f"{self._rng.getrandbits(96):024x}"


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": _text(pk), "sk": _text(sk)}


def _text(value: str) -> dict[str, str]:
    return {"S": value}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


_EMPTY: Final = {
    "available": _number(_NO_LIMIT),
    "reserved": _number(0),
    "settled": _number(0),
    "unknown_amount": _number(0),
}


def _room(ceiling: int | None) -> int:
    return _NO_LIMIT if ceiling is None else ceiling


def _ceiling(item: _Item) -> int | None:
    return int(item["ceiling"]["N"]) if "ceiling" in item else None


def _totals(budget: str, item: _Item) -> Totals:
    return Totals(
        budget=budget,
        limit=_ceiling(item),
        reserved=int(item["reserved"]["N"]),
        settled=int(item["settled"]["N"]),
        unknown=int(item["unknown_amount"]["N"]),
    )


def _opened(charge: Charge) -> dict[str, Any]:
    return _key("open", _at(charge.expires_at, charge.key))


def _entries(charge: Charge) -> list[dict[str, Any]]:
    places = (_day(charge), *(f"of#{budget}" for budget in charge.budgets))
    return [_key(place, _at(charge.created_at, charge.key)) for place in places]


def _day(charge: Charge) -> str:
    return f"day#{_stamp(charge.created_at)[:10]}"


def _at(moment: datetime, key: str) -> str:
    return f"{_stamp(moment)}#{key}"


def _stamp(moment: datetime) -> str:
    """Return a time, in UTC, as text that sorts as times do."""
    return moment.isoformat(timespec="microseconds")
