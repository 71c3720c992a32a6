"""Asking sources at the same time and waiting for no longer than the caller can.

A fetch that does not come back in time goes on in its thread. Its answer is taken up by the next
refresh; after ``PATIENCE_SECONDS`` it is given up, and whatever it may still say is never looked at.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import TypeVar

from reelwright.config.errors import SourceFailed
from reelwright.config.ports import Fetched, Source
from reelwright.errors import ReelwrightError

__all__ = ["PATIENCE_SECONDS", "Fetching", "in_background", "settle"]

PATIENCE_SECONDS = 10.0
"""How long anybody waits for a source, or for the memory, at most."""

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


class Fetching:
    """One fetch on its way. ``started`` is monotonic: what the answer says was so at least then."""

    def __init__(self, source: Source, known_version: str | None, started: float) -> None:
        self.started = started
        self.known_version = known_version
        self._name = source.name
        # A source that is read once is one of this process: it neither waits nor hangs.
        run = in_background if source.ttl_seconds > 0 else _at_once
        self.future: Future[Fetched | None] = run(lambda: source.fetch(known_version), source.name)

    @property
    def done(self) -> bool:
        """Whether there is an answer."""
        return self.future.done()

    def answer(self) -> Fetched | None:
        """Return the answer; any failure is a ReelwrightError."""
        try:
            return self.future.result(timeout=0)
        except ReelwrightError:
            raise
        except Exception as error:
            _log.exception("The source of configuration %s failed in a way it should not.", self._name)
            raise SourceFailed(f"it broke with {type(error).__name__}") from error


def in_background(call: Callable[[], Result], name: str) -> Future[Result]:
    """Run a call in a thread that nobody has to wait for, not even the end of the process."""
    future: Future[Result] = Future()
    threading.Thread(target=_fulfil, args=(future, call), name=f"config:{name}", daemon=True).start()
    return future


def settle(futures: Iterable[Future[Result]], seconds: float) -> None:
    """Wait until all have ended, at most so long."""
    wait(list(futures), timeout=max(0.0, seconds))


def _at_once(call: Callable[[], Result], _: str) -> Future[Result]:
    future: Future[Result] = Future()
    _fulfil(future, call)
    return future


def _fulfil(future: Future[Result], call: Callable[[], Result]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 (whoever takes the answer raises it)
        future.set_exception(error)
