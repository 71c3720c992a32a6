"""How many operations the ledger does in a second, one after the other, in memory, a file and a table.

::

    python -m tests.bench.ledger_speed [--calls 2000] [--places memory sqlite dynamodb] [--json]

The table is in an emulator on this machine: it says what our side costs, not how fast DynamoDB is. Each call
counts against three budgets, as those of a production do.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from reelwright.cost import CostLedger
from reelwright.cost.schema import Charge
from tests.e2e.ledger_workers import make_table
from tests.emulator.emulator import Emulator

PLACES = ("memory", "sqlite", "dynamodb")
BUDGETS = ("total", "day/2026-11-25", "video/prod_01K8")
SHARE = {"memory": 10.0, "sqlite": 1.0, "dynamodb": 0.1}
ROUNDS = 3


@contextmanager
def opened(place: str, folder: Path) -> Iterator[CostLedger]:
    with ExitStack() as stack:
        url = {"memory": "memory:", "sqlite": f"sqlite:///{folder}/ledger.db"}.get(place)
        if url is None:
            emulator = stack.enter_context(Emulator(folder))
            os.environ.update(emulator.client_environment)
            make_table(emulator.client("dynamodb"), "ledger")
            url = "dynamodb://ledger"
        ledger = CostLedger.open(url)
        ledger.set_limit(BUDGETS[0], 10**12)
        stack.callback(ledger.close)
        yield ledger


def measured(ledger: CostLedger, calls: int, mark: str) -> dict[str, float]:
    """Return the microseconds of each operation."""
    charges: list[Charge] = []
    last = BUDGETS[-1]

    def each(act: Callable[[Charge], object]) -> float:
        return _microseconds(lambda number: act(charges[number]), calls)

    def reserve(number: int) -> None:
        charges.append(ledger.reserve(BUDGETS, 7, key=f"{mark}/{number}", subject={"step": "shoot"}))

    return {
        "reserve": _microseconds(reserve, calls),
        "reserve again": each(lambda charge: ledger.reserve(BUDGETS, 7, key=charge.key)),
        "intend": each(ledger.intend),
        "attach": each(lambda charge: ledger.attach(charge, "job")),
        "settle": each(lambda charge: ledger.settle(charge, 6)),
        "totals": _microseconds(lambda _: ledger.totals(last), calls),
    }


def _microseconds(act: Callable[[int], object], calls: int) -> float:
    began = time.perf_counter()
    for number in range(calls):
        act(number)
    return (time.perf_counter() - began) / calls * 1e6


def bench(place: str, calls: int) -> dict[str, float]:
    """Return the best of a few rounds for each operation."""
    with TemporaryDirectory() as folder, opened(place, Path(folder)) as ledger:
        rounds = [measured(ledger, calls, f"round{number}") for number in range(ROUNDS)]
    return {name: min(each[name] for each in rounds) for name in rounds[0]}


def table(results: dict[str, dict[str, float]]) -> str:
    names = list(next(iter(results.values())))
    lines = [f"{'operations a second (µs each)':32}" + "".join(f"{place:>24}" for place in results)]
    for name in names:
        cells = [f"{1e6 / each[name]:,.0f} ({each[name]:,.1f})" for each in results.values()]
        lines.append(f"{name:32}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--places", nargs="+", choices=PLACES, default=PLACES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {place: bench(place, max(1, int(options.calls * SHARE[place]))) for place in options.places}
    print(json.dumps(results) if options.json else table(results))


if __name__ == "__main__":
    main()
