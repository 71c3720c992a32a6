"""Tell a day of spending: process after process, two at a time, past midnight, and what is cached.

``python -m tests.e2e.vendors`` takes about a minute. The tests beside this hold the same to account.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reelwright.clock import VirtualClock
from reelwright.cost.budgets import Day, budget_names
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import format_usd
from reelwright.environment.schema import EnvironmentName
from reelwright.errors import BudgetExceeded
from reelwright.production.schema import Production
from tests.e2e.vendors.place import Place, ended
from tests.e2e.vendors.test_day_budget import BLOCK, DEAR, ONLY, mocks, warnings
from tests.e2e.vendors.workroom import brief_about, studio_at
from tests.simulators.house import House

__all__ = ["main"]

_WAITS: dict[EnvironmentName, tuple[int, ...]] = {"dev": (0, 50, 60), "prod": (0, 1)}
"""Minutes between the same brief and the next time."""


def main() -> None:
    """Tell both halves: the day by the clock of this machine, the rest by one that can be turned."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIDSIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated"}
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1"}
    for part in (_day, _midnight, _cache):
        with tempfile.TemporaryDirectory() as folder:
            for line in part(Path(folder)):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()


def _day(folder: Path) -> Iterator[str]:
    hours = datetime.now(UTC).hour - 12
    zone = f"Etc/GMT{hours:+d}" if hours else "Etc/GMT"
    with House(prices=DEAR) as house:
        place = Place(folder, house, {**ONLY, "BUDGETS__TIME_ZONE": zone})
        yield f"One folder, ten-second videos at $1.90 of footage; the day is counted in {zone}."
        yield from _told(place, zone, "Why honey keeps")
        yield from _told(place, zone, "Why bees dance", "Why wax melts")
        yield from _told(place, zone, "Why hives hum")
        yield _set_aside(place, _today(zone))
        yield from _told(place, zone, "Why queens rule")


def _told(place: Place, zone: str, *topics: str) -> Iterator[str]:
    """Start one process for each topic, all at once, and tell what became of them."""
    started = [(topic, place.start(*place.making(topic))) for topic in topics]
    for topic, process in started:
        done = ended(process)
        outcome = _outcome(json.loads(done.stdout))
        yield f"  process {process.pid}, {topic!r}: exit {done.returncode}, {outcome}"
    totals = place.totals(_today(zone))
    bill = format_usd(place.house.bill_micro_usd)
    yield f"  the day: ${format_usd(totals.settled)} settled; the vendors' bill: ${bill}"


def _outcome(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"{answer['error']['code']}: {answer['error']['next_step']}"
    record = json.loads((Path(answer["output_dir"]) / "production.json").read_text(encoding="utf-8"))
    said = [line for line in warnings(record).splitlines() if "budgets." in line]
    stood_in = ", ".join(mocks(record)) or "no mock"
    return f"${answer['generation_cost_usd']}, {stood_in}; {said[-1] if said else 'no warning'}"


def _set_aside(place: Place, day: str) -> str:
    with closing(CostLedger.open(place.ledger_url)) as ledger:
        amount = BLOCK - ledger.totals(day).committed
        ledger.reserve((day,), amount, key="another worker's")
    return f"  another worker sets ${format_usd(amount)} aside: nothing is left of $5"


def _today(zone: str) -> str:
    return budget_names("local", Day.of(datetime.now(UTC), zone).date, "content", "").day


def _midnight(folder: Path) -> Iterator[str]:
    clock = VirtualClock(datetime(2027, 1, 10, 14, 50, tzinfo=UTC))
    ledger_url = f"sqlite:///{folder}/ledger.db"
    zone: dict[str, Any] = {"BUDGETS__TIME_ZONE": "Asia/Tokyo", "BUDGETS__PER_DAY_BLOCK_USD": "2.00"}
    with closing(CostLedger.open(ledger_url, clock=clock)) as ledger:
        ledger.reserve(("day:dev:2027-01-10",), 2_000_000, key="another worker's")
    yield "dev, days counted in Asia/Tokyo, all of the day's $2 set aside:"
    with House() as house:
        for _ in range(2):
            with studio_at(folder, house, clock, **zone) as studio:
                try:
                    made = studio.make(brief_about("Why honey keeps"))
                    told = f"made for ${_paid(made)}"
                except BudgetExceeded as refused:
                    told = f"refused, {house.accepted} orders: {refused.next_step}"
            yield f"  {clock.now():%Y-%m-%d %H:%M} UTC: {told}"
            clock.advance(timedelta(minutes=11).total_seconds())


def _cache(folder: Path) -> Iterator[str]:
    clock = VirtualClock(datetime.now(UTC))
    limits = {f"BUDGETS__PER_DAY_{name}_USD": "100.00" for name in ("WARN", "ACTION", "BLOCK")}
    with House() as house:
        for environment, waits in _WAITS.items():
            yield f"{environment}, the same brief, a new worker each time:"
            for minutes in waits:
                clock.advance(minutes * 60)
                before = house.accepted
                with studio_at(
                    folder / environment, house, clock, environment=environment, **limits
                ) as studio:
                    made = studio.make(brief_about("Why honey keeps"))
                ordered = house.accepted - before
                yield f"  {minutes} minutes later: {ordered} orders, ${_paid(made)}"


def _paid(made: Production) -> str:
    return format_usd(sum(line.micro_usd for line in made.charges))


if __name__ == "__main__":
    main()
