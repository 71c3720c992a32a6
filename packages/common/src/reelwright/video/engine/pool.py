"""Drawing processes: started when first needed, handed one scene at a time, gone when we are.

Plain child processes instead of :mod:`multiprocessing`: that would import the caller's main module
again in every child, which runs a library user's script a second time.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from reelwright.errors import Retryable
from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.engine.wire import read_answer, write_request

__all__ = ["ScenePool"]

_FAREWELL_SECONDS = 2.0
_LONG_SECONDS = 180.0
"""Of footage. Whoever drew as much keeps 150 MB, which the steps after drawing need more; to start anew takes
a second of a processor."""
_IDLE_SECONDS = 2.0
"""Between two scenes of one video less passes."""


class ScenePool:
    """At most ``size`` workers, shared by any number of threads; they keep rasters in ``pictures_dir``.

    One that has drawn ``long_seconds`` of footage ends when nothing was asked of it for ``idle_seconds``.
    """

    def __init__(
        self,
        size: int,
        pictures_dir: Path | None = None,
        *,
        long_seconds: float = _LONG_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self._pictures_dir = pictures_dir
        self._long_seconds, self._idle_seconds = long_seconds, idle_seconds
        self._free = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._closed = False
        weakref.finalize(self, _stop_all, self._all, os.getpid())

    def run(self, request: ShotRequest) -> ShotResponse:
        """Carry out a request in a worker, waiting for a free one; raises the worker's error.

        Retryable when the worker dies on the way; the next request starts another.
        """
        with self._free:
            worker = self._take()
            try:
                response = worker.ask(request)
            except _WorkerDiedError as error:
                self._drop(worker)
                raise self._died(request) from error
            except BaseException as error:
                if isinstance(error, Exception):
                    self._give_back(worker)
                else:
                    self._drop(worker)
                raise
            self._give_back(worker)
            return response

    def close(self) -> None:
        """Stop all workers; requests under way fail as Retryable. Closing twice is fine."""
        with self._lock:
            self._closed = True
            self._idle.clear()
        _stop_all(self._all, os.getpid())

    def _take(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise Retryable(
                    "The drawing processes have been stopped.", next_step="Open the engine again."
                )
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    return worker
                self._all.discard(worker)
            worker = _Worker(self._pictures_dir)
            self._all.add(worker)
            return worker

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            if self._closed:
                return
            self._idle.append(worker)
        if worker.drawn_seconds >= self._long_seconds:
            timer = threading.Timer(self._idle_seconds, self._retire, (worker, worker.drawn_seconds))
            timer.daemon = True
            timer.start()

    def _retire(self, worker: "_Worker", drawn_seconds: float) -> None:
        """End a worker that has drawn nothing since."""
        with self._lock:
            if worker not in self._idle or worker.drawn_seconds != drawn_seconds:
                return
            self._idle.remove(worker)
        self._drop(worker)

    def _drop(self, worker: "_Worker") -> None:
        with self._lock:
            self._all.discard(worker)
        worker.stop()

    def _died(self, request: ShotRequest) -> Retryable:
        reason = "it was closed" if self._closed else "it was ended from outside, perhaps for want of memory"
        return Retryable(
            f"A drawing process stopped before its scene was done: {reason}.",
            next_step="Try again; with little memory, set production.jobs to 1.",
            context={"frames": request.frames, "size": f"{request.width}x{request.height}"},
        )


class _WorkerDiedError(Exception):
    """The worker's pipe ended."""


class _Worker:
    """One child process."""

    def __init__(self, pictures_dir: Path | None = None) -> None:
        self.drawn_seconds = 0.0
        """Of footage, so far."""
        kept = [] if pictures_dir is None else [str(pictures_dir.absolute())]
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        with _deaf_children():
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                [sys.executable, "-P", "-m", "reelwright.video.engine.worker", str(os.getpid()), *kept],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: ShotRequest) -> ShotResponse:
        line = self._exchange(write_request(request))
        if not line.endswith(b"\n"):
            raise _WorkerDiedError
        self.drawn_seconds += request.seconds
        return read_answer(line)

    def _exchange(self, line: bytes) -> bytes:
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 (both are pipes)
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
            return self._process.stdout.readline()
        except (OSError, ValueError):
            return b""

    def stop(self) -> None:
        """End the process and take its leave, so that no zombie stays."""
        self._process.kill()
        try:
            self._process.wait(_FAREWELL_SECONDS)
        finally:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    _close_quietly(pipe)


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Start children that an interrupt does not reach: a Python that is only beginning would complain of it.

    A terminal interrupts the whole group; workers leave what comes of that to us.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _close_quietly(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):
        pipe.close()


def _stop_all(workers: "set[_Worker]", owner: int) -> None:
    """Stop the workers; a forked copy of their owner leaves them alone."""
    while workers and os.getpid() == owner:
        workers.pop().stop()
