"""Bugs about kill switches, planted on purpose, each at the place where somebody might make it."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from reelwright.flags.kill_switches import KillSwitches
from reelwright.models.outside import Outside
from reelwright.upload.manager import UploadManager

__all__ = ["SWITCH_PLANTS"]


@contextmanager
def _instead(owner: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    with patch.object(owner, name, function):
        yield


def _looks_once(self: Any) -> None:
    """Read when the process begins, and never again."""
    with self._lock:
        self._read()
        self._judge()
        self._until = math.inf


def _forgets(self: Any, _: str) -> None:
    """Go by what code defines whenever the store is away."""
    self._go_by_code()


def _looks_seldom(self: Any) -> None:
    """Take the time to live for half a minute."""
    with self._lock:
        self._read()
        self._judge()
        self._until = self._monotonic() + 30 * self._ttl_seconds


def _checks_nothing(*_: Any) -> None:
    return None


def _publishes_anyway(self: Any, package: Any, platform: str) -> Any:
    chosen = self._platform(platform)
    return chosen.find(package) or chosen.publish(package)


SWITCH_PLANTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "looks-once": partial(_instead, KillSwitches, "_look", _looks_once),
    "forgets-switches": partial(_instead, KillSwitches, "_make_do", _forgets),
    "looks-seldom": partial(_instead, KillSwitches, "_look", _looks_seldom),
    "asks-when-routed-only": partial(_instead, Outside, "check_switch", _checks_nothing),
    "publishes-anyway": partial(_instead, UploadManager, "publish", _publishes_anyway),
}
