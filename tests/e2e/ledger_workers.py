"""Many processes against one limit, killed or not, and what must hold afterwards.

Every worker keeps a log of what the ledger told it, one unbuffered line each, which outlives it; afterwards
the ledger must know all of it.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import boto3  # noqa: F401 (so that the server that forks the workers imports it once for all)

from reelwright.clock import SystemClock, VirtualClock
from reelwright.cost.errors import ChargeConflict
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import Charge
from reelwright.errors import BudgetExceeded
from tests.e2e.forking import forking_context

LIMITED = "day"
VIDEOS = 8
AMOUNT = 7
EVERY_UNKNOWN = 10
_PATIENCE_SECONDS = 60.0
"""One call in so many ends unknown, which counts as much as settled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does how much against which limit. Half of the calls fit, and the limit is no multiple of one."""

    url: str
    folder: Path
    processes: int
    calls: int
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def fitting(self) -> int:
        return self.calls // 2

    @property
    def limit(self) -> int:
        return self.fitting * AMOUNT + AMOUNT - 1

    def keys(self, worker: int) -> list[str]:
        return [f"call-{number}" for number in range(worker, self.calls, self.processes)]

    def log(self, worker: int) -> Path:
        return self.folder / f"worker-{worker}.log"


@dataclass(slots=True)
class Report:
    """What was seen during and after a run; ``wrong`` is empty if all is well."""

    seconds: float = 0.0
    calls: int = 0
    successes: int = 0
    refusals: int = 0
    kills: int = 0
    looks: int = 0
    most_committed: int = 0
    limit: int = 0
    states: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def run(plan: Plan, *, kills: int = 0, seed: int = 0) -> Report:
    """Let the workers do their calls, or be killed so many times and at last all at once; then look."""
    report = Report(limit=plan.limit)
    ledger = _open(plan)
    ledger.set_limit(LIMITED, plan.limit)
    context = forking_context()

    def start(number: int) -> BaseProcess:
        process = context.Process(target=work, args=(plan, number))
        process.start()
        return process

    done = Event()
    watcher = Thread(target=_watch, args=(ledger, report, done))
    watcher.start()
    began = time.monotonic()
    workers = [start(number) for number in range(plan.processes)]
    try:
        report.kills = _strike(plan, workers, start, kills, Random(seed))
        for process in workers:
            process.join()
    finally:
        report.seconds = time.monotonic() - began
        done.set()
        watcher.join()
        ledger.close()
    if not kills:
        report.wrong += [f"worker ended with {process.exitcode}" for process in workers if process.exitcode]
    _examine(plan, report)
    return report


def _strike(
    plan: Plan,
    workers: list[BaseProcess],
    start: Callable[[int], BaseProcess],
    kills: int,
    rng: Random,
) -> int:
    """Kill workers one by one, starting each anew, and in the end all that are left.

    Not before one has settled something: on a busy machine all could be dead before they had begun.
    """
    if not kills:
        return 0
    struck = 0
    for _ in range(kills):
        time.sleep(rng.uniform(0.0, 0.06))
        number = rng.randrange(len(workers))
        struck += workers[number].is_alive()
        workers[number].kill()
        workers[number].join()
        workers[number] = start(number)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _has_settled(plan) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in workers:
        struck += process.is_alive()
        process.kill()
    return struck


def _has_settled(plan: Plan) -> bool:
    logs = (plan.log(worker) for worker in range(plan.processes))
    return any(line.startswith("settled") for log in logs for line in _lines(log))


def work(plan: Plan, number: int) -> None:
    """Make the calls of one worker that nobody has finished, the way the manager of models makes them."""
    os.environ.update(plan.environment)
    told = [line.split() for line in _lines(plan.log(number))]
    finished = {words[1] for words in told if words[0] in ("settled", "unknown", "refused")}
    log = os.open(plan.log(number), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    ledger = _open(plan)
    for key in plan.keys(number):
        if key not in finished:
            for said in _call(ledger, key):
                os.write(log, f"{said} {key}\n".encode())
    ledger.close()
    os.close(log)


def _call(ledger: CostLedger, key: str) -> Iterator[str]:
    """Make one call, and say after each step what the ledger has confirmed."""
    try:
        charge = ledger.reserve([LIMITED, f"video/{_number(key) % VIDEOS}"], AMOUNT, key=key)
    except BudgetExceeded:
        yield "refused"
        return
    yield "reserved"
    try:
        ledger.intend(charge)
    except ChargeConflict:  # an earlier life of this worker got that far
        yield from () if charge.state == "settled" else _unknown(ledger, charge)
        return
    yield "sent"
    if _number(key) % EVERY_UNKNOWN == 0:
        yield from _unknown(ledger, charge)
    else:
        ledger.settle(charge, AMOUNT)
        yield "settled"


def _number(key: str) -> int:
    """Return which of all calls it is: of those that fit, some must be unknown whichever worker is fast."""
    return int(key.removeprefix("call-"))


def _unknown(ledger: CostLedger, charge: Charge) -> Iterator[str]:
    ledger.mark_unknown(charge)
    yield "unknown"


def _open(plan: Plan, *, later: bool = False) -> CostLedger:
    now = SystemClock().now()
    return CostLedger.open(plan.url, clock=VirtualClock(now + timedelta(hours=2)) if later else None)


def _watch(ledger: CostLedger, report: Report, done: Event) -> None:
    """Look at the limited budget all the time."""
    while not done.wait(0.02):
        report.looks += 1
        report.most_committed = max(report.most_committed, ledger.totals(LIMITED).committed)


def _examine(plan: Plan, report: Report) -> None:
    """Let time pass, and hold the ledger's totals and charges to each other and to the workers' logs."""
    told = [line.split() for number in range(plan.processes) for line in _lines(plan.log(number))]
    said = Counter(words[0] for words in told)
    ledger = _open(plan, later=True)
    ledger.expire()
    charges = {charge.key: charge for charge in ledger.charges()}
    report.states = dict(Counter(charge.state for charge in charges.values()))
    report.successes, report.refusals = said["settled"] + said["unknown"], said["refused"]
    report.calls = report.successes + report.refusals
    report.wrong += [*_lost(told, charges), *_miscounted(ledger), *_passed(plan, ledger)]
    if report.most_committed > plan.limit:
        report.wrong.append(f"{report.most_committed} were committed of {plan.limit}")
    if not report.kills and (report.successes, report.calls) != (plan.fitting, plan.calls):
        report.wrong.append(f"{report.successes} of {report.calls} succeeded, not {plan.fitting}")
    ledger.close()


def _lost(told: list[list[str]], charges: Mapping[str, Charge]) -> Iterator[str]:
    """What the ledger had confirmed and does not know any more."""
    allowed = {
        "reserved": {"settled", "unknown", "released"},
        "sent": {"settled", "unknown"},
        "settled": {"settled"},
        "unknown": {"unknown", "settled"},
    }
    for said, key in told:
        state = charges[key].state if key in charges else "absent"
        if said in allowed and state not in allowed[said]:
            yield f"{key} was {said} and is {state}"


def _miscounted(ledger: CostLedger) -> Iterator[str]:
    for budget in ledger.budgets():
        totals = ledger.totals(budget)
        sums: Counter[str] = Counter()
        for charge in ledger.charges(budget=budget):
            amount = charge.settled_micro_usd if charge.state == "settled" else charge.reserved_micro_usd
            sums[charge.state] += amount
        if (totals.reserved, totals.settled, totals.unknown) != (0, sums["settled"], sums["unknown"]):
            yield f"{totals} is not the sum over its charges, {dict(sums)}"


def _passed(plan: Plan, ledger: CostLedger) -> Iterator[str]:
    totals = ledger.totals(LIMITED)
    if totals.limit != plan.limit or totals.committed > plan.limit:
        yield f"{totals} has passed {plan.limit}"


def _lines(path: Path) -> list[str]:
    """All whole lines: a kill may cut the last one short."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text.split("\n")[:-1]


def make_table(client: Any, table: str) -> None:
    """Make a table with the keys that cost/aws.py asks for."""
    keys = (("pk", "HASH"), ("sk", "RANGE"))
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )
