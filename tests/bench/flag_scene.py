"""The one flag that all evaluate, who asks, and how they are timed; the same for ours and for peers.

Nothing of ours is imported here: this runs in the peers' environment too.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

FLAG = "new-look"
PLANS = ["pro", "team"]
DOMAIN = "@example.org"
PERCENT = 30
USERS: list[dict[str, Any]] = [
    {
        "id": f"user-{number}",
        "number": number,
        "country": ("DE", "FR", "US", "GB")[number % 4],
        "age": number % 60,
        "email": f"jo{number}{('@example.com', DOMAIN, '@example.net')[number % 3]}",
        "plan": ("free", "pro", "basic", "team", "trial")[number % 5],
        "language": "de",
        "device": "phone",
        "version": "1.2.3",
        "beta": number % 2 == 0,
    }
    for number in range(1000)
]
"""A thousand people with ten attributes each.

A flag that gives A to grown-ups in DE, B to an e-mail domain or a plan, C to 30 % of the others, or else D.
"""
BLOCKS = 9
BLOCK_SECONDS = 0.05


def timed(answer: Callable[[Any], Any], asking: Sequence[Any]) -> dict[str, Any]:
    """Return nanoseconds of processor time of one evaluation, by block, and how often each answer came.

    Each block asks for everybody several times. Threads of the process count, too.
    """
    answers = Counter(map(answer, asking))
    times = _passes(answer, asking)
    blocks = []
    for _ in range(BLOCKS):
        begun = time.process_time_ns()
        for _ in range(times):
            for one in asking:
                answer(one)
        blocks.append((time.process_time_ns() - begun) / times / len(asking))
    return {"blocks": blocks, "answers": answers}


def _passes(answer: Callable[[Any], Any], asking: Sequence[Any]) -> int:
    begun = time.process_time()
    for one in asking:
        answer(one)
    return max(1, round(BLOCK_SECONDS / max(time.process_time() - begun, 1e-6)))
