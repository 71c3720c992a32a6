"""Workers in lockstep: one runs at a time, and the seed says who."""

import threading
from collections.abc import Callable
from random import Random

from reelwright.clock import VirtualClock

_STAYS = 0.5
"""How often nobody else gets the turn: long runs of one worker find other things than short ones."""


class Turns:
    """Runs functions in threads of which exactly one moves at any time."""

    def __init__(self, rng: Random, clock: VirtualClock) -> None:
        self._rng = rng
        self._clock = clock
        self._wakes: dict[int, float] = {}
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
        if len(self._gates) > 1 and self._rng.random() >= _STAYS:
            self._switch()

    def sleep(self, seconds: float) -> None:
        """Let others work until so much time has passed; it passes at once if they sleep too."""
        number: int | None = getattr(self._here, "number", None)
        if number is None:
            self._clock.sleep(seconds)
            return
        self._wakes[number] = self._clock.monotonic() + max(0.0, seconds)
        self._switch()

    def _switch(self) -> None:
        own: threading.Lock | None = getattr(self._here, "gate", None)
        if own is None:
            return
        chosen = self._chosen()
        if chosen is not own:
            chosen.release()
            own.acquire()

    def _chosen(self) -> threading.Lock:
        """Return the gate of anybody who is awake; if all sleep, of who wakes first."""
        now = self._clock.monotonic()
        awake = [number for number in self._gates if self._wakes.get(number, 0.0) <= now]
        if awake:
            return self._gates[self._rng.choice(awake)]
        first = min(self._gates, key=lambda number: (self._wakes[number], number))
        self._clock.advance(self._wakes[first] - now)
        return self._gates[first]

    def _start(self, number: int, worker: Callable[[], None]) -> threading.Thread:
        gate = self._gates[number] = _shut()

        def live() -> None:
            self._here.gate, self._here.number = gate, number
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
