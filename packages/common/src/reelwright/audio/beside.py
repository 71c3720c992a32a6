"""Work on one thing after another in a thread of its own, beside whoever finds the things."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

__all__ = ["beside"]

_MOST_WAITING: Final = 4
"""A second of sound has 0.4 MB: whoever is slower holds the other up."""

Item = TypeVar("Item")


@contextmanager
def beside(work: Callable[[Item], None]) -> Iterator[Callable[[Item], None]]:
    """Give a function that has ``work`` done on what it is handed, in order, while its caller goes on.

    All of it is done when the block ends. Raises what ``work`` raised, at one of the next things or then.
    """
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as thread:

        def hand(item: Item) -> None:
            if len(waiting) == _MOST_WAITING:
                waiting.popleft().result()
            waiting.append(thread.submit(work, item))

        yield hand
        for each in waiting:
            each.result()
