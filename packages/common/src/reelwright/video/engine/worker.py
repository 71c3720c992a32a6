"""A drawing process: reads requests from standard input, one a line, and answers on standard output.

Started by :mod:`reelwright.video.engine.pool` as ``python -m reelwright.video.engine.worker PARENT
[FOLDER]``, where the folder keeps pictures that were rasterised.
It must not outlive the process that started it, however that one ends. The kernel's own means
(``PR_SET_PDEATHSIG``) is tied to the *thread* that started a child and would kill workers whose
thread has merely finished, so two watches stand instead: the pipe closes when its owner dies, and
the parent's number changes even if a stray child of it still holds the pipe.
"""

import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

__all__ = ["main"]

_LOOK_SECONDS = 0.5


def main() -> None:
    """Serve until the parent closes the pipe or dies."""
    parent = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    _serve(requests, answers, Path(sys.argv[2]) if len(sys.argv) > 2 else None)


def _serve(requests: "queue.SimpleQueue[bytes]", answers: BinaryIO, pictures_dir: Path | None) -> None:
    from reelwright.video.engine.serving import answer  # noqa: PLC0415 (the watches must stand before slow imports)

    while True:
        answers.write(answer(requests.get(), pictures_dir) + b"\n")


def _listen(requests: "queue.SimpleQueue[bytes]") -> None:
    """Queue each line; at the end of the pipe stop at once, in the middle of work if need be."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main()
