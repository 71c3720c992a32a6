"""A limit on what one process does at a time with one vendor: a slow one takes no thread from others."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

from reelwright.errors import Retryable
from reelwright.resilience.deadline import Deadline

__all__ = ["Bulkhead", "BulkheadFull"]

_LOOK_SECONDS = 0.05
"""How often who waits looks at the deadline, whose clock may not be the machine's."""


class BulkheadFull(Retryable):
    """So many calls are under way that no place came free in time. Nothing was sent."""

    code = "bulkhead_full"


class _Place(AbstractContextManager[None]):
    """A place for as long as a block lasts."""

    __slots__ = ("_deadline", "_give_back", "_take")

    def __init__(
        self, take: Callable[[Deadline], None], give_back: Callable[[], None], deadline: Deadline
    ) -> None:
        self._take = take
        self._give_back = give_back
        self._deadline = deadline

    def __enter__(self) -> None:
        self._take(self._deadline)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()


class Bulkhead:
    """So many places, given to those who wait in the order in which they came. Safe between threads."""

    def __init__(self, limit: int, *, name: str = "this provider") -> None:
        self._limit = limit
        self._name = name
        self._taken = 0
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    def place(self, deadline: Deadline) -> AbstractContextManager[None]:
        """Hold a place inside the block; BulkheadFull if none came free before the deadline."""
        return _Place(self._take, self._give_back, deadline)

    @property
    def taken(self) -> int:
        """How many places are held just now."""
        with self._lock:
            return self._taken

    def _take(self, deadline: Deadline) -> None:
        with self._lock:
            if self._taken < self._limit:
                self._taken += 1
                return
            turn = threading.Event()
            self._queue.append(turn)
        try:
            self._wait(turn, deadline)
        except BaseException:
            self._leave(turn)
            raise

    def _wait(self, turn: threading.Event, deadline: Deadline) -> None:
        while not turn.wait(min(_LOOK_SECONDS, deadline.remaining_seconds())):
            if deadline.remaining_seconds() <= 0 and not turn.is_set():
                raise BulkheadFull(
                    f"All {self._limit} places for calls to {self._name} stayed taken until time was up.",
                    next_step="Try again, give the call more time, or raise the provider's max_concurrent.",
                    context={"name": self._name, "limit": self._limit},
                )

    def _leave(self, turn: threading.Event) -> None:
        with self._lock:
            if turn in self._queue:
                self._queue.remove(turn)
                return
        self._give_back()  # the turn came between the last look and now

    def _give_back(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._taken -= 1
