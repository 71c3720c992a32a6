"""Addresses of ledgers, and what importing them costs."""

import subprocess
import sys
from typing import Any

import pytest

import reelwright.cost
from reelwright.cost import CostLedger
from reelwright.cost import ledger as ledger_module
from reelwright.cost.errors import LedgerInvalid
from reelwright.cost.ports import Ledger
from reelwright.environment import aws


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "memory://",
        "sqlite://",
        "sqlite:///",
        "sqlite:costs.db",
        "postgres://x",
        "dynamodb://",
        "dynamodb://ab",
        "dynamodb://a table",
        "dynamodb://table/x",
        "costs.db",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(LedgerInvalid, match="is not the address of a ledger"):
        CostLedger.open(url)


def test_ledgers_in_memory_are_apart() -> None:
    first: Ledger = CostLedger.open("memory:")
    first.reserve("day", 1, key="a")
    assert CostLedger.open("memory:").budgets() == ()
    first.close()


def test_a_table_is_asked_once_a_try(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    class Client:
        def get_item(self, **named: Any) -> dict[str, Any]:
            assert named["TableName"] == "Reelwright-dev-Ledger.1"
            return {}

    def client(service: str, *, attempts: int) -> Client:
        asked.append((service, attempts))
        return Client()

    monkeypatch.setattr(aws, "aws_client", client)
    ledger = ledger_module.CostLedger.open("dynamodb://Reelwright-dev-Ledger.1")
    assert ledger.charge("a") is None
    ledger.close()
    assert asked == [("dynamodb", 1)]


def test_the_package_has_no_other_names() -> None:
    assert reelwright.cost.CostLedger is ledger_module.CostLedger
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = reelwright.cost.Nothing  # type: ignore[attr-defined]  # that is the point


def test_importing_the_package_is_cheap_and_memory_needs_no_cloud() -> None:
    program = (
        "import sys, reelwright.cost; assert 'pydantic' not in sys.modules, 'heavy';"
        "reelwright.cost.CostLedger.open('memory:').reserve('day', 1, key='a');"
        "assert not {'boto3', 'botocore', 'sqlite3'} & {*sys.modules}, 'heavier'"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_who_knows_of_one_request_only_does_not_give_back_what_is_unknown() -> None:
    ledger = CostLedger.open("memory:")
    charge = ledger.intend(ledger.reserve("day", 5, key="a"))
    assert ledger.release(charge, unless="unknown").state == "released"
    charge = ledger.intend(ledger.reserve("day", 5, key="b"))
    unknown = ledger.mark_unknown(charge)
    assert ledger.release(charge, unless="unknown") == unknown
    assert ledger.totals("day").unknown == 5
    assert ledger.release(charge).state == "released"


def test_who_saw_a_charge_without_intent_does_not_give_back_one_that_has_it() -> None:
    ledger = CostLedger.open("memory:")
    seen = ledger.reserve("day", 5, key="a")
    intended = ledger.intend(seen)
    assert ledger.release(seen, unless="intended") == intended
    settled = ledger.settle(intended, 3)
    assert ledger.release(seen, unless="intended") == settled
    assert ledger.release(ledger.reserve("day", 5, key="b"), unless="intended").state == "released"
