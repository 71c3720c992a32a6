"""The cost ledger: money is set aside before a paid call, and becomes what the call cost.

The rules are in ledger_rules.py; what keeps the charges is a LedgerStore: memory.py, local.py, aws.py.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import SystemRandom
from typing import Final

from reelwright.clock import Clock, SystemClock
from reelwright.cost import ledger_rules as rules
from reelwright.cost.errors import LedgerInvalid
from reelwright.cost.ledger_store import LedgerStore, Turn
from reelwright.cost.memory import MemoryCharges
from reelwright.cost.schema import Charge, ChargeLine, Totals, Unless
from reelwright.cost.trusted import trusted
from reelwright.errors import BudgetExceeded

__all__ = ["CostLedger"]

_NAME_BYTES: Final = 512
_MOST_MICRO_USD: Final = 10**15
"""A billion dollars: what is above is a mistake of units, and would not fit where sums are kept."""
_TABLE: Final = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_LONGEST_SECONDS: Final = 10 * 366 * 86_400
_MOST_BUDGETS: Final = 40
"""A transaction of DynamoDB has a hundred items, and there are two for each budget."""


class CostLedger:
    """A Ledger over any LedgerStore. ``CostLedger.open(url)`` makes one.

    For each budget ``settled + reserved + unknown <= limit`` under any number of workers, as long as none is
    settled above its reservation. An overrun counts in full; a budget that it takes past its limit refuses
    everything, even what costs nothing, until its limit is raised.

    Workers need clocks that agree to well within the time that a reservation has. A worker that comes back
    after it may not submit any more (``intend`` refuses), but what it says of work that it did submit counts:
    ``settle``, ``attach`` and ``mark_unknown`` take a charge that had lapsed to released, even past the
    limit. A charge that somebody released by word stays released, and settling it is a ChargeConflict.
    """

    def __init__(self, store: LedgerStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @staticmethod
    def open(url: str, *, clock: Clock | None = None) -> "CostLedger":
        """Return the ledger at an address; LedgerInvalid if it is none.

        ``sqlite:///costs.db`` is a file under the working folder and ``sqlite:////var/costs.db`` one from
        the root (made with its folder), ``dynamodb://table`` a table, ``memory:`` a new one in this process.
        """
        timed = clock or SystemClock()
        return CostLedger(_store_at(url, timed), clock=timed)

    def set_limit(self, budget: str, micro_usd: int | None) -> None:
        """Set the limit of a budget, or take it off with None; what is committed already stays."""
        amount = None if micro_usd is None else _amount(micro_usd)
        self._store.set_limit(_name(budget, "budget"), amount)

    def reserve(
        self,
        budget: str | Sequence[str],
        micro_usd: int,
        *,
        key: str,
        subject: Mapping[str, str] | None = None,
        ttl_seconds: float = 3600.0,
    ) -> Charge:
        """Set money aside in every budget named, or in none; BudgetExceeded names the one that refused.

        The second reserve of a key returns the charge as it now is, which may be released or unknown: only
        ``intend`` says who may submit. ChargeConflict if it names other budgets or another amount.
        """
        now = self._clock.now()
        asked = _reservation(
            _name(key, "key"),
            _budgets(budget),
            _amount(micro_usd),
            subject=_subject(subject or {}),
            at=now,
            until=now + _lifetime(ttl_seconds),
        )
        stored = self._add(asked, now)
        if stored is asked:
            return asked
        rules.same_reservation(stored, asked)
        current = rules.lapsed(stored, now)
        return current if current is stored else self._change(stored, lambda it: rules.lapsed(it, now))

    def intend(self, charge: Charge) -> Charge:
        """Note that the request is about to leave; ChargeConflict unless this is the first time, and in time.

        Raised again after an answer was lost, it is a ChargeConflict too: nobody can tell then who submitted.
        """
        now = self._clock.now()
        return self._change(charge, lambda stored: rules.intended(stored, now))

    def attach(self, charge: Charge, reference: str, *, expires_at: datetime | None = None) -> Charge:
        """Note the provider's name for the work, and, if given, when to stop waiting for it."""
        now, until = self._clock.now(), _utc(expires_at)
        named = _name(reference, "reference")
        return self._change(charge, lambda stored: rules.attached(stored, named, until, now))

    def settle(self, charge: Charge, micro_usd: int, *, lines: Iterable[ChargeLine] = ()) -> Charge:
        """Turn what was reserved, unknown or merely lapsed into what it cost."""
        now, amount, bill = self._clock.now(), _amount(micro_usd), tuple(lines)
        return self._change(charge, lambda stored: rules.settled(stored, amount, bill, now))

    def release(self, charge: Charge, *, unless: Unless = "") -> Charge:
        """Give back what was set aside, or what was unknown and proved unspent; ChargeConflict if settled.

        Only who intended a charge, or knows what became of its request, may do this: it is told by its key.
        ``unless`` "unknown" is for who knows that only of a request of its own, while somebody who found the
        charge unknown may have repeated that; "intended" for who only knows that it was not when it looked.
        "under way" is for who looked into the vendor's account, where a request that somebody repeats is not
        yet. Such a charge stays as it is.
        """
        now = self._clock.now()
        return self._change(charge, lambda stored: rules.released(stored, now, unless))

    def mark_unknown(self, charge: Charge, *, until: datetime | None = None) -> Charge:
        """Note that nobody knows whether it was spent; what somebody knows by now is returned as it is.

        ``until`` is for who repeats its request: when that is over at the latest.
        """
        now, over = self._clock.now(), _utc(until)
        return self._change(charge, lambda stored: rules.unknown(stored, now, over))

    def expire(self) -> tuple[Charge, ...]:
        """Lapse reservations whose time is over, and return those that this call lapsed.

        Intended ones lapse to unknown, others to released.
        """
        return self._store.lapse(self._clock.now())

    def charge(self, key: str) -> Charge | None:
        """Return the charge of a key as it is stored."""
        return self._store.find(_name(key, "key"))

    def charges(
        self,
        *,
        budget: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Charge, ...]:
        """Return charges created in a stretch of time (``until`` excluded), oldest first.

        No other charges than these are looked at, wherever they are kept.
        """
        name = None if budget is None else _name(budget, "budget")
        return self._store.listed(name, _utc(since), _utc(until))

    def totals(self, budget: str) -> Totals:
        """Return what counts against a budget, after lapsing what has lapsed; zeros if nobody named it."""
        name = _name(budget, "budget")
        self._store.lapse(self._clock.now())
        return self._store.totals(name)

    def budgets(self) -> tuple[str, ...]:
        """Return the names of all budgets, sorted."""
        return self._store.budgets()

    def close(self) -> None:
        """Let go of files and connections."""
        self._store.close()

    def _add(self, asked: Charge, now: datetime) -> Charge:
        """Add a reservation; before a budget refuses for good, what has lapsed in it is given back."""
        try:
            return self._store.add(asked)
        except BudgetExceeded:
            if not self._store.lapse(now):
                raise
            return self._store.add(asked)

    def _change(self, charge: Charge, turn: Turn) -> Charge:
        return self._store.change(charge.key, turn)


