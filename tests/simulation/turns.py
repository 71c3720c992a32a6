"""Workers in lockstep: one runs at a time, and the seed says who."""

import threading
from collections.abc import Callable
from random import Random

_STAYS = 0.5
"""How often nobody else gets the turn: long runs of one worker find other things than short ones."""


class Turns:
    """Runs functions in threads of which exactly one moves at any time."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._gates: dict[int, threading.Lock] = {}
        self._over = _shut()
        self._here = threading.local()
        self._errors: list[BaseException] = []

    def run(self, workers: list[Callable[[], None]]) -> None:
        """Run all workers to their end; raise the first error."""
        if len(workers) == 1:
            workers[0]()
            return
        threads = [self._start(number, worker) for number, worker in enumerate(workers)]
        self._chosen().release()
        self._over.acquire()
        if self._errors:
            raise self._errors[0]
        for thread in threads:
            thread.join()

    def yield_turn(self) -> None:
        """Let the seed choose who goes on; returns at once in a world of one."""
        own: threading.Lock | None = getattr(self._here, "gate", None)
        if own is None or len(self._gates) == 1 or self._rng.random() < _STAYS:
            return
        chosen = self._chosen()
        if chosen is not own:
            chosen.release()
            own.acquire()

    def _chosen(self) -> threading.Lock:
        return self._gates[self._rng.choice(sorted(self._gates))]

    def _start(self, number: int, worker: Callable[[], None]) -> threading.Thread:
        gate = self._gates[number] = _shut()

        def live() -> None:
            self._here.gate = gate
            gate.acquire()
            try:
                worker()
            except BaseException as error:  # noqa: BLE001 (carried to the thread that asked)
                self._errors.append(error)
            finally:
                del self._gates[number]
                after = self._chosen() if self._gates and not self._errors else self._over
                after.release()

        thread = threading.Thread(target=live, daemon=True)
        thread.start()
        return thread


def _shut() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock
