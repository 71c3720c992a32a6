"""Run many seeds: ``python -m tests.simulation --seeds 20000``."""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue

from tests.simulation.harness import simulate
from tests.simulation.planted import PLANTS
from tests.simulation.planted_money import MONEY_PLANTS
from tests.simulation.planted_switches import SWITCH_PLANTS
from tests.simulation.quiet import quietly

BATCH = 100


def main() -> int:
    """Run what is asked for; return the code to exit with."""
    with quietly():
        return _run(_options())


def _run(options: argparse.Namespace) -> int:
    if options.seed is not None:
        outcome = simulate(options.seed, plant=options.plant)
        print(f"seed {outcome.seed}: {outcome.digest}")
        print(f"  by {outcome.runtime}, {outcome.workers} workers")
        print(f"  faults {dict(outcome.faults)}, {outcome.executions} engine calls")
        print(f"  ended {outcome.ending}, {outcome.works} works billed, {outcome.by_hand} resolved by hand")
        return 0
    started = time.monotonic()
    totals: Counter[str] = Counter()
    first, failed = options.first, 0
    batches = [
        range(start, min(start + BATCH, first + options.seeds))
        for start in range(first, first + options.seeds, BATCH)
    ]
    fork = get_context("fork")
    places = fork.SimpleQueue()
    for _, processor in zip(range(options.jobs), cycle(_processors()), strict=False):
        places.put(processor)
    with ProcessPoolExecutor(options.jobs, mp_context=fork, initializer=_settle, initargs=(places,)) as pool:
        for number, (counts, failures) in enumerate(
            pool.map(_batch, batches, [options.plant] * len(batches))
        ):
            totals.update(counts)
            _tell(number + 1, len(batches))
            for seed, problem in failures:
                failed += 1
                print(f"\nseed {seed} FAILED: {problem}")
                print(f"  replay: python -m tests.simulation --seed {seed}{_plant(options.plant)}")
    seconds = time.monotonic() - started
    rate = options.seeds / seconds
    print(f"\n{options.seeds} seeds in {seconds:.1f} s ({rate:.1f} a second), {failed or 'none'} failed")
    print("  " + ", ".join(f"{name} {count}" for name, count in sorted(totals.items())))
    return 1 if failed else 0


def _settle(places: SimpleQueue[int | None]) -> None:
    """Stay on one processor: the threads of a seed take turns, and to wake one elsewhere costs more."""
    processor = places.get()
    if processor is not None:
        os.sched_setaffinity(0, {processor})


def _processors() -> list[int | None]:
    """Return the processors that seeds may run on; None where nobody can choose."""
    return [*sorted(os.sched_getaffinity(0))] if hasattr(os, "sched_setaffinity") else [None]


def _batch(seeds: range, plant: str | None) -> tuple[Counter[str], list[tuple[int, str]]]:
    counts: Counter[str] = Counter()
    failures: list[tuple[int, str]] = []
    for seed in seeds:
        try:
            outcome = simulate(seed, plant=plant)
        except Exception as error:  # noqa: BLE001 (any failure of a seed is a finding)
            failures.append((seed, f"{type(error).__name__}: {error}"))
            continue
        counts.update(outcome.faults)
        counts["engine calls"] += outcome.executions
        counts["productions"] += 1
        counts["works billed by vendors"] += outcome.works
        counts["charges resolved by hand"] += outcome.by_hand
        counts["runs that a switch ended"] += outcome.refused
        counts[f"ended {outcome.ending}"] += 1
        counts[f"with {outcome.workers} workers"] += 1
        counts[f"by {outcome.runtime}"] += 1
    return counts, failures


def _tell(done: int, total: int) -> None:
    if sys.stderr.isatty() or done % 20 == 0:
        print(f"\r{done * 100 // total} %", end="", file=sys.stderr, flush=True)


def _plant(plant: str | None) -> str:
    return f" --plant {plant}" if plant else ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds to run")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="replay one seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="seeds run at a time")
    parser.add_argument(
        "--plant",
        choices=sorted({*PLANTS, *MONEY_PLANTS, *SWITCH_PLANTS} - {None}),
        help="plant a bug that must be found",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
