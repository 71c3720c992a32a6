"""Charges of the ledger as rows: what was spent by day, service, model, video or unit. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from reelwright.cost.ledger_rules import lapsed
from reelwright.cost.schema import Charge

__all__ = ["GROUPINGS", "Entry", "Grouping", "Row", "days_of", "entries_of", "grouped", "summed"]

Grouping = Literal["day", "service", "model", "video", "unit"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)

_CALLS = "calls"
_UNSTATED = "—"


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of a charge that falls under one name in every grouping. Amounts are micro-dollars.

    A charge that is settled has one entry for each line of its bill; another has one for all of it.
    """

    charge: str
    """The key of the charge."""
    day: date
    """On which the money was set aside, where the settings say that days begin: as budgets count."""
    service: str
    provider: str
    model: str
    video: str
    unit: str
    quantity: int = 0
    settled: int = 0
    unknown: int = 0
    reserved: int = 0
    failed: int = 0
    """The part of what is settled that was billed for an attempt that came to nothing."""


@dataclass(slots=True)
class Row:
    """All entries of one name."""

    name: str
    quantity: int = 0
    settled: int = 0
    unknown: int = 0
    reserved: int = 0
    failed: int = 0
    charges: set[str] = field(default_factory=set)

    @property
    def committed(self) -> int:
        """Spent, or possibly spent, or set aside."""
        return self.settled + self.unknown + self.reserved

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        self.quantity += entry.quantity
        self.settled += entry.settled
        self.unknown += entry.unknown
        self.reserved += entry.reserved
        self.failed += entry.failed
        self.charges.add(entry.charge)


def entries_of(charges: Iterable[Charge], *, now: datetime, time_zone: str) -> tuple[Entry, ...]:
    """Return the entries of charges as they are by now; nothing is left of those that were released.

    A reservation whose time is over counts as what it lapsed to, whether or not somebody wrote that down.
    """
    zone = ZoneInfo(time_zone)
    return tuple(entry for charge in charges for entry in _entries(lapsed(charge, now), zone))


def grouped(entries: Iterable[Entry], by: Grouping) -> tuple[Row, ...]:
    """Return the rows of a grouping, dearest first; days in their order."""
    name_of = _NAMES[by]
    rows: dict[str, Row] = {}
    for entry in entries:
        name = name_of(entry)
        rows.setdefault(name, Row(name)).add(entry)
    return tuple(sorted(rows.values(), key=_by_name if by == "day" else _dearest))


def summed(entries: Iterable[Entry], name: str = "total") -> Row:
    """Return all entries as one row."""
    row = Row(name)
    for entry in entries:
        row.add(entry)
    return row


def days_of(entries: Iterable[Entry]) -> dict[date, dict[str, int]]:
    """Return what each day from the first to the last came to, by service; unknown charges count as spent."""
    spent: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        spent[entry.day][entry.service] += entry.settled + entry.unknown
    if not spent:
        return {}
    first, last = min(spent), max(spent)
    every = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    return {day: dict(spent.get(day, {})) for day in every}


def _entries(charge: Charge, zone: ZoneInfo) -> Iterator[Entry]:
    if charge.state == "settled":
        for line in charge.lines:
            amount, failed = line.micro_usd, line.micro_usd if line.failed else 0
            yield _entry(charge, zone, line.unit, quantity=line.quantity, settled=amount, failed=failed)
        rest = charge.settled_micro_usd - sum(line.micro_usd for line in charge.lines)
        if rest > 0 or not charge.lines:
            # What no line accounts for was spent all the same.
            yield _entry(charge, zone, _CALLS, quantity=int(not charge.lines), settled=rest)
    elif charge.state == "unknown":
        yield _entry(charge, zone, _CALLS, quantity=1, unknown=charge.reserved_micro_usd)
    elif charge.state == "reserved":
        yield _entry(charge, zone, _CALLS, quantity=1, reserved=charge.reserved_micro_usd)


def _entry(charge: Charge, zone: ZoneInfo, unit: str, **amounts: int) -> Entry:
    subject = charge.subject
    return Entry(
        charge=charge.key,
        day=charge.created_at.astimezone(zone).date(),
        service=subject.get("service", _UNSTATED),
        provider=subject.get("provider", _UNSTATED),
        model=subject.get("model", _UNSTATED),
        video=subject.get("production_id", _UNSTATED),
        unit=unit,
        **amounts,
    )


def _by_name(row: Row) -> tuple[object, ...]:
    return (row.name,)


def _dearest(row: Row) -> tuple[object, ...]:
    return (-row.committed, row.name)


_NAMES: dict[Grouping, Callable[[Entry], str]] = {
    "day": lambda entry: entry.day.isoformat(),
    "service": lambda entry: entry.service,
    "model": lambda entry: entry.model,
    "video": lambda entry: entry.video,
    "unit": lambda entry: entry.unit,
}
