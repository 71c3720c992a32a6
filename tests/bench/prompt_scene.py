"""The one prompt that all render, with what, and how they are timed; the same for ours and for peers.

Nothing of ours is imported here: this runs in the peers' environment too.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

RULES = "".join(
    f"- Rule {number}: write for the ear, in short plain sentences, one thought in each of them.\n"
    for number in range(25)
)
NOTES = "The moon draws the sea towards it, and the earth turns below. "
CASES: list[dict[str, Any]] = [
    {
        "topic": f"Tides, part {number}",
        "seconds": 30 + number,
        "audience": "everybody" if number % 2 else None,
        "notes": f"{number}. {NOTES * 32}",
        "points": [f"point {number} {place}" for place in range(number % 6)],
        "scenes": [{"title": f"scene {place}", "seconds": place + 4} for place in range(4)],
    }
    for number in range(100)
]
"""Notes of 2,000 characters, two lists, and an optional value."""
BLOCKS = 9
BLOCK_SECONDS = 0.05


def answers(render: Callable[[dict[str, Any]], str], cases: Sequence[dict[str, Any]]) -> str:
    """Return a hash of all the words that come out, whatever the space between them."""
    words = [" ".join(render(case).split()) for case in cases]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def timed(render: Callable[[dict[str, Any]], Any], cases: Sequence[dict[str, Any]]) -> list[float]:
    """Return microseconds of processor time of one rendering, by block of all cases several times."""
    begun = time.process_time()
    for case in cases:
        render(case)
    times = max(1, round(BLOCK_SECONDS / max(time.process_time() - begun, 1e-6)))
    blocks = []
    for _ in range(BLOCKS):
        begun = time.process_time()
        for _ in range(times):
            for case in cases:
                render(case)
        blocks.append((time.process_time() - begun) / times / len(cases) * 1e6)
    return blocks
