"""Work of different sizes done side by side, with a limit to what is in hand at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import TypeVar

__all__ = ["in_turns"]

Made = TypeVar("Made")


def in_turns(sizes: Sequence[int], work: Callable[[int], Made], *, most: int, jobs: int) -> list[Made]:
    """Return what ``work`` makes of each place, done by ``jobs`` threads; sizes in hand add up to ``most``.

    One that is larger is done alone. The largest that there is room for goes next, so that small ones fill
    what large ones leave, and no thread waits but for want of a small one. What fails stops the rest, and is
    raised.
    """
    turns = _Turns(sizes, most)
    made: dict[int, Made] = {}

    def go_on() -> None:
        while (place := turns.take()) is not None:
            try:
                made[place] = work(place)
            except BaseException:
                turns.stop()
                raise
            finally:
                turns.give_back(place)

    with ThreadPoolExecutor(jobs) as threads:
        for thread in [threads.submit(go_on) for _ in range(jobs)]:
            thread.result()
    return [made[place] for place in range(len(sizes))]


class _Turns:
    """Who goes next."""

    def __init__(self, sizes: Sequence[int], most: int) -> None:
        self._sizes, self._most, self._now = sizes, most, 0
        self._left = sorted(range(len(sizes)), key=lambda place: -sizes[place])
        self._changed = Condition()

    def take(self) -> int | None:
        """Wait until there is room for one and return it; None when none is left."""
        with self._changed:
            self._changed.wait_for(lambda: not self._left or self._next() is not None)
            place = self._next()
            if place is not None:
                self._left.remove(place)
                self._now += self._sizes[place]
            return place

    def give_back(self, place: int) -> None:
        """Make room again."""
        with self._changed:
            self._now -= self._sizes[place]
            self._changed.notify_all()

    def stop(self) -> None:
        """Leave the rest undone."""
        with self._changed:
            self._left.clear()
            self._changed.notify_all()

    def _next(self) -> int | None:
        room = self._most - self._now
        fitting = (place for place in self._left if not self._now or self._sizes[place] <= room)
        return next(fitting, None)
