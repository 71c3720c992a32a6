"""Waiting for what happens in another process."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T], what: str, *, seconds: float = 60, pause: float = 0.1) -> T:
    """Look again and again until there is something true to see, and return it. Fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"after {seconds} s still not: {what} (last seen: {seen!r})"
        time.sleep(pause)
