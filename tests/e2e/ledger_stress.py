"""The ledger under many processes, by hand.

::

    python -m tests.e2e.ledger_stress --calls 10000 --processes 64 --url sqlite:////var/tmp/costs.db
    python -m tests.e2e.ledger_stress --calls 10000 --processes 64 --url emulator      # starts one
    python -m tests.e2e.ledger_stress --calls 10000 --processes 64 --url dynamodb://table --kills 100

The last needs a table with the keys that cost/aws.py asks for, and credentials for it.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.ledger_workers import Plan, make_table, run
from tests.emulator.emulator import Emulator


@contextmanager
def place(url: str, folder: Path) -> Iterator[str]:
    """The address itself, or that of a table in an emulator of our own."""
    if url != "emulator":
        yield url
        return
    with Emulator(folder) as emulator:
        os.environ.update(emulator.client_environment)
        make_table(emulator.client("dynamodb"), "ledger")
        yield "dynamodb://ledger"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with TemporaryDirectory() as folder, place(options.url, Path(folder)) as url:
        plan = Plan(url, Path(folder), options.processes, options.calls)
        report = run(plan, kills=options.kills, seed=options.seed)
    sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
