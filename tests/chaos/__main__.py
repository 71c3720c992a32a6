"""Run many schedules of faults over the wire: ``python -m tests.chaos --schedules 5000 --jobs 2``."""

import argparse
import logging
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count

from tests.chaos.harness import run_schedule
from tests.chaos.market import market

BATCH = 25


def main() -> int:
    options = _options()
    logging.disable(logging.CRITICAL)  # failures are what this is about: each would be a line
    if options.schedule is not None:
        with market() as vendors:
            _say(run_schedule(options.schedule, vendors))
        return 0
    started = time.monotonic()
    totals: Counter[str] = Counter()
    end = options.first + options.schedules
    batches = [range(first, min(first + BATCH, end)) for first in range(options.first, end, BATCH)]
    failed = 0
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("fork")) as pool:
        for counts, failures in pool.map(_batch, batches):
            totals.update(counts)
            for seed, problem in failures:
                failed += 1
                _say(f"\nschedule {seed} FAILED: {problem}")
                _say(f"  replay: python -m tests.chaos --schedule {seed}")
    seconds = time.monotonic() - started
    rate = options.schedules / seconds
    _say(f"\n{options.schedules} schedules in {seconds:.1f} s ({rate:.1f} a second), {failed} failed")
    _say("  " + ", ".join(f"{name} {count}" for name, count in sorted(totals.items())))
    return 1 if failed else 0


def _batch(seeds: range) -> tuple[Counter[str], list[tuple[int, str]]]:
    counts: Counter[str] = Counter()
    failures: list[tuple[int, str]] = []
    with market() as vendors:
        for seed in seeds:
            try:
                outcome = run_schedule(seed, vendors)
            except Exception as error:  # noqa: BLE001 (any failure of a schedule is a finding)
                failures.append((seed, f"{type(error).__name__}: {error}"))
                continue
            counts.update({f"fault {name}": count for name, count in outcome.faults.items()})
            counts.update({f"charge {name}": count for name, count in outcome.charges.items()})
            counts.update({f"call {name}": count for name, count in outcome.ends.items()})
            counts["works billed by vendors"] += outcome.works
    return counts, failures


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=500, help="how many to run")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--schedule", type=int, help="replay one")
    parser.add_argument("--jobs", type=int, default=cpu_count() or 1, help="run at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
