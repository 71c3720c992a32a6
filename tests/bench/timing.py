"""How single calls are timed, the same for ours and for peers, in whose environment this runs too."""

import gc
import time
from collections.abc import Callable

PROMPT = "Write twenty seconds about why the sea rises twice a day, for people who never asked. " * 6
"""What every one of them is asked."""

Samples = dict[str, list[int]]
"""Nanoseconds of every call: ``cpu`` of this process, and ``wall``."""

WARM_UP = 30


def timed(
    call: Callable[[int], object], calls: int, before: Callable[[int], object] = lambda _number: None
) -> Samples:
    """Return what each of so many calls took; ``call`` gets its number. The collector runs as it likes.

    ``before`` is called before each and not timed.
    """
    for number in range(WARM_UP):
        call(-1 - number)
    gc.collect()
    samples: Samples = {"cpu": [], "wall": []}
    for number in range(calls):
        before(number)
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        call(number)
        samples["cpu"].append(time.process_time_ns() - cpu)
        samples["wall"].append(time.perf_counter_ns() - wall)
    return samples
