"""Publish through many schedules of faults and kills: ``python -m tests.chaos.publishing --schedules 3000``.

Platforms are simulators in the parent, which no kill touches; whoever publishes is a process that may be
killed with -9 at any request and at any access to its store, alone or beside a second one.
"""

import argparse
import logging
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.chaos.publishing_schedule import Outcome, run_schedule
from tests.chaos.publishing_venues import VENUES, opened

BATCH = 10


def main() -> int:
    options = _options()
    logging.disable(logging.CRITICAL)
    names = options.platforms.split(",")
    if options.schedule is not None:
        with opened(names) as venues:
            for venue in venues:
                _say(run_schedule(options.schedule, venue))
        return 0
    started, totals, failed = time.monotonic(), Counter[str](), 0
    end = options.first + options.schedules
    batches = [
        (name, range(first, min(first + BATCH, end)))
        for first in range(options.first, end, BATCH)
        for name in names
    ]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("fork")) as pool:
        for counts, failures in pool.map(_batch, batches):
            totals.update(counts)
            failed += len(failures)
            for line in failures:
                _say(line)
    seconds = time.monotonic() - started
    _say(
        f"\n{options.schedules} schedules on each of {options.platforms} in {seconds:.1f} s, {failed} failed"
    )
    for name, count in sorted(totals.items()):
        _say(f"  {name} {count}")
    return 1 if failed else 0


def _batch(work: tuple[str, range]) -> tuple[Counter[str], list[str]]:
    name, seeds = work
    counts, failures = Counter[str](), []
    with opened([name]) as (venue,):
        for seed in seeds:
            try:
                counts.update(_counted(run_schedule(seed, venue)))
            except Exception as error:  # noqa: BLE001 (any failure of a schedule is a finding)
                failures.append(
                    f"\n{name} schedule {seed} FAILED: {error}\n  replay: python -m tests.chaos.publishing "
                    f"--platforms {name} --schedule {seed}"
                )
    return counts, failures


def _counted(outcome: Outcome) -> Counter[str]:
    return Counter(
        {
            f"{outcome.venue}: {outcome.ending}": 1,
            f"{outcome.venue}: processes killed": outcome.deaths,
            f"{outcome.venue}: processes": outcome.lives,
            f"{outcome.venue}: requests": outcome.requests,
            f"{outcome.venue}: with two workers": outcome.workers - 1,
        }
    )


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.publishing", description=__doc__)
    parser.add_argument("--schedules", type=int, default=100, help="how many to run on each platform")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--schedule", type=int, help="replay one")
    parser.add_argument("--platforms", default=",".join(VENUES), help="by name, with commas between")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="run at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
