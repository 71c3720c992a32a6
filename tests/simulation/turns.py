"""Workers in lockstep: one runs at a time, and the seed says who."""

import threading
from collections.abc import Callable
from random import Random


class Turns:
    """Runs functions in threads of which exactly one moves at any time."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._alive: dict[int, threading.Semaphore] = {}
        self._main = threading.Semaphore(0)
        self._here = threading.local()
        self._errors: list[BaseException] = []

    def run(self, workers: list[Callable[[], None]]) -> None:
        """Run all workers to their end; raise the first error."""
        if len(workers) == 1:
            workers[0]()
            return
        threads = [self._start(number, worker) for number, worker in enumerate(workers)]
        while self._alive and not self._errors:
            self._alive[self._rng.choice(sorted(self._alive))].release()
            self._main.acquire()
        if self._errors:
            raise self._errors[0]
        for thread in threads:
            thread.join()

    def yield_turn(self) -> None:
        """Let the seed choose who goes on; returns at once in a world of one."""
        gate: threading.Semaphore | None = getattr(self._here, "gate", None)
        if gate is not None:
            self._main.release()
            gate.acquire()

    def _start(self, number: int, worker: Callable[[], None]) -> threading.Thread:
        gate = self._alive[number] = threading.Semaphore(0)

        def live() -> None:
            self._here.gate = gate
            gate.acquire()
            try:
                worker()
            except BaseException as error:  # noqa: BLE001 (carried to the thread that asked)
                self._errors.append(error)
            finally:
                del self._alive[number]
                self._main.release()

        thread = threading.Thread(target=live, daemon=True)
        thread.start()
        return thread
