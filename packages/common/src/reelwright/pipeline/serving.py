"""Between Lambda and the calls of the pipeline: one invocation, its time, and errors that keep their type."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from types import FrameType
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from reelwright.clock import SystemClock
from reelwright.config.schema import Snapshot
from reelwright.environment.deployment import Deployment
from reelwright.environment.schema import Settings
from reelwright.observability.emf import EmfMetrics
from reelwright.observability.functions import leaving_typed
from reelwright.observability.logger import configure_logging
from reelwright.pipeline.cloudbench import ROOM, cloud_parts, make_room
from reelwright.pipeline.errors import FunctionOutOfTime
from reelwright.pipeline.functions import Functions, refused

if TYPE_CHECKING:
    from reelwright.config.manager import ConfigurationManager

__all__ = ["Handler", "Invocation", "functions_of", "settings_of", "typed_errors"]

_LEASE_MARGIN_SECONDS = 1.0
"""After its timeout a function is certainly dead."""
_STOP_MARGIN_SECONDS = 3.0
"""Kept back for saying that the time is over."""
_REFRESH_SECONDS = 3.0


class Invocation(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that this invocation has left."""
        ...


Handler = Callable[[Mapping[str, Any], Invocation], dict[str, Any]]
"""What Lambda calls."""


@contextmanager
def functions_of(context: Invocation) -> Iterator[Functions]:
    """Yield the calls for one invocation of this process; FunctionOutOfTime shortly before its time is over.

    What the environment variables name is what it works on.
    """
    deployment = Deployment.from_variables(os.environ)
    configure_logging(deployment.environment, sys.stdout)
    remaining = context.get_remaining_time_in_millis() / 1000
    make_room(ROOM, SystemClock())
    parts = cloud_parts(deployment, lease_seconds=remaining + _LEASE_MARGIN_SECONDS, room=ROOM)
    metrics = EmfMetrics(deployment.environment, sys.stdout, SystemClock())
    try:
        with _stopping_after(remaining - _STOP_MARGIN_SECONDS):
            yield Functions(
                deployment, parts, configuration=lambda: _configuration(deployment), metrics=metrics
            )
    finally:
        # A process may be frozen from here on, and never wake: what it has counted must be out.
        parts.models.close()


def typed_errors(handler: Handler) -> Handler:
    """Let errors leave a function as Step Functions can tell them apart.

    The class is called as the typed error's, and its message is the error as JSON. The log gets all of it.
    """

    @leaving_typed
    @wraps(handler)
    def handling(event: Mapping[str, Any], context: Invocation) -> dict[str, Any]:
        try:
            return handler(event, context)
        except ValidationError as error:
            raise refused(error, "The event") from None

    return handling


def settings_of(deployment: Deployment) -> Settings:
    """Return the settings of this moment, for functions that make none; ConfigurationUnavailable."""
    return _configuration(deployment).settings


def _configuration(deployment: Deployment) -> Snapshot:
    return _manager(deployment).refresh(budget_seconds=_REFRESH_SECONDS)


@cache
def _manager(deployment: Deployment) -> "ConfigurationManager":
    # Only the function that begins productions has these sources to read.
    from reelwright.config.aws import configuration_for  # noqa: PLC0415 (as said above)

    return configuration_for(
        deployment, metrics=EmfMetrics(deployment.environment, sys.stdout, SystemClock())
    )


@contextmanager
def _stopping_after(seconds: float) -> Iterator[None]:
    """Raise FunctionOutOfTime in the block when the time is over: work is put away, and the record says why.

    Only the main thread of a process can be told so; elsewhere the block runs unguarded.
    """

    def stop(_: int, __: FrameType | None) -> None:
        raise FunctionOutOfTime(
            f"The function had {seconds:.0f} s and was not done.",
            next_step="Resume the production; if it happens again, give the function more time or memory.",
        )

    try:
        before = signal.signal(signal.SIGALRM, stop)
    except ValueError:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, max(0.001, seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
