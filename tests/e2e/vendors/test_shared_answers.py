"""Answers that are bought once: for an hour in dev, by every worker, and never in prod."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from reelwright.clock import VirtualClock
from reelwright.production.schema import Production
from tests.e2e.vendors.workroom import bought_text, brief_about, studio_at
from tests.simulators.house import House

pytestmark = pytest.mark.render

BRIEF = brief_about("Why honey keeps")
NO_LIMIT = {f"BUDGETS__PER_DAY_{name}_USD": "100.00" for name in ("WARN", "ACTION", "BLOCK")}


def make(
    root: Path, house: House, clock: VirtualClock, environment: str = "dev", wait: Barrier | None = None
) -> Production:
    with studio_at(root, house, clock, environment=environment, **NO_LIMIT) as studio:
        if wait:
            wait.wait(30)
        return studio.make(BRIEF)


def test_in_dev_an_answer_serves_every_worker_for_an_hour_and_is_bought_again_after_it(
    tmp_path: Path,
) -> None:
    clock = VirtualClock(datetime.now(UTC))
    with House() as house:
        first = make(tmp_path, house, clock)
        bought, bill = house.accepted, house.bill_micro_usd
        assert sum(line.micro_usd for line in first.charges) == bill > 0
        clock.advance(3000)
        second = make(tmp_path, house, clock)
        assert (house.accepted, house.bill_micro_usd) == (bought, bill)
        assert sum(line.micro_usd for line in second.charges) == 0
        assert "given to the same request before, and nothing was bought" in bought_text(second)
        clock.advance(3600)
        third = make(tmp_path, house, clock)
        assert (house.accepted, house.bill_micro_usd) == (2 * bought, 2 * bill)
        assert sum(line.micro_usd for line in third.charges) == bill
        assert house.objections == []


def test_in_prod_every_production_buys_its_own(tmp_path: Path) -> None:
    clock = VirtualClock(datetime.now(UTC))
    with House() as house:
        make(tmp_path, house, clock, "prod")
        bought, bill = house.accepted, house.bill_micro_usd
        make(tmp_path, house, clock, "prod")
        assert (house.accepted, house.bill_micro_usd) == (2 * bought, 2 * bill)


def test_two_workers_at_the_same_moment_buy_once_each_at_most(tmp_path: Path) -> None:
    clock, both = VirtualClock(datetime.now(UTC)), Barrier(2)
    with House() as alone:
        make(tmp_path / "alone", alone, clock)
    with House() as house, ThreadPoolExecutor(2) as pool:
        house.write_secrets(tmp_path / "secrets.env")
        made = list(pool.map(lambda _: make(tmp_path, house, clock, "dev", both), range(2)))
        assert sum(line.micro_usd for one in made for line in one.charges) == house.bill_micro_usd
        assert house.objections == []
    for name, vendor in house.simulators.items():
        assert len(vendor.accepted) <= 2 * len(alone.simulators[name].accepted)
