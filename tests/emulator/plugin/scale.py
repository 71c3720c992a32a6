"""How long a minute of AppConfig and CloudWatch lasts here.

Deployments that take ten minutes and alarms over five are what the stack has; tests have seconds.
"""

import math
import os
from pathlib import Path

from tests.emulator.agreed import HOLD_VARIABLE, MINUTE_VARIABLE

MINUTE_SECONDS = float(os.environ.get(MINUTE_VARIABLE, "60"))


def held_at_seconds() -> float:
    """Return how many seconds after their start deployments stand still."""
    try:
        minutes = float(Path(os.environ[HOLD_VARIABLE]).read_text(encoding="utf-8"))
    except (KeyError, FileNotFoundError):
        return math.inf
    return minutes * MINUTE_SECONDS
