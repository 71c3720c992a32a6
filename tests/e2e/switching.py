"""A process that makes one routed call after the other: ``python -m tests.e2e.switching FOLDER``.

For each it prints when it began, by the clock that all processes of a machine share, and who answered.
"""

import sys
import time
from itertools import count
from pathlib import Path

from reelwright.clock import SystemClock
from reelwright.pipeline.switches import local_switches
from tests.unit.models.world import PRODUCTION, World, text_request

PAUSE_SECONDS = 0.005


def main(folder: Path) -> None:
    """Call until the process is stopped."""
    switches = local_switches(folder / "root", "local", SystemClock())
    manager = World(folder).process(switched_off=switches.provider)
    for number in count():
        began = time.monotonic()
        request = text_request(idempotency_key=f"{PRODUCTION}/write_script/{number}/abc")
        sys.stdout.write(f"{began} {manager.write(request).model.name}\n")
        sys.stdout.flush()
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
