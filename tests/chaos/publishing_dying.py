"""A process that kills itself with -9 at its n-th crossing to the outside, before or after it."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from reelwright.models.http import HttpAnswer
from reelwright.resilience.deadline import Deadline
from tests.chaos.market import BriefHttp

__all__ = ["Death", "DyingHttp", "DyingPort"]

Result = TypeVar("Result")


@dataclass(slots=True)
class Death:
    """When it comes. ``at`` counts crossings from 1; 0 is never."""

    at: int = 0
    moment: Literal["before", "after"] = "before"
    crossed: int = 0

    def cross(self, call: Callable[[], Result]) -> Result:
        """Let a call through, or die."""
        self.crossed += 1
        due = self.crossed == self.at
        if due and self.moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return call()
        finally:
            if due:
                os.kill(os.getpid(), signal.SIGKILL)


class DyingHttp(BriefHttp):
    """Our HTTP client, whose every request is a crossing."""

    def __init__(self, death: Death, patience_seconds: float) -> None:
        super().__init__(patience_seconds)
        self._death = death

    def send(self, method: str, url: str, *, deadline: Deadline, **more: Any) -> HttpAnswer:
        """Send, or die."""
        ask = super().send
        return self._death.cross(lambda: ask(method, url, deadline=deadline, **more))


class DyingPort:
    """A port whose every method is a crossing."""

    def __init__(self, target: Any, death: Death) -> None:
        self._target, self._death = target, death

    def __getattr__(self, name: str) -> Any:
        """Return the method with the crossing around it."""
        attribute = getattr(self._target, name)
        if not callable(attribute):
            return attribute
        return lambda *args, **kwargs: self._death.cross(lambda: attribute(*args, **kwargs))
