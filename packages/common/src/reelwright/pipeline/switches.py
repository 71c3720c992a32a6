"""The kill switches of an environment, read where they are kept."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from reelwright.clock import Clock, SystemClock
from reelwright.config.local import LocalPlace
from reelwright.environment.deployment import Deployment
from reelwright.environment.schema import EnvironmentName
from reelwright.flags.kill_switches import SWITCHES, KillSwitches
from reelwright.flags.local import DocumentFlagStates
from reelwright.flags.remembering import FileFlagMemory
from reelwright.observability.emf import EmfMetrics

__all__ = ["cloud_switches", "local_switches"]

_MEMORY = "kill-switches-last-known-good.json"
_ENVIRONMENTS = 4


def local_switches(root: Path, environment: EnvironmentName, clock: Clock) -> KillSwitches:
    """Return those of an environment on this machine: a document beside its runtime overrides."""
    place = LocalPlace(environment, root, clock)
    return KillSwitches(
        DocumentFlagStates(place.runtime(), environment=environment, only=SWITCHES),
        clock,
        environment=environment,
        memory=FileFlagMemory(place.folder / _MEMORY),
    )


def cloud_switches(
    deployment: Deployment, client: Any, clock: Clock, *, is_measured: bool = True
) -> KillSwitches:
    """Return those in the control table, as of now, for an invocation that begins.

    ``client`` should try once and briefly: whoever makes a call waits for it about once a second. What was
    read last stays with the process, for the case that the table is away when the next invocation begins.
    Measurements go to standard output, where a function's belong; the command line has others there.
    """
    if not isinstance(clock, SystemClock):
        return _in_table(deployment, client, clock, is_measured=is_measured)
    switches = _of_this_process(deployment, client, is_measured=is_measured)
    switches.look_again()
    return switches


@lru_cache(maxsize=_ENVIRONMENTS)
def _of_this_process(deployment: Deployment, client: Any, *, is_measured: bool) -> KillSwitches:
    return _in_table(deployment, client, SystemClock(), is_measured=is_measured)


def _in_table(deployment: Deployment, client: Any, clock: Clock, *, is_measured: bool) -> KillSwitches:
    from reelwright.flags.aws import DynamoFlagStates  # noqa: PLC0415 (loads botocore, on AWS only)

    return KillSwitches(
        DynamoFlagStates(client, deployment.control_table, only=SWITCHES),
        clock,
        environment=deployment.environment,
        metrics=EmfMetrics(deployment.environment, sys.stdout, clock) if is_measured else None,
    )
