"""Records that are made without a look at their values are the records that a look would have made."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from reelwright.clock import VirtualClock
from reelwright.cost import CostLedger
from reelwright.cost.errors import LedgerInvalid
from reelwright.cost.manager import charge_lines
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Charge, ChargeLine, ModelUsage, Totals
from reelwright.cost.trusted import changed, trusted

USAGE = ModelUsage(
    service="video", provider="runway", model="m", unit="credits", quantity=2, reported_micro_usd=7
)
EMPTY = PriceBook((), datetime(2026, 11, 25, tzinfo=UTC).date())


def made() -> list[BaseModel]:
    """Return one of everything that the package makes so."""
    ledger = CostLedger.open("memory:", clock=VirtualClock())
    charge = ledger.reserve(("a", "b"), 5, key="k/1", subject={"model": "m"})
    lines = charge_lines([USAGE], EMPTY)
    settled = ledger.settle(ledger.intend(charge), 7, lines=lines)
    return [charge, *lines, settled, ledger.totals("a")]


@pytest.mark.parametrize("record", made(), ids=lambda it: type(it).__name__)
def test_such_a_record_is_the_one_that_its_class_would_make(record: BaseModel) -> None:
    kind = type(record)
    assert {*record.__dict__} == {*kind.model_fields}
    again = kind.model_validate_json(record.model_dump_json())
    assert (again, again.model_dump_json()) == (record, record.model_dump_json())
    assert kind.model_validate(record.model_dump()) == record
    assert record.model_copy() == record
    assert record.model_fields_set == {*kind.model_fields}


def test_they_are_as_frozen_as_others() -> None:
    totals = trusted(Totals, {"budget": "a", "limit": None, "reserved": 1, "settled": 2, "unknown": 3})
    assert totals.committed == 6
    with pytest.raises(ValueError, match="frozen"):
        totals.reserved = 5


def test_a_change_leaves_the_record_that_it_is_made_from() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    before = Charge(
        key="k",
        budgets=("a",),
        state="reserved",
        reserved_micro_usd=5,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(hours=1),
    )
    after = changed(before, {"intended": True})
    assert (before.intended, after) == (False, before.model_copy(update={"intended": True}))
    assert type(after) is Charge


@pytest.mark.parametrize("subject", [{"attempt": 1}, {1: "attempt"}, {"model": "\ud800"}])
def test_what_could_not_be_read_back_is_not_written(subject: Any) -> None:
    ledger = CostLedger.open("memory:", clock=VirtualClock())
    with pytest.raises(LedgerInvalid, match="what a charge is for"):
        ledger.reserve("a", 1, key="k", subject=subject)
    assert ledger.charge("k") is None


def test_a_line_of_the_bill_says_what_was_used() -> None:
    (line,) = charge_lines([USAGE], EMPTY)
    assert line == ChargeLine(
        service="video",
        provider="runway",
        model="m",
        unit="credits",
        quantity=2,
        micro_usd=7,
        price="reported by runway",
    )
