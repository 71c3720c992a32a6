"""Charges as rows: every micro-dollar of the ledger is in one, by whatever they are grouped."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.cost.ledger import CostLedger
from reelwright.cost.report.rows import GROUPINGS, days_of, entries_of, grouped, summed
from reelwright.cost.schema import ChargeLine

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def line(micro_usd: int, unit: str = "characters", *, failed: bool = False) -> ChargeLine:
    return ChargeLine(
        service="audio",
        provider="polly",
        model="polly-neural",
        unit=unit,
        quantity=7,
        micro_usd=micro_usd,
        failed=failed,
    )


def subject(video: str = "prod_a", service: str = "audio") -> dict[str, str]:
    return {"production_id": video, "service": service, "model": "polly-neural", "provider": "polly"}


class Book:
    """A ledger in memory that charges in one budget."""

    def __init__(self) -> None:
        self.clock = VirtualClock(NOON)
        self.ledger = CostLedger.open("memory:", clock=self.clock)

    def reserve(self, key: str, amount: int, **said: str) -> None:
        self.charge = self.ledger.reserve("b", amount, key=key, subject=subject(**said), ttl_seconds=600)

    def entries(self, time_zone: str = "UTC") -> tuple[object, ...]:
        return entries_of(self.ledger.charges(), now=self.clock.now(), time_zone=time_zone)


@pytest.fixture
def book() -> Book:
    return Book()


def test_settled_unknown_and_reserved_stand_apart_and_released_nowhere(book: Book) -> None:
    book.reserve("a", 100)
    book.ledger.settle(book.charge, 70, lines=[line(70)])
    book.reserve("b", 200)
    book.ledger.mark_unknown(book.charge)
    book.reserve("c", 400)
    book.reserve("d", 800)
    book.ledger.release(book.charge)
    total = summed(book.entries())
    assert (total.settled, total.unknown, total.reserved, total.failed) == (70, 200, 400, 0)
    assert (total.committed, len(total.charges)) == (670, 3)


def test_what_has_lapsed_counts_as_what_it_lapsed_to_though_nobody_wrote_it_down(book: Book) -> None:
    book.reserve("intended", 200)
    book.ledger.intend(book.charge)
    book.reserve("idle", 400)
    book.clock.advance(601)
    total = summed(book.entries())
    assert (total.reserved, total.unknown) == (0, 200)
    assert book.ledger.charge("intended").state == "reserved"


def test_what_no_line_accounts_for_is_not_left_out(book: Book) -> None:
    book.reserve("a", 100)
    book.ledger.settle(book.charge, 90)
    book.reserve("b", 100)
    book.ledger.settle(book.charge, 100, lines=[line(60), line(30, "marks")])
    rows = {row.name: row.settled for row in grouped(book.entries(), "unit")}
    assert rows == {"characters": 60, "marks": 30, "calls": 100}


def test_what_was_billed_for_nothing_is_a_part_of_what_is_settled(book: Book) -> None:
    book.reserve("a", 100)
    book.ledger.settle(book.charge, 100, lines=[line(60, failed=True), line(40)])
    total = summed(book.entries())
    assert (total.settled, total.failed) == (100, 60)


def test_a_day_is_that_of_the_budgets_and_its_time_zone(book: Book) -> None:
    book.clock.advance(11.5 * 3600)
    book.reserve("late", 100)
    assert [row.name for row in grouped(book.entries(), "day")] == ["2026-11-25"]
    assert [row.name for row in grouped(book.entries("Europe/Berlin"), "day")] == ["2026-11-26"]


def test_days_without_spending_are_days_too(book: Book) -> None:
    for key in ("a", "b"):
        book.reserve(key, 100)
        book.ledger.settle(book.charge, 5, lines=[line(5)])
        book.clock.advance(3 * 86_400)
    days = days_of(book.entries())
    assert list(days) == [date(2026, 11, 25) + timedelta(number) for number in range(4)]
    assert list(days.values()) == [{"audio": 5}, {}, {}, {"audio": 5}]
    assert days_of(()) == {}


CHARGES = st.lists(
    st.tuples(
        st.sampled_from(["settle", "unknown", "release", "nothing"]),
        st.integers(0, 10**9),
        st.sampled_from(["prod_a", "prod_b"]),
        st.sampled_from(["audio", "video"]),
        st.integers(0, 100_000),
    ),
    max_size=12,
)


@given(charges=CHARGES)
def test_every_grouping_adds_up_to_the_budget(charges: list[tuple[str, int, str, str, int]]) -> None:
    book = Book()
    for number, (fate, amount, video, service, seconds) in enumerate(charges):
        book.reserve(str(number), amount, video=video, service=service)
        if fate == "settle":
            book.ledger.settle(book.charge, amount, lines=[line(amount // 2), line(amount // 3, "marks")])
        elif fate == "unknown":
            book.ledger.mark_unknown(book.charge)
        elif fate == "release":
            book.ledger.release(book.charge)
        book.clock.advance(seconds)
    entries, totals = book.entries(), book.ledger.totals("b")
    for by in GROUPINGS:
        rows = grouped(entries, by)
        assert sum(row.settled for row in rows) == totals.settled
        assert sum(row.unknown for row in rows) == totals.unknown
        assert sum(row.reserved for row in rows) == totals.reserved
