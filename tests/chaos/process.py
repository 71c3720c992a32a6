"""Processes that may die at any moment, and have nothing of whoever began them but what they are given.

A fork of a process with threads has each lock that one of them held, and nobody to let go of it; and what
it collects as garbage may be anybody's. These are forks of a process that has no threads and made nothing.
"""

import faulthandler
import logging
import os
import signal
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

__all__ = ["CLEAN", "Life"]

CLEAN: Final = get_context("forkserver")
CLEAN.set_forkserver_preload(["tests.chaos.prepared"])
LONGEST_SECONDS: Final = 120.0
"""Enough on a busy machine."""
GRACE_SECONDS: Final = 60.0
"""For a process to be begun, and for one that hangs to say where."""


class Life:
    """A process that does one thing, once; ``folder`` is where it says what went wrong.

    ``longest_seconds`` of real time after its start it hangs, says where, and ends.
    """

    def __init__(
        self,
        folder: Path,
        deed: Callable[..., None],
        *given: Any,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._folder, self._longest_seconds = folder, longest_seconds
        self._process = CLEAN.Process(target=_live, args=(folder, deed, given, longest_seconds))
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid or 0

    def kill(self) -> None:
        """Let it die now, if it still lives."""
        self._process.kill()

    def was_killed(self) -> bool:
        """Wait for its end and say whether it died; AssertionError if it failed, or hangs."""
        self._process.join(self._longest_seconds + GRACE_SECONDS)
        if self._process.exitcode is None:
            self.kill()  # or the end of the run would wait for it
        assert self._process.exitcode in {0, -signal.SIGKILL}, self._problem()
        return self._process.exitcode != 0

    def _problem(self) -> str:
        file = _problem_of(self._folder, self.pid)
        said = file.read_text() if file.exists() else ""
        return said or f"a process ended with {self._process.exitcode} and without a word"


def _live(folder: Path, deed: Callable[..., None], given: tuple[Any, ...], longest_seconds: float) -> None:
    """Be the process."""
    logging.disable(logging.CRITICAL)
    code = 1
    with _problem_of(folder, os.getpid()).open("w") as problem:
        faulthandler.dump_traceback_later(longest_seconds, exit=True, file=problem)
        try:
            deed(*given)
            code = 0
        except BaseException as error:  # noqa: BLE001 (whatever it is, the parent is to hear of it)
            problem.writelines(traceback.format_exception(error))
            problem.flush()
        os._exit(code)


def _problem_of(folder: Path, pid: int) -> Path:
    return folder / f"problem-{pid}.txt"
