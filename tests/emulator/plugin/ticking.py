"""Time passes without being asked: deployments advance, alarms are looked at.

MiniStack brings both up to date only when somebody reads them, so an alarm that fires while nobody looks
rolls nothing back and says nothing.
"""

import logging
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import appconfig, cloudwatch

from tests.emulator.plugin.scale import MINUTE_SECONDS

TICK_SECONDS = 0.25
_LOGGER = logging.getLogger("plugin.ticking")


def apply() -> None:
    threading.Thread(target=_run, name="ticking", daemon=True).start()


def _run() -> None:
    looked_at = time.monotonic()
    while True:
        time.sleep(TICK_SECONDS)
        due = time.monotonic() - looked_at >= MINUTE_SECONDS
        looked_at = time.monotonic() if due else looked_at
        try:
            _tick(alarms=due)
        except Exception:
            _LOGGER.exception("a tick failed")


def _tick(*, alarms: bool) -> None:
    for account, region, key in list(appconfig._environments._data):
        with request_scope(account, region):
            appconfig._refresh_environment(*key.split("/"))
    if alarms:
        for account, region in {(account, region) for account, region, _ in list(cloudwatch._alarms._data)}:
            with request_scope(account, region):
                cloudwatch._evaluate_all_alarms()