def _reservation(
    key: str,
    budgets: tuple[str, ...],
    micro_usd: int,
    *,
    subject: dict[str, str],
    at: datetime,
    until: datetime,
) -> Charge:
    """Return a charge, all of whose parts have been checked."""
    return trusted(
        Charge,
        {
            "key": key,
            "budgets": budgets,
            "state": "reserved",
            "reserved_micro_usd": micro_usd,
            "settled_micro_usd": 0,
            "intended": False,
            "lapsed": False,
            "reference": "",
            "lines": (),
            "subject": subject,
            "created_at": at,
            "updated_at": at,
            "expires_at": until,
        },
    )


def _store_at(url: str, clock: Clock) -> LedgerStore:
    if url == "memory:":
        return MemoryCharges()
    if (path := url.removeprefix("sqlite:///")) != url and path:
        from reelwright.cost.local import SqliteCharges  # noqa: PLC0415 (only those who keep a file need it)

        return SqliteCharges(Path(path))
    if (table := url.removeprefix("dynamodb://")) != url and _TABLE.fullmatch(table):
        return _in_dynamodb(table, clock)
    raise LedgerInvalid(
        f"{url[:100]!r} is not the address of a ledger.",
        next_step="Write sqlite:///file, sqlite:////absolute/file, dynamodb://table or memory:",
    )


def _in_dynamodb(table: str, clock: Clock) -> LedgerStore:
    from reelwright.cost.aws import DynamoCharges  # noqa: PLC0415 (botocore takes a third of a second)
    from reelwright.environment.aws import aws_client  # noqa: PLC0415 (as above)

    return DynamoCharges(aws_client("dynamodb", attempts=1), table, clock=clock, rng=SystemRandom())


def _budgets(named: str | Sequence[str]) -> tuple[str, ...]:
    return _checked((named,) if isinstance(named, str) else tuple(named))


@lru_cache(maxsize=512)
def _checked(named: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(named))
    if not 0 < len(names) <= _MOST_BUDGETS:
        raise LedgerInvalid(f"A charge counts against 1 to {_MOST_BUDGETS} budgets, not {len(names)}.")
    for name in names:
        _name(name, "budget")
    return names


def _name(text: str, what: str) -> str:
    if text and text.isprintable() and text.strip() == text and len(text.encode()) <= _NAME_BYTES:
        return text
    raise LedgerInvalid(
        f"{text[:60]!r} is not a {what} of the ledger.",
        next_step=f"Use 1 to {_NAME_BYTES} bytes of printable text without spaces at its ends.",
    )


def _amount(micro_usd: int) -> int:
    if type(micro_usd) is int and 0 <= micro_usd <= _MOST_MICRO_USD:
        return micro_usd
    raise LedgerInvalid(
        f"{micro_usd!r} is not an amount of money.",
        next_step=f"Give a whole number of micro-dollars from 0 to {_MOST_MICRO_USD}.",
    )


def _subject(said: Mapping[str, str]) -> dict[str, str]:
    """Return what a charge is for: text all through, or who reads it back could not."""
    try:
        "".join((*said, *said.values())).encode()
    except (TypeError, UnicodeEncodeError):
        raise LedgerInvalid(
            f"{str(said)[:60]!r} is not what a charge is for.",
            next_step="Give names and values that are text.",
        ) from None
    return dict(said)


def _lifetime(ttl_seconds: float) -> timedelta:
    if 0 <= ttl_seconds <= _LONGEST_SECONDS:
        return timedelta(seconds=ttl_seconds)
    raise LedgerInvalid(
        f"{ttl_seconds!r} seconds are no time to hold a reservation.",
        next_step=f"Give a number of seconds from 0 to {_LONGEST_SECONDS}.",
    )


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment and moment.astimezone(UTC)
    raise LedgerInvalid(f"{moment} has no time zone.", next_step="Pass an aware time, such as clock.now().")
