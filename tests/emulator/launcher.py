"""MiniStack with our plugin: what the emulator's own Python starts, in place of ``ministack``.

Run by `.venv-emulator/bin/python` with everything else in environment variables; see emulator.py. The
plugin must be in place before the emulator's event loop starts, and nothing of the project may be
importable from functions, so this file adds the checkout to its own path only, never to the environment.
It ends with whoever started it, also if that is killed: a worker of an interrupted run of tests is.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from ministack.app import main  # noqa: E402 (the path decides what can be imported)

from tests.emulator import plugin  # noqa: E402 (as above)

LOOK_SECONDS = 0.5


def leave_with(parent: int) -> None:
    """End this process and the functions, which are of its group, when the parent is gone."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=leave_with, args=(os.getppid(),), daemon=True).start()
    plugin.apply()
    main()
