"""``python -m tests.e2e.vendors.hurried``: the command line, in a world where nobody waits for long.

Whoever waits, for a vendor's footage or between two attempts, waits a fiftieth of the time. All else is real.
"""

import sys
import time

from reelwright.cli.main import main
from reelwright.clock import SystemClock

_SHARE = 1 / 50


def _sleep_a_little(self: SystemClock, seconds: float) -> None:  # noqa: ARG001 (it stands for a method)
    time.sleep(max(0.0, seconds) * _SHARE)


if __name__ == "__main__":
    SystemClock.sleep = _sleep_a_little  # type: ignore[method-assign]  # the one thing that is not as it is
    sys.exit(main())
